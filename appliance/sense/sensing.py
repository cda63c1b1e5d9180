"""The sensing loop: what the camera sees, what staff press, the light, the channel. Nothing waits for the network."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from appliance.clock import Clock
from appliance.events import Decision, FaultCode, Gauge, Seen
from appliance.records import Body, ExpressionRecord, GaugeRecord
from appliance.sense.desk import Desk
from appliance.sense.outlet import Outlet
from appliance.sense.status import Status
from appliance.sense.tallies import Tallies
from appliance.wire import DURATION_MAX_S

REPORT_S = 60.0
"""Counts go out once a minute: fewer records than the channel carries in that time, and IT's health has that period."""
IDLE_S = 0.02
"""Without frames the light and the buttons are served this often: a press is answered faster than a person notices."""


class Eye(Protocol):
    """What the loop asks of `reading.Reading`; absent in modes without a camera."""

    ended: bool

    @property
    def faults(self) -> frozenset[FaultCode]:
        """What is wrong at present."""
        ...

    @property
    def dropped(self) -> int:
        """Frames that came too late."""
        ...

    def step(self, *, allowed: bool) -> Seen | None:
        """What the next frame shows, or None."""
        ...


@dataclass(slots=True)
class Parts:
    """What the loop drives: eye is None without a camera, status only in the demo, allowed: reading from the start."""

    eye: Eye | None
    desk: Desk
    outlet: Outlet
    status: Status | None
    allowed: bool


class Sensing:
    """Runs the parts, one frame in flight.

    well: a frame has gone through every stage and the camera has no fault (without a camera: at once).

    Args:
        parts: the stages and devices.
        clock: where time comes from.
    """

    def __init__(self, parts: Parts, clock: Clock) -> None:
        self._parts = parts
        self.well = self._told = False
        self._clock = clock
        self._tallies = Tallies()
        self._allowed = parts.allowed
        self._frames = 0
        self._reported_s = clock.monotonic_s()

    def step(self) -> bool:
        """One round: a frame if there is one, the light, the records; False at the end of a clip."""
        eye = self._parts.eye
        seen = eye.step(allowed=self._allowed) if eye else None
        if eye and eye.ended:
            return False
        step = self._parts.desk.step(seen, eye.faults if eye else frozenset())
        self._allowed = step.policy.reading
        self.well = self._works(seen)
        if self.well and not self._told:
            self._told = True
            self._parts.desk.ready()
        now_s = self._clock.monotonic_s()
        for record in step.records:
            self._parts.outlet.put(now_s, record)
        self._count(now_s, seen, step.policy.decisions)
        self._report(now_s)
        self._parts.outlet.pump(now_s)
        if seen is None:
            self._clock.wait_s(IDLE_S)
        elif self._parts.status:
            self._parts.status.show(seen, step.policy.light, eye.dropped if eye else 0)
        return True

    def _works(self, seen: Seen | None) -> bool:
        eye = self._parts.eye
        return eye is None or (not eye.faults and (self.well or seen is not None or not self._allowed))

    def _count(self, now_s: float, seen: Seen | None, decisions: tuple[Decision, ...]) -> None:
        if seen is not None:
            self._frames += 1
            self._tallies.saw(seen)
        for decision in decisions:
            self._tallies.decided(decision)
            if decision.expression is not None:
                self._parts.outlet.put(now_s, expression_record(decision))

    def _report(self, now_s: float) -> None:
        since_s = now_s - self._reported_s
        if since_s < REPORT_S:
            return
        rate_hz = round(self._frames / since_s)
        records: list[Body] = [*self._tallies.take(), *self._parts.desk.gauges(), GaugeRecord(Gauge.FPS, rate_hz)]
        for record in records:
            self._parts.outlet.put(now_s, record)
        self._frames, self._reported_s = 0, now_s

    def drain(self, seconds: float) -> None:
        """Send what waits in line for at most `seconds`; for the end of a clip."""
        end_s = self._clock.monotonic_s() + seconds
        while self._parts.outlet.waiting and self._clock.monotonic_s() < end_s:
            self._parts.outlet.pump(self._clock.monotonic_s())
            self._clock.wait_s(IDLE_S)


def expression_record(decision: Decision) -> ExpressionRecord:
    """The record of a decision about an expression; a duration beyond the wire's range is kept at its end.

    Raises:
        ValueError: the decision is not about an expression.
    """
    expression = decision.expression
    if expression is None:
        raise ValueError("a decision without an expression has no expression record")
    return ExpressionRecord(
        expression.kind,
        expression.label,
        expression.actions,
        expression.p,
        expression.intensity,
        min(expression.interval.duration_s, DURATION_MAX_S),
        decision.reason,
    )
