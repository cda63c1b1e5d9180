"""The portrait that clips move: NASA's public-domain picture of Eileen Collins, its landmarks, and its unit fields."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from appliance.errors import ModelMissing
from appliance.sense.align import to_crop
from appliance.sense.face import FaceFinder
from appliance.sense.frame import CROP_PX, F32, U8, Frame
from appliance.sense.landmark import Tracker, inter_ocular_px
from appliance.sense.lock import PACKAGED_FOLDER
from appliance.sense.nets import FACE_FINDER, FACE_LANDMARK, open_locked
from models.fields import UNITS

WIDTH, HEIGHT = 640, 480
FACE_CENTRE = (224.0, 126.0)
"""Between nose and eyes in the 512 x 512 portrait."""
SCALE = 1.9
"""Puts the eyes about 75 pixels apart, as at a counter 60 cm from a wide lens."""


@dataclass(frozen=True, slots=True)
class Portrait:
    """A face at rest: image uint8 [480, 640, 3] RGB, landmarks float32 [468, 2], frame-to-crop float32 [2, 3]."""

    image: U8
    points: F32
    crop: F32
    iod_px: float

    def unit_field(self, unit: int) -> F32:
        """Motion float32 [480, 640, 2] of an action unit at size 1 inter-ocular distance, in pixels."""
        rows, columns = np.mgrid[0:HEIGHT, 0:WIDTH].astype(np.float32)
        at = np.stack([columns, rows], axis=-1) @ self.crop[:, :2].T + self.crop[:, 2]
        x, y = at[..., 0] / CROP_PX, at[..., 1] / CROP_PX
        field = np.zeros((HEIGHT, WIDTH, 2), np.float32)
        for bx, by, sx, sy, du, dv in UNITS[unit]:
            for centre, sign in ((bx, 1.0), (1.0 - bx, -1.0)):
                blob = np.exp(-0.5 * (((x - centre) / sx) ** 2 + ((y - by) / sy) ** 2))
                field[..., 0] += sign * du * blob
                field[..., 1] += dv * blob
        return field * np.float32(self.iod_px)


def portrait() -> Portrait:
    """The portrait in a 640 x 480 frame with its landmarks.

    Raises:
        ModelMissing: it has not been fetched.
    """
    path = PACKAGED_FOLDER / "fetched" / "astronaut.png"
    if not path.exists():
        raise ModelMissing(f"{path}: no such file", "Run `make setup` to fetch it.")
    picture = cv2.cvtColor(cv2.imread(str(path)), cv2.COLOR_BGR2RGB)
    move = np.array([[SCALE, 0, WIDTH / 2 - SCALE * FACE_CENTRE[0]], [0, SCALE, HEIGHT / 2 - SCALE * FACE_CENTRE[1]]])
    image = np.asarray(cv2.warpAffine(picture, move, (WIDTH, HEIGHT), flags=cv2.INTER_CUBIC), np.uint8)
    frame = Frame(image, 0.0, 0)
    tracker = Tracker(open_locked(PACKAGED_FOLDER, FACE_LANDMARK))
    found = FaceFinder(open_locked(PACKAGED_FOLDER, FACE_FINDER)).find(frame)[0]
    landmarks = tracker.follow(frame, tracker.from_box(frame, found))
    return Portrait(image, landmarks.points[:, :2].copy(), to_crop(landmarks), inter_ocular_px(landmarks))
