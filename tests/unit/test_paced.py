"""A clip at its own speed."""

from __future__ import annotations

from typing import Self

import numpy as np

from appliance.clock import FakeClock
from appliance.sense.frame import Frame
from appliance.sense.paced import PacedSource


class Still:
    """A source of `count` black frames at 10 Hz."""

    rate_hz = 10.0

    def __init__(self, count: int) -> None:
        self._left = list(range(count))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None: ...

    def read(self) -> Frame | None:
        """The next frame."""
        if not self._left:
            return None
        index = self._left.pop(0)
        return Frame(np.zeros((2, 2, 3), np.uint8), index / 10, index)


def test_frames_come_when_they_are_due() -> None:
    """Ten frames at 10 Hz take 0.9 seconds, each stamped with the moment it was due."""
    clock = FakeClock(100.0)
    with PacedSource(Still(10), clock) as source:
        due = [frame.at_s for frame in iter(source.read, None)]
    assert np.allclose(np.arange(10) / 10 + 100, due)
    assert abs(clock.monotonic_s() - 100.9) < 1e-9


def test_late_frames_are_dropped_and_counted() -> None:
    """After a stall of 0.5 s the two frames more than two periods late are skipped and counted."""
    clock = FakeClock(0.0)
    with PacedSource(Still(10), clock) as source:
        assert source.read() is not None
        clock.advance_s(0.5)
        frame = source.read()
    assert frame is not None
    assert (3, 2) == (frame.index, source.dropped)
