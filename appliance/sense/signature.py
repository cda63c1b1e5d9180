"""Whether the camera has been moved: 96 bits about the directions of edges in the scene, nothing like a picture.

The picture is cut into 6 x 4 cells; each cell gets one bit for each of four edge directions: 1 if that direction is
stronger there than in the median cell. Twelve bytes cannot hold a face (histograms of oriented gradients, Dalal &
Triggs 2005, doi 10.1109/CVPR.2005.177, cut down until only the coarse scene is left).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from appliance.sense.frame import Frame
from appliance.sense.pixels import gray, shrink

COLUMNS, ROWS, DIRECTIONS = 6, 4, 4
SMALL_PX = (80, 60)
"""Edges of furniture survive eightfold shrinking, sensor noise does not."""
EDGE_MIN = 3.0
"""Grey levels a shrunk pixel: three times what sensor noise of 8 levels leaves after averaging 64 pixels."""
MOVED_BITS = 12
"""More differing bits than this is another view. On eight drawn rooms: noise alone up to 2, 40 % less light up to 4, a
shift by a twentieth of the width at least 18, by a tenth at least 24 (tests/unit/test_view.py)."""

F64 = npt.NDArray[np.float64]


class Scene:
    """Gathers edge directions over frames without a face."""

    def __init__(self) -> None:
        self._sum: F64 = np.zeros((ROWS, COLUMNS, DIRECTIONS))

    def add(self, frame: Frame) -> None:
        """Add one frame's edges; the frame itself is not kept."""
        width, height = SMALL_PX
        down, across = np.gradient(shrink(gray(frame.image), width, height).astype(np.float64))
        size = np.hypot(across, down)
        turn = np.arctan2(down, across) % np.pi / np.pi * DIRECTIONS
        direction = np.floor(turn + 0.5).astype(np.int64) % DIRECTIONS
        row, column = np.indices(size.shape)
        edge = size > EDGE_MIN
        at = (row[edge] * ROWS // height, column[edge] * COLUMNS // width, direction[edge])
        np.add.at(self._sum, at, size[edge])

    def signature(self) -> bytes:
        """The 12 bytes of what was added."""
        bits = self._sum > np.median(self._sum, axis=(0, 1), keepdims=True)
        return np.packbits(bits.reshape(-1)).tobytes()


def differing(first: bytes, second: bytes) -> int:
    """Bits that differ between two signatures, 0..96."""
    return sum((a ^ b).bit_count() for a, b in zip(first, second, strict=True))


def moved(stored: bytes, now: bytes) -> bool:
    """True if the view is no longer the one the signature was taken of."""
    return differing(stored, now) > MOVED_BITS
