"""`inkling cue`: plays each light once on the configured device, so that staff and installer see what they will see."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from appliance.clock import Clock, SystemClock
from appliance.cue.device import open_device
from appliance.cue.interface import CueDevice
from appliance.cue.pattern import PATTERNS, Pattern
from appliance.cue.player import Player
from appliance.events import Light
from appliance.settings import load

EACH_S = 6.0
"""One whole round of the longest rhythm (fault, 5 s) and a little dark between."""
DARK_S = 1.0
TICK_S = 0.02


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options of `inkling cue`."""
    parser.add_argument("--config", type=Path, help="settings file (default: built-in defaults)")


def main(options: argparse.Namespace) -> int:
    """Play every light; 0, or CuePortMissing when there is none."""
    settings = load(options.config)
    clock = SystemClock()
    with open_device(settings.cue, clock) as device:
        sys.stdout.write(f"light: {settings.cue.device} {settings.cue.port}\n".replace(" \n", "\n"))
        play_all(device, clock, sound=settings.cue.sound)
        if device.missing:
            sys.stdout.write("The light went away while it was shown.\n")
            return 1
    return 0


def play_all(device: CueDevice, clock: Clock, *, sound: bool) -> None:
    """Show each light for EACH_S seconds, its name before it."""
    player = Player(device, clock, sound=sound)
    for light, pattern in PATTERNS.items():
        sys.stdout.write(f"  {pattern.meaning:<12}{describe(pattern)}\n")
        sys.stdout.flush()
        player.show(light)
        end_s = clock.monotonic_s() + EACH_S
        while clock.monotonic_s() < end_s:
            if clock.monotonic_s() >= end_s - DARK_S:
                player.show(Light.OFF)
            player.tick(clock.monotonic_s())
            device.poll()
            clock.wait_s(TICK_S)


def describe(pattern: Pattern) -> str:
    """A pattern in words, such as `amber, blinking every 2 s`."""
    strength = ", dim" if pattern.level < 0.5 else ""
    if len(pattern.on) > 1:
        return f"{pattern.colour.value}{strength}, {len(pattern.on)} short flashes every {pattern.period_s:g} s"
    if pattern.period_s:
        return f"{pattern.colour.value}{strength}, blinking every {pattern.period_s:g} s"
    return f"{pattern.colour.value}{strength}, steady"
