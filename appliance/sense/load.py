"""Load of a counter: hard moments without relief, and time since a break. Of the counter, never of a person.

    load(t) = sum of weight_i * exp(-(t - t_i) / FADE_S)  over hard moments, help presses and self-reports

Own design: an hour's half-remembered moments. Why relief counts: micro-breaks raise vigour (d = .36) and cut fatigue
(d = .35), Albulescu et al. 2022, doi 10.1371/journal.pone.0272460. Published only for five people or more, half an hour
late, so that nobody can be told from it.
"""

from __future__ import annotations

import math
from collections import deque
from enum import IntEnum

FADE_S = 45 * 60.0
HARD_WEIGHT = 1.0
HELP_WEIGHT = 1.0
REPORT_WEIGHT = 2.0
"""A person's own word counts double a movement in somebody's face."""

HIGH = 3.0
"""Three hard moments within three quarters of an hour."""

LONG_S = 2 * 3600.0
"""Two hours at the counter without ten quiet minutes."""

BREAK_S = 600.0
"""Ten minutes without a customer or a press are relief: the counter was closed or changed hands."""

PEOPLE_MIN = 5
DELAY_S = 1800.0
"""The k rule: five or more people, half an hour late (Annex III 4(b) of the EU AI Act: no monitoring of workers)."""


class Level(IntEnum):
    """A relief hint."""

    OK = 0
    HIGH = 1
    LONG_WITHOUT_RELIEF = 2


class Load:
    """One counter's load; times in seconds, never going back."""

    def __init__(self) -> None:
        self._sum = 0.0
        self._sum_s = 0.0
        self._relief_s: float | None = None
        self._busy_s: float | None = None

    def busy(self, now_s: float) -> None:
        """Somebody was at the counter; after BREAK_S without that, the load is relieved to nothing."""
        if self._busy_s is None or now_s - self._busy_s >= BREAK_S:
            self._sum, self._relief_s = 0.0, now_s
        self._busy_s = now_s

    def _add(self, now_s: float, weight: float) -> None:
        self.busy(now_s)
        self._sum = self._value(now_s) + weight
        self._sum_s = now_s

    def hard(self, now_s: float) -> None:
        """A hard moment."""
        self._add(now_s, HARD_WEIGHT)

    def not_needed(self, now_s: float) -> None:
        """Staff said a hard moment was none."""
        self._sum = max(0.0, self._value(now_s) - HARD_WEIGHT)
        self._sum_s = now_s

    def help(self, now_s: float) -> None:
        """Staff asked for help."""
        self._add(now_s, HELP_WEIGHT)

    def report(self, now_s: float) -> None:
        """Somebody said by the button that it is a lot; voluntary, nameless."""
        self._add(now_s, REPORT_WEIGHT)

    def _value(self, now_s: float) -> float:
        return self._sum * math.exp(-(now_s - self._sum_s) / FADE_S)

    def level(self, now_s: float) -> Level:
        """The load at `now_s`."""
        if self._busy_s is None or self._relief_s is None or now_s - self._busy_s >= BREAK_S:
            return Level.OK
        if self._value(now_s) < HIGH:
            return Level.OK
        return Level.LONG_WITHOUT_RELIEF if now_s - self._relief_s >= LONG_S else Level.HIGH


class LoadGate:
    """Lets a level out half an hour late, and only for enough people.

    Args:
        people: how many share the counters.
    """

    def __init__(self, people: int) -> None:
        self._open = people >= PEOPLE_MIN
        self._held: deque[tuple[float, Level]] = deque()

    def pass_on(self, now_s: float, level: Level) -> Level | None:
        """Take the present level in; the level of half an hour ago, or None."""
        if not self._open:
            return None
        self._held.append((now_s, level))
        out: Level | None = None
        while self._held and now_s - self._held[0][0] >= DELAY_S:
            out = self._held.popleft()[1]
        return out
