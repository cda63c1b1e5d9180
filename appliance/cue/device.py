"""Opens the cue device that the settings name; each device's library is imported only when it is chosen."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import import_module

from appliance import settings
from appliance.clock import Clock, SystemClock
from appliance.cue.interface import CueDevice
from appliance.cue.replugged import Replugged

DEVICES: dict[str, Callable[[settings.Cue], CueDevice]] = {
    "tower": lambda chosen: _load("tower", "Tower")(chosen.port),
    "console": lambda _: _load("console", "Console")(lambda _: None),
    "silent": lambda _: _load("silent", "Silent")(),
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
    device = Replugged(lambda: DEVICES[chosen.device](chosen), clock or SystemClock())
    try:
        yield device
    finally:
        device.close()
