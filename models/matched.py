"""`python -m models.matched`: writes models/matched.npy, what the device's matched filters are made of.

Rows: what the regions show of each combination of action units that makes a class (`models.fields.PRIORS`), of units
that may move one side alone on each side too; then the inverse covariance of the regions' noise in units of each one's
own floor. Both without the lids' regions, for blinks move these; then both with them, and what eyes that blink or look
aside show. Regions lie so near each other, and the head's motion is taken out of all alike, that their noise goes
together; which of it does follows from how flow noise fades with distance and from `models.head`. Made ahead, for the
covariance of every cell would cost each start 20 MB.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path

import numpy as np

from appliance.sense.frame import F32
from appliance.sense.head import CELL_X, CELL_Y, F64, Mask, head_fields
from appliance.sense.regions import LIDS, WEIGHTS
from models.fields import PRIORS, UNILATERAL
from models.head import estimator
from models.units import UNITS, Blob

FILE = Path(__file__).with_name("matched.npy")

NOISE_REACH = 0.1
"""Flow noise of two cells this far apart (share of the crop's side) goes together by 1/e. Of .03 to .1 the one whose
regions' correlations come nearest to those measured while painted faces rest (.95, Monk 2 and 10, shop and dim)."""

OWN_NOISE = 0.2
"""Share of a region's noise that goes with no other's: no estimate of a covariance is to be inverted as it stands."""

FLOOR = float(np.log(2.0))
"""A region's floor is the median of its motion's size; of a circular Gaussian its square is log 2 times the mean
square (Rayleigh)."""

LEFT, RIGHT = (1.0,), (-1.0,)
BOTH = LEFT + RIGHT


GAZE = (0.28, 0.29, 0.05, 0.03, 1.0, 0.0)
"""An eye that looks aside, as the units' table has them: an iris in its slit (`models.clips.surface.gaze_field`)."""


def movements() -> list[tuple[tuple[int, ...], tuple[float, ...]]]:
    """Which units move together, on which sides of the picture (1 left, -1 right)."""
    combinations = [units for rules in PRIORS.values() for units, _ in rules]
    alone = [(units, side) for units in combinations for side in (LEFT, RIGHT) if units in {(u,) for u in UNILATERAL}]
    return [*((units, BOTH) for units in combinations), *alone]


def patterns() -> F64:
    """What the regions show of each of `movements` once the head's motion is taken out, [n, 46]; the largest is 1."""
    watched = np.repeat(~LIDS, 2)
    shown = shown_with_lids() * watched
    sizes = np.sqrt((shown.reshape(len(shown), -1, 2) ** 2).sum(axis=2)).max(axis=1)
    return np.asarray(shown / sizes[:, None], np.float64)


def shown_with_lids() -> F64:
    """What all regions show of each of `movements`, [n, 46]."""
    blobs = [[blob for unit in units for blob in UNITS[unit]] for units, _ in movements()]
    return np.array([_pooled() @ _field(each, sides) for each, (_, sides) in zip(blobs, movements(), strict=True)])


def eyes() -> F64:
    """What the regions show of a blink of both eyes, of each alone, and of eyes that look aside together, [4, 46]."""
    blink, x = UNITS[45], GAZE[0]
    aside: list[Blob] = [GAZE, (1.0 - x, *GAZE[1:])]
    fields = [_field(blink, BOTH), _field(blink, LEFT), _field(blink, RIGHT), _field(aside, LEFT)]
    return np.array([_pooled() @ field for field in fields])


def precision(watched: Mask) -> F64:
    """The inverse covariance [46, 46] of the `watched` regions' noise, each in units of its floor; 0 for others."""
    apart = np.hypot(CELL_X[:, None] - CELL_X, CELL_Y[:, None] - CELL_Y)
    pooled = _pooled()
    covariance = pooled @ np.kron(np.exp(-apart / NOISE_REACH), np.eye(2)) @ pooled.T
    floors = np.repeat(np.sqrt(FLOOR * np.diag(covariance).reshape(-1, 2).sum(axis=1)), 2)
    together = covariance / np.outer(floors, floors)
    together = (1.0 - OWN_NOISE) * together + OWN_NOISE * np.diag(np.diag(together))
    both = np.flatnonzero(np.repeat(watched, 2))
    inverse = np.zeros_like(together)
    inverse[np.ix_(both, both)] = np.linalg.inv(together[np.ix_(both, both)])
    return inverse


@cache
def _pooled() -> F64:
    """A field [784 * 2] -> the regions' motion [46] once the head's is taken out."""
    regions = np.kron(WEIGHTS, np.eye(2))
    return np.asarray(regions - (regions @ head_fields()) @ estimator().astype(np.float64), np.float64)


def _field(blobs: Sequence[Blob], sides: tuple[float, ...]) -> F64:
    """Motion [784 * 2] of `blobs` on `sides`."""
    field = np.zeros((len(CELL_X), 2))
    for x, y, spread_x, spread_y, right, down in blobs:
        for side in sides:
            far = ((side * CELL_X + 0.5 - x) / spread_x) ** 2 + ((CELL_Y - y) / spread_y) ** 2
            field += np.exp(-0.5 * far)[:, None] * (side * right, down)
    return np.asarray(field.ravel(), np.float64)


def rows() -> F32:
    """All of the file, float32 [2 n + 96, 46]."""
    parts = [patterns(), precision(~LIDS), shown_with_lids(), eyes(), precision(np.ones_like(LIDS))]
    return np.concatenate(parts).astype(np.float32)


if __name__ == "__main__":
    np.save(FILE, rows())
    print(f"{FILE}: written")
