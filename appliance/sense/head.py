"""What of a motion field is the head's own motion, told apart from expressions by knowing what expressions look like.

Generalised least squares (Aitken 1936): a field is the head's motion plus an expression plus noise. Expressions are
given by their covariance, made from the action-unit table, so a place counts the less the more muscles move it, and
motion that looks like a unit is not taken for the head's. The head moves by a similarity, and by turning and nodding,
which shift each place by its depth. Without the covariance such a model eats the expressions themselves (model.md).
"""

from __future__ import annotations

from functools import cache

import numpy as np
import numpy.typing as npt

from appliance.sense.frame import F32
from appliance.sense.units import UNITS

F64 = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]

CELLS = 28
"""Cells a side of a motion field: the input size of the expression net."""

_SIDE = (np.arange(CELLS) + 0.5) / CELLS
_X, _Y = (each.ravel() for each in np.meshgrid(_SIDE - 0.5, _SIDE))
"""Cell centres: right of the midline and down, as shares of the crop's side, float64 [784]."""

STABLE: Mask = ((np.abs(_X) < 0.09) & (_Y > 0.24) & (_Y < 0.56)) | (
    (np.abs(_X) > 0.26) & (np.abs(_X) < 0.42) & (_Y > 0.36) & (_Y < 0.60)
)
"""Nose and outer cheeks, where the units are weakest: what is left there says how well the head's motion was found."""

FACE: Mask = (_X / 0.40) ** 2 + ((_Y - 0.5) / 0.46) ** 2 < 1.0
"""Cells on every face, whatever its shape; the wall behind must not be taken for a head that holds still."""

DRAWS = 16
PLACE_SD, SIZE_SD, ANGLE_SD = 0.05, 0.25, 0.3
"""How far faces differ from the table and from each other: about twice what `models.generate` trains with, for here a
unit that is not foreseen is taken for the head's."""

SIZE = 0.02
"""Standard deviation of a unit's size, inter-ocular distances: a fifth of a full action unit."""

NOISE = 0.003
"""Of the flow, inter-ocular distances, and of all that no unit and no head motion explains."""

BULGE, BULGE_RADIUS = 0.44, 0.44
NOSE, NOSE_Y, NOSE_SPREAD = 0.47, 0.56, (0.10, 0.16)
"""Depth of a face as a cylinder and a nose, inter-ocular distances and shares of the crop: least squares on what the
landmark net says of the portrait and four rendered heads (rms .08)."""


def _depth() -> F64:
    """Depth [784] of the cells before the face's rim, inter-ocular distances."""
    cylinder = BULGE * np.sqrt(np.maximum(0.0, 1.0 - (_X / BULGE_RADIUS) ** 2))
    nose = NOSE * np.exp(-0.5 * ((_X / NOSE_SPREAD[0]) ** 2 + ((_Y - NOSE_Y) / NOSE_SPREAD[1]) ** 2))
    return np.asarray(cylinder + nose, np.float64)


def _head_fields() -> F64:
    """Columns [784 * 2, 6]: growing, turning in the picture, going right, going down, turning and nodding."""
    x, y, one, none, depth = _X, _Y - 0.5, np.ones(CELLS**2), np.zeros(CELLS**2), _depth()
    fields = ((x, y), (-y, x), (one, none), (none, one), (depth, none), (none, depth))
    columns: F64 = np.stack([np.stack(field, axis=1).ravel() for field in fields], axis=1)
    return columns


def _expressions() -> F64:
    """Fields [n, 784 * 2] of every unit on each side of the face, drawn DRAWS times, strongest about SIZE."""
    rng = np.random.default_rng(0)
    halves = [(blobs, side) for blobs in UNITS.values() for side in (-1.0, 1.0) for _ in range(DRAWS)]
    fields: F64 = SIZE * np.stack(
        [np.sum([_blob(blob, side, rng) for blob in blobs], axis=0) for blobs, side in halves]
    )
    return fields


def _blob(blob: tuple[float, ...], side: float, rng: np.random.Generator) -> F64:
    x, y, spread_x, spread_y, right, down = blob
    x, y = (np.array((x, y)) + PLACE_SD * rng.standard_normal(2)).tolist()
    spread_x, spread_y = (np.array((spread_x, spread_y)) * np.exp(SIZE_SD * rng.standard_normal(2))).tolist()
    angle = ANGLE_SD * float(rng.standard_normal())
    right, down = right * np.cos(angle) - down * np.sin(angle), right * np.sin(angle) + down * np.cos(angle)
    shape = np.exp(-0.5 * (((-side * _X + 0.5 - x) / spread_x) ** 2 + ((_Y - y) / spread_y) ** 2))
    field: F64 = np.stack([-side * right * shape, down * shape], axis=1).ravel()
    return field


@cache
def _estimator() -> tuple[F32, F32]:
    """Motion [784 * 2] -> six sizes, float32 [6, 784 * 2]; six sizes -> the head's motion, float32 [784 * 2, 6]."""
    seen = np.repeat(FACE, 2)
    head, expressions = _head_fields(), _expressions()[:, seen]
    covariance = expressions.T @ expressions / len(expressions) + NOISE**2 * np.eye(int(seen.sum()))
    weighed = np.linalg.solve(covariance, head[seen])
    estimator = np.zeros((head.shape[1], len(seen)))
    estimator[:, seen] = np.linalg.solve(head[seen].T @ weighed, weighed.T)
    return estimator.astype(np.float32), head.astype(np.float32)


def head_motion(cells: F32) -> F32:
    """The head's part of `cells`, float32 [784, 2] displacements, any unit of length; the same shape and unit."""
    estimator, head = _estimator()
    motion: F32 = (head @ (estimator @ cells.reshape(-1))).reshape(-1, 2)
    return motion
