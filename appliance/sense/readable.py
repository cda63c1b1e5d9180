"""Whether a face can be read at all: size, light, pose; and what its lids and lips are doing. Pure."""

from __future__ import annotations

from collections import deque

import numpy as np

from appliance.events import NoReading
from appliance.sense.frame import F32, Landmarks
from appliance.sense.landmark import eye_centres, inter_ocular_px

INTER_OCULAR_MIN_PX = 32.0
"""A 15 % movement (0.015 eye distances) is then half a pixel, about the flow's own error."""

GRAY_MIN = 25.0
"""Mean grey level of the crop, 0..255, under which sensor noise exceeds small movements."""

TURN_MAX = 0.35
"""Nose tip off the middle of the eyes, in eye distances: about 30 degrees on the canonical face model
(the nose tip stands 3.9 cm before eyes 6.3 cm apart: 0.62 sin 34 deg = 0.35)."""

TURN_S, TURN_STEP = 0.5, 0.06
"""A nose that goes 6 % of the eye distance within half a second is a head turning by about 6 degrees (0.62 sin 6 deg),
a third more than talking jaws showed (.045), twelve times the landmarks' own noise."""

NOD_STEP, NOD_HEAD = 0.08, 0.03
"""A wrinkled nose, or one that a dropping jaw draws along, goes up or down by as much as .074: short of NOD_STEP it is
a nod only if the flow says that the head went .03 eye distances too (decision 0090)."""

NOSE_TIP = 4
LIDS = ((159, 145), (386, 374))
LIPS = (13, 14)
"""Upper and lower point of each eye's middle, and of the inner lips' middle (canonical face model)."""

BLINK_SHARE = 0.84
"""Lids closer than this share of their usual opening are a blink. The landmark net closes them less on dark skin: at
.75 it saw 35 of 66 drawn blinks on Monk 10 and all on Monk 1, at .84 all on both; lids that tighten (action units 5 to
7) stayed above it on both (decision 0039)."""

BLINK_MAX_S = 0.5
"""A blink lasts .1 to .4 s (Stern, Walrath & Goldstein 1984); lids that stay narrow are no blink but a look."""

USUAL_COUNT = 36
"""Openings remembered: three seconds at the landmarks' 12 Hz."""

SPEECH_S = 1.5
SPEECH_STEP = 0.04
SPEECH_TURNS_MIN = 3
"""Lips that open and close by more than 4 % of the eye distance, three turns within 1.5 s (syllables come at
2-8 Hz), are speech."""


def not_readable(
    landmarks: Landmarks, far_px: float = INTER_OCULAR_MIN_PX, near_px: float = float("inf")
) -> NoReading | None:
    """TOO_FAR or TURNED, or None for a face of enough pixels that looks to the camera.

    Eye distances outside far_px..near_px are TOO_FAR from the one customer place, on either side.
    """
    iod_px = inter_ocular_px(landmarks)
    if not far_px <= iod_px <= near_px:
        return NoReading.TOO_FAR
    return NoReading.TURNED if abs(nose(landmarks)[0]) > TURN_MAX else None


def nose(landmarks: Landmarks) -> tuple[float, float]:
    """How far the nose tip lies to the right of and below the middle of the eyes, in eye distances: the head's turn."""
    left, right = eye_centres(landmarks.points)
    across = right - left
    tip = landmarks.points[NOSE_TIP, :2] - (left + right) / 2
    square = float(across @ across)
    return float(tip @ across) / square, float(tip[1] * across[0] - tip[0] * across[1]) / square


def too_dark(crop: F32) -> bool:
    """True when the crop float32 [224, 224] is too dark to tell movement from noise."""
    return float(crop[::4, ::4].mean()) < GRAY_MIN


def _gap(points: F32, pair: tuple[int, int], iod_px: float) -> float:
    return float(np.hypot(*(points[pair[1], :2] - points[pair[0], :2]))) / iod_px


class TurnWatch:
    """Tells a head that turns or nods: its nose moves against its eyes, and another pose has another neutral face."""

    def __init__(self) -> None:
        self._places: deque[tuple[float, float, float, float]] = deque()

    def step(self, landmarks: Landmarks, at_s: float, head: float) -> bool:
        """True while the nose has gone further than TURN_STEP within TURN_S, and not by itself.

        head: how far the flow last said that the head was from the reference frame (`Motion.head`), eye distances.
        """
        self._places.append((at_s, *nose(landmarks), head))
        while self._places[0][0] < at_s - TURN_S:
            self._places.popleft()
        _, aside, down, went = np.ptp(np.array(self._places), axis=0)
        return bool(aside > TURN_STEP or down > (TURN_STEP if went > NOD_HEAD else NOD_STEP))


class BlinkWatch:
    """Tells closing lids from their own usual opening."""

    def __init__(self) -> None:
        self._openings: deque[float] = deque(maxlen=USUAL_COUNT)
        self._open_s = -np.inf

    def step(self, landmarks: Landmarks, at_s: float) -> bool:
        """True while the lids are nearer than usual, and have been for no longer than a blink takes."""
        iod_px = inter_ocular_px(landmarks)
        opening = sum(_gap(landmarks.points, pair, iod_px) for pair in LIDS) / 2
        self._openings.append(opening)
        if opening >= BLINK_SHARE * float(np.median(self._openings)):
            self._open_s = at_s
        return 0.0 < at_s - self._open_s <= BLINK_MAX_S


class SpeechWatch:
    """Tells lips that open and close again and again."""

    def __init__(self) -> None:
        self._turns: deque[float] = deque()
        self._extreme = 0.0
        self._opening = True

    def step(self, landmarks: Landmarks, at_s: float) -> bool:
        """True while the lips move as in speech."""
        gap = _gap(landmarks.points, LIPS, inter_ocular_px(landmarks))
        further = gap > self._extreme if self._opening else gap < self._extreme
        if further:
            self._extreme = gap
        elif abs(gap - self._extreme) > SPEECH_STEP:
            self._extreme, self._opening = gap, not self._opening
            self._turns.append(at_s)
        while self._turns and self._turns[0] < at_s - SPEECH_S:
            self._turns.popleft()
        return len(self._turns) >= SPEECH_TURNS_MIN
