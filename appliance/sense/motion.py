"""What moved in the face since the reference frame, with the head's own motion taken out.

Dense inverse search flow (Kroeger et al. 2016) between the reference crop and the present one, pooled to 28 x 28
cells; what of it is the head's (`head`) is subtracted.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, cast

import cv2
import numpy as np

from appliance.sense.bands import LampBands
from appliance.sense.faint import FAINT_MIN, FaintFit, faintness, noise_between
from appliance.sense.frame import CROP_PX, F32, U8, Aligned
from appliance.sense.head import CELLS, OVAL, STABLE, head_motion
from appliance.sense.pixels import PATCHES, brightened, halved, median, patch_means, shrink
from appliance.sense.regions import NAMES, pool

BRIGHT, GAIN_MAX = 120.0, 8.0
"""The face is measured at about the middle of the grey levels: DIS finds less in a dark picture of the same contrast,
and whole grey levels are coarse there (decision 0032). What needs more than three stops is too dark to read."""

REFER_S = 0.2
"""The reference is the mean of this long: a single frame's noise passes for skin in every comparison with it."""

REFER_HEAD_MAX = 0.02
"""What is further than two pixels of the crop from the first frame would blur the mean."""

FACE = slice(CROP_PX // 6, -CROP_PX // 6)
"""Rows and columns of the crop that show the face and nothing behind it."""

FLOW_PX = 2 * CELLS
"""DIS fast ends at a quarter of a picture's side: it gets the crop of 224 that small at once (decision 0081)."""

FAR_MOTION, FAR_CELLS = 0.1, 9
"""No micro-expression moves skin as far as a full action unit; more than nine cells of the face's oval that go so far
are a hand passing, or a laugh (.03 to .07 of all cells for drawn hands; speech stayed at .009)."""


@dataclass(frozen=True, slots=True)
class Motion:
    """Motion since the reference frame, in inter-ocular distances.

    field: float32 [2, 28, 28], u to the image right then v down, head motion taken out;
    head: largest displacement in the crop that the head's motion explained;
    residual: median size of what is left in the stable cells, a measure of how badly the head's motion was found;
    crossed: more of the face moves further than a micro-expression can;
    places: float32 [23, 2], how much further than `field` the watched regions moved, where they are measured apart;
    faint: they are, for the face shows less than the sensor's noise.
    """

    field: F32
    head: float
    residual: float
    at_s: float
    crossed: bool
    places: F32
    faint: bool = False


class MotionMeter:
    """Measures each crop against a reference crop, at the crop's full size (docs/decisions/0021)."""

    def __init__(self) -> None:
        self._flow: Any = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_FAST)
        self._flow.setFinestScale(0)
        self._reference: U8 | None = None
        self._gain = 1.0
        self._bands = LampBands()
        self._patches: F32 = np.ones((PATCHES, PATCHES), np.float32)
        self._mean: _Mean | None = None
        self._faint: FaintFit | None = None
        self._offsets: tuple[F32, F32] | None = None

    def refer_to(self, aligned: Aligned) -> None:
        """Measure against `aligned` from now on; once REFER_S of the head near it was seen, against their mean."""
        self._gain = min(GAIN_MAX, max(1.0, BRIGHT / max(1.0, float(aligned.gray[FACE, FACE].mean()))))
        self._mean, self._faint, self._offsets = _Mean(aligned), None, None
        self._compare_with(aligned.gray)

    def _compare_with(self, crop: F32) -> None:
        bright = brightened(crop, self._gain)
        self._patches = patch_means(bright)
        self._reference = shrink(bright, FLOW_PX, FLOW_PX)

    def lit(self, aligned: Aligned) -> U8:
        """`aligned` in the reference's light, uint8 [224, 224]: what of measuring can be done beforehand."""
        return self._bands.without(brightened(aligned.gray, self._gain), self._patches, aligned.at_s)

    def measure(self, aligned: Aligned, lit: U8 | None = None) -> Motion:
        """Motion from the reference to `aligned`; lit: what `lit` gave for it since the last reference, if it did.

        Raises:
            LookupError: before the first `refer_to`.
        """
        motion = self._measured(aligned, self.lit(aligned) if lit is None else lit)
        if self._mean is not None and self._mean.complete(aligned, motion.head):
            self._settle(self._mean)
            settled = self._measured(aligned, self.lit(aligned))
            self._offsets = motion.field - settled.field, motion.places - settled.places
            return motion
        if self._offsets is None:
            return motion
        field, places = self._offsets
        return replace(motion, field=motion.field + field, places=motion.places + places)

    def _settle(self, seen: _Mean) -> None:
        """Compare with the mean of what was `seen`; if it is faint beside its noise, by places and not by patches."""
        self._compare_with(seen.mean)
        bright = seen.mean * np.float32(self._gain)
        self._faint = FaintFit(bright) if faintness(bright, seen.noise * self._gain) >= FAINT_MIN else None
        self._mean = None

    def _measured(self, aligned: Aligned, present: U8) -> Motion:
        if self._reference is None:
            raise LookupError("no reference: call refer_to first")
        flow = cast("F32", self._flow.calc(self._reference, shrink(present, FLOW_PX, FLOW_PX), None))
        cells = halved(flow).reshape(-1, 2) * np.float32(CROP_PX / FLOW_PX)
        motion = without_head(cells / np.float32(aligned.iod_px), aligned.at_s)
        if self._faint is None:
            return motion
        head = head_motion(cells)
        fitted = self._faint.beyond(present, head, cells - head) / np.float32(aligned.iod_px)
        beyond = fitted.T.reshape(2, CELLS, CELLS) - motion.field
        further: F32 = (beyond / 2).astype(np.float32)  # the net knows flow: it gets the mean of both
        return replace(motion, field=motion.field + further, places=pool(further), faint=True)


class _Mean:
    """The mean of a reference and of what follows it while the head is near."""

    def __init__(self, first: Aligned) -> None:
        self._lock, self._newest_s, self._left_s = first.to_crop, first.at_s, REFER_S
        self._newest: F32 = first.gray.copy()
        self._noises: list[float] = []
        self.mean: F32 = first.gray.copy()

    @property
    def noise(self) -> float:
        """Grey levels from crop to crop; 0 when only one was seen."""
        return float(np.median(self._noises)) if self._noises else 0.0

    def complete(self, aligned: Aligned, moved: float) -> bool:
        """Take `aligned` in, the head having `moved` eye distances; True when enough was seen, or under a new lock."""
        if aligned.to_crop is not self._lock:
            return True
        if moved <= REFER_HEAD_MAX and aligned.at_s > self._newest_s:
            self._noises.append(noise_between(aligned.gray, self._newest))
            self.mean += (aligned.gray - self.mean) / np.float32(len(self._noises) + 1)
            self._left_s -= aligned.at_s - self._newest_s
        self._newest, self._newest_s = aligned.gray.copy(), aligned.at_s
        return self._left_s <= 0.0


def without_head(cells: F32, at_s: float) -> Motion:
    """`cells`, float32 [784, 2] displacements in inter-ocular distances, with the head's own motion subtracted."""
    moved = head_motion(cells)
    left = cells - moved
    squares = _squares(left)
    return Motion(
        field=left.T.reshape(2, CELLS, CELLS).astype(np.float32),
        head=float(np.sqrt(_squares(moved).max())),
        residual=float(median(np.sqrt(squares[STABLE]))),
        at_s=at_s,
        crossed=int((squares[OVAL] > FAR_MOTION**2).sum()) > FAR_CELLS,
        places=np.zeros((len(NAMES), 2), np.float32),
    )


def _squares(cells: F32) -> F32:
    """Squared lengths [784] of `cells` [784, 2]; NumPy's sum over so short an axis takes seven times as long."""
    squares: F32 = cells[:, 0] ** 2 + cells[:, 1] ** 2
    return squares
