"""Smooth motion taken out of published flow images: what heads and cameras did while a face moved.

The device's own fields have lost the head's motion already (appliance.sense.head). Published ones have not, and their
channels are scaled one by one, so no head model in real units fits them: a robust surface for each channel does.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from appliance.sense.frame import F32

CELLS = 28
ROUNDS = 3
WIDTH = 1.5
"""In robust standard deviations: what lies beyond counts less and less (Cauchy weights)."""
ROBUST_SD = 1.4826
"""Median absolute deviation to standard deviation, for normal noise."""
FLAT = 1e-6
"""Against the largest value of a channel: less is rounding."""

ROUNDING = 10.0
"""Times FLAT: a channel with no larger rest held smooth motion alone."""


def _surfaces() -> F32:
    """Constant, slopes, bends and twist over the image, float32 [784, 6]: shift, turn, zoom and a turning head."""
    y, x = (each.ravel() for each in np.mgrid[0:CELLS, 0:CELLS] / (CELLS - 1) - 0.5)
    columns: F32 = np.stack([np.ones_like(x), x, y, x * x, y * y, x * y], axis=1).astype(np.float32)
    return columns


SURFACES = _surfaces()


def without_smooth(images: npt.NDArray[Any]) -> F32:
    """`images` [n, 28, 28, 3] with the robust quadratic surface of u and of v taken out; strain stays as it is.

    Least squares, weighed anew three times by the rest (Holland and Welsch 1977), so that lips and brows do not pull
    the surface after them.
    """
    values = np.array(images, np.float32)
    rows = np.ascontiguousarray(values[..., :2].transpose(0, 3, 1, 2)).reshape(-1, CELLS * CELLS)
    terms = SURFACES.shape[1]
    products = (SURFACES[:, :, None] * SURFACES[:, None, :]).reshape(-1, terms * terms)
    weights, rest = np.ones_like(rows), rows
    flat = FLAT * np.abs(rows).max(axis=1, keepdims=True) + np.finfo(np.float32).tiny
    for _ in range(ROUNDS):
        normal = (weights @ products).reshape(-1, terms, terms).astype(np.float64)
        normal += FLAT * np.eye(terms)
        sizes = np.linalg.solve(normal, ((weights * rows) @ SURFACES).astype(np.float64)[..., None])[..., 0]
        rest = rows - sizes.astype(np.float32) @ SURFACES.T
        spread = WIDTH * (ROBUST_SD * np.median(np.abs(rest), axis=1, keepdims=True) + flat)
        weights = (1.0 / (1.0 + (rest / spread) ** 2)).astype(np.float32)
    rest = np.where(np.abs(rest).max(axis=1, keepdims=True) > ROUNDING * flat, rest, np.float32(0.0))
    values[..., :2] = rest.reshape(-1, 2, CELLS, CELLS).transpose(0, 2, 3, 1)
    return values
