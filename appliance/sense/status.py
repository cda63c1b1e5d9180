"""What the sensing process tells the person who watches the demo: one JSON line, words and numbers only."""

from __future__ import annotations

import json
import sys
from typing import TextIO

from appliance.events import Light, Seen

PERIOD_S = 0.1
"""Ten lines a second are smooth to the eye and cost nothing."""


class Status:
    """Writes the present state as a JSON line, at most ten a second, and at once when the light changes.

    Args:
        stream: where to; the process's standard output in the demo.
    """

    def __init__(self, stream: TextIO = sys.stdout) -> None:
        self._stream = stream
        self._next_s = float("-inf")
        self._light = Light.OFF
        self.frames = 0

    def show(self, seen: Seen, light: Light, dropped: int) -> None:
        """Count the frame, and write if it is time."""
        self.frames += 1
        if seen.at_s < self._next_s and light == self._light:
            return
        self._next_s = seen.at_s + PERIOD_S
        self._light = light
        line = {
            "at_s": round(seen.at_s, 3),
            "frames": self.frames,
            "dropped": dropped,
            "face": seen.face,
            "no_reading": None if seen.no_reading is None else seen.no_reading.name.lower(),
            "light": light.name.lower(),
        }
        self._stream.write(json.dumps(line) + "\n")
        self._stream.flush()
