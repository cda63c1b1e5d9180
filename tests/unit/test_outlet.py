"""The one way out of the sensing process."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from appliance.events import Button, Gauge
from appliance.records import ButtonRecord, GaugeRecord
from appliance.sense.outlet import WAITING_MAX, LinkMissing, Outlet
from appliance.wire import RECORD_BYTES, decode

PRESS = ButtonRecord(Button.HELP)


@pytest.fixture
def fifo(tmp_path: Path) -> Iterator[tuple[Path, int]]:
    """A FIFO held open for reading, as systemd's socket unit does."""
    path = tmp_path / "events"
    os.mkfifo(path)
    reader = os.open(path, os.O_RDWR | os.O_NONBLOCK)
    yield path, reader
    os.close(reader)


def test_at_most_two_records_a_second_pass(fifo: tuple[Path, int]) -> None:
    """Pumped a hundred times a second for ten seconds, the outlet lets 21 records through, in order."""
    path, reader = fifo
    outlet = Outlet(path, 2.0)
    for n in range(WAITING_MAX):
        outlet.put(float(n), PRESS)
    sent = sum(outlet.pump(n / 100) for n in range(1001))
    outlet.close()
    assert 21 == sent
    assert list(range(21)) == [decode(os.read(reader, RECORD_BYTES)).seq for _ in range(21)]


def test_presses_go_before_counts(fifo: tuple[Path, int]) -> None:
    """A press put after a gauge leaves first."""
    path, reader = fifo
    outlet = Outlet(path, 2.0)
    outlet.put(0.0, GaugeRecord(Gauge.FPS, 60))
    outlet.put(0.0, PRESS)
    outlet.pump(0.0)
    outlet.close()
    assert PRESS == decode(os.read(reader, RECORD_BYTES)).body


def test_a_full_line_drops_the_oldest_and_counts(fifo: tuple[Path, int]) -> None:
    """One record over the line's length is one counted drop."""
    path, _ = fifo
    outlet = Outlet(path, 2.0)
    for _ in range(WAITING_MAX + 1):
        outlet.put(0.0, PRESS)
    outlet.close()
    assert (1, WAITING_MAX) == (outlet.dropped, outlet.waiting)


def test_a_full_pipe_keeps_the_record_in_line(fifo: tuple[Path, int]) -> None:
    """While nobody reads and the pipe is full, nothing is sent and nothing is lost."""
    path, reader = fifo
    outlet = Outlet(path, 2.0)
    while True:
        try:
            os.write(reader, bytes(4096))
        except BlockingIOError:
            break
    outlet.put(0.0, PRESS)
    assert (0, 1) == (outlet.pump(0.0), outlet.waiting)
    os.read(reader, 65536)
    assert (1, 0) == (outlet.pump(1.0), outlet.waiting)
    outlet.close()


def test_no_reader_is_one_clear_line(tmp_path: Path) -> None:
    """A FIFO that is missing, or that nobody holds open, stops the start with its path."""
    path = tmp_path / "events"
    with pytest.raises(LinkMissing, match=str(path)):
        Outlet(path, 2.0)
    os.mkfifo(path)
    with pytest.raises(LinkMissing, match=str(path)):
        Outlet(path, 2.0)
