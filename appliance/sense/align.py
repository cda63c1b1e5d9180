"""From landmarks to the canonical crop, by a similarity that is locked until the head has moved away.

A locked transform keeps landmark jitter (0.2 % of the eye distance a frame) from being taken for motion.
"""

from __future__ import annotations

import numpy as np

from appliance.sense.frame import CROP_PX, F32, U8, Aligned, Landmarks
from appliance.sense.landmark import EYE_CORNERS, eye_centres
from appliance.sense.pixels import cut, inverse, soften

NOSE_BRIDGE = (168, 6, 197)
BROWS = (70, 63, 105, 66, 107, 46, 53, 52, 65, 55, 336, 296, 334, 293, 300, 285, 295, 282, 283, 276)
MOUTH = (61, 291, 13, 14)

_MODEL_CM = {33: (-4.4459, 2.6640), 133: (-1.8564, 2.5852), 168: (0.0, 3.2710), 6: (0.0, 2.4733), 197: (0.0, 1.7284)}
_MODEL_BROW_CM, _MODEL_MOUTH_CM = 4.557, -4.306
"""x, y up, in cm, of MediaPipe's canonical face model (canonical_face_model.obj, Apache-2.0); brow and mouth
lines are the means of the points named above."""

BROW_LINE, MOUTH_LINE = 0.17, 0.77
"""Where the brow and mouth lines stand in the crop, as a share of its side (model.md)."""


def _template() -> F32:
    side_cm = (_MODEL_BROW_CM - _MODEL_MOUTH_CM) / (MOUTH_LINE - BROW_LINE)
    left_eye = [_MODEL_CM[i] for i in EYE_CORNERS[:2]]
    right_eye = [(-x, y) for x, y in reversed(left_eye)]
    rest = [_MODEL_CM[i] for i in NOSE_BRIDGE] + [(0.0, _MODEL_BROW_CM), (0.0, _MODEL_MOUTH_CM)]
    points = np.array(left_eye + right_eye + rest)
    x = 0.5 + points[:, 0] / side_cm
    y = BROW_LINE + (_MODEL_BROW_CM - points[:, 1]) / side_cm
    template: F32 = (np.stack([x, y], axis=1) * CROP_PX).astype(np.float32)
    return template


TEMPLATE = _template()
"""float32 [9, 2]: eye corners, nose bridge, brow line and mouth line in crop pixels."""

STABLE = (*EYE_CORNERS, *NOSE_BRIDGE)
"""Landmarks that no expression moves much: a new lock puts these where they were in the reference crop."""

SHIFT_MAX = 0.08
"""The lock is renewed when the crop would lie this share of its side elsewhere: DIS follows larger shifts badly."""


def to_crop(landmarks: Landmarks) -> F32:
    """The similarity float32 [2, 3] from frame to crop that fits `TEMPLATE` best (least squares; Umeyama 1991)."""
    points = landmarks.points[:, :2]
    rows = [points[list(EYE_CORNERS)], points[list(NOSE_BRIDGE)]]
    rows += [points[list(BROWS)].mean(axis=0)[None], points[list(MOUTH)].mean(axis=0)[None]]
    return fit_similarity(np.concatenate(rows), TEMPLATE)


def fit_similarity(source: F32, target: F32) -> F32:
    """The similarity float32 [2, 3] with least squared error from `source` to `target`, both [n, 2].

    Without reflection; as complex numbers: target = a source + b.
    """
    s = source[:, 0].astype(np.float64) + 1j * source[:, 1]
    t = target[:, 0].astype(np.float64) + 1j * target[:, 1]
    s_mean, t_mean = s.mean(), t.mean()
    s, t = s - s_mean, t - t_mean
    a = (t * s.conj()).sum() / max(float((s * s.conj()).real.sum()), 1e-9)
    b = t_mean - a * s_mean
    return np.array([[a.real, -a.imag, b.real], [a.imag, a.real, b.imag]], np.float32)


def shift_between(old: F32, new: F32) -> float:
    """The largest distance between where two frame-to-crop transforms put the crop's corners, in crop sides."""
    corners = np.array([[0, 0], [CROP_PX, 0], [0, CROP_PX], [CROP_PX, CROP_PX]], np.float32)
    back = inverse(new)
    there = corners @ back[:, :2].T + back[:, 2]
    seen = there @ old[:, :2].T + old[:, 2]
    return float(np.hypot(*(seen - corners).T).max()) / CROP_PX


class Aligner:
    """Cuts the canonical crop, with the transform of the reference frame for as long as it fits."""

    def __init__(self) -> None:
        self._locked: F32 | None = None
        self._anchors: F32 | None = None

    def reset(self) -> None:
        """Forget lock and reference: the face was lost, another one came, or the reference no longer serves."""
        self._locked = self._anchors = None

    @property
    def locked(self) -> bool:
        """True while there is a lock, and with it a reference."""
        return self._locked is not None

    def lock(self, landmarks: Landmarks) -> bool:
        """Lock to `landmarks` if there is no lock or the head has moved away from it.

        True if this is the first lock: its frame is the reference. Later locks put the stable landmarks where they
        were in the reference crop, so that crops stay comparable with it.
        """
        points = landmarks.points[list(STABLE), :2]
        if self._anchors is None or self._locked is None:
            self._locked = to_crop(landmarks)
            self._anchors = (points @ self._locked[:, :2].T + self._locked[:, 2]).astype(np.float32)
            return True
        fresh = fit_similarity(points, self._anchors)
        if shift_between(self._locked, fresh) > SHIFT_MAX:
            self._locked = fresh
        return False

    def cut(self, image: U8, at_s: float, landmarks: Landmarks) -> Aligned:
        """The crop of `image` (uint8 [h, w, 3] RGB, or [h, w] grey) under the present lock.

        Raises:
            LookupError: before the first `lock`.
        """
        if self._locked is None:
            raise LookupError("no lock: call lock first")
        crop = soften(cut(image, self._locked, CROP_PX))  # a tenth less flow noise, no less motion (decision 0021)
        points = (landmarks.points[:, :2] @ self._locked[:, :2].T + self._locked[:, 2]).astype(np.float32)
        left, right = eye_centres(points)
        iod_px = float(np.hypot(*(right - left)))
        return Aligned(crop, self._locked, iod_px, points, at_s)
