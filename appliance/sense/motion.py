"""What moved in the face since the reference frame, with the head's own motion taken out.

Dense inverse search flow (Kroeger et al. 2016) between the reference crop and the present one, pooled to 28 x 28
cells; what of it is the head's (`head`) is subtracted.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast

import cv2
import numpy as np

from appliance.sense.frame import CROP_PX, F32, U8, Aligned
from appliance.sense.head import CELLS, STABLE, head_motion
from appliance.sense.pixels import PATCHES, brightened, cell_means, lit_like, patch_means

BRIGHT, GAIN_MAX = 120.0, 8.0
"""The face is measured at about the middle of the grey levels: DIS finds less in a dark picture of the same contrast,
and whole grey levels are coarse there (decision 0032). What needs more than three stops is too dark to read."""

FACE = slice(CROP_PX // 6, -CROP_PX // 6)
"""Rows and columns of the crop that show the face and nothing behind it."""

FAR_MOTION, FAR_SHARE = 0.1, 0.012
"""No micro-expression moves skin as far as a full action unit; more than ten cells of 784 that go so far are a hand
passing, or a laugh (.03 to .07 of the cells for drawn hands; speech stayed at .009)."""


@dataclass(frozen=True, slots=True)
class Motion:
    """Motion since the reference frame, in inter-ocular distances.

    field: float32 [2, 28, 28], u to the image right then v down, head motion taken out;
    head: largest displacement in the crop that the head's motion explained;
    residual: median size of what is left in the stable cells, a measure of how badly the head's motion was found.
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
        self._gain = 1.0
        self._patches: F32 = np.ones((PATCHES, PATCHES), np.float32)

    def refer_to(self, aligned: Aligned) -> None:
        """Measure against `aligned` from now on."""
        self._gain = min(GAIN_MAX, max(1.0, BRIGHT / max(1.0, float(aligned.gray[FACE, FACE].mean()))))
        self._reference = brightened(aligned.gray, self._gain)
        self._patches = patch_means(self._reference)

    def measure(self, aligned: Aligned) -> Motion:
        """Motion from the reference to `aligned`.

        Raises:
            LookupError: before the first `refer_to`.
        """
        if self._reference is None:
            raise LookupError("no reference: call refer_to first")
        present = lit_like(brightened(aligned.gray, self._gain), self._patches)
        flow = cast("F32", self._flow.calc(self._reference, present, None))
        cells = cell_means(flow, CELLS).reshape(-1, 2)
        return without_head(cells / np.float32(aligned.iod_px), aligned.at_s)


def without_head(cells: F32, at_s: float) -> Motion:
    """`cells`, float32 [784, 2] displacements in inter-ocular distances, with the head's own motion subtracted."""
    moved = head_motion(cells)
    left = cells - moved
    return Motion(
        field=left.T.reshape(2, CELLS, CELLS).astype(np.float32),
        head=float(np.sqrt((moved**2).sum(axis=1).max())),
        residual=float(np.median(np.sqrt((left[STABLE] ** 2).sum(axis=1)))),
        at_s=at_s,
    )
