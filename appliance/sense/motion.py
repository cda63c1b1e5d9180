"""What moved in the face since the reference frame, with the head's own motion taken out.

Dense inverse search flow (Kroeger et al. 2016) between the reference crop and the present one, pooled to 28 x 28
cells; a similarity fitted robustly to the cells that facial muscles hardly move is the head, and is subtracted.
Richer models of the head (affine, homography) were measured to eat the expression itself (model.md).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast

import cv2
import numpy as np

from appliance.sense.align import fit_similarity
from appliance.sense.frame import CROP_PX, F32, U8, Aligned
from appliance.sense.pixels import PATCHES, cell_means, lit_like, patch_means

CELLS = 28
"""Cells a side of a motion field: the input size of the expression net."""

ROBUST_ROUNDS = 3
ROBUST_SCALE = 0.01
"""Cauchy weights with a scale of 1 % of the eye distance: a tenth of a full action unit."""

FAR_MOTION, FAR_SHARE = 0.1, 0.012
"""No micro-expression moves skin as far as a full action unit; more than ten cells of 784 that go so far are a hand
passing, or a laugh (.03 to .07 of the cells for drawn hands; speech stayed at .009)."""

_SIDE = (np.arange(CELLS, dtype=np.float32) + 0.5) / CELLS
_GRID = np.stack(np.meshgrid(_SIDE, _SIDE), axis=-1).reshape(-1, 2)
"""Cell centres [784, 2], x then y, as shares of the crop's side."""


def _stable_cells() -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Nose and outer cheeks: where the action-unit fields of model.md are weakest. bool [784]."""
    x, y = np.abs(_GRID[:, 0] - 0.5), _GRID[:, 1]
    nose = (x < 0.09) & (y > 0.24) & (y < 0.56)
    cheeks = (x > 0.26) & (x < 0.42) & (y > 0.36) & (y < 0.60)
    stable: np.ndarray[tuple[int], np.dtype[np.bool_]] = nose | cheeks
    return stable


STABLE = _stable_cells()


@dataclass(frozen=True, slots=True)
class Motion:
    """Motion since the reference frame, in inter-ocular distances.

    field: float32 [2, 28, 28], u to the image right then v down, head motion taken out;
    head: largest displacement in the crop that the head's motion explained;
    residual: median size of what is left in the stable cells, a measure of how badly a similarity explains the head.
    """

    field: F32
    head: float
    residual: float
    at_s: float

    @property
    def crossed(self) -> bool:
        """Whether more of the face moves further than a micro-expression can."""
        far = self.field[0] ** 2 + self.field[1] ** 2 > FAR_MOTION**2
        return float(far.mean()) > FAR_SHARE


class MotionMeter:
    """Measures each crop against a reference crop, at the crop's full size (docs/decisions/0021)."""

    def __init__(self) -> None:
        self._flow: Any = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_FAST)
        self._reference: U8 | None = None
        self._patches: F32 = np.ones((PATCHES, PATCHES), np.float32)

    def refer_to(self, aligned: Aligned) -> None:
        """Measure against `aligned` from now on."""
        self._reference, self._patches = aligned.gray, patch_means(aligned.gray)

    def measure(self, aligned: Aligned) -> Motion:
        """Motion from the reference to `aligned`.

        Raises:
            LookupError: before the first `refer_to`.
        """
        if self._reference is None:
            raise LookupError("no reference: call refer_to first")
        flow = cast("F32", self._flow.calc(self._reference, lit_like(aligned.gray, self._patches), None))
        cells = cell_means(flow, CELLS).reshape(-1, 2)
        return without_head(cells / np.float32(aligned.iod_px), aligned.iod_px, aligned.at_s)


def without_head(cells: F32, iod_px: float, at_s: float) -> Motion:
    """`cells`, float32 [784, 2] displacements in inter-ocular distances, with the head's similarity subtracted.

    iod_px: inter-ocular distance in crop pixels.
    """
    places = np.asarray(_GRID * (CROP_PX / iod_px), np.float32)
    source, moved = places[STABLE], cells[STABLE]
    weights = np.ones(len(source), np.float32)
    for _ in range(ROBUST_ROUNDS):
        similarity = fit_similarity(source, source + moved, weights)
        left = moved - (source @ (similarity[:, :2] - np.eye(2, dtype=np.float32)).T + similarity[:, 2])
        weights = np.asarray(1.0 / (1.0 + (left**2).sum(axis=1) / ROBUST_SCALE**2), np.float32)
    head = places @ (similarity[:, :2] - np.eye(2, dtype=np.float32)).T + similarity[:, 2]
    field = (cells - head).T.reshape(2, CELLS, CELLS).astype(np.float32)
    return Motion(
        field=field,
        head=float(np.sqrt((head**2).sum(axis=1).max())),
        residual=float(np.median(np.sqrt((left**2).sum(axis=1)))),
        at_s=at_s,
    )
