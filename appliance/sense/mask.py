"""The staff side is cut out before anything looks at a frame: crop, then a polygon painted black in place."""

from __future__ import annotations

from dataclasses import replace
from typing import Self

import cv2
import numpy as np
import numpy.typing as npt

from appliance.errors import ConfigInvalid
from appliance.sense.frame import Frame, FrameSource
from appliance.settings import View

CORNERS_MIN = 3
CROP_SHARE_MIN = 0.1
"""Less than a tenth of the picture's side is a typing error: no face fits into it."""


class Mask:
    """What of a picture may be read.

    Args:
        view: the [view] section; positions are shares of the whole picture.
        cropped: frames come cropped from the sensor: nothing is to be cut away, and positions are moved accordingly.

    Raises:
        ConfigInvalid: a crop without area, or a polygon with an odd number of values or fewer than three corners.
    """

    def __init__(self, view: View, *, cropped: bool = False) -> None:
        left, top, right, bottom = view.crop if len(view.crop) == 4 else (0.0, 0.0, 1.0, 1.0)
        if len(view.crop) not in {0, 4} or right - left < CROP_SHARE_MIN or bottom - top < CROP_SHARE_MIN:
            raise ConfigInvalid(f"view.crop: {list(view.crop)} is no area", "Give left, top, right, bottom, or [].")
        if len(view.staff) % 2 or 0 < len(view.staff) < 2 * CORNERS_MIN:
            raise ConfigInvalid(
                f"view.staff: {len(view.staff)} numbers are no polygon", "Give x, y of at least three corners."
            )
        self._crop = (left, top, right, bottom)
        self._staff = np.array(view.staff, np.float64).reshape(-1, 2)
        if cropped:
            self._staff = (self._staff - (left, top)) / (right - left, bottom - top)
            self._crop = (0.0, 0.0, 1.0, 1.0)

    @property
    def empty(self) -> bool:
        """True if no staff side is configured."""
        return len(self._staff) == 0

    def corners(self, width: int, height: int) -> npt.NDArray[np.int32]:
        """The staff polygon int32 [n, 2] in pixels of a picture of this size."""
        corners: npt.NDArray[np.int32] = np.rint(self._staff * (width, height)).astype(np.int32)
        return corners

    def holds(self, x: float, y: float, width: int, height: int) -> bool:
        """True if the point (pixels of the whole picture) is on the staff side."""
        return not self.empty and cv2.pointPolygonTest(self.corners(width, height), (x, y), measureDist=False) >= 0

    def apply(self, frame: Frame) -> Frame:
        """`frame` with its staff side painted black and cropped; the given pixels are overwritten, not copied."""
        image = frame.image if frame.image.flags.writeable else frame.image.copy()
        height, width = image.shape[:2]
        if not self.empty:
            cv2.fillPoly(image, [self.corners(width, height)], (0, 0, 0))
        left, top, right, bottom = self._crop
        if self._crop != (0.0, 0.0, 1.0, 1.0):
            rows = slice(round(top * height), round(bottom * height))
            columns = slice(round(left * width), round(right * width))
            image = np.ascontiguousarray(image[rows, columns])
        return replace(frame, image=image)


class MaskedSource:
    """A camera or clip whose frames are masked before anybody else gets them.

    Args:
        source: the unmasked one; nobody else may read from it.
        mask: what to cut out.
    """

    def __init__(self, source: FrameSource, mask: Mask) -> None:
        self._source = source
        self._mask = mask
        self.rate_hz = source.rate_hz

    @property
    def dropped(self) -> int:
        """Frames the source dropped because they were late."""
        return int(getattr(self._source, "dropped", 0))

    def __enter__(self) -> Self:
        self._source.__enter__()
        self.rate_hz = self._source.rate_hz
        return self

    def __exit__(self, *error: object) -> None:
        self._source.__exit__(*error)

    def read(self) -> Frame | None:
        """The next frame, masked; None at the end of a clip."""
        frame = self._source.read()
        return None if frame is None else self._mask.apply(frame)
