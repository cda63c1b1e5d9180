"""Training motion that the device's own front end measures on painted people."""

from __future__ import annotations

import numpy as np
import pytest

from appliance.sense.regions import NAMES, pool
from models.live import Stage, live, measured, people


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
