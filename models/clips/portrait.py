"""The portrait that clips move: NASA's public-domain picture of Eileen Collins, its landmarks, and its unit fields."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import cv2
import numpy as np

from appliance.errors import ModelMissing
from appliance.sense.align import to_crop
from appliance.sense.face import FaceFinder
from appliance.sense.frame import F32, U8, Frame
from appliance.sense.landmark import Tracker, inter_ocular_px
from appliance.sense.lock import PACKAGED_FOLDER
from appliance.sense.nets import FACE_FINDER, FACE_LANDMARK, open_locked
from models.clips.surface import unit_square
from models.units import UNITS

WIDTH, HEIGHT = 640, 480
FACE_CENTRE = (224.0, 126.0)
"""Between nose and eyes in the 512 x 512 portrait."""
SCALE = 1.9
"""Puts the eyes about 75 pixels apart, as at a counter 60 cm from a wide lens."""

HAIR_OUT, HAIR_UP, SHOULDERS = 1.6, 0.35, 0.5
"""Outline of head and shoulders against the landmarks' hull, in shares of it and in inter-ocular distances, by eye."""


@dataclass(frozen=True, slots=True)
class Portrait:
    """A face at rest: image uint8 [h, w, 3] RGB, landmarks float32 [468, 2], frame-to-crop float32 [2, 3].

    motions: action unit -> its motion float32 [h, w, 2] in pixels at size 1, for a rendered head; the fields of
    models.fields stand in where there is none; empty: the place without anybody.
    """

    image: U8
    points: F32
    crop: F32
    iod_px: float
    motions: Mapping[int, F32] = field(default_factory=dict)
    empty: bool = False

    @property
    def person(self) -> F32:
        """Float32 [h, w]: 1 on head, hair and shoulders, a rough outline from the landmarks."""
        mask = np.zeros(self.image.shape[:2], np.float32)
        if self.empty:
            return mask
        hull = cv2.convexHull(self.points).reshape(-1, 2)
        centre = hull.mean(axis=0) - (0.0, HAIR_UP * self.iod_px)
        cv2.fillConvexPoly(mask, (centre + HAIR_OUT * (hull - hull.mean(axis=0))).astype(np.int32), (1.0,))
        chin = float(hull[:, 1].max())
        cv2.rectangle(mask, (0, int(chin + SHOULDERS * self.iod_px)), (mask.shape[1], mask.shape[0]), (1.0,), -1)
        return mask

    def unit_field(self, unit: int) -> F32:
        """Motion float32 [h, w, 2] of an action unit at size 1 inter-ocular distance, in pixels."""
        if unit in self.motions:
            return self.motions[unit]
        rows, columns = np.mgrid[0 : self.image.shape[0], 0 : self.image.shape[1]].astype(np.float32)
        x, y = unit_square(self.crop, rows, columns)
        motion = np.zeros((*rows.shape, 2), np.float32)
        for bx, by, sx, sy, du, dv in UNITS[unit]:
            for centre, sign in ((bx, 1.0), (1.0 - bx, -1.0)):
                blob = np.exp(-0.5 * (((x - centre) / sx) ** 2 + ((y - by) / sy) ** 2))
                motion[..., 0] += sign * du * blob
                motion[..., 1] += dv * blob
        return motion * np.float32(self.iod_px)


def portrait(width: int = WIDTH, height: int = HEIGHT, scale: float = SCALE) -> Portrait:
    """The portrait in a `width` x `height` frame, enlarged by `scale`, with its landmarks.

    Raises:
        ModelMissing: it has not been fetched.
    """
    path = PACKAGED_FOLDER / "fetched" / "astronaut.png"
    if not path.exists():
        raise ModelMissing(f"{path}: no such file", "Run `make setup` to fetch it.")
    data = np.frombuffer(without_profile(path.read_bytes()), np.uint8)
    picture = cv2.cvtColor(cv2.imdecode(data, cv2.IMREAD_COLOR), cv2.COLOR_BGR2RGB)
    move = np.array([[scale, 0, width / 2 - scale * FACE_CENTRE[0]], [0, scale, height / 2 - scale * FACE_CENTRE[1]]])
    image = cv2.warpAffine(picture, move, (width, height), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REFLECT)
    return with_landmarks(np.asarray(image, np.uint8))


def without_profile(png: bytes) -> bytes:
    """`png` without its colour profile, which is an outdated sRGB that libpng warns of on stderr.

    Chunks as in the PNG specification (ISO/IEC 15948): length, type, data, CRC, after a signature of 8 bytes.
    """
    kept, at = [png[:8]], 8
    while at < len(png):
        end = at + 12 + int.from_bytes(png[at : at + 4], "big")
        if png[at + 4 : at + 8] != b"iCCP":
            kept.append(png[at:end])
        at = end
    return b"".join(kept)


def with_landmarks(image: U8) -> Portrait:
    """The face in `image`, uint8 [h, w, 3] RGB, as the device's own nets find it.

    Raises:
        LookupError: no face is found.
    """
    frame = Frame(image, 0.0, 0)
    tracker = Tracker(open_locked(PACKAGED_FOLDER, FACE_LANDMARK))
    found = FaceFinder(open_locked(PACKAGED_FOLDER, FACE_FINDER)).find(frame)
    if not found:
        raise LookupError("no face in the picture")
    landmarks = tracker.follow(frame, tracker.from_box(frame, found[0]))
    return Portrait(image, landmarks.points[:, :2].copy(), to_crop(landmarks), inter_ocular_px(landmarks))
