"""`inkling aim`: the light and a word tell how to turn the camera; no picture on any screen."""

from __future__ import annotations

import argparse
import sys
from contextlib import ExitStack
from pathlib import Path

from appliance.clock import SystemClock
from appliance.cue.device import open_device
from appliance.cue.player import Player
from appliance.events import Light, NoReading, Seen
from appliance.sense.pipeline import Chain
from appliance.sense.signature import Scene
from appliance.sense.view import open_view
from appliance.settings import load

WORDS: dict[NoReading | None, tuple[str, Light]] = {
    None: ("good", Light.CHECK_IN),
    NoReading.SETTLING: ("good, hold still", Light.CHECK_IN),
    NoReading.TALKING: ("good", Light.CHECK_IN),
    NoReading.NO_FACE: ("no face: turn the camera to where customers stand", Light.OFF),
    NoReading.TOO_DARK: ("too dark: more light on the face, less behind it", Light.FAULT),
    NoReading.TOO_FAR: (
        "too far or too near: move the camera, or change view.far_px and view.near_px",
        Light.STILL_HARD,
    ),
    NoReading.TURNED: ("turned: move the camera to where people look", Light.STILL_HARD),
    NoReading.TWO_FACES: ("two faces: one customer place only", Light.STILL_HARD),
    NoReading.OCCLUDED: ("face covered", Light.STILL_HARD),
    NoReading.MOVING: ("moving: hold still, or fix the camera", Light.STILL_HARD),
    NoReading.TOO_SLOW: ("too slow: lower the picture size or the load", Light.PAUSED),
    NoReading.LATE: ("too slow: lower the picture size or the load", Light.PAUSED),
}
"""Reason -> (advice, light): steady amber is good, blinking is turned or far, flashing is dark, dim blue is slow."""

LINE_S = 0.5
GOOD_LINES = 2
EMPTY_S = 1.0
"""A second of a good face, and a second of the empty place for the signature."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options of `inkling aim`."""
    parser.add_argument("--config", type=Path, help="settings file (default: built-in defaults)")
    parser.add_argument("--seconds", type=float, default=60.0, help="how long to guide (default 60)")


def main(options: argparse.Namespace) -> int:
    """Guide, then print the view's signature; 0 if a face was read well and then left the view, else 1."""
    settings = load(options.config)
    clock = SystemClock()
    scene = Scene()
    good = empty = 0
    with ExitStack() as stack:
        device = stack.enter_context(open_device(settings.cue, clock))
        player = Player(device, clock)
        chain = Chain(settings)
        source = stack.enter_context(open_view(settings, device, clock))
        end_s = clock.monotonic_s() + options.seconds
        next_s, frames = clock.monotonic_s() + LINE_S, 0
        while clock.monotonic_s() < end_s and (frame := source.read()) is not None:
            seen = chain.step(frame)
            words, light = advise(seen)
            player.show(light)
            player.tick(clock.monotonic_s())
            frames += 1
            if not seen.face:
                scene.add(frame)
                empty += 1
            if clock.monotonic_s() >= next_s:
                sys.stdout.write(f"{meter(seen)}  {frames / LINE_S:3.0f} fps  {words}\n")
                sys.stdout.flush()
                good += words.startswith("good")
                next_s, frames = clock.monotonic_s() + LINE_S, 0
        rate_hz = source.rate_hz
    if good < GOOD_LINES:
        sys.stdout.write("No face was read well for a second. Follow the advice above and run it again.\n")
        return 1
    if empty < EMPTY_S * rate_hz:
        sys.stdout.write("Nobody left the view, so it has no signature. Run it again and step aside at the end.\n")
        return 1
    sys.stdout.write("Copy this line under [view], so that a moved camera is noticed:\n")
    sys.stdout.write(f'signature = "{scene.signature().hex()}"\n')
    return 0


def advise(seen: Seen) -> tuple[str, Light]:
    """What to tell the installer about one frame."""
    if seen.no_reading is NoReading.PAUSED:
        return WORDS[NoReading.NO_FACE]
    return WORDS[seen.no_reading]


def meter(seen: Seen) -> str:
    """Five blocks: empty without a face, full when it can be read."""
    level = 0 if not seen.face else 5 if advise(seen)[1] is Light.CHECK_IN else 2
    return "[" + "#" * level + "." * (5 - level) + "]"
