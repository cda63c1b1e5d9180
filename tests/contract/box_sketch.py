"""Runs the reference box's MicroPython sketch under CPython, with small stand-ins for `machine` and `time`."""

from __future__ import annotations

import importlib.util
import os
import select
import sys
from pathlib import Path
from types import ModuleType
from typing import Any, ClassVar

from appliance.clock import Clock

FOLDER = Path(__file__).resolve().parents[2] / "provisioning" / "box"


class FakePin:
    """machine.Pin: remembers its value; a pulled-up input reads 1 until somebody presses."""

    IN, OUT, PULL_UP = 0, 1, 2
    made: ClassVar[dict[int, FakePin]] = {}

    def __init__(self, number: int, _mode: int = 0, pull: int | None = None, value: int = 0) -> None:
        self.level = 1 if pull == FakePin.PULL_UP else value
        FakePin.made[number] = self

    def value(self, level: int | None = None) -> int:
        """Read, or set and read."""
        if level is not None:
            self.level = level
        return self.level


class FakePWM:
    """machine.PWM: its duty is kept as the pin's level, 0..65535."""

    def __init__(self, pin: FakePin, freq: int, duty_u16: int) -> None:  # noqa: ARG002  the real one has it
        self._pin = pin
        pin.level = duty_u16

    def duty_u16(self, duty: int) -> None:
        """Set the duty."""
        self._pin.level = duty


class Stream:
    """stdin.buffer and stdout.buffer of the Pico, over one file descriptor."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self.mute = False

    def read(self, count: int) -> bytes:
        """Up to `count` bytes; only called when there are some."""
        return os.read(self._descriptor, count)

    def write(self, data: bytes) -> None:
        """All of `data`, or nothing while muted (a broken wire)."""
        if not self.mute:
            os.write(self._descriptor, data)

    def poll(self, _: int) -> bool:
        """True while a byte waits."""
        return bool(select.select([self._descriptor], [], [], 0)[0])


def load(name: str, clock: Clock) -> ModuleType:
    """provisioning/box/<name>.py, its `machine` and `time` replaced for the time of the import."""
    machine, time = ModuleType("machine"), ModuleType("time")
    machine.Pin, machine.PWM = FakePin, FakePWM  # type: ignore[attr-defined]
    time.ticks_ms = lambda: round(clock.monotonic_s() * 1000)  # type: ignore[attr-defined]
    time.ticks_diff = lambda after, before: after - before  # type: ignore[attr-defined]
    time.sleep_ms = lambda _: None  # type: ignore[attr-defined]
    before = {key: sys.modules.get(key) for key in ("machine", "time", "frames")}
    sys.modules |= {"machine": machine, "time": time}
    try:
        if name != "frames":
            sys.modules["frames"] = load("frames", clock)
            sys.modules |= {"machine": machine, "time": time}
        spec = importlib.util.spec_from_file_location(f"box_{name}", FOLDER / f"{name}.py")
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        return module
    finally:
        for key, value in before.items():
            if value is None:
                sys.modules.pop(key, None)
            else:
                sys.modules[key] = value


class Sketch:
    """The box at the far end of a file descriptor; `step` lets it run once."""

    def __init__(self, descriptor: int, clock: Clock) -> None:
        FakePin.made.clear()
        self.stream = Stream(descriptor)
        self._box: Any = load("main", clock).Box(self.stream, self.stream, self.stream.poll)

    def step(self) -> None:
        """One round of the sketch's loop."""
        self._box.step()

    def level(self, pin: int) -> int:
        """What a pin puts out."""
        return FakePin.made[pin].level

    def press(self, pin: int, *, down: bool) -> None:
        """Move a switch."""
        FakePin.made[pin].level = 0 if down else 1
