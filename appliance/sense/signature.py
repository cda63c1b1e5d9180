"""Whether the camera has been moved: 96 bits about the directions of edges in the scene, nothing like a picture.

The picture is cut into 6 x 4 cells; each cell gets one bit for each of four edge directions: 1 if that direction has
more than its fair share there. Twelve bytes cannot hold a face (histograms of oriented gradients, Dalal & Triggs 2005,
cut down until only the coarse scene is left).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from appliance.sense.frame import Frame
from appliance.sense.pixels import gray

COLUMNS, ROWS, DIRECTIONS = 6, 4, 4
BITS = COLUMNS * ROWS * DIRECTIONS
EDGE_MIN = 12.0
"""Grey levels a pixel step must have to count as an edge: above sensor noise after the shrinking."""
STRIDE = 4
"""Every fourth pixel both ways is enough for edges of furniture."""
MOVED_BITS = 18
"""More differing bits than this is another view; measured in docs/cues.md."""

F64 = npt.NDArray[np.float64]


class Scene:
    """Gathers edge directions over frames without a face."""

    def __init__(self) -> None:
        self._sum: F64 = np.zeros((ROWS, COLUMNS, DIRECTIONS))

    def add(self, frame: Frame) -> None:
        """Add one frame's edges; the frame itself is not kept."""
        full = gray(frame.image)
        height, width = (side // STRIDE * STRIDE for side in full.shape)
        blocks = full[:height, :width].reshape(height // STRIDE, STRIDE, width // STRIDE, STRIDE)
        small = blocks.mean(axis=(1, 3), dtype=np.float64)
        down, across = np.gradient(small)
        size = np.hypot(across, down)
        direction = np.floor((np.arctan2(down, across) % np.pi) / np.pi * DIRECTIONS).astype(int) % DIRECTIONS
        rows = np.arange(small.shape[0]) * ROWS // small.shape[0]
        columns = np.arange(small.shape[1]) * COLUMNS // small.shape[1]
        edges = size > EDGE_MIN
        at = np.broadcast_arrays(rows[:, None], columns[None, :])
        np.add.at(self._sum, (at[0][edges], at[1][edges], direction[edges]), 1.0)

    def signature(self) -> bytes:
        """The 12 bytes of what was added."""
        total = self._sum.sum(axis=2, keepdims=True)
        bits = self._sum > total / DIRECTIONS
        return np.packbits(bits.reshape(-1)).tobytes()


def differing(first: bytes, second: bytes) -> int:
    """Bits that differ between two signatures, 0..96."""
    return sum((a ^ b).bit_count() for a, b in zip(first, second, strict=True))


def moved(stored: bytes, now: bytes) -> bool:
    """True if the view is no longer the one the signature was taken of."""
    return differing(stored, now) > MOVED_BITS
