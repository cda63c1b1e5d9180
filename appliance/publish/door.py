"""The privacy limits, pure: when an event may leave, with what time, and when it is only counted."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum

MINUTE_S = 60.0
AGE_MAX_S = 600.0
"""A record older than the pipe can make it (682 records at 2 a second are 341 s) carries no usable time."""


class Source(str, Enum):
    """Where the time of an event comes from."""

    NTP = "ntp"
    RTC = "rtc"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Stamp:
    """The time of an event as it may be told: `t` RFC 3339 in UTC or None, `tu` its uncertainty in seconds."""

    t: str | None
    tu: int
    ts: Source

    def text(self) -> str:
        """As one line, which `of` reads back."""
        return f"{self.ts.value} {self.tu} {self.t or '-'}"

    @classmethod
    def of(cls, text: str) -> Stamp:
        """The stamp that `text` wrote."""
        ts, tu, t = text.split()
        return cls(None if t == "-" else t, int(tu), Source(ts))


def happened_s(at_s: float, now_s: float) -> float:
    """When a record happened, monotonic seconds: `at_s`, or `now_s` when that cannot be true."""
    return at_s if now_s - AGE_MAX_S <= at_s <= now_s else now_s


def stamp(utc_s: float, bucket_s: int, source: Source) -> Stamp:
    """The start of the bucket that holds `utc_s`; no time at all when its source is none."""
    width_s = max(1, bucket_s)
    if source is Source.NONE:
        return Stamp(None, width_s, source)
    moment = datetime.fromtimestamp(utc_s // width_s * width_s, UTC)
    return Stamp(moment.strftime("%Y-%m-%dT%H:%M:%SZ"), width_s, source)


def held_s(utc_s: float, bucket_s: int) -> float:
    """Seconds from `utc_s` to the end of its bucket: the broker's time of receipt must not tell more than `t`."""
    return bucket_s - utc_s % bucket_s if bucket_s else 0.0


class Door:
    """Lets single events of one touchpoint out, or says why not.

    Args:
        events_per_minute_max: single events in any 60 s.
        visits_min: visits in the window under which nothing single leaves (the k rule); 0: no rule.
        window_s: length of that window, seconds.
    """

    def __init__(self, events_per_minute_max: int, visits_min: int, window_s: float) -> None:
        self._events_max = events_per_minute_max
        self._visits_min = visits_min
        self._window_s = window_s
        self._left: deque[float] = deque()
        self._visits: deque[tuple[float, int]] = deque()

    def copy(self) -> Door:
        """The same door, to be tried out: it takes the first one's place only when the disk has what it let out."""
        other = Door(self._events_max, self._visits_min, self._window_s)
        other._left, other._visits = self._left.copy(), self._visits.copy()
        return other

    def visited(self, now_s: float, count: int) -> None:
        """Take in that `count` visits were reported at `now_s` (monotonic seconds)."""
        self._visits.append((now_s, count))
        self._forget(now_s)

    def let_out(self, now_s: float) -> str | None:
        """None when a single event may leave at `now_s`, else `quiet` or `rate`: why it is only counted."""
        self._forget(now_s)
        if sum(count for _, count in self._visits) < self._visits_min:
            return "quiet"
        if len(self._left) >= self._events_max:
            return "rate"
        self._left.append(now_s)
        return None

    def _forget(self, now_s: float) -> None:
        while self._visits and self._visits[0][0] <= now_s - self._window_s:
            self._visits.popleft()
        while self._left and self._left[0] <= now_s - MINUTE_S:
            self._left.popleft()
