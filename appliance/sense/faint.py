"""Motion of a face that shows less than the sensor's noise: fitted at once over each place, not patch by patch.

Flow looks at 32 pixels of the crop at a time and loses faint skin in noise. Here the picture's own gradients (Lucas &
Kanade 1981) tell how far each of the twenty places has moved beyond the head, all at once and with a prior that they
moved little; over a whole place the noise averages out. It is one matrix, made when the reference is, so a frame costs
a small picture moved by the head and a product (decision 0034).
"""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from appliance.sense.frame import CROP_PX, F32, U8
from appliance.sense.head import CELLS
from appliance.sense.pixels import moved_by, shrink
from appliance.sense.regions import CENTRES, blob

SIDE = 112
"""The fit's picture has this side: pixels of a camera 60 cm from a face, which the crop enlarges."""

SMOOTH_PX, FAINTNESS_PX = 1.0, 1.5
"""Gaussians that both pictures are seen through, so that gradients hold over the pixel that skin moves (decision 0091),
and that a reference's gradients are measured through, to tell whether it is faint."""

SPREAD = 0.055
"""Gaussian width of a moving place as a share of the crop, about that of `regions.SPREAD`."""

BLOB_MIN = 1e-4

PRIOR = 4.0
"""Noise for each crop pixel that a place is thought to move, in units of the reference's median gradient; weak, for the
spotter takes means of what is fitted (`micro.AVERAGE_SHARE`), whose noise is less than a frame's (decision 0091)."""

HEAD_PRIOR, LIGHT_PRIOR = 9.0, 9.0
"""What the head's motion and the light left over may vary, in the same unit squared against a place's."""

LIGHT = 0.02
"""Two per cent of more or less light, even or growing across the face, weighs as much as a pixel of motion."""

MARGINS = (4, 8)
"""Rows and columns at the edges that are not looked at: there the wall begins."""

FAINT_MIN = 0.45
"""Noise from crop to crop over the median gradient of the reference from which a face is faint: .95 to 1.3 on Monk 10
in dim light, .42 to .49 on Monk 1 and 4 there, .30 to .43 on Monk 10 in shop light (six rendered heads each)."""

STEP_PX = 4
"""Every fourth pixel of the crop is looked at for noise; nearer ones share it: the crop is enlarged and softened."""

EYES, EYE_RADII = ((0.287, 0.29), (0.713, 0.29)), (0.13, 0.075)
"""Centres and half axes of the eyes in the crop (`align.TEMPLATE`). Lids that close show another picture, not a moved
one, and the fit would explain it by the brows; what moves in there is left to the flow."""

_SIDE = (np.arange(SIDE, dtype=np.float32) + np.float32(0.5)) / SIDE


class FaintFit:
    """How far each place moved beyond the head, against one reference.

    Args:
        reference: float32 [224, 224], as free of noise as can be had.
    """

    def __init__(self, reference: F32) -> None:
        self._reference: F32 = shrink(reference, SIDE, SIDE)
        self._solve = _solver(self._reference)

    def beyond(self, present: U8, head: F32, flow: F32) -> F32:
        """Motion float32 [784, 2] in crop pixels that `present`, uint8 [224, 224], shows beyond that of the `head`.

        flow: what the flow shows beyond it; believed in the eyes alone.
        """
        small = shrink(present, SIDE, SIDE).astype(np.float32)
        shift = head.reshape(CELLS, CELLS, 2) * np.float32(SIDE / CROP_PX)
        missing = self._reference - moved_by(small, shift)
        sizes = (self._solve @ missing.ravel()).reshape(2, -1)
        field: F32 = np.where(_EYE_CELLS[:, None], flow, (sizes @ _CELL_BLOBS).T)
        return field


def faintness(reference: F32, noise: float) -> float:
    """`noise` (grey levels, from crop to crop) over the median gradient of `reference` float32 [224, 224]."""
    return noise / _steepness(*_gradients(_smooth(shrink(reference, SIDE, SIDE), FAINTNESS_PX)))


def noise_between(one: F32, other: F32) -> float:
    """Standard deviation of the noise by which two crops differ, by its median: what moved is the smaller part.

    Of the difference only its change from pixel to pixel is taken: a lamp that flickers dims neighbours alike, and
    passed for nine times the noise (decision 0039).
    """
    apart = (one - other)[::STEP_PX, ::STEP_PX]
    return float(np.median(np.abs(apart[:, 1:] - apart[:, :-1]))) / (0.6745 * 2**0.5)


def _blob(side: int, centre: tuple[float, float]) -> F32:
    """A place [side * side], 0 where it fades: denormal numbers make the products slow."""
    place = blob(side, SPREAD, centre)
    place[place < BLOB_MIN] = 0.0
    return place


def _eyes(side: int) -> npt.NDArray[np.bool_]:
    """Bool [side * side]: in one of the eyes."""
    at = (np.arange(side) + 0.5) / side
    x, y = (each.ravel() for each in np.meshgrid(at, at))
    inside = [((x - a) / EYE_RADII[0]) ** 2 + ((y - b) / EYE_RADII[1]) ** 2 < 1.0 for a, b in EYES]
    return np.logical_or(*inside)


_CELL_BLOBS = np.array([_blob(CELLS, centre) for centre in CENTRES])
_EYE_CELLS = _eyes(CELLS)


def _smooth(image: F32, width_px: float = SMOOTH_PX) -> F32:
    return np.asarray(cv2.GaussianBlur(image, (0, 0), width_px), np.float32)


def _gradients(image: F32) -> tuple[F32, F32]:
    """Grey levels a pixel, to the right and down."""
    right, down = (cv2.Sobel(image, cv2.CV_32F, dx, 1 - dx, scale=1 / 8) for dx in (1, 0))
    return np.asarray(right, np.float32), np.asarray(down, np.float32)


def _steepness(right: F32, down: F32) -> float:
    """Median size of the gradients on the face, above 0."""
    rows, columns = MARGINS
    return max(float(np.median(np.hypot(right, down)[rows:-rows, columns:-columns])), 1e-6)


def _solver(reference: F32) -> F32:
    """Picture differences [112 * 112] -> motion of the places, crop pixels right, then down: float32 [40, 112 * 112].

    The posterior mean under the priors above; what the head's motion and the light leave is explained beside.
    """
    smooth = _smooth(reference)
    steepness = _steepness(*_gradients(smooth))
    right, down = (each.ravel() * np.float32(SIDE / CROP_PX) for each in _gradients(smooth))
    x, y = (each.ravel() for each in np.meshgrid(_SIDE - np.float32(0.5), _SIDE - np.float32(0.5)))
    beside = [right, down, 10 * (x * right + y * down), 10 * (x * down - y * right)]
    beside += [LIGHT * smooth.ravel() * each for each in (np.ones_like(x), x, y)]
    count = len(CENTRES)
    shown = np.empty((2 * count + len(beside), SIDE * SIDE), np.float32)  # all in place: memory peaks here
    for k, centre in enumerate(CENTRES):
        place = _blob(SIDE, centre)
        shown[k], shown[count + k] = place * right, place * down
    shown[2 * count :] = beside
    mask = np.zeros((SIDE, SIDE), np.float32)
    rows, columns = MARGINS
    mask[rows:-rows, columns:-columns] = 1.0
    shown *= mask.ravel() * ~_eyes(SIDE)
    prior = np.full(len(shown), (PRIOR * steepness) ** 2)
    prior[2 * count :] /= HEAD_PRIOR
    answer = np.linalg.inv((shown @ shown.T).astype(np.float64) + np.diag(prior))[: 2 * count].astype(np.float32)
    for at in range(0, SIDE * SIDE, SIDE):
        shown[: 2 * count, at : at + SIDE] = answer @ shown[:, at : at + SIDE]
    for row in shown[: 2 * count]:  # smoothed as a picture: then the pictures need not be, for smoothing is linear
        row[:] = _smooth(row.reshape(SIDE, SIDE)).ravel()
    return shown[: 2 * count]
