"""The motion image between a recording's onset and apex, by the appliance's own finder, alignment and flow."""

from __future__ import annotations

import cv2
import numpy as np

from appliance.sense.align import Aligner
from appliance.sense.face import FaceFinder
from appliance.sense.frame import F32, U8, Aligned, Frame, Landmarks
from appliance.sense.landmark import Tracker
from appliance.sense.lock import PACKAGED_FOLDER
from appliance.sense.motion import MotionMeter
from appliance.sense.nets import FACE_FINDER, FACE_LANDMARK, open_locked
from appliance.sense.normalise import with_strain
from appliance.sense.pixels import gray
from models.licensed.frames import Frames
from models.licensed.recording import Event

FLAG_MIN = 0.5
"""MediaPipe's `min_tracking_confidence`, as in the appliance's follower."""
MARGIN = 0.5
"""Cropped releases cut the face so closely that no finder sees one; this share of the side is added all round."""


class OnsetApex:
    """Cuts onset and apex with one locked transform and measures the motion between them.

    Raises:
        ModelMissing, ModelMismatch: the face nets are not fetched, or not the recorded ones.
    """

    def __init__(self) -> None:
        self._finder = FaceFinder(open_locked(PACKAGED_FOLDER, FACE_FINDER))
        self._tracker = Tracker(open_locked(PACKAGED_FOLDER, FACE_LANDMARK))

    def image(self, frames: Frames, event: Event) -> F32 | None:
        """float32 [28, 28, 3] (u, v, strain; inter-ocular distances), or None where the onset shows no face.

        Without a given apex it is the frame of the event that moved most since the onset, on the mean over the face.

        Raises:
            ClipInvalid: a frame is missing or cannot be read.
        """
        onset = frames.read(event.onset)
        landmarks, margin = self._face(onset)
        if landmarks is None:
            return None
        aligner, meter = Aligner(), MotionMeter()
        aligner.lock(landmarks)
        meter.refer_to(_cut(aligner, onset, landmarks, margin))
        chosen = [event.apex] if event.apex else [n for n in frames.numbers() if event.onset < n <= event.offset]
        fields = [meter.measure(_cut(aligner, frames.read(n), landmarks, margin)).field for n in chosen]
        if not fields:
            return None
        return with_strain(max(fields, key=lambda field: float(np.hypot(*field).mean())))

    def _face(self, image: U8) -> tuple[Landmarks | None, bool]:
        """The widest face, in the picture or else in the picture with a margin; whether the margin was needed."""
        for margin in (False, True):
            frame = Frame(_with_margin(image) if margin else image, 0.0, 0)
            faces = self._finder.find(frame)
            if faces:
                landmarks = self._tracker.follow(frame, self._tracker.from_box(frame, faces[0]))
                return (landmarks if landmarks.score >= FLAG_MIN else None), margin
        return None, False


def _cut(aligner: Aligner, image: U8, landmarks: Landmarks, margin: bool) -> Aligned:
    return aligner.cut(gray(_with_margin(image) if margin else image), 0.0, landmarks)


def _with_margin(image: U8) -> U8:
    edge = round(MARGIN * max(image.shape[:2]))
    return np.asarray(cv2.copyMakeBorder(image, edge, edge, edge, edge, cv2.BORDER_REPLICATE), np.uint8)
