"""What a face shows at a moment: which regions move together, seen place by place or as one whole movement. Pure."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from appliance.sense.alone import weighed
from appliance.sense.blocked import blocked_regions, slit_is_clear
from appliance.sense.frame import F32
from appliance.sense.history import Sample
from appliance.sense.matched import MatchedFilters, eyes_moved, likeness
from appliance.sense.regions import LIDS, LOWER, SLIT

AMPLITUDE_MIN = 0.0035
"""No smaller movement of a place counts, whatever the noise: a third of a pixel of the crop, 3.5 % of a full action
unit. Below it lay 29 of 83 brief movements spotted in quiet footage, and 9 of 781 told of planted ones (0079)."""

AMPLITUDE_MAX = 0.06
"""A brief movement that shows more than the largest micro-expression looked for (35 % of a full action unit, 0.1
inter-ocular distances) is not subtle: a syllable, a chew, a tic. Of single units of that size the regions show half to
nine tenths; where units meet, as at a chin that rises under lip corners that drop, .040 to .057 (decision 0074)."""

NEAR_NOISE = 12.0
"""On a faint face a movement below this many noise floors is not clear of the noise: its course and its turns are read
on means. On others means only made a lamp's beat (decision 0029) long enough to be told."""

PATTERN_SHARE, PATTERN_MIN = 0.4, 4.5
"""A region belongs to a movement from this share of the leading one's score on, and from this many noise floors on: at
rest the highest of all regions stayed below 4 in 97 of 100 quarter seconds, and a region that only its noise brought in
made a raised brow look like speech (decisions 0039, 0074)."""

MOUTH_SHARE_MAX = 5.0
"""A mouth that moves more than five times as far in the same moment moves the rest: a jaw's .05 left .004 to .006 on
the brows of a faint face, with each syllable. In 1,426 planted movements none was so small beside it (0083)."""

LID_SHARE_MAX = 2.0
"""Lids that move this much more than all else are a blink or a gaze shift: 3.1 times and more on warped portraits, a
little over 2 in two blinks that were told; lids that tighten (action units 5 and 7) stayed below 1.8 (0084)."""

STRAY_MIN, LIKENESS_MIN = 0.01, 0.2
"""What goes so far and is like no movement of units is something else's: .04 to .14 where a hand in the reference frame
(.04 eye distances) and a turning head (.011) were told, over .25 in 654 planted movements (decision 0086)."""

WHOLE_HARDER = 1.1
WHOLE_MIN, WHOLE_MAX = 0.002, 0.01
"""A movement that only shows as a whole must stand a tenth higher above the noise, for there are more to choose from;
larger than what a resting face showed, smaller than what a place would have shown by itself (decision 0086)."""

EXPLAINED_MIN = 0.3
"""A whole movement explains this share of what stands out of the noise at that moment, or something else moved. With 0
to .3 the same planted movements were told, with .4 two fewer; of twenty strays of a smile's size 15 and 4."""


@dataclass(frozen=True, slots=True)
class Moment:
    """Contrast at one moment: float32 [3, 23, 2] for the lags, and its sizes [3, 23].

    score, lag: of the place that scores highest; whole: scores [3, n] of whole movements, None before the noise is
    known; highest: the highest of all, a whole movement's taken down by WHOLE_HARDER.
    """

    at_s: float
    contrast: F32
    size: F32
    score: float
    lag: int
    whole: F32 | None = None
    highest: float = 0.0


@dataclass(frozen=True, slots=True)
class Shown:
    """Regions that move together.

    pattern: float32 [23, 2], what the regions that belong to it show at the moment; fitted, weights: [23, 2], what
    the course is read along, and by; noise: [23] floors of the regions; size: of the largest region, inter-ocular
    distances; clear: of the noise.
    """

    pattern: F32
    fitted: F32
    weights: F32
    noise: F32
    size: float
    clear: bool


def moment(at_s: float, contrast: F32, filters: MatchedFilters | None) -> Moment:
    """`contrast` [3, 23, 2] scored by places and by whole movements, once there are `filters`."""
    size: F32 = np.sqrt((contrast**2).sum(axis=2))
    if filters is None:
        return Moment(at_s, contrast, size, 0.0, 0)
    counts = (size >= AMPLITUDE_MIN) & slit_is_clear(size)
    score = np.where(counts, size / filters.noise, 0.0)[:, ~LIDS].max(axis=1)
    whole = filters.scores(contrast)
    whole = np.where(filters.sizes(whole) >= WHOLE_MIN, whole, np.float32(0.0))
    best = float(score.max())
    highest = max(best, float(whole.max()) / WHOLE_HARDER)
    return Moment(at_s, contrast, size, best, int(score.argmax()), whole, highest)


def by_places(peak: Moment, beside: list[Sample], noise: F32, gate: float) -> Shown | None:
    """The regions that each stand above `gate` floors of their `noise` [3, 23], if one does that may count."""
    blocked = blocked_regions(beside) | ~slit_is_clear(peak.size)[peak.lag]
    score = np.where(blocked, 0.0, peak.size[peak.lag] / noise[peak.lag])
    lead = int(score.argmax())
    size = float(peak.size[peak.lag, lead])
    if (
        score[lead] < gate
        or not AMPLITUDE_MIN <= size <= AMPLITUDE_MAX
        or _else_moves(peak, peak.lag, lead, size, noise)
        or (size > STRAY_MIN and likeness(peak.contrast[peak.lag], noise[peak.lag]) < LIKENESS_MIN)
    ):
        return None
    clear = _is_clear(float(score[lead]), beside)
    least = max(PATTERN_SHARE * score[lead], min(PATTERN_MIN, score[lead]))
    pattern = np.where(score >= least, 1.0, 0.0)[:, None] * peak.contrast[peak.lag]
    return Shown(pattern, pattern, weighed(pattern, noise[peak.lag]), noise[peak.lag], size, clear)


def as_whole(peak: Moment, beside: list[Sample], filters: MatchedFilters, gate: float) -> Shown | None:
    """The whole movement that stands highest, if it stands above `gate` and no region is blocked but the lids."""
    if peak.whole is None or peak.whole.max() < gate * WHOLE_HARDER or (blocked_regions(beside) & ~LIDS).any():
        return None
    lag, movement = (int(at) for at in np.unravel_index(peak.whole.argmax(), peak.whole.shape))
    fitted = filters.pattern(movement) * filters.sizes(peak.whole)[lag, movement]
    sizes = np.sqrt((fitted**2).sum(axis=1))
    lead, size = int(sizes.argmax()), float(sizes.max())
    narrowed = SLIT[lead] and not slit_is_clear(peak.size[lag])[lead]
    stray = filters.explained(lag, movement, peak.contrast[lag]) < EXPLAINED_MIN
    if stray or narrowed or size > WHOLE_MAX or _else_moves(peak, lag, lead, size, filters.noise):
        return None
    pattern = np.where(sizes >= PATTERN_SHARE * size, 1.0, 0.0)[:, None] * fitted
    clear = _is_clear(float(peak.whole.max()), beside)
    weights = filters.weights(lag, movement)
    return Shown(pattern.astype(np.float32), fitted, weights, filters.noise[lag], size, clear)


def _is_clear(score: float, beside: list[Sample]) -> bool:
    return score >= NEAR_NOISE or not any(sample.faint for sample in beside)


def _else_moves(peak: Moment, lag: int, lead: int, size: float, noise: F32) -> bool:
    """Whether the mouth or the eyes move so that `lead`, moved by `size`, goes along with them; noise: [3, 23]."""
    lids, mouth = (float(peak.size[lag, part].max()) for part in (LIDS, LOWER))
    blinks = lids > LID_SHARE_MAX * size or eyes_moved(peak.contrast[lag], noise[lag])
    return mouth > MOUTH_SHARE_MAX * size or (blinks and not LOWER[lead])
