"""The sensing process as a whole: no camera where the mode says so, a light that survives port and clock."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from appliance.clock import FakeClock
from appliance.config import build
from appliance.cue.console import Console
from appliance.cue.pattern import Shown
from appliance.cue.replugged import Replugged
from appliance.cue.tower import Tower
from appliance.events import Expression, Interval, Kind, Label, Mode, Seen
from appliance.sense.desk import Desk
from appliance.settings import Settings
from tests.contract.pty_end import Far

ALL_OFF = bytes((0x21, 0x22, 0x24, 0x28))
YELLOW_ON, YELLOW_OFF = 0x12, 0x22
PEEK = """
import os, sys
from appliance.clock import FakeClock
from appliance.sense import __main__ as process
from appliance.sense.sensing import Sensing
rounds = iter(range(50))
step = Sensing.step
Sensing.step = lambda self: step(self) and next(rounds, None) is not None
process.run(process.load(process.Path(sys.argv[1])), None, FakeClock())
files = [f"/proc/self/fd/{number}" for number in os.listdir("/proc/self/fd")]
held = [os.readlink(file) for file in files if os.path.lexists(file)]
print([name for name in ("cv2", "numpy", "tflite_runtime", "ai_edge_litert", "picamera2") if name in sys.modules])
print([name for name in held if "video" in name or name.endswith(".tflite")])
"""


@pytest.mark.parametrize("mode", ["buttons-only", "off"])
def test_without_a_camera_mode_nothing_of_one_is_opened(tmp_path: Path, mode: str) -> None:
    """In off and buttons-only the process runs with no picture library, no net and no camera device open."""
    fifo = tmp_path / "events"
    os.mkfifo(fifo)
    config = tmp_path / "inkling.toml"
    config.write_text(
        f'[use]\nmode = "{mode}"\n[cue]\ndevice = "silent"\n[link]\nfifo = "{fifo}"\n[camera]\nsource = "/dev/video0"\n'
    )
    reader = os.open(fifo, os.O_RDONLY | os.O_NONBLOCK)
    done = subprocess.run([sys.executable, "-c", PEEK, config], capture_output=True, text=True, check=False)
    os.close(reader)
    assert ("[]\n[]\n", "") == (done.stdout, done.stderr)


def hard(at_s: float) -> Seen:
    """A frame in which a sustained negative expression ended."""
    interval = Interval(at_s - 0.5, at_s - 0.2, at_s)
    return Seen(at_s, True, None, (Expression(interval, Kind.SUSTAINED, Label.NEGATIVE, 1.0, 0.5, frozenset()),) * 2)


class Counter:
    """A desk with a tower on a pty."""

    def __init__(self, port: str, clock: FakeClock, **policy: object) -> None:
        settings = build({"policy": {"shadow": False, **policy}}, Settings)
        self.clock = clock
        self.device = Replugged(lambda: Tower(port), clock)
        self.desk = Desk(settings, Mode.NOTICE, self.device, clock)

    def look(self, seconds: float, *, at: Seen | None = None) -> None:
        """Let time pass and show one frame."""
        self.clock.advance_s(seconds)
        now_s = self.clock.monotonic_s()
        self.desk.step(at or Seen(now_s, True, None, ()))


def test_a_light_unplugged_while_lit_comes_back_right(tmp_path: Path) -> None:
    """A tower pulled out while lit and plugged in again is found within 2 s and never shows what is no longer meant."""
    clock, link = FakeClock(), tmp_path / "port"
    first, second = Far(), Far()
    link.symlink_to(first.path)
    counter = Counter(str(link), clock, dwell_s=0.0)
    counter.look(1.0, at=hard(1.0))
    counter.look(0.1)
    first.expect(ALL_OFF + bytes((YELLOW_ON,)))
    first.close()
    link.unlink()
    counter.look(0.1)
    assert counter.device.missing
    for _ in range(150):
        counter.look(0.1)
    link.symlink_to(second.path)
    begin_s = clock.monotonic_s()
    while counter.device.missing and clock.monotonic_s() - begin_s < 5:
        counter.look(0.05)
    assert clock.monotonic_s() - begin_s <= 2.0
    second.expect(ALL_OFF)
    counter.desk.close()
    second.close()


def day(wall: str) -> list[tuple[float, Shown]]:
    """What a light shows in 24 hours with a hard moment every half hour, by seconds since the start."""
    clock, told = FakeClock(utc_s=0.0 if wall == "absent" else 1_795_000_000.0), []
    device = Replugged(lambda: Console(lambda shown: told.append((clock.monotonic_s(), shown))), clock)
    desk = Desk(build({"policy": {"shadow": False}}, Settings), Mode.NOTICE, device, clock)
    for second in range(24 * 3600):
        if wall == "jumping" and second % 400 == 0:
            clock.set_utc_s(1_795_000_000.0 * (second % 3) / 2 + second)
        clock.advance_s(1.0)
        now_s = clock.monotonic_s()
        desk.step(hard(now_s) if second % 1800 == 0 else Seen(now_s, second % 1800 < 60, None, ()))
    desk.close()
    return told


def test_a_day_without_network_broker_and_clock_changes_nothing() -> None:
    """24 hours light the same with a wall clock that is right, was never set, and jumps."""
    right = day("right")
    assert sum(shown.amber == 1.0 for _, shown in right) >= 24
    assert right == day("absent") == day("jumping")
