"""The only types that may hold pixels; none of them leaves `appliance.sense`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol, Self

import numpy as np
import numpy.typing as npt

U8 = npt.NDArray[np.uint8]
F32 = npt.NDArray[np.float32]

CROP_PX = 224
"""Side of the aligned crop (model.md: DIS fast at 224 won the comparison)."""


@dataclass(frozen=True, slots=True)
class Frame:
    """One picture: image uint8 [h, w, 3] RGB; at_s seconds on the source's clock; index counts dropped ones too."""

    image: U8
    at_s: float
    index: int


@dataclass(frozen=True, slots=True)
class FaceBox:
    """A face the finder saw: left, top, width, height in pixels, score 0..1, points float32 [6, 2] in pixels."""

    left: float
    top: float
    width: float
    height: float
    score: float
    points: F32


@dataclass(frozen=True, slots=True)
class Landmarks:
    """468 face-mesh points float32 [468, 3] in frame pixels (z in the same scale) and the face flag 0..1."""

    points: F32
    score: float


@dataclass(frozen=True, slots=True)
class Aligned:
    """A face in the canonical crop.

    gray: float32 [224, 224] 0..255; brow line at y = .17, mouth at y = .77 of the side, face midline at x = .5.
    to_crop: float32 [2, 3] similarity from frame to crop; iod_px: inter-ocular distance in crop pixels;
    points: float32 [468, 2] landmarks in crop pixels.
    """

    gray: F32
    to_crop: F32
    iod_px: float
    points: F32
    at_s: float


class FrameSource(Protocol):
    """Camera or clip; a context manager that powers the camera from enter to exit."""

    rate_hz: float

    def __enter__(self) -> Self: ...

    def __exit__(self, *_: object) -> None: ...

    def read(self) -> Frame | None:
        """The next frame, or None at the end of a clip.

        Raises:
            CameraStalled: no frame within two seconds.
        """
        ...
