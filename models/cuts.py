"""How a set of published flow images was cropped, found without labels: the cut under which the net is surest.

Authors crop faces differently and none says how, but one author crops a whole set alike. So every image of a set is
read under every cut here, and a cut counts by how sure the net is, on average over the set, of some expression: for a
calibrated net that is the share it expects to get right. What only one image shows under one cut decides nothing.
"""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from appliance.sense.frame import F32
from models.calibrate import F64
from models.generate import CELLS

SCALES = (0.78, 1.0, 1.28)
RIGHT = (-3, 0, 3)
LOWER = (-4, -2, 0, 2, 4)
Cut = tuple[float, float, int, int]
"""Arguments of `cut`: scale across and down about the middle, shift right and down in cells of 28."""
UNCUT: Cut = (1.0, 1.0, 0, 0)
CUTS: tuple[Cut, ...] = tuple((scale, scale, right, lower) for scale in SCALES for right in RIGHT for lower in LOWER)
"""As far as two published crops of the same clips differ (four cells, a seventh of the side)."""

SPREAD, ALONE = 0.03, 0.5
"""A cut counts e times less for each SPREAD + ALONE / n that its mean certainty over n images is lower. On drawn
sets that were each cropped in one way .02 to .04 were best from 20 images on; one image alone tells nothing. Real
images had been looked at before (decision 0075)."""


def cut(images: npt.NDArray[Any], across: float, down: float, right: int, lower: int) -> F32:
    """`images` [n, 28, 28, 3] scaled about their middle and shifted; the border's motion goes on outside."""
    middle = (CELLS - 1) / 2
    place = np.array(((across, 0, middle * (1 - across) + right), (0, down, middle * (1 - down) + lower)), np.float32)
    size, border = (CELLS, CELLS), cv2.BORDER_REPLICATE
    return np.stack([cv2.warpAffine(np.asarray(each, np.float32), place, size, borderMode=border) for each in images])


def weights(probabilities: F64) -> F64:
    """How much each cut counts, [cuts], summing to 1.

    probabilities: [cuts, n, 4], `none` first, of one set's n images.
    """
    sure = probabilities[..., 1:].max(axis=2).mean(axis=1)
    odds = np.exp((sure - sure.max()) / (SPREAD + ALONE / probabilities.shape[1]))
    counts: F64 = odds / odds.sum()
    return counts


def pooled(probabilities: F64) -> F64:
    """Class probabilities [n, 3] over all cuts, `none` taken out, each row summing to 1; argument as `weights`."""
    shares = probabilities[..., 1:] / probabilities[..., 1:].sum(axis=2, keepdims=True)
    together: F64 = np.einsum("c,cnk->nk", weights(probabilities), shares)
    return together
