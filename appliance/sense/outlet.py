"""Writes records into the FIFO and never waits; beyond the pipe and a bounded line they are dropped and counted."""

from __future__ import annotations

import errno
import os
from collections import deque
from pathlib import Path

from appliance.errors import InklingError
from appliance.records import Body, ButtonRecord, ExpressionRecord, FaultRecord, Record
from appliance.wire import encode

WAITING_MAX = 120
"""A minute of records at the channel's 2 a second; more could never be caught up with."""

_URGENT = (ExpressionRecord, ButtonRecord, FaultRecord)


class LinkMissing(InklingError, OSError):
    """The FIFO to the publishing process is not there or is not a FIFO."""


class Outlet:
    """The one way out of the sensing process: at most `records_per_s_max` records a second.

    Expressions, presses and faults go before counts; what does not fit into the bounded waiting line is
    dropped and counted.

    Args:
        fifo: the FIFO, already made (by systemd's socket unit, or by the runner).
        records_per_s_max: records let through a second, at most 2 (rule 4 of architecture.md).
    """

    def __init__(self, fifo: Path, records_per_s_max: float) -> None:
        try:
            # Write only: the mode of the FIFO (0620) gives this process no way to read. Without O_NONBLOCK the
            # open would wait for a reader; with it, nobody holding the other end shows at once as ENXIO.
            self._fd = os.open(fifo, os.O_WRONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        except OSError as error:
            raise LinkMissing(f"{fifo}: {error.strerror}", "Start inkling-events.socket, or `inkling run`.") from error
        self._gap_s = 1.0 / records_per_s_max
        self._next_s = 0.0
        self._seq = 0
        self._urgent: deque[tuple[float, int, Body]] = deque()
        self._counts: deque[tuple[float, int, Body]] = deque()
        self.dropped = 0

    @property
    def waiting(self) -> int:
        """Records in line."""
        return len(self._urgent) + len(self._counts)

    def put(self, at_s: float, body: Body, touchpoint: int = 0) -> None:
        """Line `body` up for sending; `at_s` is when it happened, monotonic seconds."""
        line = self._urgent if isinstance(body, _URGENT) else self._counts
        if len(line) >= WAITING_MAX:
            line.popleft()
            self.dropped += 1
        line.append((at_s, touchpoint, body))

    def pump(self, now_s: float) -> int:
        """Send what the rate allows at `now_s` (monotonic seconds); the number sent, 0 or 1."""
        line = self._urgent or self._counts
        if not line or now_s < self._next_s:
            return 0
        at_s, touchpoint, body = line[0]
        try:
            os.write(self._fd, encode(Record(self._seq, at_s, touchpoint, body)))
        except OSError as error:
            if error.errno not in (errno.EAGAIN, errno.EPIPE):
                raise
            return 0  # full, or nobody holds the other end: it stays in line until the line is full too
        line.popleft()
        self._seq += 1
        self._next_s = now_s + self._gap_s
        return 1

    def close(self) -> None:
        """Close the FIFO; what still waits is lost, as at a power cut."""
        os.close(self._fd)
