"""What `inkling watch` says: one JSON object per spotted expression, and one per clip. Pure."""

from __future__ import annotations

from collections import Counter
from typing import Any

from appliance.events import Expression, Seen

SECONDS_DIGITS = 4
"""Times are told to 0.1 ms: finer than any camera's stamps."""


def expression_line(clip: str, expression: Expression) -> dict[str, Any]:
    """The object of one expression, with the names of `events` in lower case."""
    return {
        "clip": clip,
        "onset_s": round(expression.interval.onset_s, SECONDS_DIGITS),
        "apex_s": round(expression.interval.apex_s, SECONDS_DIGITS),
        "offset_s": round(expression.interval.offset_s, SECONDS_DIGITS),
        "kind": expression.kind.name.lower(),
        "label": expression.label.name.lower(),
        "p": round(expression.p, 4),
        "intensity": round(expression.intensity, 4),
        "actions": sorted(action.name.lower() for action in expression.actions),
    }


class ClipCount:
    """Counts what the frames of one clip gave."""

    def __init__(self) -> None:
        self._frames = 0
        self._faces = 0
        self._last_s = 0.0
        self._no_reading: Counter[str] = Counter()

    def add(self, seen: Seen) -> None:
        """Count one frame."""
        self._frames += 1
        self._faces += seen.face
        self._last_s = seen.at_s
        if seen.no_reading is not None:
            self._no_reading[seen.no_reading.name.lower()] += 1

    def line(self, clip: str, rate_hz: float) -> dict[str, Any]:
        """The closing object of a clip; its length counts the last frame's own duration."""
        return {
            "clip": clip,
            "end": True,
            "frames": self._frames,
            "fps": round(rate_hz, 3),
            "seconds": round(self._last_s + 1.0 / rate_hz, 3),
            "face_frames": self._faces,
            "no_reading": dict(sorted(self._no_reading.items())),
            "dropped": 0,
        }
