"""Counts what happened since the last report, as the records that carry it: no-reading seconds, decisions, frames."""

from __future__ import annotations

from collections import Counter, defaultdict

from appliance.events import Decision, Seen, Tally
from appliance.records import TALLY_REASON_BASE, TallyRecord

COUNT_MAX = 65535
"""The wire's limit for one record (`wire`)."""


class Tallies:
    """Counts frames and decisions; whole seconds and whole things leave, fractions stay for the next report."""

    def __init__(self) -> None:
        self._counts: Counter[int] = Counter()
        self._seconds: defaultdict[int, float] = defaultdict(float)
        self._last_s: float | None = None

    def saw(self, seen: Seen) -> None:
        """Count one frame: its time goes to its no-reading reason, or to seconds with a readable face."""
        span_s = 0.0 if self._last_s is None else min(1.0, max(0.0, seen.at_s - self._last_s))
        self._last_s = seen.at_s
        code = int(Tally.FACE_SECONDS) if seen.no_reading is None else int(seen.no_reading)
        self._seconds[code] += span_s
        self._counts[Tally.FRAMES] += 1
        self._counts[Tally.EXPRESSIONS] += len(seen.expressions)

    def decided(self, decision: Decision) -> None:
        """Count one decision by its reason."""
        self._counts[TALLY_REASON_BASE + decision.reason] += 1

    def add(self, code: int, count: int) -> None:
        """Count `count` more of `code` (see `events.is_tally_code`)."""
        self._counts[code] += count

    def take(self) -> list[TallyRecord]:
        """All counts since the last `take`, each at most 65535; what is left over is kept."""
        for code, seconds in list(self._seconds.items()):
            self._counts[code] += int(seconds)
            self._seconds[code] = seconds - int(seconds)
        taken = [TallyRecord(code, min(count, COUNT_MAX)) for code, count in sorted(self._counts.items()) if count]
        for record in taken:
            self._counts[record.code] -= record.count
        return taken
