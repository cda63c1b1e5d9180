"""The only source of time: a monotonic clock, the wall clock, and a fake of both."""

from __future__ import annotations

import time
from typing import Protocol


class Clock(Protocol):
    """What a stage may ask of time."""

    def monotonic_s(self) -> float:
        """Seconds since boot, never going back; the same in every process of the machine."""
        ...

    def utc_s(self) -> float:
        """Seconds since 1970-01-01 UTC as the machine believes; may jump."""
        ...

    def wait_s(self, seconds: float) -> None:
        """Return after `seconds` (0 or less: at once)."""
        ...


class SystemClock:
    """The machine's clock."""

    def monotonic_s(self) -> float:
        """Seconds since boot (CLOCK_MONOTONIC), shared by all processes of this machine."""
        return time.monotonic()

    def utc_s(self) -> float:
        """Seconds since 1970-01-01 UTC as the machine believes."""
        return time.time()

    def wait_s(self, seconds: float) -> None:
        """Sleep for `seconds`; negative values return at once."""
        if seconds > 0:
            time.sleep(seconds)


class FakeClock:
    """A clock that moves only when told; `wait_s` moves it.

    Args:
        monotonic_s: first reading of the monotonic clock, seconds.
        utc_s: first reading of the wall clock, seconds since 1970.
    """

    def __init__(self, monotonic_s: float = 0.0, utc_s: float = 1_795_000_000.0) -> None:
        self._monotonic_s = monotonic_s
        self._utc_s = utc_s

    def monotonic_s(self) -> float:
        """The fake monotonic reading, seconds."""
        return self._monotonic_s

    def utc_s(self) -> float:
        """The fake wall reading, seconds since 1970."""
        return self._utc_s

    def wait_s(self, seconds: float) -> None:
        """Move both clocks forward by `seconds`."""
        self.advance_s(seconds)

    def advance_s(self, seconds: float) -> None:
        """Move both clocks forward by `seconds` (negative values move nothing)."""
        self._monotonic_s += max(0.0, seconds)
        self._utc_s += max(0.0, seconds)

    def set_utc_s(self, utc_s: float) -> None:
        """Set the wall clock alone, as a time server would."""
        self._utc_s = utc_s
