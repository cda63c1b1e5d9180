"""Faces for the miniatures: the public-domain portrait, mirrored, stretched and tinted, moved by action units."""

from __future__ import annotations

from functools import cache

import cv2
import numpy as np

from appliance.sense.align import to_crop
from appliance.sense.face import FaceFinder
from appliance.sense.frame import CROP_PX, F32, U8, Frame
from appliance.sense.landmark import Tracker
from appliance.sense.lock import PACKAGED_FOLDER
from appliance.sense.nets import FACE_FINDER, FACE_LANDMARK, open_locked
from models.fields import UNITS

SIDE_PX = 320
SCALE = 1.6
FACE_CENTRE = (224.0, 126.0)
"""Between nose and eyes in the 512 x 512 portrait."""

FULL_PX = 0.06 * CROP_PX
"""A full-strength unit moves the skin this far in the crop; events use a third of it."""

PEOPLE = (
    (False, 1.0, 1.0, (1.0, 1.0, 1.0)),
    (True, 1.06, 0.97, (1.0, 0.93, 0.85)),
    (False, 0.95, 1.05, (0.7, 0.7, 0.72)),
)
"""Mirrored, stretch across, stretch down, tint (red, green, blue) of each made-up subject."""


class Person:
    """One made-up subject.

    Args:
        who: index into `PEOPLE`.

    Raises:
        ModelMissing, ModelMismatch: the face nets are not fetched, or not the recorded ones.
    """

    def __init__(self, who: int) -> None:
        mirrored, across, down, tint = PEOPLE[who]
        image = _portrait()[:, ::-1] if mirrored else _portrait()
        x, y = (image.shape[1] - 1 - FACE_CENTRE[0] if mirrored else FACE_CENTRE[0]), FACE_CENTRE[1]
        sx, sy = SCALE * across, SCALE * down
        move = np.array([[sx, 0, SIDE_PX / 2 - sx * x], [0, sy, SIDE_PX / 2 - sy * y]], np.float32)
        picture = cv2.warpAffine(np.ascontiguousarray(image), move, (SIDE_PX, SIDE_PX), borderMode=cv2.BORDER_REPLICATE)
        self._image: U8 = np.clip(picture * np.array(tint), 0, 255).astype(np.uint8)
        frame = Frame(self._image, 0.0, 0)
        finder, tracker = FaceFinder(open_locked(PACKAGED_FOLDER, FACE_FINDER)), _tracker()
        self._to_crop = to_crop(tracker.follow(frame, tracker.from_box(frame, finder.find(frame)[0])))
        self._noise = np.random.default_rng(who)

    def picture(self, units: tuple[int, ...], share: float) -> U8:
        """The face with `units` at `share` of full strength, with sensor noise, uint8 [320, 320, 3] RGB."""
        moved = self._image
        if share:
            x, y = np.meshgrid(np.arange(SIDE_PX, dtype=np.float32), np.arange(SIDE_PX, dtype=np.float32))
            shift = share * self._field(units)
            moved = np.asarray(cv2.remap(moved, x - shift[..., 0], y - shift[..., 1], cv2.INTER_CUBIC), np.uint8)
        noise = self._noise.normal(0.0, 1.5, moved.shape)
        return np.clip(moved + noise, 0, 255).astype(np.uint8)

    @cache  # noqa: B019  a person lives as long as the data set is written
    def _field(self, units: tuple[int, ...]) -> F32:
        """Displacement float32 [320, 320, 2] of `units` at full strength, picture pixels."""
        y, x = np.mgrid[0:SIDE_PX, 0:SIDE_PX].astype(np.float32)
        crop = (np.stack([x, y], axis=-1) @ self._to_crop[:, :2].T + self._to_crop[:, 2]) / CROP_PX
        field = np.zeros((SIDE_PX, SIDE_PX, 2), np.float32)
        for unit in units:
            for bx, by, sx, sy, du, dv in UNITS[unit]:
                for side, sign in ((bx, 1.0), (1.0 - bx, -1.0)):
                    shape = np.exp(-0.5 * (((crop[..., 0] - side) / sx) ** 2 + ((crop[..., 1] - by) / sy) ** 2))
                    field += shape[..., None] * np.array([sign * du, dv], np.float32)
        return (field * FULL_PX) @ np.linalg.inv(self._to_crop[:, :2]).T.astype(np.float32)


@cache
def _portrait() -> U8:
    path = PACKAGED_FOLDER / "fetched" / "astronaut.png"
    image = cv2.imdecode(np.frombuffer(path.read_bytes(), np.uint8), cv2.IMREAD_COLOR)
    return np.asarray(cv2.cvtColor(image, cv2.COLOR_BGR2RGB), np.uint8)


@cache
def _tracker() -> Tracker:
    return Tracker(open_locked(PACKAGED_FOLDER, FACE_LANDMARK))
