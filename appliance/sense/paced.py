"""A clip played at its own speed, as a camera would give it: frames that come too late are dropped and counted."""

from __future__ import annotations

from dataclasses import replace
from typing import Self

from appliance.clock import Clock
from appliance.sense.frame import Frame, FrameSource

LATE_FRAMES_MAX = 2
"""A frame more than two periods late is dropped; one period is ordinary scheduling jitter."""


class PacedSource:
    """`source` in real time; `at_s` becomes the monotonic time at which the frame was due.

    Args:
        source: a clip.
        clock: where time comes from.
    """

    def __init__(self, source: FrameSource, clock: Clock) -> None:
        self._source = source
        self._clock = clock
        self._start_s: float | None = None
        self.rate_hz = source.rate_hz
        self.dropped = 0

    def __enter__(self) -> Self:
        self._source.__enter__()
        self.rate_hz = self._source.rate_hz  # a clip knows its rate once it is open
        return self

    def __exit__(self, *error: object) -> None:
        self._source.__exit__(*error)

    def read(self) -> Frame | None:
        """The next frame once it is due, or None at the end of the clip."""
        while (frame := self._source.read()) is not None:
            now_s = self._clock.monotonic_s()
            if self._start_s is None:
                self._start_s = now_s - frame.at_s
            due_s = self._start_s + frame.at_s
            if now_s - due_s > LATE_FRAMES_MAX / self.rate_hz:
                self.dropped += 1
                continue
            self._clock.wait_s(due_s - now_s)
            return replace(frame, at_s=due_s)
        return None
