"""Sustained expressions: a movement away from the visit's neutral face that holds longer than half a second. Pure."""

from __future__ import annotations

import math
from collections import deque

import numpy as np

from appliance.events import Interval, Kind
from appliance.sense.alone import HEAD_HELD_SHARE, head_way, mouth_talks_before, project, weighed
from appliance.sense.blocked import blocked_regions, slit_is_clear
from appliance.sense.course import end_of_rise_s, measure
from appliance.sense.frame import F32
from appliance.sense.history import History, Sample, median_over_time
from appliance.sense.micro import HALF_WIDTH_MAX_S, Spotted
from appliance.sense.readable import NOD_HEAD
from appliance.sense.regions import LIDS, SLIT, SPOKEN

AVERAGE_S = 0.1
"""The present is the mean of this far to both sides: slow enough to pass over a blink's flank and sensor noise."""

NEUTRAL_S, NEUTRAL_RATE_HZ = 4.0, 10.0
"""Neutral is the median of the last 4 s at rest, taken at 10 Hz: it follows a drifting head, not an expression."""

NEUTRAL_MIN_S = 0.5
"""Half a second of neutral must have been seen first."""

AMPLITUDE_MIN = 0.01
"""A tenth of a full action unit, which the gate asks over NOISE_MIN anyway. Of acted chins the regions showed .14 to
.41, so those of half a unit lay on both sides of .012. From .009 down what a swaying acted head leaves begins movements
(99.8 of 100 moments at rest were below .0105 on inner brows, .0129 on outer ones), and fewer acted ones are told."""

FEW_MAX, FEW_SHARE, SMALL = 6, 0.6, 0.7
"""A movement of at most six places, those with .6 of the leading score (raised brows are six), may be smaller: .7 of
AMPLITUDE_MIN at .7 of the gate. A swaying head moves the whole face; smiles, brows and lids of .03 to .045 stood .008
to .0098 high and steady to .001, in two to six places (decision 0083)."""

PATTERN_SHARE = 0.4
"""All places with this share of the leading score belong to the movement, as in the micro channel."""

RISEN_S, RISEN_SHARE = 0.8, 0.5
"""Half of a movement or more, of a small one .7, came about within the last .8 s when it stands out. What crept up is a
swaying head's, and becomes neutral: followed as a movement, it hid a brow that rose 1.6 s later. What is told rises to
half its height in less (`SPEED_MIN`: .3 s at the least amplitude, .9 s at .028)."""

NOISE_MIN = 0.002
"""Least slow noise believed, inter-ocular distances."""

END_SHARE = 0.35
"""The movement has ended when this share of its peak is left."""

TAIL_S = 0.4
"""The return is followed this long to find its foot."""

REST_MAX = 0.015
"""A face that rests this near to neutral after a movement is neutral from there on, until it comes back: a swaying head
does not return to just where it was, and what was left was told as a movement of its own (decision 0084)."""

LEAD_S = 1.2
"""The rise began at most this long before the movement stood out."""

DURATION_MIN_S = 0.5
"""Shorter ones are micro-expressions (Yan et al. 2013)."""

DURATION_MAX_S = 8.0
"""A movement that holds longer becomes the neutral face; it is told when this is reached."""

SMOOTH_S = 0.15
"""The course is smoothed over at most five frames and at most this long: a slow camera's rise is a few frames."""

SPEED_MIN = 0.03
"""Height over the time from foot to half height, eye distances a second: a face that drifts with a swaying head stayed
below this on warped portraits. A rise of .3 s to half of .0097 is just faster (decision 0083)."""

SIZE_MAX = 0.2
"""Two full action units: no skin goes so far and stays. Planted movements came to .089, laughs of a real clip to .076;
a hand that passed before a brow to .66 (decision 0088)."""

WEAK_MAX = 0.03
"""A third of a full action unit. Less, while more of the face went further than a full one, is what a hand before the
face left (.012 and .028 on drawn hands); less, and less than an eighth of the head's way meanwhile, what that leaves
(decision 0093); the laughs of a real clip moved .058 and .076."""

CROSSED_MAX = 0.5
"""What crossed the face for longer than this share of a movement moved it: a hand that stayed in the reference
frame did for five sixths (decision 0086), the woman who laughs on the real clip for a seventh."""

NOSE_MAX, NOSE_SHARE = 0.05, 0.6
"""A movement during whose rise the nose tip went further than .05 eye distances against the eyes, and that is smaller
than .6 of this, is what a head leaves that turns too slowly for `readable.TurnWatch`. Nine such left .23 to .50 of .069
to .157; in 118 movements the nose went .037 at most, and a real smile of a woman who turned was .76 of .102 (0082)."""


class SustainedSpotter:
    """Spots movements that hold.

    Args:
        gate_sigma: a movement counts above this many noise floors of its region.
    """

    def __init__(self, gate_sigma: float) -> None:
        self._gate = gate_sigma
        self._rest: deque[tuple[float, F32]] = deque()
        self._neutral: F32 | None = None
        self._earlier: F32 | None = None
        self._noise = np.full(len(LIDS), NOISE_MIN, np.float32)
        self._since_s: float | None = None
        self._direction: F32 | None = None
        self._peak = 0.0
        self._fell_s: float | None = None
        self._small = False

    def reset(self) -> None:
        """Forget everything: another face, or a gap."""
        self._relearn()
        self._earlier = None
        self._end()

    def _relearn(self) -> None:
        """Learn another neutral face, and keep the last one in case the face comes back to it."""
        self._rest.clear()
        self._earlier = self._earlier if self._neutral is None else self._neutral
        self._neutral = None

    def _end(self) -> None:
        self._since_s, self._direction, self._peak, self._fell_s, self._small = None, None, 0.0, None, False

    def step(self, history: History, now_s: float) -> Spotted | None:
        """Take in the newest sample of `history` (at `now_s`); the movement that has ended now, if any."""
        present = history.mean(now_s - AVERAGE_S, AVERAGE_S)
        if history.nearest(now_s).turning:
            self._relearn()  # another pose has another neutral face
            self._end()
            return None
        if self._earlier is not None and float(_sizes(present - self._earlier)[~SLIT].max()) < AMPLITUDE_MIN:
            self._rest.clear()  # what was learned meanwhile was an expression, and this is its end
            self._neutral, self._earlier = self._earlier, None
            self._end()
        if self._since_s is None:
            self._watch(history, present, now_s)
            return None
        return self._follow(history, present, now_s)

    def _watch(self, history: History, present: F32, now_s: float) -> None:
        if not self._begins(history, present, now_s, small=True):
            self._learn(present, now_s)

    def _begins(self, history: History, present: F32, now_s: float, *, small: bool) -> bool:
        """Whether a movement, perhaps a `small` one, stands out of neutral; it is followed from here on."""
        if self._neutral is None:
            return False
        away = present - self._neutral
        size = _sizes(away)
        blocked = blocked_regions(history.between(now_s - 2 * AVERAGE_S, now_s)) | ~slit_is_clear(size)
        score = np.where(blocked, 0.0, size / self._noise)
        few = small and int((score >= FEW_SHARE * score.max()).sum()) <= FEW_MAX
        full = self._stands_out(size, score, 1.0)
        if not full and not (few and self._stands_out(size, score, SMALL)):
            return False
        direction = np.where(score >= PATTERN_SHARE * score.max(), 1.0, 0.0)[:, None].astype(np.float32) * away
        before = history.mean(now_s - AVERAGE_S - RISEN_S, AVERAGE_S)
        if self._height(present - before, direction) < RISEN_SHARE / (1.0 if full else SMALL):
            return False
        self._end()
        self._since_s, self._direction, self._small = now_s - AVERAGE_S, direction, not full
        return True

    def _stands_out(self, size: F32, score: F32, share: float) -> bool:
        return bool(score[size >= share * AMPLITUDE_MIN].max(initial=0.0) >= share * self._gate)

    def _learn(self, present: F32, now_s: float) -> None:
        if self._rest and now_s - self._rest[-1][0] < 1 / NEUTRAL_RATE_HZ:
            return
        self._rest.append((now_s, present))
        while self._rest[0][0] < now_s - NEUTRAL_S:
            self._rest.popleft()
        if now_s - self._rest[0][0] >= NEUTRAL_MIN_S:
            seen = np.stack([regions for _, regions in self._rest])
            self._neutral = median_over_time(seen)
            spread = np.sqrt(((seen - self._neutral) ** 2).sum(axis=2))
            self._noise = np.maximum(median_over_time(spread), NOISE_MIN).astype(np.float32)

    def _follow(self, history: History, present: F32, now_s: float) -> Spotted | None:
        if self._small:
            self._begins(history, present, now_s, small=False)  # something larger is not kept waiting by it
        if self._neutral is None or self._direction is None or self._since_s is None:
            return None
        height = self._height(present - self._neutral, self._direction)
        self._peak = max(self._peak, height)
        fallen = height < END_SHARE * self._peak
        if not fallen:
            self._fell_s = None
        elif self._fell_s is None:
            self._fell_s = now_s
        too_long = now_s - self._since_s > DURATION_MAX_S
        if not too_long and (self._fell_s is None or now_s - self._fell_s < TAIL_S):
            return None
        samples = history.between(self._since_s - LEAD_S, now_s)
        spotted = self._judge(samples)
        rest = history.mean(now_s - TAIL_S / 2, TAIL_S / 2)
        if too_long:
            self._relearn()
        elif float(_sizes(rest - self._neutral)[~SLIT].max()) < REST_MAX:
            self._rest.clear()
            self._neutral, self._earlier = rest, self._neutral
        self._end()
        return spotted

    def _height(self, away: F32, direction: F32) -> float:
        """How far `away` [23, 2] goes along `direction` [23, 2], each region weighed by its noise; 1: as far."""
        weights = direction / self._noise[:, None] ** 2
        return float((away * weights).sum() / (direction * weights).sum())

    def _judge(self, samples: list[Sample]) -> Spotted | None:
        if self._neutral is None or self._direction is None:
            return None
        size = float(np.sqrt((self._direction**2).sum(axis=1)).max())
        times, course = project(samples, self._direction, weighed(self._direction, self._noise), size)
        count = 2 * min(2, round(SMOOTH_S / 2 * len(times) / (times[-1] - times[0]))) + 1
        smooth = np.convolve(np.pad(course, count // 2, mode="edge"), np.ones(count) / count, mode="valid")
        found = measure(times, smooth, int(smooth.argmax()))
        neutral = size * self._height(self._neutral, self._direction)
        held_s = measure(times, np.maximum(smooth, neutral), int(smooth.argmax())).half_s  # a blink is no rest
        apex_s = end_of_rise_s(times, smooth)
        before, there = (samples[int(np.abs(times - at_s).argmin())] for at_s in (found.onset_s, apex_s))
        turned = _nose_way(before, there) > max(NOSE_MAX, size * self._peak / NOSE_SHARE)
        brief = found.offset_s - found.onset_s < DURATION_MIN_S or held_s < HALF_WIDTH_MAX_S
        hidden = float(np.mean([sample.crossed for sample in samples]))
        crossed = hidden > (0.0 if size * self._peak < WEAK_MAX else CROSSED_MAX)
        again = apex_s < found.onset_s  # it was as high before it rose last: it goes to and fro, as a mouth that talks
        talks = bool(self._direction[SPOKEN].any()) and mouth_talks_before(samples, found.onset_s)
        went = size * self._peak
        if went > SIZE_MAX or brief or again or talks or crossed or turned or went < SPEED_MIN * found.rise_s:
            return None
        interval = Interval(found.onset_s, apex_s, max(found.offset_s, apex_s))
        left = went < WEAK_MAX and head_way(samples, interval) > HEAD_HELD_SHARE * went
        return None if left else Spotted(interval, Kind.SUSTAINED, went, both_ways=self._fell_s is not None)


def _nose_way(before: Sample, there: Sample) -> float:
    """How far the nose tip went with the head, eye distances: a nose that goes up or down by itself wrinkles."""
    aside, down = (abs(late - early) for early, late in zip(before.nose, there.nose, strict=True))
    return math.hypot(aside, down if abs(there.head - before.head) > NOD_HEAD else 0.0)


def _sizes(away: F32) -> F32:
    """Lengths [23] of motion [23, 2]."""
    sizes: F32 = np.sqrt((away**2).sum(axis=1))
    return sizes
