"""BlazeFace: which faces are in a frame, and where. Anchors, decoding and suppression are ours, in numpy.

Source of the numbers: MediaPipe's face_detection_short_range graph (Bazarevsky et al. 2019, "BlazeFace").
"""

from __future__ import annotations

import numpy as np

from appliance.sense.frame import F32, U8, FaceBox, Frame
from appliance.sense.interpreter import Net
from appliance.sense.pixels import shrink

INPUT_PX = 128
ANCHOR_GRIDS = ((16, 2), (8, 6))
"""(cells a side, anchors a cell): strides 8 and 3 x 16 with two anchors each, 896 in all."""

SCORE_LOGIT_MIN = 0.0
"""MediaPipe's `min_score_thresh` for this net is 0.5: a logit of 0."""

OVERLAP_MAX = 0.3
"""MediaPipe's `min_suppression_threshold`, intersection over union."""

SECOND_FACE_SHARE = 0.5
"""A second face counts when at least half as wide as the first; smaller ones stand in the background."""


def anchors() -> F32:
    """Anchor centres float32 [896, 2] in 0..1, x then y, in the net's order."""
    cells = []
    for side, each in ANCHOR_GRIDS:
        y, x = np.mgrid[0:side, 0:side].reshape(2, -1)
        cells.append(np.repeat(np.stack([x, y], axis=1) + 0.5, each, axis=0) / side)
    centres: F32 = np.concatenate(cells).astype(np.float32)
    return centres


def decode(raw: F32, scores: F32, centres: F32) -> tuple[F32, F32]:
    """Raw outputs to boxes in 0..1 of the square input.

    Args:
        raw: float32 [896, 16]: centre offset, size, six points, in input pixels from the anchor.
        scores: float32 [896], logits.
        centres: as `anchors`.

    Returns:
        float32 [n, 16] (left, top, width, height, six x/y pairs) and float32 [n] scores, both for
        scores >= 0.5, best first.
    """
    kept = np.flatnonzero(scores >= SCORE_LOGIT_MIN)
    kept = kept[np.argsort(-scores[kept], kind="stable")]
    probability = 1.0 / (1.0 + np.exp(-scores[kept]))
    values = raw[kept] / INPUT_PX
    centre = values[:, :2] + centres[kept]
    points = (values[:, 4:].reshape(-1, 6, 2) + centres[kept][:, None]).reshape(-1, 12)
    boxes = np.concatenate([centre - values[:, 2:4] / 2, values[:, 2:4], points], axis=1)
    return boxes.astype(np.float32), probability.astype(np.float32)


def suppress(boxes: F32, scores: F32) -> list[tuple[F32, float]]:
    """Weighted non-maximum suppression: overlapping boxes become their mean by score, best first.

    Args:
        boxes: float32 [n, 16] as from `decode`, best first.
        scores: float32 [n].
    """
    left = list(range(len(boxes)))
    faces = []
    while left:
        same = [i for i in left if _overlap(boxes[left[0]], boxes[i]) > OVERLAP_MAX or i == left[0]]
        weights = scores[same] / scores[same].sum()
        faces.append(((boxes[same] * weights[:, None]).sum(axis=0).astype(np.float32), float(scores[left[0]])))
        left = [i for i in left if i not in same]
    return faces


def _overlap(a: F32, b: F32) -> float:
    low = np.maximum(a[:2], b[:2])
    high = np.minimum(a[:2] + a[2:4], b[:2] + b[2:4])
    shared = float(np.prod(np.maximum(high - low, 0.0)))
    return shared / (float(a[2] * a[3] + b[2] * b[3]) - shared + 1e-9)


class FaceFinder:
    """Finds the faces of a frame.

    Args:
        net: BlazeFace short range: float32 [1, 128, 128, 3] in -1..1 to scores [1, 896, 1] and boxes [1, 896, 16].
    """

    def __init__(self, net: Net) -> None:
        self._net = net
        self._anchors = anchors()

    def find(self, frame: Frame) -> list[FaceBox]:
        """The faces of `frame` that are at least half as wide as the widest one, widest first, in frame pixels."""
        square, scale, left, top = _letterbox(frame.image)
        scores, raw = self._net.run(square.astype(np.float32) / 127.5 - 1.0)
        boxes, sure = decode(raw.reshape(-1, 16), scores.reshape(-1), self._anchors)
        faces = [_to_frame(box, score, scale, left, top) for box, score in suppress(boxes, sure)]
        faces.sort(key=lambda face: -face.width)
        return [face for face in faces if face.width >= SECOND_FACE_SHARE * faces[0].width]


def _letterbox(image: U8) -> tuple[U8, float, int, int]:
    height, width = image.shape[:2]
    scale = INPUT_PX / max(height, width)
    size = (round(width * scale), round(height * scale))
    left, top = (INPUT_PX - size[0]) // 2, (INPUT_PX - size[1]) // 2
    square = np.zeros((INPUT_PX, INPUT_PX, 3), np.uint8)
    square[top : top + size[1], left : left + size[0]] = shrink(image, *size)
    return square, scale, left, top


def _to_frame(box: F32, score: float, scale: float, left: int, top: int) -> FaceBox:
    pairs = box.reshape(-1, 2) * INPUT_PX / scale
    pairs[0] -= (left / scale, top / scale)
    points = (pairs[2:] - (left / scale, top / scale)).astype(np.float32)
    return FaceBox(float(pairs[0, 0]), float(pairs[0, 1]), float(pairs[1, 0]), float(pairs[1, 1]), score, points)
