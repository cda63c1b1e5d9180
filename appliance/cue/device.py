"""Opens the cue device that the settings name; each device's library is imported only when it is chosen."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import import_module

from appliance import settings
from appliance.clock import Clock, SystemClock
from appliance.cue.interface import CueDevice
from appliance.cue.replugged import Replugged

DEVICES: dict[str, Callable[[settings.Cue, Clock], CueDevice]] = {
    "tower": lambda chosen, _: _load("tower", "Tower")(chosen.port),
    "box": lambda chosen, clock: _load("box", "Box")(chosen.port, clock),
    "gpio": lambda *_: _load("gpio", "Gpio")(),
    "console": lambda *_: _load("console", "Console")(lambda _: None),
    "silent": lambda *_: _load("silent", "Silent")(),
}
"""Name in the settings -> how to open it. The console's words are drawn by whoever reads the status lines."""


def _load(module: str, name: str) -> Callable[..., CueDevice]:
    made: Callable[..., CueDevice] = getattr(import_module(f"appliance.cue.{module}"), name)
    return made


@contextmanager
def open_device(chosen: settings.Cue, clock: Clock | None = None) -> Iterator[Replugged]:
    """The configured device, dark at the start and at the end, found again when its port vanishes and returns.

    Raises:
        CuePortMissing: it is not there now.
    """
    time = clock or SystemClock()
    device = Replugged(lambda: DEVICES[chosen.device](chosen, time), time)
    try:
        yield device
    finally:
        device.close()
