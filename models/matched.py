"""`python -m models.matched`: writes models/matched.npy, what the device's matched filters are made of.

Rows: what the regions show of each combination of action units that makes a class (`models.fields.PRIORS`), of units
that may move one side alone on each side too; then the inverse covariance of the regions' noise in units of each one's
own floor. Regions lie so near each other, and the head's motion is taken out of all alike, that their noise goes
together; which of it does follows from how flow noise fades with distance and from `models.head`. Made ahead, for the
covariance of every cell would cost each start 20 MB.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from appliance.sense.frame import F32
from appliance.sense.head import CELL_X, CELL_Y, F64, head_fields
from appliance.sense.regions import LIDS, WEIGHTS
from models.fields import PRIORS, UNILATERAL
from models.head import estimator
from models.units import UNITS

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


def movements() -> list[tuple[tuple[int, ...], tuple[float, ...]]]:
    """Which units move together, on which sides of the picture (1 left, -1 right)."""
    combinations = [units for rules in PRIORS.values() for units, _ in rules]
    alone = [(units, side) for units in combinations for side in (LEFT, RIGHT) if units in {(u,) for u in UNILATERAL}]
    return [*((units, BOTH) for units in combinations), *alone]


def patterns() -> F64:
    """What the regions show of each of `movements` once the head's motion is taken out, [n, 46]; the largest is 1."""
    watched = np.repeat(~LIDS, 2)
    shown = np.array([_pooled() @ _field(units, sides) for units, sides in movements()]) * watched
    sizes = np.sqrt((shown.reshape(len(shown), -1, 2) ** 2).sum(axis=2)).max(axis=1)
    return np.asarray(shown / sizes[:, None], np.float64)


def precision() -> F64:
    """The inverse covariance [46, 46] of the regions' noise, each in units of its floor; 0 for the lids."""
    apart = np.hypot(CELL_X[:, None] - CELL_X, CELL_Y[:, None] - CELL_Y)
    pooled = _pooled()
    covariance = pooled @ np.kron(np.exp(-apart / NOISE_REACH), np.eye(2)) @ pooled.T
    floors = np.repeat(np.sqrt(FLOOR * np.diag(covariance).reshape(-1, 2).sum(axis=1)), 2)
    together = covariance / np.outer(floors, floors)
    together = (1.0 - OWN_NOISE) * together + OWN_NOISE * np.diag(np.diag(together))
    watched = np.flatnonzero(np.repeat(~LIDS, 2))
    inverse = np.zeros_like(together)
    inverse[np.ix_(watched, watched)] = np.linalg.inv(together[np.ix_(watched, watched)])
    return inverse


def _pooled() -> F64:
    """A field [784 * 2] -> the regions' motion [46] once the head's is taken out."""
    regions = np.kron(WEIGHTS, np.eye(2))
    return np.asarray(regions - (regions @ head_fields()) @ estimator().astype(np.float64), np.float64)


def _field(units: tuple[int, ...], sides: tuple[float, ...]) -> F64:
    """Motion [784 * 2] of `units` on `sides`."""
    field = np.zeros((len(CELL_X), 2))
    for x, y, spread_x, spread_y, right, down in (blob for unit in units for blob in UNITS[unit]):
        for side in sides:
            far = ((side * CELL_X + 0.5 - x) / spread_x) ** 2 + ((CELL_Y - y) / spread_y) ** 2
            field += np.exp(-0.5 * far)[:, None] * (side * right, down)
    return np.asarray(field.ravel(), np.float64)


def rows() -> F32:
    """All of the file, float32 [n + 46, 46]."""
    return np.concatenate([patterns(), precision()]).astype(np.float32)


if __name__ == "__main__":
    np.save(FILE, rows())
    print(f"{FILE}: written")
