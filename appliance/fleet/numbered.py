"""Records that carry their own number through the payload, so that what arrives can be compared with what was sent.

The event has no field for a test's number, and must not get one. Duration, probability, intensity, label and kind
together have 256 x 21 x 11 x 3 x 2 = 354,816 values: enough to number every event of a run.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from appliance.events import Action, Kind, Label, Reason
from appliance.records import ExpressionRecord, Record

DURATIONS, P_STEPS, INTENSITIES, LABELS, KINDS = 256, 21, 11, 3, 2
NUMBERS = DURATIONS * P_STEPS * INTENSITIES * LABELS * KINDS


def record(number: int, at_s: float) -> Record:
    """The record that carries `number`, 0 <= number < NUMBERS."""
    rest, duration = divmod(number, DURATIONS)
    rest, p = divmod(rest, P_STEPS)
    rest, intensity = divmod(rest, INTENSITIES)
    kind, label = divmod(rest, LABELS)
    body = ExpressionRecord(
        Kind(kind),
        Label(label),
        frozenset({Action.BROW_LOWER}),
        p / 20,
        intensity / 10,
        duration / 10,
        Reason.CHECK_IN,
    )
    return Record(number, at_s, 0, body)


def number(event: Mapping[str, Any]) -> int:
    """The number that `event`, as it was published, carries."""
    kind, label = Kind[event["kind"].upper()], Label[event["expr"].upper()]
    value = int(kind * LABELS + label)
    value = value * INTENSITIES + round(event["int"] * 10)
    value = value * P_STEPS + round(event["p"] * 20)
    return int(value * DURATIONS + round(event["dur"] * 10))
