"""What the sensing process may tell the publishing one: five small records, and nothing that could hold a picture."""

from __future__ import annotations

from dataclasses import dataclass

from appliance.events import Action, Button, FaultCode, Gauge, Kind, Label, NoReading, Reason, Tally


@dataclass(frozen=True, slots=True)
class ExpressionRecord:
    """An expression as it may leave the sensing process.

    p in steps of .05 and intensity in steps of .1, both 0..1; duration in 0.1 s steps, 0..25.5 s.
    """

    kind: Kind
    label: Label
    actions: frozenset[Action]
    p: float
    intensity: float
    duration_s: float
    reason: Reason


@dataclass(frozen=True, slots=True)
class ButtonRecord:
    """A button press."""

    button: Button


@dataclass(frozen=True, slots=True)
class TallyRecord:
    """`count` more of one counted thing; code is a NoReading, 64 + Reason, or Tally; count 0..65535."""

    code: int
    count: int


@dataclass(frozen=True, slots=True)
class GaugeRecord:
    """The present value (0..65535) of one gauge."""

    gauge: Gauge
    value: int


@dataclass(frozen=True, slots=True)
class FaultRecord:
    """A fault that began (`active`) or ended."""

    code: FaultCode
    active: bool


Body = ExpressionRecord | ButtonRecord | TallyRecord | GaugeRecord | FaultRecord


@dataclass(frozen=True, slots=True)
class Record:
    """One message from sense to publish.

    seq counts from 0 at each start of sense, 0..2^32-1; at_s is the monotonic clock in seconds, kept in
    steps of 0.1 s; touchpoint is an index 0..15 into the configured touchpoints.
    """

    seq: int
    at_s: float
    touchpoint: int
    body: Body


TALLY_REASON_BASE = 64
"""Tally codes 64..127 count decisions by reason; 0..63 count no-reading seconds."""


def is_tally_code(code: int) -> bool:
    """True if `code` is one of the three closed ranges of a TallyRecord."""
    if code < TALLY_REASON_BASE:
        return code in NoReading._value2member_map_
    if code < int(Tally.VISITS):
        return code - TALLY_REASON_BASE in Reason._value2member_map_
    return code in Tally._value2member_map_
