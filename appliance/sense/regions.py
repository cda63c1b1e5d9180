"""The places of the face whose motion is watched: where action units move the skin, weighed over the motion field."""

from __future__ import annotations

import numpy as np

from appliance.sense.frame import F32
from appliance.sense.head import CELLS

PLACES = {
    "inner_brow": (0.38, 0.14),
    "outer_brow": (0.20, 0.15),
    "frown": (0.36, 0.18),
    "nose_wing": (0.41, 0.48),
    "cheek": (0.21, 0.56),
    "nasolabial": (0.36, 0.59),
    "upper_lip": (0.40, 0.69),
    "mouth_corner": (0.33, 0.77),
    "lower_lip": (0.43, 0.84),
    "chin": (0.44, 0.92),
    "lid": (0.28, 0.28),
}
"""Image-left centres as shares of the crop, from the action-unit fields of model.md (1, 2, 4, 9,
6/12, 9/10, 10, 12, 25, 17, 45)."""

WEIGHT_MIN = 1e-30
"""Smaller weights are 0: denormal numbers made pooling four times as slow."""

SPREAD = 0.05
"""Gaussian width as a share of the crop: half an action unit's own width, so that pooling loses little of it."""

BELOW_EYE, ABOVE_EYE = (0.28, 0.38), (0.28, 0.20)
EYE_SPREAD, SLIT_GAIN = 0.04, 1.5
"""The last region is the eyes' slit: how far the skin below goes against the skin above, of both eyes. Lids that
tighten and cheeks that rise (7, 6) move both by halves, and each place's mean hides it. Pooled, a fifth of such a
motion is left, of others half to nine tenths; so it counts 1.5 times (decision 0076)."""

NAMES = (*(f"{name}_{side}" for name in PLACES for side in ("left", "right")), "slit")
_DOWN = np.array([y for _, y in PLACES.values() for _ in range(2)] + [ABOVE_EYE[1]])
LIDS = np.array([name.startswith("lid") for name in NAMES])
SLIT = np.array([name == "slit" for name in NAMES])
LOWER = _DOWN > 0.6
SPOKEN = _DOWN > 0.4
"""Which regions are lids, the slit, the mouth's, and which talking moves, so cheeks and nose too: bool [23]."""


CENTRES = [(centre, y) for x, y in PLACES.values() for centre in (x, 1.0 - x)]
"""Of the places, in the order of `NAMES`."""


def blob(cells: int, spread: float, centre: tuple[float, float]) -> F32:
    """A Gaussian float32 [cells * cells] of `spread` (share of the crop) at `centre`."""
    side = (np.arange(cells) + 0.5) / cells
    far = ((side[None, :] - centre[0]) / spread) ** 2 + ((side[:, None] - centre[1]) / spread) ** 2
    place: F32 = np.exp(-0.5 * far).astype(np.float32).ravel()
    return place


def _weights() -> F32:
    below, above = (_mean([blob(CELLS, EYE_SPREAD, (at, y)) for at in (x, 1.0 - x)]) for x, y in (BELOW_EYE, ABOVE_EYE))
    places = [_mean([blob(CELLS, SPREAD, centre)]) for centre in CENTRES]
    weights: F32 = np.array([*places, SLIT_GAIN * (below - above)], np.float32)
    weights[np.abs(weights) < WEIGHT_MIN] = 0.0
    return weights


def _mean(blobs: list[F32]) -> F32:
    """The weights of the mean over `blobs`."""
    total = np.sum(blobs, axis=0)
    mean: F32 = total / total.sum()
    return mean


WEIGHTS = _weights()


def pool(field: F32) -> F32:
    """Motion float32 [23, 2] (u, v) of the regions `NAMES` of a motion field float32 [2, 28, 28]."""
    pooled: F32 = WEIGHTS @ field.reshape(2, -1).T
    return pooled
