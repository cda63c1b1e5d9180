"""The face mesh: 468 points of one face, each time from the region of the last ones, so that the finder may rest.

Source of the numbers: MediaPipe's face_landmark_front graph (Kartynnik et al. 2019, "Real-time facial
surface geometry from monocular video on mobile GPUs"). Indices are those of its canonical face model.
"""

from __future__ import annotations

import math

import numpy as np

from appliance.sense.frame import F32, FaceBox, Frame, Landmarks
from appliance.sense.interpreter import Net
from appliance.sense.pixels import inverse, warp

INPUT_PX = 192
ROI_SCALE = 1.5
"""The region is 1.5 times the face box, from the finder and from the last landmarks alike (MediaPipe)."""

EYE_OUTER = (33, 263)
"""Outer eye corners: image left, image right."""

EYE_CORNERS = (33, 133, 362, 263)
"""Outer and inner corners, image left eye then image right eye."""


class Tracker:
    """Landmarks of one face.

    Args:
        net: face_landmark: float32 [1, 192, 192, 3] in 0..1 to 1404 point values and a face flag (logit).
    """

    def __init__(self, net: Net) -> None:
        self._net = net

    def from_box(self, frame: Frame, face: FaceBox) -> Landmarks:
        """Landmarks of the face in `face`, in frame pixels; `score` is low when there is none."""
        centre = (face.left + face.width / 2, face.top + face.height / 2)
        return self._run(frame, centre, max(face.width, face.height), face.points[0], face.points[1])

    def follow(self, frame: Frame, last: Landmarks) -> Landmarks:
        """Landmarks in `frame` of the face that was at `last` a moment ago, in frame pixels."""
        low, high = last.points[:, :2].min(axis=0), last.points[:, :2].max(axis=0)
        centre = (float(low[0] + high[0]) / 2, float(low[1] + high[1]) / 2)
        left_eye, right_eye = last.points[EYE_OUTER[0], :2], last.points[EYE_OUTER[1], :2]
        return self._run(frame, centre, float((high - low).max()), left_eye, right_eye)

    def _run(self, frame: Frame, centre: tuple[float, float], size: float, left: F32, right: F32) -> Landmarks:
        angle = math.atan2(float(right[1] - left[1]), float(right[0] - left[0]))
        to_net = _square(centre, size * ROI_SCALE, angle)
        patch = warp(frame.image, to_net, INPUT_PX)
        points, flag = self._net.run(patch.astype(np.float32) * np.float32(1 / 255))
        back = inverse(to_net)
        mesh = points.reshape(468, 3)
        mesh[:, :2] = mesh[:, :2] @ back[:, :2].T + back[:, 2]
        mesh[:, 2] *= math.hypot(back[0, 0], back[1, 0])
        return Landmarks(mesh, float(1.0 / (1.0 + np.exp(-flag.ravel()[0]))))


def _square(centre: tuple[float, float], side: float, angle: float) -> F32:
    scale = INPUT_PX / max(side, 1.0)
    cos, sin = math.cos(angle) * scale, math.sin(angle) * scale
    x, y = centre
    half = INPUT_PX / 2
    return np.array([[cos, sin, half - cos * x - sin * y], [-sin, cos, half + sin * x - cos * y]], np.float32)


def inter_ocular_px(landmarks: Landmarks) -> float:
    """Distance between the eye centres (means of each eye's corners), in the landmarks' own pixels."""
    left, right = eye_centres(landmarks.points)
    return float(np.hypot(*(right - left)))


def eye_centres(points: F32) -> tuple[F32, F32]:
    """Means of each eye's corners, float32 [2], of a face mesh `points` [468, 2 or 3]: image left, image right."""
    outer, inner, inner_right, outer_right = (points[corner, :2] for corner in EYE_CORNERS)
    left: F32 = (outer + inner) / np.float32(2)
    right: F32 = (inner_right + outer_right) / np.float32(2)
    return left, right
