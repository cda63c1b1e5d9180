"""Whose face is read: finds it, follows its landmarks, and says why there is none to read."""

from __future__ import annotations

from dataclasses import dataclass

from appliance.events import NoReading
from appliance.sense.face import FaceFinder
from appliance.sense.frame import Frame, Landmarks
from appliance.sense.landmark import Tracker

FINDER_GAP_S = 0.5
"""While a face is followed the finder looks this often, only to notice a second one."""

BUSY_S, FREE = 0.025, 2
"""Frames that come this fast, 40 a second, leave time for the finder only in the second one after renewed landmarks:
in the first two motions are measured (decisions 0037 and 0092)."""

LANDMARK_GAP_S = 0.08
"""Landmarks are renewed at most 12 times a second: the transform is locked, so only blinks, speech and losing the
face need them, and they cost as much as all the rest (decision 0020)."""

LANDMARK_WAIT_S = 2 * LANDMARK_GAP_S
"""In a frame in which the finder looked, landmarks may wait this long for a later one: both nets in one frame made the
slowest hundredth of all frames."""

FLAG_MIN = 0.5
"""MediaPipe's `min_tracking_confidence`: below it the landmark net says there is no face in its region."""


@dataclass(frozen=True, slots=True)
class Followed:
    """The face of a frame: its landmarks, or why there are none; `fresh` if they were renewed in this frame."""

    landmarks: Landmarks | None
    reason: NoReading | None
    fresh: bool


class Follower:
    """Follows the one face at the counter.

    Args:
        finder: finds faces in a whole frame.
        tracker: landmarks of a face from its region.
    """

    def __init__(self, finder: FaceFinder, tracker: Tracker) -> None:
        self.finder = finder
        self.tracker = tracker
        self._landmarks: Landmarks | None = None
        self._faces = 0
        self._found_s = 0.0
        self._landmark_s = 0.0
        self._age = 0

    def step(self, frame: Frame) -> Followed:
        """The face of `frame`: NO_FACE, TWO_FACES and OCCLUDED (seen, but its mesh does not fit) are the reasons."""
        return self._find(frame) if self._landmarks is None else self._follow(frame, self._landmarks)

    def _follow(self, frame: Frame, last: Landmarks) -> Followed:
        self._age += 1
        past_s = frame.at_s - self._landmark_s
        free = self._age == FREE or past_s >= BUSY_S * self._age
        looked = free and frame.at_s - self._found_s >= FINDER_GAP_S
        if looked:
            self._faces = len(self.finder.find(frame))
            self._found_s = frame.at_s
        if self._faces > 1:
            self._landmarks = None
            return Followed(None, NoReading.TWO_FACES, fresh=False)
        if past_s < (LANDMARK_WAIT_S if looked else LANDMARK_GAP_S):
            return Followed(last, None, fresh=False)
        return self._accept(self.tracker.follow(frame, last), frame.at_s, NoReading.OCCLUDED)

    def _find(self, frame: Frame) -> Followed:
        faces = self.finder.find(frame)
        self._faces, self._found_s = len(faces), frame.at_s
        if not faces:
            return Followed(None, NoReading.NO_FACE, fresh=False)
        if len(faces) > 1:
            return Followed(None, NoReading.TWO_FACES, fresh=False)
        return self._accept(self.tracker.from_box(frame, faces[0]), frame.at_s, NoReading.NO_FACE)

    def _accept(self, landmarks: Landmarks, at_s: float, otherwise: NoReading) -> Followed:
        self._landmark_s, self._age = at_s, 0
        if landmarks.score < FLAG_MIN:
            self._landmarks = None
            return Followed(None, otherwise, fresh=False)
        self._landmarks = landmarks
        return Followed(landmarks, None, fresh=True)
