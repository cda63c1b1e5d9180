"""The two seconds round a movement: its course along its own pattern, and whether it stands alone. Pure."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from appliance.events import Interval
from appliance.sense.course import turns
from appliance.sense.frame import F32
from appliance.sense.history import Sample, stack
from appliance.sense.regions import LOWER, SLIT, SPOKEN

F64 = npt.NDArray[np.float64]

ALONE_BEFORE_S, ALONE_AFTER_S = 1.2, 0.8
"""A micro-expression stands alone; what goes on this far round it is looked at, so it is told 0.8 s after its apex."""

TURNS_MAX = 3
TURN_SHARE = 0.5
"""Along its own direction a movement that stands alone turns at its apex and at its end, one more is the noise's;
a mouth that talks or chews turned 4 to 11 times in the two seconds round each syllable (drawn clips, development
seeds). Only turns of half its size count: noise turned weak movements by .4 (decision 0088)."""

TURN_MEAN_S = 0.05
"""Turns are counted on means of this long, so that at 120 Hz the noise of single frames makes none."""

NEAR_NOISE_MEAN_S = 0.025
"""What is not clear of the noise is followed on means of this far to both sides, and its turns are counted on means
twice as long: the noise moved its feet apart and made turns of its own (decision 0034)."""

BLINK_NEAR_S = 0.1
"""Lids are looked at twelve times a second (`follow.LANDMARK_GAP_S`): a blink began up to so long before that."""

BESIDE_SHARE, BESIDE_NOISE, BESIDE_S = 0.7, 5.0, 0.05
"""A mouth that moves .7 of this far, and clear of its noise, before or after is talking, chewing or lit by a lamp that
beats; what lies within .05 s of the movement's feet is its own (decision 0039)."""

BESIDE_MIN, BESIDE_MAX = 0.005, 0.02
"""A mouth that goes less far than .005, eye distances, need not have moved: what a swaying head leaves there within
two seconds came to .0044 on Monk 10. One that goes .02 talks, however large the movement (decision 0074)."""

HEAD_SHARE, HEAD_HELD_SHARE = 6.0, 8.0
"""What is found of a head's motion leaves an eighth of it at most (`motion.without_head`), so a movement a sixth as
large as the head's in the same time may be no more than that. In 717 planted movements the head went 3.6 times as far
at most, in brief ones spotted while it turned or nodded 4 to 41 times (decision 0088). While something holds people
lean, so there it is the eighth itself: in 199 such movements 4.7 times, in ten of 32 that passed for one, for the head
swayed or turned, 7 to 17 times (decision 0093)."""


def project(samples: list[Sample], pattern: F32, weights: F32, size: float) -> tuple[F64, F64]:
    """Times [n] and course [n] of `samples`: how much of `pattern` [23, 2] each shows, read by `weights` [23, 2].

    The course is scaled so that the pattern itself has height `size`.
    """
    times, motion = stack(samples)
    course = (motion * weights).sum(axis=(1, 2)) / max(float((pattern * weights).sum()), 1e-12) * size
    return times, course.astype(np.float64)


def weighed(pattern: F32, noise: F32) -> F32:
    """Weights [23, 2] that read `pattern` [23, 2] where each region has a `noise` [23] of its own."""
    weights: F32 = pattern / noise[:, None] ** 2
    return weights


def smoothed(course: F64) -> F64:
    """`course` over the two seconds round a movement, each the mean of those within NEAR_NOISE_MEAN_S."""
    side = max(1, round(len(course) * NEAR_NOISE_MEAN_S / (ALONE_BEFORE_S + ALONE_AFTER_S)))
    count = 2 * side + 1
    return np.convolve(np.pad(course, side, mode="edge"), np.full(count, 1 / count), "valid")


def open_eyed(samples: list[Sample], times: F64, course: F64) -> F64:
    """`course` [n] of `samples` at `times` [n], in a blink nowhere below what it was just before and just after it.

    A blink pulls brows and cheeks down, half a second from a movement no less; taken for the rest that the movement
    rose from, it made that a step, and of thirty movements with a blink near one was lost (decision 0095).
    """
    blinks = times[[sample.blink for sample in samples]]
    shut = np.array([bool((np.abs(blinks - at_s) <= BLINK_NEAR_S).any()) for at_s in times.tolist()])
    if not shut.any() or shut.all():
        return course
    seen, here = np.flatnonzero(~shut), np.arange(len(course))
    before = seen[np.maximum(np.searchsorted(seen, here, "right") - 1, 0)]
    after = seen[np.minimum(np.searchsorted(seen, here), len(seen) - 1)]
    lower: F64 = np.minimum(course[before], course[after])
    return np.where(shut, np.maximum(course, lower), course)


def is_spoken(samples: list[Sample], pattern: F32, noise: F32, size: float, *, clear: bool) -> bool:
    """Whether a `pattern` [23, 2] that holds the mouth goes to and fro in `samples`, as one that talks or chews does.

    Blinks are left out, for they pull the brow along; the lower face alone is looked at with them, and the
    eyes' slit at no time. What is not `clear` of the noise is looked at on longer means.
    """
    if not pattern[SPOKEN].any():
        return False
    mean_s = TURN_MEAN_S if clear else 2 * TURN_MEAN_S
    count = max(1, round(len(samples) * mean_s / (ALONE_BEFORE_S + ALONE_AFTER_S)))
    lower, lidless = (np.where(part[:, None], pattern, np.float32(0.0)) for part in (LOWER, ~SLIT))
    open_eyed = [sample for sample in samples if not sample.blink]
    for seen, part in ((open_eyed, lidless), (samples, lower)):
        if len(seen) < count or not part.any():
            continue
        course = project(seen, part, weighed(part, noise), size)[1]
        mean = np.convolve(course, np.full(count, 1 / count), "valid")
        if turns(mean, TURN_SHARE * size) > TURNS_MAX:
            return True
    return False


def head_way(samples: list[Sample], interval: Interval) -> float:
    """How far apart the head's places during `interval` lie, eye distances from the reference."""
    went = [sample.head for sample in samples if interval.onset_s <= sample.at_s <= interval.offset_s]
    return max(went, default=0.0) - min(went, default=0.0)


def mouth_moves_beside(samples: list[Sample], interval: Interval, noise: F32, size: float, *, of_mouth: bool) -> bool:
    """Whether some place of the mouth goes nearly as far as `size` before or after `interval`: one syllable of several.

    noise: [23] floors of the regions; speech raises them, so they never ask for more than `size`. of_mouth: the
    movement holds the mouth; one that does not is a syllable's only if the mouth went further than `size` meanwhile: a
    jaw left .005 on a faint brow (decision 0091). Blinks are left out: lids that close pass for a nod, and the mouth
    seems to move by .003 (decision 0074).
    """
    times, motion = stack(samples)
    away = np.sqrt(((motion - np.median(motion, axis=0)) ** 2).sum(axis=2))[:, LOWER]
    count = max(1, round(len(samples) * TURN_MEAN_S / (ALONE_BEFORE_S + ALONE_AFTER_S)))
    mean = np.array([np.convolve(each, np.full(count, 1 / count), "same") for each in away.T])
    within = (times >= interval.onset_s) & (times <= interval.offset_s)
    if not of_mouth and mean[:, within].max() <= size:
        return False
    beside = (times < interval.onset_s - BESIDE_S) | (times > interval.offset_s + BESIDE_S)
    beside &= ~np.array([sample.blink for sample in samples])
    least = np.maximum(BESIDE_SHARE * size, np.minimum(BESIDE_NOISE * noise[LOWER, None], size))
    return bool((mean[:, beside] > np.clip(least, BESIDE_MIN, BESIDE_MAX)).any())


def mouth_talks_before(samples: list[Sample], onset_s: float) -> bool:
    """Whether some place of the mouth went BESIDE_MAX among the `samples` before `onset_s`, blinks left out.

    Between two phrases a mouth rests, and passed for pressed lips; before 194 movements that held, planted or acted, it
    went .004 at most, before that pause .107 (decision 0091).
    """
    early = [sample for sample in samples if sample.at_s < onset_s - BESIDE_S and not sample.blink]
    if not early:
        return False
    motion = stack(early)[1][:, LOWER]
    away = np.sqrt(((motion - np.median(motion, axis=0)) ** 2).sum(axis=2))
    return bool(away.max() > BESIDE_MAX)
