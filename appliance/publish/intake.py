"""From records to stored messages: each step is one transaction, so a death repeats it or leaves it undone."""

from __future__ import annotations

from collections.abc import Callable

from appliance.events import FaultCode, Gauge, Tally
from appliance.publish import payload
from appliance.publish.door import Door, Source, Stamp, happened_s, held_s, stamp
from appliance.publish.inlet import Batch, split
from appliance.publish.outbox import DEVICE, Held, Outbox
from appliance.publish.window import count_of, shown
from appliance.records import ButtonRecord, ExpressionRecord, FaultRecord, GaugeRecord, Record, TallyRecord
from appliance.settings import Settings

LAST_BATCH = "last_batch"
"""Fact: the bytes stored last, which still stand in the FIFO if the process died before taking them out."""
WINDOW = "window"
"""Fact: number of the running window and the time source at its start."""


class Intake:
    """Takes records in, holds events to the end of their bucket, lets them out or counts them, and closes windows.

    Args:
        settings: the device's.
        outbox: where everything goes.
        boot: number of this boot.
        model: first 8 hex digits of the model's sha256.
        new_key: gives a fresh random UUID as text.
    """

    def __init__(self, settings: Settings, outbox: Outbox, boot: int, model: str, new_key: Callable[[], str]) -> None:
        self._touchpoints = settings.site.touchpoints
        self._privacy = settings.privacy
        self._window_s = settings.privacy.window_minutes * 60
        self._outbox = outbox
        self._boot = boot
        self._model = model
        self._new_key = new_key
        limits = settings.privacy
        self._doors = {
            touchpoint: Door(limits.events_per_minute_max, limits.visits_min, self._window_s)
            for touchpoint in self._touchpoints
        }
        self._leftover = outbox.fact(LAST_BATCH)
        self.refused = 0
        self.gauges: dict[Gauge, int] = {}
        self.faults: dict[FaultCode, bool] = {}

    def begin(self, now_s: float) -> None:
        """Bound the holding of what an earlier boot left behind."""
        with self._outbox.transaction():
            self._outbox.hold_at_most(now_s + self._privacy.bucket_s)

    def accept(self, data: bytes, now_s: float, utc_s: float, source: Source) -> int:
        """Store what the FIFO shows; how many bytes of it may now be taken out.

        Raises:
            sqlite3.OperationalError: nothing was stored, nothing may be taken out.
        """
        leftover, self._leftover = self._leftover, b""
        if leftover and data.startswith(leftover):
            return len(leftover)  # stored before the last death, not yet taken out
        batch = split(data)
        if batch.records:
            doors = {touchpoint: door.copy() for touchpoint, door in self._doors.items()}
            with self._outbox.transaction():
                for record, raw in batch.records:
                    self._store(doors, record, raw, now_s, utc_s, source)
                self._outbox.set_fact(LAST_BATCH, data[: batch.used])
            self._doors = doors
        self._note(batch)
        return batch.used

    def _store(
        self, doors: dict[str, Door], record: Record, raw: bytes, now_s: float, utc_s: float, source: Source
    ) -> None:
        if record.touchpoint >= len(self._touchpoints):
            return
        touchpoint = self._touchpoints[record.touchpoint]
        if counted := count_of(record.body):
            self._outbox.count(touchpoint, *counted)
        if isinstance(record.body, TallyRecord) and record.body.code == Tally.VISITS:
            doors[touchpoint].visited(now_s, record.body.count)
        if isinstance(record.body, ExpressionRecord | ButtonRecord):
            at_s = happened_s(record.at_s, now_s)
            at_utc_s = utc_s - (now_s - at_s)
            due_s = at_s + held_s(at_utc_s, self._privacy.bucket_s)
            told = stamp(at_utc_s, self._privacy.bucket_s, source).text()
            if self._privacy.bucket_s:
                self._outbox.hold(raw, at_s, due_s, told)
            else:
                self._let_out(doors, Held(0, raw, at_s, due_s, told), record, now_s)

    def _note(self, batch: Batch) -> None:
        """Remember present values and faults; they need no disk, sense tells them again."""
        self.refused += batch.refused
        for record, _ in batch.records:
            if record.touchpoint >= len(self._touchpoints):
                self.refused += 1
            elif isinstance(record.body, GaugeRecord):
                self.gauges[record.body.gauge] = record.body.value
            elif isinstance(record.body, FaultRecord):
                self.faults[record.body.code] = record.body.active

    def release(self, now_s: float) -> bool:
        """Let out, or only count, what was held long enough; whether there was any.

        Raises:
            sqlite3.OperationalError: nothing changed.
        """
        due = [held for held in self._outbox.held() if held.due_s <= now_s]
        if not due:
            return False
        doors = {touchpoint: door.copy() for touchpoint, door in self._doors.items()}
        with self._outbox.transaction():
            for held in due:
                self._outbox.let_go(held)
                for record, _ in split(held.record).records:
                    self._let_out(doors, held, record, now_s)
        self._doors = doors
        return True

    def _let_out(self, doors: dict[str, Door], held: Held, record: Record, now_s: float) -> None:
        if not isinstance(record.body, ExpressionRecord | ButtonRecord) or record.touchpoint >= len(self._touchpoints):
            return
        touchpoint = self._touchpoints[record.touchpoint]
        if reason := doors[touchpoint].let_out(now_s):
            self._outbox.count(touchpoint, f"held_{reason}")
            self._outbox.count(DEVICE, "held")
            return
        body = payload.event(record.body, Stamp.of(held.stamp), self._model)
        self._outbox.add(self._boot, self._new_key(), "event", touchpoint, body, now_s)

    def turn_window(self, now_s: float, utc_s: float, source: Source) -> bool:
        """Store a window for every touchpoint when the running one has ended; whether it had.

        Raises:
            sqlite3.OperationalError: nothing changed.
        """
        number = int(utc_s // self._window_s)
        running = self._outbox.fact(WINDOW).decode().split()
        if running[:1] == [str(number)]:
            return False
        with self._outbox.transaction():
            if running:
                began = stamp(int(running[0]) * self._window_s, self._window_s, Source(running[1]))
                self._close_windows(began, now_s)
            self._outbox.set_fact(WINDOW, f"{number} {source.value}".encode())
        return bool(running)

    def _close_windows(self, began: Stamp, now_s: float) -> None:
        least = self._privacy.visits_min
        for touchpoint in self._touchpoints:
            counts = shown(self._outbox.tallies(touchpoint), least)
            body = payload.window(counts, began, self._window_s, least)
            self._outbox.add(self._boot, self._new_key(), "window", touchpoint, body, now_s)
            self._outbox.clear_tallies(touchpoint)
