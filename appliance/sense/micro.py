"""Micro-expressions: brief movements that rise from rest and return to it within half a second. Pure.

The measure is that of Moilanen, Zhao & Pietikäinen 2014 ("Spotting rapid facial movements from videos using
appearance-based feature difference analysis"): a moment against the mean of one lag before and one after, here on
regional motion, so that slow drift and steps cancel. Each region is read in units of its own rolling noise.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

import numpy as np

from appliance.events import Interval, Kind
from appliance.sense.alone import ALONE_AFTER_S, ALONE_BEFORE_S, is_spoken, mouth_moves_beside, project, smoothed
from appliance.sense.blocked import blocked_regions, slit_is_clear
from appliance.sense.course import Course, measure
from appliance.sense.frame import F32
from appliance.sense.history import History, median_over_time
from appliance.sense.regions import LIDS, LOWER, SPOKEN

LAGS_S = (0.1, 0.17, 0.25)
"""About half of a short, a mean and the longest micro-expression (1/25-1/2 s, Yan et al. 2013)."""

AVERAGE_S = 0.0125
"""Samples within this of a moment are averaged: one frame at 60 Hz, three at 120 Hz."""

NOISE_MIN = 0.0005
"""Least noise believed, inter-ocular distances: 1/20 pixel of the crop, what DIS leaves on a still face."""

AMPLITUDE_MIN = 0.0035
"""No smaller movement counts, whatever the noise: a third of a pixel of the crop, 3.5 % of a full action unit. Below
it lay 29 of 83 brief movements spotted in quiet footage, and 9 of 781 told of planted ones (decision 0079)."""

AMPLITUDE_MAX = 0.06
"""A brief movement that shows more than the largest micro-expression looked for (35 % of a full action unit, 0.1
inter-ocular distances) is not subtle: a syllable, a chew, a tic. Of single units of that size the regions show half to
nine tenths; where units meet, as at a chin that rises under lip corners that drop, .040 to .057 (decision 0074)."""

NOISE_S = 5.0
NOISE_EVERY_S = 0.25
NOISE_RATE_HZ = 30.0
"""The noise floor is the median of the last 5 s, taken at 30 Hz, renewed four times a second."""

PEAK_S = 0.15
"""A peak is the largest value this far to both sides: two micro-expressions are never closer."""

WINDOW_S = 0.6
"""The course is read this far round the peak."""

NEAR_NOISE = 12.0
"""On a faint face a movement below this many noise floors is not clear of the noise: its course and its turns are read
on means. On others means only made a lamp's beat (decision 0029) long enough to be told."""

PATTERN_SHARE, PATTERN_MIN = 0.4, 4.5
"""A region belongs to a movement from this share of the leading one's score on, and from this many noise floors on: at
rest the highest of all regions stayed below 4 in 97 of 100 quarter seconds, and a region that only its noise brought in
made a raised brow look like speech (decisions 0039, 0074)."""

RETURN_MIN = 0.5
"""The fall must be at least half the rise, and the rise half the fall; otherwise it is a step."""

ECHO_MAX = 0.6
"""One lag before and after something brief and large the contrast shows half of it, though nothing moves there: the
course of a movement is at least about as high as its contrast."""

DURATION_MIN_S = 0.135
"""Micro-expressions last .17 to .5 s (Yan et al. 2013), less a frame of a thirtieth; a lamp at 100 Hz beats with 30
frames a second in 0.1 s."""

DURATION_MAX_S, NEAR_NOISE_LONGER_S = 0.62, 0.05
HALF_WIDTH_MIN_S, HALF_WIDTH_MAX_S = 0.055, 0.33
"""A micro-expression ends within 0.5 s; the measured feet of one may lie 60 ms further out on each side, and
25 ms more where the course is a mean. Half as high it is half as wide, so .07 s at least; a single frame's spike is
not, however far out noise puts its feet (decision 0039)."""

MOUTH_SHARE_MAX = 5.0
"""A mouth that moves more than five times as far in the same moment moves the rest: a jaw's .05 left .004 to .006 on
the brows of a faint face, with each syllable. In 1,426 planted movements none was so small beside it (0083)."""

LID_SHARE_MAX = 2.0
"""Lids that move this much more than all else are a blink or a gaze shift: 3.1 times and more on warped portraits, a
little over 2 in two blinks that were told; lids that tighten (action units 5 and 7) stayed below 1.8 (0084)."""


@dataclass(frozen=True, slots=True)
class Spotted:
    """A movement: when, which kind, its largest regional size in inter-ocular distances."""

    interval: Interval
    kind: Kind
    amplitude: float
    blinked: bool = False


@dataclass(frozen=True, slots=True)
class _Moment:
    """Contrast at one moment: float32 [3, 23, 2] for the lags, its sizes [3, 23], and the highest score."""

    at_s: float
    contrast: F32
    size: F32
    score: float
    lag: int


class MicroSpotter:
    """Spots brief movements.

    Args:
        gate_sigma: a movement counts above this many noise floors of its region.
    """

    def __init__(self, gate_sigma: float) -> None:
        self._gate = gate_sigma
        self._moments: deque[_Moment] = deque()
        self._sizes: deque[tuple[float, F32]] = deque()
        self._noise: F32 | None = None
        self._noise_s = -np.inf
        self._judged_s = -np.inf

    def reset(self) -> None:
        """Forget everything: another face, or a gap."""
        self._moments.clear()
        self._sizes.clear()
        self._noise, self._noise_s, self._judged_s = None, -np.inf, -np.inf

    @property
    def settled(self) -> bool:
        """True once there is a noise floor."""
        return self._noise is not None

    def step(self, history: History, now_s: float) -> Spotted | None:
        """Take in the newest sample of `history` (at `now_s`); the movement that is complete now, if any."""
        if history.span_s() < 2 * LAGS_S[-1]:
            return None
        moment = self._moment(history, now_s - LAGS_S[-1])
        self._learn_noise(moment)
        self._moments.append(moment)
        while self._moments[0].at_s < now_s - ALONE_AFTER_S - 2 * PEAK_S:
            self._moments.popleft()
        for peak in self._peaks(now_s - ALONE_AFTER_S):
            if spotted := self._judge(history, peak):
                return spotted
        return None

    def _moment(self, history: History, at_s: float) -> _Moment:
        centre = history.mean(at_s, AVERAGE_S)
        beside = [history.mean(at_s - lag, AVERAGE_S) + history.mean(at_s + lag, AVERAGE_S) for lag in LAGS_S]
        contrast = np.asarray(centre - np.stack(beside) / 2, np.float32)
        size: F32 = np.sqrt((contrast**2).sum(axis=2))
        if self._noise is None:
            return _Moment(at_s, contrast, size, 0.0, 0)
        counts = (size >= AMPLITUDE_MIN) & slit_is_clear(size)
        score = np.where(counts, size / self._noise, 0.0)[:, ~LIDS].max(axis=1)
        return _Moment(at_s, contrast, size, float(score.max()), int(score.argmax()))

    def _learn_noise(self, moment: _Moment) -> None:
        if not self._sizes or moment.at_s - self._sizes[-1][0] >= 1 / NOISE_RATE_HZ:
            self._sizes.append((moment.at_s, moment.size))
            while self._sizes[0][0] < moment.at_s - NOISE_S:
                self._sizes.popleft()
        known_s = moment.at_s - self._sizes[0][0]
        if known_s >= 1.0 and moment.at_s - self._noise_s >= NOISE_EVERY_S:
            self._noise = np.maximum(median_over_time([size for _, size in self._sizes]), NOISE_MIN).astype(np.float32)
            self._noise_s = moment.at_s

    def _peaks(self, until_s: float) -> list[_Moment]:
        """Moments not looked at before and not later than `until_s` that stand above the gate and their neighbours."""
        fresh = [moment for moment in self._moments if self._judged_s < moment.at_s <= until_s]
        if fresh:
            self._judged_s = fresh[-1].at_s
        return [moment for moment in fresh if moment.score >= max(self._gate, self._highest_near(moment.at_s))]

    def _highest_near(self, at_s: float) -> float:
        return max(moment.score for moment in self._moments if abs(moment.at_s - at_s) <= PEAK_S)

    def _judge(self, history: History, peak: _Moment) -> Spotted | None:
        beside = history.between(peak.at_s - PEAK_S, peak.at_s + PEAK_S)
        blocked = blocked_regions(beside)
        if any(sample.crossed for sample in history.between(peak.at_s - ALONE_AFTER_S, peak.at_s + ALONE_AFTER_S)):
            return None
        noise = self._noise if self._noise is not None else np.full_like(peak.size, NOISE_MIN)
        blocked |= ~slit_is_clear(peak.size)[peak.lag]
        score = np.where(blocked, 0.0, peak.size[peak.lag] / noise[peak.lag])
        lead = int(score.argmax())
        size = float(peak.size[peak.lag, lead])
        lids, mouth = (float(peak.size[peak.lag, part].max()) for part in (LIDS, LOWER))
        if (
            score[lead] < self._gate
            or not AMPLITUDE_MIN <= size <= AMPLITUDE_MAX
            or mouth > MOUTH_SHARE_MAX * size
            or (lids > LID_SHARE_MAX * size and not LOWER[lead])
        ):
            return None
        clear = bool(score[lead] >= NEAR_NOISE) or not any(sample.faint for sample in beside)
        least = max(PATTERN_SHARE * score[lead], min(PATTERN_MIN, score[lead]))
        pattern = np.where(score >= least, 1.0, 0.0)[:, None] * peak.contrast[peak.lag]
        around = history.between(peak.at_s - ALONE_BEFORE_S, peak.at_s + ALONE_AFTER_S)
        times, course = project(around, pattern, noise[peak.lag], size)
        course = course if clear else smoothed(course)
        near = np.abs(times - peak.at_s) <= WINDOW_S
        found = measure(times[near], course[near], _highest_near(times[near], course[near], peak.at_s))
        echo = max(found.rise, found.fall) < ECHO_MAX * size
        if echo or not _is_micro(found, clear=clear) or is_spoken(around, pattern, noise[peak.lag], size, clear=clear):
            return None
        interval = Interval(found.onset_s, found.apex_s, found.offset_s)
        if pattern[SPOKEN].any() and mouth_moves_beside(around, interval, noise[peak.lag], size):
            return None
        return Spotted(interval, Kind.MICRO, size, any(sample.blink for sample in beside))


def _highest_near(
    times: np.ndarray[tuple[int], np.dtype[np.float64]],
    course: np.ndarray[tuple[int], np.dtype[np.float64]],
    at_s: float,
) -> int:
    near = np.flatnonzero(np.abs(times - at_s) <= LAGS_S[0] / 2)
    return int(near[course[near].argmax()]) if len(near) else int(np.abs(times - at_s).argmin())


def _is_micro(found: Course, *, clear: bool) -> bool:
    returns = found.fall >= RETURN_MIN * found.rise and found.rise >= RETURN_MIN * found.fall
    longest_s = DURATION_MAX_S if clear else DURATION_MAX_S + NEAR_NOISE_LONGER_S
    lasts = DURATION_MIN_S <= found.offset_s - found.onset_s <= longest_s
    return returns and lasts and HALF_WIDTH_MIN_S <= found.half_s <= HALF_WIDTH_MAX_S
