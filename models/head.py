"""`python -m models.head`: writes models/head.npy, how the device reads the head's own motion from a motion field.

Generalised least squares (Aitken 1936): a field is the head's motion plus an expression plus noise. Expressions are
given by their covariance, made from the action-unit table, so a place counts the less the more muscles move it, and
motion that looks like a unit is not taken for the head's. Without the covariance such a model eats the expressions
themselves (model.md). Made ahead, for the covariance would cost each start 26 MB and a Pi Zero 2 W its first second.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from appliance.sense.frame import F32
from appliance.sense.head import CELL_X, CELL_Y, F64, Mask, head_fields
from models.units import UNITS

FILE = Path(__file__).with_name("head.npy")

FACE: Mask = (CELL_X / 0.40) ** 2 + ((CELL_Y - 0.5) / 0.46) ** 2 < 1.0
"""Cells on every face, whatever its shape; the wall behind must not be taken for a head that holds still."""

DRAWS = 16
PLACE_SD, SIZE_SD, ANGLE_SD = 0.05, 0.25, 0.3
"""How far faces differ from the table and from each other: about twice what `models.generate` trains with, for here a
unit that is not foreseen is taken for the head's."""

SIZE = 0.02
"""Standard deviation of a unit's size, inter-ocular distances: a fifth of a full action unit."""

NOISE = 0.003
"""Of the flow, inter-ocular distances, and of all that no unit and no head motion explains."""


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
    shape = np.exp(-0.5 * (((-side * CELL_X + 0.5 - x) / spread_x) ** 2 + ((CELL_Y - y) / spread_y) ** 2))
    field: F64 = np.stack([-side * right * shape, down * shape], axis=1).ravel()
    return field


def estimator() -> F32:
    """Motion [784 * 2] -> the sizes of the six columns of `head_fields`, float32 [6, 784 * 2]."""
    seen = np.repeat(FACE, 2)
    head, expressions = head_fields(), _expressions()[:, seen]
    covariance = expressions.T @ expressions / len(expressions) + NOISE**2 * np.eye(int(seen.sum()))
    weighed = np.linalg.solve(covariance, head[seen])
    rows = np.zeros((head.shape[1], len(seen)))
    rows[:, seen] = np.linalg.solve(head[seen].T @ weighed, weighed.T)
    return rows.astype(np.float32)


if __name__ == "__main__":
    np.save(FILE, estimator())
    print(f"{FILE}: written")
