"""What is counted in a window, by name, and how small counts are hidden."""

from __future__ import annotations

from collections.abc import Mapping

from appliance.events import NoReading, Reason, Tally
from appliance.records import TALLY_REASON_BASE, Body, ButtonRecord, ExpressionRecord, TallyRecord

COUNT_NAMES = (
    *(f"{label}_{kind}" for label in ("negative", "positive", "surprise") for kind in ("micro", "sustained")),
    *(f"button_{name}" for name in ("helped", "not_needed", "help", "self_report", "pause", "resume")),
    *(f"no_reading_{reason.name.lower()}" for reason in NoReading),
    *(f"decision_{reason.name.lower()}" for reason in Reason),
    *(tally.name.lower() for tally in Tally),
    "held_quiet",
    "held_rate",
)
"""Every count a window may carry: expressions and presses by kind, seconds without reading, decisions, the rest."""


def count_of(body: Body) -> tuple[str, int] | None:
    """The name and amount that `body` adds to its touchpoint's window, or None."""
    match body:
        case ExpressionRecord():
            return f"{body.label.name.lower()}_{body.kind.name.lower()}", 1
        case ButtonRecord(button):
            return f"button_{button.name.lower()}", 1
        case TallyRecord(code, count):
            return _tally_name(code), count
        case _:
            return None


def _tally_name(code: int) -> str:
    if code < TALLY_REASON_BASE:
        return f"no_reading_{NoReading(code).name.lower()}"
    if code < int(Tally.VISITS):
        return f"decision_{Reason(code - TALLY_REASON_BASE).name.lower()}"
    return Tally(code).name.lower()


def shown(counts: Mapping[str, int], least: int) -> dict[str, int | str]:
    """`counts` in their fixed order; a number from 1 to `least` - 1 becomes the words "<least", and zeros are left out.

    A count left out and one hidden differ by "nobody" against "somebody": with no visit the window is empty.
    """
    return {
        name: (count if count >= least else f"<{least}") for name in COUNT_NAMES if (count := counts.get(name, 0)) > 0
    }
