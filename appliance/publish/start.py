"""Opens the outbox for a new boot of the publishing process: a damaged file is set aside, boots only ever count up."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

from appliance.errors import OutboxCorrupt
from appliance.publish.outbox import Outbox

BAD_KEPT = 3
"""Damaged files kept for a look; more would fill the partition that has just shown a fault."""


def open_outbox(path: Path) -> tuple[Outbox, bool]:
    """The outbox at `path` and whether a damaged one had to be set aside as `.bad`.

    Raises:
        OutboxCorrupt: a new one cannot be made either.
    """
    try:
        return Outbox(path), False
    except OutboxCorrupt:
        if not path.exists():
            raise
        _set_aside(path)
        return Outbox(path), True


def _set_aside(path: Path) -> None:
    for number in range(BAD_KEPT, 1, -1):
        older = path.with_name(f"{path.name}.bad{number - 1}")
        if older.exists():
            older.replace(path.with_name(f"{path.name}.bad{number}"))
    path.replace(path.with_name(f"{path.name}.bad1"))
    for leftover in (path.with_name(path.name + "-wal"), path.with_name(path.name + "-shm")):
        with contextlib.suppress(FileNotFoundError):
            leftover.unlink()


def next_boot(outbox: Outbox, path: Path) -> int:
    """The number of this boot, one above every earlier one; kept beside the outbox too, so a lost file repeats none."""
    beside = path.with_name(path.name + ".boot")
    boot = 1 + max(_number(outbox.fact("boot")), _number(_read(beside)))
    with outbox.transaction():
        outbox.set_fact("boot", str(boot).encode())
    new = beside.with_name(beside.name + ".new")
    with new.open("wb") as file:
        file.write(str(boot).encode())
        file.flush()
        os.fsync(file.fileno())
    new.replace(beside)
    return boot


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()[:16]
    except OSError:
        return b""


def _number(data: bytes) -> int:
    return int(data) if data.isdigit() else 0
