"""Training motion that the device's own front end measures on painted people."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from appliance.sense.regions import NAMES, pool
from models.live import Stage, drawn_field, live, measured, movement, people


@pytest.fixture(scope="module")
def stage() -> Stage:
    """A painted person."""
    return next(people(1))


def test_the_same_seed_gives_the_same_motion() -> None:
    """Two batches of one seed are equal to the bit, and of the generator's shapes."""
    one, two = live(4, 5), live(4, 5)
    assert one.images.tobytes() == two.images.tobytes()
    assert ((4, 28, 28, 3), (4,), (4, 8)) == (one.images.shape, one.labels.shape, one.actions.shape)


@pytest.mark.parametrize(
    ("units", "region", "down"), [([4], "frown", 1), ([1, 2], "inner_brow", -1), ([12], "mouth_corner", -1)]
)
def test_a_unit_is_measured_where_it_moves_the_skin(stage: Stage, units: list[int], region: str, down: int) -> None:
    """A frown lowers its place, raised brows lift theirs, a smile lifts the mouth's corners; median of nine tries."""
    rows = [NAMES.index(f"{region}_left"), NAMES.index(f"{region}_right")]
    tries = [pool(measured(stage, units, "", 1.0, np.random.default_rng(seed)))[rows, 1].mean() for seed in range(9)]
    assert float(np.median(tries)) * down > 0.002


def test_what_shows_nothing_moves_little(stage: Stage) -> None:
    """Without units the sway and the noise leave less than a third of a strong movement in every region."""
    left = [np.abs(pool(measured(stage, [], "", 1.0, np.random.default_rng(seed)))).max() for seed in range(9)]
    assert float(np.median(left)) < 0.08 / 3


def test_a_unit_drawn_on_one_side_leaves_the_other(stage: Stage) -> None:
    """A smile drawn for the image's left alone moves that half of the face five times as much, a frown likewise."""
    for unit in (4, 12):
        moved = np.abs(drawn_field(stage, unit, np.array([1.0, 0.0]), np.random.default_rng(2))).sum(axis=2)
        assert float((moved * stage.left).sum()) > 5 * float((moved * (1.0 - stage.left)).sum()) > 0.0


def test_half_of_the_units_are_drawn_but_none_behind_glasses(stage: Stage) -> None:
    """Of forty smiles ten to thirty move skin that the mesh leaves alone; with a rim that holds the skin none does."""
    alone = np.abs(stage.face.unit_field(12)).sum(axis=2) < 1e-3

    def beyond(face: Stage) -> int:
        tries = (movement(face, [12], 0.05, np.random.default_rng(seed), 0.5) for seed in range(40))
        return sum(float(np.abs(each[alone]).max()) > 0.05 for each in tries)

    assert 10 <= beyond(replace(stage, rimmed=False)) <= 30
    assert 0 == beyond(replace(stage, rimmed=True))
