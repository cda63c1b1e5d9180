"""The outbox, its start, and the FIFO: what is on disk, what is set aside, what stays in the pipe."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path

import pytest

from appliance.errors import InklingError, OutboxCorrupt
from appliance.events import Button
from appliance.fleet import simulate
from appliance.fleet.killmatrix import compare
from appliance.fleet.numbered import NUMBERS, number, record
from appliance.publish import payload
from appliance.publish.door import Source, Stamp
from appliance.publish.inlet import FifoInlet
from appliance.publish.outbox import Outbox
from appliance.publish.start import next_boot, open_outbox
from appliance.records import ButtonRecord, ExpressionRecord, Record
from appliance.wire import encode


def filled(path: Path, rows: int) -> Outbox:
    """An outbox with `rows` waiting messages."""
    outbox = Outbox(path)
    with outbox.transaction():
        for each in range(rows):
            outbox.add(1, f"k{each}", "event", "counter-1", {"n": each}, float(each))
    return outbox


def test_it_is_a_write_ahead_log_with_full_sync(tmp_path: Path) -> None:
    """The file is in WAL mode and every commit is synced."""
    outbox = Outbox(tmp_path / "o.db")
    assert ("wal",) == outbox._db.execute("PRAGMA journal_mode").fetchone()
    assert (2,) == outbox._db.execute("PRAGMA synchronous").fetchone()


def test_a_taken_message_is_kept_for_replay_and_then_forgotten(tmp_path: Path) -> None:
    """A taken message no longer waits, is found by replay, and is gone once it is older than the limit."""
    outbox = filled(tmp_path / "o.db", 2)
    with outbox.transaction():
        outbox.taken([1], 1000.0)
    assert (1, 1.0) == outbox.backlog()
    assert [1, 2] == [each.seq for each in outbox.stored(1, 1, 9, 10)]
    with outbox.transaction():
        assert 0 == outbox.prune(1001.0, 100)
    assert [2] == [each.seq for each in outbox.stored(1, 1, 9, 10)]


def test_beyond_the_bound_the_oldest_goes_and_is_counted(tmp_path: Path) -> None:
    """Of 105 waiting messages and a bound of 100 the oldest five go, and the caller is told five."""
    outbox = filled(tmp_path / "o.db", 105)
    with outbox.transaction():
        assert 5 == outbox.prune(0.0, 100)
    assert 6 == outbox.waiting("event", "counter-1", 0, 1)[0].seq


def test_a_failed_transaction_leaves_nothing(tmp_path: Path) -> None:
    """When the disk is full in the middle, nothing of the transaction is there."""
    outbox = filled(tmp_path / "o.db", 1)
    (pages,) = outbox._db.execute("PRAGMA page_count").fetchone()
    outbox._db.execute(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(sqlite3.OperationalError, match="full"), outbox.transaction():
        outbox.add(1, "x", "event", "counter-1", {"n": "y" * 100_000}, 0.0)
    assert 1 == outbox.backlog()[0]


@pytest.mark.parametrize("damage", [b"", b"not a database at all, but long enough to look", None])
def test_a_damaged_file_is_set_aside_and_boots_go_on(damage: bytes | None, tmp_path: Path) -> None:
    """A file that is not SQLite is renamed .bad1, a new one begins, and the boot number still rises."""
    path = tmp_path / "o.db"
    outbox, damaged = open_outbox(path)
    assert (1, False) == (next_boot(outbox, path), damaged)
    outbox.close()
    if damage is None:
        data = bytearray(path.read_bytes())
        data[100:4096] = os.urandom(3996)
        path.write_bytes(data)
    elif damage:
        path.write_bytes(damage)
    outbox, damaged = open_outbox(path)
    assert bool(damage is None or damage) == damaged
    assert damaged == (tmp_path / "o.db.bad1").exists()
    assert 2 == next_boot(outbox, path)


def test_a_folder_that_cannot_be_written_is_one_fact(tmp_path: Path) -> None:
    """An outbox in a folder that is not there is refused with advice."""
    with pytest.raises(OutboxCorrupt):
        open_outbox(tmp_path / "no" / "o.db")


def test_looking_into_the_pipe_takes_nothing_out(tmp_path: Path) -> None:
    """Peeked records are still there until they are taken out, and survive a reader that closes."""
    path = tmp_path / "fifo"
    inlet = FifoInlet(path)
    assert 0o620 == path.stat().st_mode & 0o777 & ~0o002 | 0o020
    holder = os.open(path, os.O_RDWR | os.O_NONBLOCK)
    one = encode(Record(1, 2.0, 0, ButtonRecord(Button.HELP)))
    os.write(holder, one * 3)
    assert one * 2 == inlet.peek(2)
    assert one * 3 == inlet.peek(100)
    inlet.take_out(24)
    inlet.close()
    again = FifoInlet(path)
    assert one * 2 == again.peek(100)
    again.close()
    os.close(holder)


def test_something_else_than_a_fifo_is_refused(tmp_path: Path) -> None:
    """A plain file in the FIFO's place stops the start with advice."""
    path = tmp_path / "file"
    path.write_text("")
    with pytest.raises(InklingError, match="is not a FIFO"):
        FifoInlet(path)


def test_numbers_survive_the_payload() -> None:
    """A numbered record comes back with its number after the event was built from it."""
    for each in (0, 255, 256, 5375, 5376, 59_135, 59_136, NUMBERS - 1):
        body = record(each, 0.0).body
        assert isinstance(body, ExpressionRecord)
        assert each == number(payload.event(body, Stamp(None, 1, Source.NONE), "00000000"))


def test_the_comparison_sees_loss_two_ids_and_wrong_order() -> None:
    """compare() counts a lost number, one under two ids, and two out of order."""
    outcome = compare(4, [(1, 1, 0, "a"), (1, 2, 2, "b"), (1, 3, 1, "c"), (1, 4, 1, "d")])
    assert (1, 1) == (outcome.lost, outcome.repeated)
    assert outcome.wrong >= 2


@pytest.mark.parametrize("first", [0, 10, 20])
def test_seeded_worlds_lose_nothing(first: int) -> None:
    """Ten seeded worlds of deaths, torn writes, full disks and broken brokers lose nothing."""
    results = [simulate.play(seed) for seed in range(first, first + 10)]
    assert [] == [(seed, lost, wrong) for seed, _, _, lost, wrong in results if lost or wrong]
    assert sum(deaths for _, _, deaths, _, _ in results) > 10
