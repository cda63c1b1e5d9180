"""Reads the FIFO so that a death at any moment loses nothing: look first, store, and only then take out.

tee(2) copies what stands in a pipe without taking it out. A record therefore leaves the pipe after it is on disk; if
the process dies in between, the next one finds the same bytes again and knows them (`intake`).
"""

from __future__ import annotations

import ctypes
import errno
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from appliance.errors import InklingError, RecordInvalid
from appliance.records import Record
from appliance.wire import MAGIC, RECORD_BYTES, decode

LISTEN_FD = 3
"""The first descriptor systemd hands over (sd_listen_fds(3))."""
BURST_RECORDS = 10
"""Records let through at once after a silence: the minute report of the sensing process fits."""
SPLICE_F_NONBLOCK = 2
"""From <fcntl.h>, tee(2)."""
BATCH_RECORDS_MAX = 100
"""2,400 bytes: within PIPE_BUF (4,096), so one read takes the batch out whole."""


class Channel(Protocol):
    """Where records come from."""

    def peek(self, records_max: int) -> bytes:
        """The oldest bytes there, at most `records_max` records, left where they are."""
        ...

    def take_out(self, count: int) -> None:
        """Remove the oldest `count` bytes."""
        ...


@dataclass(frozen=True, slots=True)
class Batch:
    """Valid records with their bytes, how many bytes they and the refused ones fill, and how many were refused."""

    records: tuple[tuple[Record, bytes], ...]
    used: int
    refused: int


def split(data: bytes) -> Batch:
    """What stands in `data`: records where they decode; else everything up to the next magic is refused as one."""
    records: list[tuple[Record, bytes]] = []
    refused = position = 0
    while len(data) - position >= RECORD_BYTES:
        raw = data[position : position + RECORD_BYTES]
        try:
            records.append((decode(raw), raw))
            position += RECORD_BYTES
        except RecordInvalid:
            refused += 1
            following = data.find(MAGIC, position + 1)
            position = len(data) - data.endswith(MAGIC[:1]) if following < 0 else following
    return Batch(tuple(records), position, refused)


class Pace:
    """Lets at most `per_s` things a second through, after a silence `burst` at once (a token bucket)."""

    def __init__(self, per_s: float, burst: int) -> None:
        self._per_s = per_s
        self._burst = burst
        self._tokens = float(burst)
        self._last_s: float | None = None

    def allowed(self, now_s: float) -> int:
        """How many may pass at `now_s` (monotonic seconds)."""
        if self._last_s is not None:
            self._tokens = min(self._burst, self._tokens + (now_s - self._last_s) * self._per_s)
        self._last_s = now_s
        return int(self._tokens)

    def spend(self, count: int) -> None:
        """`count` passed."""
        self._tokens -= count


class FifoInlet:
    """The FIFO from the sensing process: systemd's open descriptor when there is one, else the path.

    Args:
        path: the FIFO; made (mode 0620) when it is missing.

    Raises:
        InklingError: `path` is something else than a FIFO, or cannot be opened.
    """

    def __init__(self, path: Path) -> None:
        try:
            self._fd = _handed_over() or _open(path)
        except OSError as error:
            raise InklingError(f"{path}: {error.strerror}", "Set link.fifo to a path this user may write.") from error
        self._scratch = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
        self._libc = ctypes.CDLL(None, use_errno=True)

    def fileno(self) -> int:
        """The descriptor to wait on."""
        return self._fd

    def peek(self, records_max: int) -> bytes:
        """The oldest bytes in the FIFO, at most `records_max` records, left in it."""
        wanted = min(records_max, BATCH_RECORDS_MAX) * RECORD_BYTES
        if wanted <= 0:
            return b""
        copied: int = self._libc.tee(self._fd, self._scratch[1], ctypes.c_size_t(wanted), SPLICE_F_NONBLOCK)
        if copied < 0 and ctypes.get_errno() != errno.EAGAIN:
            raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
        return os.read(self._scratch[0], copied) if copied > 0 else b""

    def take_out(self, count: int) -> None:
        """Remove the oldest `count` bytes from the FIFO."""
        if count:
            os.read(self._fd, count)

    def close(self) -> None:
        """Close the descriptors; what stands in the FIFO stays while someone else holds it."""
        for descriptor in (self._fd, *self._scratch):
            os.close(descriptor)


def _handed_over() -> int:
    """The descriptor systemd gave, 0 when not started by its socket unit (sd_listen_fds(3): the pid must be ours)."""
    ours = os.environ.get("LISTEN_PID") == str(os.getpid()) and os.environ.get("LISTEN_FDS") == "1"
    return LISTEN_FD if ours else 0


def _open(path: Path) -> int:
    if not path.exists():
        os.mkfifo(path, 0o620)
    if not path.is_fifo():
        raise OSError(errno.EINVAL, "is not a FIFO")
    # Read and write: with a writer always there, the end of sense is not the end of the file.
    return os.open(path, os.O_RDWR | os.O_NONBLOCK | os.O_CLOEXEC)
