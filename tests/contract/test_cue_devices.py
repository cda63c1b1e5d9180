"""One suite for every cue device; the tower is driven through a real pseudo-terminal."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from gpiozero.pins.mock import MockFactory, MockPWMPin

from appliance import settings
from appliance.clock import FakeClock
from appliance.cue.box import Box
from appliance.cue.console import Console
from appliance.cue.device import open_device
from appliance.cue.gpio import Gpio
from appliance.cue.interface import CueDevice
from appliance.cue.pattern import DARK, Shown
from appliance.cue.silent import Silent
from appliance.cue.tower import Tower
from appliance.errors import CuePortMissing
from tests.contract.pty_end import Far


@pytest.fixture(params=["tower", "box", "gpio", "console", "silent"])
def device(request: pytest.FixtureRequest, far: Far) -> CueDevice:
    """Each device in turn."""
    opened: dict[str, Callable[[], CueDevice]] = {
        "tower": lambda: Tower(far.path),
        "box": lambda: Box(far.path, FakeClock()),
        "gpio": lambda: Gpio(MockFactory(pin_class=MockPWMPin)),
        "console": lambda: Console(lambda _: None),
        "silent": Silent,
    }
    return opened[request.param]()


def test_every_device_takes_every_state_and_closes_twice(device: CueDevice) -> None:
    """Each device shows any colour and level, answers a poll with edges only, and may be closed twice."""
    for level in (0.0, 0.25, 1.0):
        device.write(Shown(amber=level))
        device.write(Shown(blue=level))
        device.write(Shown(level, level, tick=True))
    assert () == device.poll()
    device.write(DARK)
    device.close()
    device.close()


def test_the_tower_is_dark_at_open(far: Far) -> None:
    """Opening sends the four off bytes, because the tower keeps its state when the computer goes."""
    Tower(far.path)
    far.expect(bytes((0x21, 0x22, 0x24, 0x28)))


def test_the_tower_speaks_its_bytes(far: Far) -> None:
    """Amber is yellow 12/22, blue is green 14/24, only changes are sent, and closing darkens all."""
    tower = Tower(far.path)
    far.expect(bytes((0x21, 0x22, 0x24, 0x28)))
    for level in (0.1, 1.0, 1.0):
        tower.write(Shown(amber=level))
    tower.write(Shown(blue=0.25))
    tower.write(DARK)
    far.expect(bytes((0x12, 0x22, 0x14, 0x24)))
    tower.close()
    far.expect(bytes((0x21, 0x22, 0x24, 0x28)))


def test_a_port_that_is_not_there_is_named(tmp_path: Path) -> None:
    """Opening a port that does not exist raises CuePortMissing with the port and what to do."""
    with pytest.raises(CuePortMissing, match=r"cue.port: '.*/none' cannot be used .*Plug the light in"):
        Tower(str(tmp_path / "none"))


def test_an_unplugged_tower_says_so(far: Far) -> None:
    """A tower whose port vanished raises CuePortMissing at the next poll and the next write, and closes quietly."""
    tower = Tower(far.path)
    far.close()
    with pytest.raises(CuePortMissing):
        tower.poll()
    with pytest.raises(CuePortMissing):
        tower.write(Shown(amber=1.0))
    tower.close()


def test_the_console_draws_each_change_once() -> None:
    """The console calls its drawer with the dark light first and then with every change."""
    drawn: list[Shown] = []
    console = Console(drawn.append)
    console.write(Shown(amber=1.0))
    console.write(Shown(amber=1.0))
    console.close()
    assert [DARK, Shown(amber=1.0), DARK] == drawn


def test_a_replugged_tower_is_found_and_shows_what_it_should(tmp_path: Path) -> None:
    """A light that vanishes and returns is dark first, then lit again, at the first poll a second later."""
    clock = FakeClock()
    link = tmp_path / "port"
    first, second = Far(), Far()
    link.symlink_to(first.path)
    with open_device(settings.Cue(device="tower", port=str(link)), clock) as device:
        device.write(Shown(amber=1.0))
        first.close()
        link.unlink()
        device.poll()
        assert device.missing
        device.write(Shown(blue=1.0))
        link.symlink_to(second.path)
        device.poll()
        assert device.missing
        clock.advance_s(1.0)
        device.poll()
        clock.advance_s(0.6)
        assert not device.missing
        second.expect(bytes((0x21, 0x22, 0x24, 0x28, 0x14)))
    second.close()
