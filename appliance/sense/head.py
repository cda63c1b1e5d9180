"""What of a motion field is the head's own motion, told apart from expressions by knowing what expressions look like.

The head moves by a similarity, and by turning and nodding, which shift each place by its depth. How much of each there
is, is read by the rows of models/head.npy, a generalised least squares estimate made ahead (`models.head`): motion that
looks like an action unit is not taken for the head's.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import numpy.typing as npt

from appliance.sense.ahead import made_ahead
from appliance.sense.frame import F32

F64 = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]

CELLS = 28
"""Cells a side of a motion field: the input size of the expression net."""

_SIDE = (np.arange(CELLS) + 0.5) / CELLS
CELL_X, CELL_Y = (each.ravel() for each in np.meshgrid(_SIDE - 0.5, _SIDE))
"""Cell centres: right of the midline and down, as shares of the crop's side, float64 [784]."""

STABLE: Mask = ((np.abs(CELL_X) < 0.09) & (CELL_Y > 0.24) & (CELL_Y < 0.56)) | (
    (np.abs(CELL_X) > 0.26) & (np.abs(CELL_X) < 0.42) & (CELL_Y > 0.36) & (CELL_Y < 0.60)
)
"""Nose and outer cheeks, where the units are weakest: what is left there says how well the head's motion was found."""

OVAL: Mask = (CELL_X / 0.5) ** 2 + ((CELL_Y - 0.55) / 0.6) ** 2 < 1.0
"""The crop without its corners, where a wall stands still while the head sways."""

BULGE, BULGE_RADIUS = 0.44, 0.44
NOSE, NOSE_Y, NOSE_SPREAD = 0.47, 0.56, (0.10, 0.16)
"""Depth of a face as a cylinder and a nose, inter-ocular distances and shares of the crop: least squares on what the
landmark net says of the portrait and four rendered heads (rms .08)."""


def _depth() -> F64:
    """Depth [784] of the cells before the face's rim, inter-ocular distances."""
    cylinder = BULGE * np.sqrt(np.maximum(0.0, 1.0 - (CELL_X / BULGE_RADIUS) ** 2))
    nose = NOSE * np.exp(-0.5 * ((CELL_X / NOSE_SPREAD[0]) ** 2 + ((CELL_Y - NOSE_Y) / NOSE_SPREAD[1]) ** 2))
    return np.asarray(cylinder + nose, np.float64)


def head_fields() -> F64:
    """Columns [784 * 2, 6]: growing, turning in the picture, going right, going down, turning and nodding."""
    x, y, one, none, depth = CELL_X, CELL_Y - 0.5, np.ones(CELLS**2), np.zeros(CELLS**2), _depth()
    fields = ((x, y), (-y, x), (one, none), (none, one), (depth, none), (none, depth))
    columns: F64 = np.stack([np.stack(field, axis=1).ravel() for field in fields], axis=1)
    return columns


@cache
def _estimator() -> tuple[F32, F32]:
    """Motion [784 * 2] -> six sizes, float32 [6, 784 * 2]; six sizes -> the head's motion, float32 [784 * 2, 6]."""
    head = head_fields().astype(np.float32)
    return made_ahead("head.npy", *head.T.shape), head


def head_motion(cells: F32) -> F32:
    """The head's part of `cells`, float32 [784, 2] displacements, any unit of length; the same shape and unit.

    Raises:
        ModelMissing, ModelMismatch: models/head.npy is not there or not what `models.head` writes.
    """
    estimator, head = _estimator()
    motion: F32 = (head @ (estimator @ cells.reshape(-1))).reshape(-1, 2)
    return motion
