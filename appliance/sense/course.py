"""The time course of one movement: where it rises from rest, peaks, and returns. Pure."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

F64 = npt.NDArray[np.float64]

LOW, HALF = 0.2, 0.5
"""Heights at which the flanks are timed: above the noise, below the plateau."""

FOOT = 1.44
"""A raised-cosine flank passes .2 and .5 of its height at .295 and .5 of its length, so its foot lies
.295 / .205 = 1.44 times that step before the first crossing."""

REST_PERCENT = 10
"""The rest beside a peak is the height that a tenth of that side lies below: the lowest sample of all is the noise's,
and feet timed from it lay up to .2 s too far out (decision 0039)."""

NEARLY = 0.95
PLATEAU_S = 0.4
"""A rise has ended at this share of its height, for a plateau's own noise lies above it; what stays above it for
less than 0.4 s is a peak, not a plateau."""


@dataclass(frozen=True, slots=True)
class Course:
    """One rise and fall.

    onset_s, apex_s, offset_s: feet and peak, seconds; half_s: width at half height, seconds;
    rise, fall: height of the peak over the rest before and after; rise_s: foot to half height, seconds.
    """

    onset_s: float
    apex_s: float
    offset_s: float
    half_s: float
    rise: float
    fall: float
    rise_s: float


def measure(times: F64, course: F64, peak: int) -> Course:
    """The rise and fall of `course` [n] over `times` [n] round the index `peak`.

    The rest before and after is the lowest tenth of that side.
    """
    top = float(course[peak])
    rise = top - float(np.percentile(course[: peak + 1], REST_PERCENT))
    fall = top - float(np.percentile(course[peak:], REST_PERCENT))
    up_low = _crossing(times, course, peak, top - (1 - LOW) * rise, -1)
    up_half = _crossing(times, course, peak, top - (1 - HALF) * rise, -1)
    down_low = _crossing(times, course, peak, top - (1 - LOW) * fall, 1)
    down_half = _crossing(times, course, peak, top - (1 - HALF) * fall, 1)
    onset_s = max(up_low - FOOT * (up_half - up_low), float(times[0]))
    offset_s = min(down_low + FOOT * (down_low - down_half), float(times[-1]))
    return Course(onset_s, float(times[peak]), offset_s, down_half - up_half, rise, fall, up_half - onset_s)


def turns(course: F64, least: float) -> int:
    """How often `course` [n] turns from rising to falling or back, by at least `least` each time."""
    count, way = 0, 0
    low = high = float(course[0])
    for value in course.tolist():
        low, high = min(low, value), max(high, value)
        if way >= 0 and value < high - least:
            count, way = count + 1, -1
        elif way <= 0 and value > low + least:
            count, way = count + 1, 1
        else:
            continue
        low = high = value
    return count


def end_of_rise_s(times: F64, course: F64) -> float:
    """When the rise of `course` [n] over `times` [n] ends, seconds: a peak's middle, or a plateau's beginning."""
    top = int(course.argmax())
    low, high = float(course[: top + 1].min()), float(course[top])
    above = np.flatnonzero(course >= low + NEARLY * (high - low))
    begin_s, end_s = float(times[above[0]]), float(times[above[-1]])
    return (begin_s + end_s) / 2 if end_s - begin_s < PLATEAU_S else begin_s


def _crossing(times: F64, course: F64, start: int, level: float, step: int) -> float:
    """When `course` first falls to `level` going from `start` by `step`, between samples by straight line."""
    i = start
    while 0 <= i + step < len(course) and course[i] > level:
        i += step
    if course[i] > level or i == start:
        return float(times[i])
    share = (level - course[i]) / (course[i - step] - course[i])
    return float(times[i] + share * (times[i - step] - times[i]))
