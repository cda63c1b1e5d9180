"""What is said of a spotted movement: the shipped net on drawn fields."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from appliance.events import Action, Interval, Kind
from appliance.sense.classify import Classifier
from appliance.sense.fields import Fields
from appliance.sense.frame import F32
from appliance.sense.lock import PACKAGED_FOLDER
from appliance.sense.micro import Spotted
from models.units import UNITS

CELLS = (np.arange(28, dtype=np.float32) + 0.5) / 28
WHEN = Interval(1.0, 1.2, 1.4)


@cache
def classifier() -> Classifier:
    """The shipped net, speaking from p = .7 on."""
    return Classifier(PACKAGED_FOLDER, 0.7)


def unit_motion(unit: int) -> F32:
    """A quarter of action unit `unit`, float32 [2, 28, 28], as the table of units has it."""
    moved = np.zeros((2, 28, 28), np.float32)
    for x, y, sx, sy, du, dv in UNITS[unit]:
        for middle, sign in ((x, 1.0), (1.0 - x, -1.0)):
            blob = np.exp(-0.5 * (((CELLS[None] - middle) / sx) ** 2 + ((CELLS[:, None] - y) / sy) ** 2))
            moved += 0.025 * blob[None] * np.array([sign * du, dv])[:, None, None]
    return moved.astype(np.float32)


def fields(*units: int, left: F32 | float = 0.0) -> Fields:
    """Still until the onset, the units' motion at the apex, and what is `left` of it after the offset."""
    made, still = Fields(5.0), np.zeros((2, 28, 28), np.float32)
    for at_s in (0.9, 0.95, 1.0):
        made.add(at_s, still)
    made.add(WHEN.apex_s, np.sum([unit_motion(unit) for unit in units], axis=0))
    for at_s in (1.4, 1.42, 1.45):
        made.add(at_s, still + left)
    return made


@pytest.mark.parametrize("unit", [1, 4])
def test_brows_beside_a_blink_are_not_told(unit: int) -> None:
    """Brows that move alone are told with open eyes, and as nothing while the lids close."""
    seen = fields(unit, 2) if unit == 1 else fields(unit)
    told = classifier().classify(Spotted(WHEN, Kind.MICRO, 0.025), seen)
    assert told is not None
    assert told.actions <= {Action.BROW_LOWER, Action.BROW_RAISE}
    assert classifier().classify(Spotted(WHEN, Kind.MICRO, 0.025, blinked=True), seen) is None


def test_a_smile_beside_a_blink_is_told() -> None:
    """A lip-corner pull counts whether the eyes close beside it or not."""
    told = classifier().classify(Spotted(WHEN, Kind.MICRO, 0.025, blinked=True), fields(12))
    assert told is not None
    assert Action.LIP_CORNER_PULL in told.actions


@pytest.mark.parametrize("kind", list(Kind))
def test_what_falls_must_be_named_as_what_rose(kind: Kind) -> None:
    """Where both ways count, a smile that ends as one is told, and one that leaves raised brows behind is not."""
    left = unit_motion(12) + unit_motion(1) + unit_motion(2)
    for both_ways, expected in ((True, [True, False]), (False, [True, True])):
        spotted = Spotted(WHEN, kind, 0.025, both_ways=both_ways)
        told = [classifier().classify(spotted, fields(12, left=after)) for after in (0.0, left)]
        assert expected == [each is not None for each in told]
