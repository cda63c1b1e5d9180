"""What the demo has seen so far: fed by the sensing process's status lines and by the subscriber, drawn by `view`."""

from __future__ import annotations

import json
from collections import Counter, deque
from dataclasses import dataclass, field
from typing import Any

from appliance.demo.subscriber import Heard

EVENTS_SHOWN = 8
RATE_WINDOW_S = 2.0
REFUSAL = "inkling-sense: "
"""How the sensing process begins its one line about bad input."""


@dataclass(frozen=True, slots=True)
class Arrived:
    """An expression event as it came back from the broker, `at_s` seconds after the first frame."""

    at_s: float
    message: dict[str, Any]


@dataclass(slots=True)
class DemoState:
    """The demo at one moment; times are seconds since the first frame, on the monotonic clock.

    refusal: why the sensing process would not run, in its own words; interrupted: Ctrl-C was pressed.
    """

    total_s: float | None
    started_s: float | None = None
    now_s: float = 0.0
    frames: int = 0
    dropped: int = 0
    face: bool = False
    no_reading: str | None = None
    light: str = "off"
    availability: str = "?"
    cues: Counter[str] = field(default_factory=Counter)
    lines: int = 0
    no_reading_lines: Counter[str] = field(default_factory=Counter)
    events: list[Arrived] = field(default_factory=list)
    restarts: int = 0
    refusal: str = ""
    interrupted: bool = False
    notes: deque[str] = field(default_factory=lambda: deque(maxlen=3))
    _recent: deque[tuple[float, int]] = field(default_factory=lambda: deque(maxlen=200))

    @property
    def fps(self) -> float:
        """Frames a second over the last two seconds."""
        if len(self._recent) < 2:
            return 0.0
        (first_s, first), (last_s, last) = self._recent[0], self._recent[-1]
        return (last - first) / max(last_s - first_s, 1e-6)

    def sensed(self, line: str) -> None:
        """Take in one line of the sensing process: a status, or a note for people."""
        try:
            status = json.loads(line)
        except ValueError:
            if line.startswith(REFUSAL):
                self.refusal = line.removeprefix(REFUSAL)
            else:
                self.notes.append(line)
            return
        if self.started_s is None or status["frames"] < self.frames:
            self.started_s = status["at_s"]  # the first frame, or the first after sense was started again
            self._recent.clear()
        self.now_s = status["at_s"] - self.started_s
        self.frames, self.dropped, self.face = status["frames"], status["dropped"], status["face"]
        self.no_reading = status["no_reading"]
        self.lines += 1
        if self.no_reading:
            self.no_reading_lines[self.no_reading] += 1
        if status["light"] != self.light and status["light"] != "off":
            self.cues[status["light"]] += 1
        self.light = status["light"]
        self._recent.append((self.now_s, self.frames))
        while self.now_s - self._recent[0][0] > RATE_WINDOW_S:
            self._recent.popleft()

    def heard(self, heard: Heard, monotonic_s: float) -> Arrived | None:
        """Take in one message from the broker; the event if it is one, never raising on what others publish."""
        parts = heard.topic.split("/")
        if parts[-1] == "status":
            self.availability = heard.text
        if len(parts) < 6 or parts[4] != "event":
            return None
        try:
            message = json.loads(heard.text)
        except ValueError:
            self.notes.append(f"not JSON on {heard.topic}")
            return None
        arrived = Arrived(monotonic_s - (self.started_s or monotonic_s), message)
        self.events.append(arrived)
        return arrived
