"""A real face for the sensing tests: the public-domain portrait in a camera frame, moved by known amounts."""

from __future__ import annotations

from functools import cache

import cv2
import numpy as np
import numpy.typing as npt

from appliance.sense.face import FaceFinder
from appliance.sense.frame import Frame, Landmarks
from appliance.sense.landmark import Tracker
from appliance.sense.lock import PACKAGED_FOLDER
from appliance.sense.nets import FACE_FINDER, FACE_LANDMARK, open_locked

WIDTH, HEIGHT = 640, 480
FACE_CENTRE = (224.0, 126.0)
"""Between nose and eyes in the 512 x 512 portrait."""

Picture = npt.NDArray[np.uint8]


@cache
def portrait() -> Picture:
    """The astronaut portrait, uint8 [512, 512, 3] RGB; `make setup` fetches it."""
    path = PACKAGED_FOLDER / "fetched" / "astronaut.png"
    bgr = cv2.imdecode(np.frombuffer(path.read_bytes(), np.uint8), cv2.IMREAD_COLOR)
    assert bgr is not None, "run `make setup` first"
    return np.asarray(cv2.cvtColor(bgr, cv2.COLOR_BGR2RGB), np.uint8)


def picture(x: float = 320.0, y: float = 240.0, scale: float = 1.6, turn_deg: float = 0.0) -> Picture:
    """The portrait in a 640 x 480 picture, its face at (x, y), `scale` times its size, turned by `turn_deg`."""
    move = cv2.getRotationMatrix2D(FACE_CENTRE, turn_deg, scale)
    move[:, 2] += np.array([x, y]) - FACE_CENTRE
    return np.asarray(cv2.warpAffine(portrait(), move, (WIDTH, HEIGHT), flags=cv2.INTER_AREA), np.uint8)


def frame(image: Picture, at_s: float = 0.0, index: int = 0) -> Frame:
    """`image` as a frame."""
    return Frame(image, at_s, index)


@cache
def finder() -> FaceFinder:
    """BlazeFace, opened once."""
    return FaceFinder(open_locked(PACKAGED_FOLDER, FACE_FINDER))


@cache
def tracker() -> Tracker:
    """The face mesh, opened once."""
    return Tracker(open_locked(PACKAGED_FOLDER, FACE_LANDMARK))


def mesh(image: Picture) -> Landmarks:
    """The landmarks of the face in `image`, after one step of following."""
    first = tracker().from_box(frame(image), finder().find(frame(image))[0])
    return tracker().follow(frame(image), first)
