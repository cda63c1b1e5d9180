"""Planted clips: what moves, when, and that the truth says so."""

from __future__ import annotations

import numpy as np
import pytest

from models.clips.demo import DEMO
from models.clips.film import film
from models.clips.lids import EYES, lid_rows
from models.clips.portrait import HEIGHT, WIDTH, Portrait, portrait
from models.clips.script import Planted, Script

FROWN = Planted((4,), 1.0, 1.2, 1.4, 0.06)


@pytest.fixture(scope="module")
def face() -> Portrait:
    """The portrait, found once."""
    return portrait()


def test_a_movement_is_whole_at_its_apex_and_gone_outside() -> None:
    """Strength is 1 at the apex, 0 at onset and offset and beyond, and rises without a step."""
    assert [0.0, 0.0, 1.0, 0.0, 0.0] == [FROWN.strength(at_s) for at_s in (0.9, 1.0, 1.2, 1.4, 1.5)]
    steps = np.diff([FROWN.strength(at_s) for at_s in np.linspace(0.9, 1.5, 601)])
    assert np.abs(steps).max() < 0.01


@pytest.mark.parametrize(
    ("units", "seconds", "kind", "label", "actions"),
    [
        ((4,), 0.4, "micro", "negative", ["brow_lower"]),
        ((7, 4), 2.0, "sustained", "negative", ["brow_lower"]),
        ((12,), 0.5, "micro", "positive", ["lip_corner_pull"]),
        ((1, 2), 0.51, "sustained", "surprise", ["brow_raise"]),
    ],
)
def test_the_truth_names_kind_label_and_actions(
    units: tuple[int, ...], seconds: float, kind: str, label: str, actions: list[str]
) -> None:
    """Units and duration decide what the truth file says."""
    planted = Planted(units, 0.0, seconds / 2, seconds, 0.05)
    assert (kind, label, actions) == (planted.kind, planted.label, planted.actions)


def test_the_demo_holds_what_the_readme_promises() -> None:
    """The demo plants a micro brow-lowering, a micro lip-corner pull, a sustained frown, blinks and sway."""
    planted = {(each.kind, each.units) for each in DEMO.expressions}
    assert {("micro", (4,)), ("micro", (12,)), ("sustained", (4, 7))} <= planted
    assert len(DEMO.blinks_s) > 2
    assert DEMO.sway_px > 0


def test_no_blink_stands_in_an_expression() -> None:
    """A blink of the demo is at least 0.3 s away from every planted expression."""
    for blink in DEMO.blinks_s:
        assert all(blink < each.onset_s - 0.3 or blink > each.offset_s + 0.3 for each in DEMO.expressions)


def test_brows_go_down_where_and_when_planted(face: Portrait) -> None:
    """At the apex of a brow-lowering the brow rows differ from the quiet picture; chin and background do not."""
    script = Script(1.5, (FROWN,))
    frames = dict(enumerate(film(face, script, 10.0, 1)))
    change = np.abs(frames[12].astype(int) - frames[5]).mean(axis=2)
    brow_y = int(face.points[[105, 334], 1].mean())
    assert change[brow_y - 8 : brow_y + 8, 270:370].mean() > 1.5 * change[-40:, :40].mean()
    assert change[440:, 280:360].mean() < 1.2 * change[-40:, :40].mean()


def test_the_same_seed_films_the_same_noise(face: Portrait) -> None:
    """Two films of one seed are the same to the pixel; another seed differs."""
    script = Script(0.2, ())
    first, again, other = (list(film(face, script, 10.0, seed)) for seed in (1, 1, 2))
    assert all(np.array_equal(a, b) for a, b in zip(first, again, strict=True))
    assert not np.array_equal(first[0], other[0])


def test_closed_lids_show_no_eye(face: Portrait) -> None:
    """With the lids closed every pixel between them is read from the skin above; open lids move nothing."""
    rows = np.repeat(np.arange(HEIGHT, dtype=np.float32)[:, None], WIDTH, axis=1)
    assert np.array_equal(rows, lid_rows(face.points, 0.0, rows))
    shut = lid_rows(face.points, 1.0, rows)
    for upper, lower in EYES:
        x = int(face.points[upper[4], 0])
        top, bottom = face.points[upper[4], 1], face.points[lower[4], 1]
        between = np.arange(int(top) + 2, int(bottom) - 1)
        assert (shut[between, x] < top + 1.5).all()
