"""Which regions mean nothing at a moment: lids always, the upper face in a blink, the mouth in speech. Pure."""

from __future__ import annotations

import numpy as np

from appliance.sense.frame import F32
from appliance.sense.history import Sample
from appliance.sense.regions import LIDS, LOWER, SLIT

SLIT_LIDS_MAX = 0.35
"""Lids that tighten or are pushed up by cheeks close against each other, so the eye's own place moved .03 to .21 of
what its slit did; a blink the net did not see, or a gaze shift, moved it .47 to 1.4 of it (decision 0076)."""


def slit_is_clear(size: F32) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
    """Where sizes [..., 23] are not those of a slit that a blink or a gaze shift narrows."""
    lids = size[..., LIDS].max(axis=-1, keepdims=True)
    return np.asarray(~SLIT | (lids <= SLIT_LIDS_MAX * size))


def blocked_regions(samples: list[Sample]) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Regions that mean nothing in these samples: lids always, the upper face in a blink, the mouth in speech."""
    blocked = LIDS.copy()
    if any(sample.blink for sample in samples):
        blocked |= ~LOWER
    if any(sample.talking for sample in samples):
        blocked |= LOWER
    if any(sample.moving or sample.turning for sample in samples):
        blocked[:] = True
    return blocked
