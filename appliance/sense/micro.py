"""Micro-expressions: brief movements that rise from rest and return to it within half a second. Pure.

The measure is that of Moilanen, Zhao & Pietikäinen 2014 ("Spotting rapid facial movements from videos using
appearance-based feature difference analysis"): a moment against the mean of one lag before and one after, here on
regional motion, so that slow drift and steps cancel. Each region is read in units of its own rolling noise.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, replace

import numpy as np

from appliance.events import Interval, Kind
from appliance.sense.alone import (
    ALONE_AFTER_S,
    ALONE_BEFORE_S,
    HEAD_SHARE,
    head_way,
    is_spoken,
    mouth_moves_beside,
    open_eyed,
    project,
    smoothed,
)
from appliance.sense.course import Course, measure
from appliance.sense.history import History, Sample, median_over_time
from appliance.sense.matched import MatchedFilters
from appliance.sense.regions import SPOKEN
from appliance.sense.shown import Moment, Shown, as_whole, by_places, moment

LAGS_S = (0.1, 0.17, 0.25)
"""About half of a short, a mean and the longest micro-expression (1/25-1/2 s, Yan et al. 2013)."""

AVERAGE_S = 0.0125
"""Samples within this of a moment are averaged: one frame at 60 Hz, three at 120 Hz."""

AVERAGE_SHARE = 0.35
"""On a faint face samples within this share of the lag are averaged: what the lag looks for lasts that long, and most
of the noise is that of single frames (decision 0091)."""

NOISE_MIN = 0.0005
"""Least noise believed, inter-ocular distances: 1/20 pixel of the crop, what DIS leaves on a still face."""

NOISE_S = 5.0
NOISE_EVERY_S = 0.25
NOISE_RATE_HZ = 30.0
"""The noise floor is the median of the last 5 s, taken at 30 Hz, renewed four times a second."""

PEAK_S, WHOLE_PEAK_S = 0.15, 0.5
"""A peak is the largest value this far to both sides: two micro-expressions are never closer. What only shows as a
whole must be so as far as the longest lasts: one lag beside a larger movement the contrast shows its opposite."""

SPOILED_S = LAGS_S[-1]
"""A blink, speech or a turning head this near spoils a moment, for the contrast looks so far to both sides: lids that
had opened .2 s before were told (decision 0090)."""

WINDOW_S = 0.6
"""The course is read this far round the peak."""

RETURN_MIN = 0.5
"""The fall must be at least half the rise, and the rise half the fall; otherwise it is a step."""

ECHO_MAX = 0.6
"""One lag before and after something brief and large the contrast shows half of it, though nothing moves there: the
course of a movement is at least about as high as its contrast."""

DURATION_MIN_S = 0.135
"""Micro-expressions last .17 to .5 s (Yan et al. 2013), less a frame of a thirtieth; a lamp at 100 Hz beats with 30
frames a second in 0.1 s."""

DURATION_MAX_S = 0.62
HALF_WIDTH_MIN_S, HALF_WIDTH_MAX_S = 0.055, 0.33
"""A micro-expression ends within 0.5 s; the measured feet of one may lie 60 ms further out on each side. Half as high
it is half as wide, so .07 s at least; a single frame's spike is not, however far out noise puts its feet (decision
0039). What is not clear of the noise is told by its half width alone."""

FEET_HALF_WIDTHS = 1.4
"""A foot lies within so many half widths of the apex: those of a raised cosine do, one of whose flanks takes up to .7
of its length. Timed from a fifth of the height, noise put the feet of .41 s up to .78 s apart (decision 0088)."""

SURE, WEAK = 1.1, 1.3
"""A peak that stands less than SURE gates above the noise is the noise's: of 1,020 told planted movements two did, of
fourteen told ones that nothing was planted for five. What stands less than WEAK gates above it, or on a faint face is
not clear of it, may be: of 170 such planted movements 165 were named alike on the way there and back, of twelve others
three (decision 0090)."""


@dataclass(frozen=True, slots=True)
class Spotted:
    """A movement: when, which kind, its largest regional size in inter-ocular distances.

    both_ways: it is believed if what rose and what fell again say the same.
    """

    interval: Interval
    kind: Kind
    amplitude: float
    blinked: bool = False
    both_ways: bool = False


class MicroSpotter:
    """Spots brief movements.

    Args:
        gate_sigma: a movement counts above this many noise floors of its region.
    """

    def __init__(self, gate_sigma: float) -> None:
        self._gate = gate_sigma
        self._moments: deque[Moment] = deque()
        self._usual: deque[Moment] = deque()
        self._filters: MatchedFilters | None = None
        self._noise_s = self._judged_s = self._spotted_s = -np.inf

    def reset(self) -> None:
        """Forget everything: another face, or a gap."""
        self._moments.clear()
        self._usual.clear()
        self._filters = None
        self._noise_s = self._judged_s = self._spotted_s = -np.inf

    @property
    def settled(self) -> bool:
        """True once there is a noise floor."""
        return self._filters is not None

    def step(self, history: History, now_s: float) -> Spotted | None:
        """Take in the newest sample of `history` (at `now_s`); the movement that is complete now, if any."""
        if history.span_s() < 2 * LAGS_S[-1]:
            return None
        newest = self._moment(history, now_s - LAGS_S[-1])
        self._learn_noise(newest)
        self._moments.append(newest)
        while self._moments[0].at_s < now_s - ALONE_AFTER_S - WHOLE_PEAK_S - PEAK_S:
            self._moments.popleft()
        for peak in self._peaks(now_s - ALONE_AFTER_S):
            if peak.at_s - self._spotted_s > PEAK_S and (spotted := self._judge(history, peak)):
                self._spotted_s = peak.at_s
                return spotted
        return None

    def _moment(self, history: History, at_s: float) -> Moment:
        faint = history.nearest(at_s).faint
        near_s = [AVERAGE_SHARE * lag if faint else AVERAGE_S for lag in LAGS_S]
        beside = [
            history.mean(at_s - lag, near) + history.mean(at_s + lag, near)
            for lag, near in zip(LAGS_S, near_s, strict=True)
        ]
        centre = np.stack([history.mean(at_s, near) for near in near_s]) if faint else history.mean(at_s, AVERAGE_S)
        contrast = np.asarray(centre - np.stack(beside) / 2, np.float32)
        return moment(at_s, contrast, self._filters)

    def _learn_noise(self, newest: Moment) -> None:
        if not self._usual or newest.at_s - self._usual[-1].at_s >= 1 / NOISE_RATE_HZ:
            self._usual.append(newest)
            while self._usual[0].at_s < newest.at_s - NOISE_S:
                self._usual.popleft()
        known_s = newest.at_s - self._usual[0].at_s
        if known_s >= 1.0 and newest.at_s - self._noise_s >= NOISE_EVERY_S:
            noise = np.maximum(median_over_time([each.size for each in self._usual]), NOISE_MIN).astype(np.float32)
            self._filters = MatchedFilters(noise, np.stack([each.contrast for each in list(self._usual)[::2]]))
            self._noise_s = newest.at_s

    def _peaks(self, until_s: float) -> list[Moment]:
        """Moments not looked at before and not later than `until_s` that stand above the gate and their neighbours."""
        fresh = [each for each in self._moments if self._judged_s < each.at_s <= until_s]
        if fresh:
            self._judged_s = fresh[-1].at_s
        return [each for each in fresh if self._is_place_peak(each) or self._is_whole_peak(each)]

    def _is_place_peak(self, each: Moment) -> bool:
        return each.score >= self._gate and all(each.score >= other.score for other in self._near(each, PEAK_S))

    def _is_whole_peak(self, each: Moment) -> bool:
        near = self._near(each, WHOLE_PEAK_S)
        return each.highest >= self._gate and all(each.highest >= other.highest for other in near)

    def _near(self, each: Moment, near_s: float) -> list[Moment]:
        return [other for other in self._moments if abs(other.at_s - each.at_s) <= near_s]

    def _judge(self, history: History, peak: Moment) -> Spotted | None:
        """The movement at `peak`: of places that each stand out, or else one that only shows as a whole."""
        near = history.between(peak.at_s - ALONE_AFTER_S, peak.at_s + ALONE_AFTER_S)
        unsure = peak.highest < SURE * self._gate
        if self._filters is None or unsure or any(sample.crossed for sample in near):
            return None
        beside = history.between(peak.at_s - SPOILED_S, peak.at_s + SPOILED_S)
        shown = by_places(peak, beside, self._filters.noise, self._gate) if self._is_place_peak(peak) else None
        if shown is None and self._is_whole_peak(peak):
            shown = as_whole(peak, beside, self._filters, self._gate)
        around = history.between(peak.at_s - ALONE_BEFORE_S, peak.at_s + ALONE_AFTER_S)
        interval = _brief(around, peak.at_s, shown) if shown else None
        if shown is None or interval is None:
            return None
        blinked = any(sample.blink for sample in beside)
        weak = not shown.clear or peak.highest < WEAK * self._gate
        return Spotted(interval, Kind.MICRO, shown.size, blinked, both_ways=weak)


def _brief(around: list[Sample], at_s: float, shown: Shown) -> Interval | None:
    """When what is `shown` at `at_s` rose and fell, if it did so briefly, in a face that did nothing else."""
    size, clear = shown.size, shown.clear
    times, course = project(around, shown.fitted, shown.weights, size)
    course = open_eyed(around, times, course)
    course = course if clear else smoothed(course)
    near = np.abs(times - at_s) <= WINDOW_S
    found = _feet_near(measure(times[near], course[near], _highest_near(times[near], course[near], at_s)))
    echo = max(found.rise, found.fall) < ECHO_MAX * size
    if echo or not _is_micro(found, clear=clear) or is_spoken(around, shown.pattern, shown.noise, size, clear=clear):
        return None
    interval = Interval(found.onset_s, found.apex_s, found.offset_s)
    of_mouth = bool(shown.pattern[SPOKEN].any())
    beside = mouth_moves_beside(around, interval, shown.noise, size, of_mouth=of_mouth)
    return None if beside or head_way(around, interval) > HEAD_SHARE * size else interval


def _highest_near(
    times: np.ndarray[tuple[int], np.dtype[np.float64]],
    course: np.ndarray[tuple[int], np.dtype[np.float64]],
    at_s: float,
) -> int:
    near = np.flatnonzero(np.abs(times - at_s) <= LAGS_S[0] / 2)
    return int(near[course[near].argmax()]) if len(near) else int(np.abs(times - at_s).argmin())


def _feet_near(found: Course) -> Course:
    """`found` with feet no further from its apex than its width allows."""
    far_s = FEET_HALF_WIDTHS * found.half_s
    onset_s, offset_s = max(found.onset_s, found.apex_s - far_s), min(found.offset_s, found.apex_s + far_s)
    return replace(found, onset_s=onset_s, offset_s=offset_s)


def _is_micro(found: Course, *, clear: bool) -> bool:
    returns = found.fall >= RETURN_MIN * found.rise and found.rise >= RETURN_MIN * found.fall
    lasts = DURATION_MIN_S <= found.offset_s - found.onset_s <= (DURATION_MAX_S if clear else np.inf)
    return returns and lasts and HALF_WIDTH_MIN_S <= found.half_s <= HALF_WIDTH_MAX_S
