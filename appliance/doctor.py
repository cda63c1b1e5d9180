"""`inkling doctor`: one line for each part, either fine or what to do about it."""

from __future__ import annotations

import argparse
import socket
import ssl
import sys
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

from appliance.clock import SystemClock
from appliance.cue.device import open_device
from appliance.errors import InklingError
from appliance.events import Mode
from appliance.profiles import mode_of, word_of
from appliance.sense.quiet import CLOCK_VALID_S
from appliance.settings import Settings, load

FRAMES = 60
RATE_SHARE_MIN = 0.9
"""A camera a tenth too slow still reads; slower, the lamp light makes exposures too long."""
BROKER_S = 3.0
DAY_S = 86400.0
DAYS_LEFT_MIN = 14.0
"""Two weeks to renew."""
LOOPBACK = {"127.0.0.1", "::1", "localhost"}

Found = tuple[bool, str]
Examination = Callable[[Settings], Found]
"""Fine or not, and the words for it."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options of `inkling doctor`."""
    parser.add_argument("--config", type=Path, help="settings file (default: built-in defaults)")


def main(options: argparse.Namespace) -> int:
    """Examine every part; 0 if all are fine."""
    settings = load(options.config)
    examinations: dict[str, Examination] = {
        "site": site,
        "model": model,
        "light": light,
        "camera": camera,
        "broker": broker,
        "tls": certificate,
        "clock": wall_clock,
    }
    good = True
    for name, examine in examinations.items():
        fine, words = examined(examine, settings)
        good = good and fine
        sys.stdout.write(f"{'ok ' if fine else 'FIX'}  {name:<8}{words}\n")
        sys.stdout.flush()
    return 0 if good else 1


def examined(examine: Examination, settings: Settings) -> Found:
    """What `examine` finds; an error it meets is what to do."""
    try:
        return examine(settings)
    except InklingError as error:
        return False, str(error)


def reads(settings: Settings) -> bool:
    """True if the configured mode uses the camera at all."""
    return mode_of(settings.use) in {Mode.OPT_IN, Mode.NOTICE}


def site(settings: Settings) -> Found:
    """Profile, mode and place."""
    return True, f"{settings.use.place} under {settings.use.profile}, mode {word_of(mode_of(settings.use))}"


def model(settings: Settings) -> Found:
    """All nets there, with their recorded hashes."""
    if not reads(settings):
        return True, "not used in this mode"
    from appliance.sense.pipeline import Chain  # noqa: PLC0415  # buttons-only loads no model, here neither

    Chain(settings)
    return True, "every file matches its recorded hash"


def light(settings: Settings) -> Found:
    """The light opens; what it lacks for this mode."""
    with open_device(settings.cue) as device:
        can = device.abilities
    if reads(settings) and "white" not in can.colours:
        return (
            False,
            f"{settings.cue.device} has no customer lamp. Use the box or the pins, or a camera with its own LED.",
        )
    buttons = "with buttons" if can.buttons else "without buttons: no pause, no labels"
    return can.buttons, f"{settings.cue.device} {settings.cue.port}".strip() + f", {buttons}"


def camera(settings: Settings) -> Found:
    """The camera opens and gives frames at the rate asked."""
    if not reads(settings):
        return True, "not used in this mode"
    from appliance.sense.view import open_view  # noqa: PLC0415  # as above

    clock = SystemClock()
    with ExitStack() as stack:
        device = stack.enter_context(open_device(settings.cue))
        source = stack.enter_context(open_view(settings, device, clock))
        source.read()
        begin_s, frames = clock.monotonic_s(), 0
        while frames < FRAMES and source.read() is not None:
            frames += 1
        rate_hz = frames / max(clock.monotonic_s() - begin_s, 1e-3)
    words = f"{settings.camera.source} gives {rate_hz:.0f} of {settings.camera.rate_hz:g} frames a second"
    if rate_hz < RATE_SHARE_MIN * settings.camera.rate_hz:
        return False, words + ". Add light, or ask for fewer or smaller frames."
    return True, words


def broker(settings: Settings) -> Found:
    """The broker's port answers; logging in is the publishing process's business."""
    where = f"{settings.mqtt.host}:{settings.mqtt.port}"
    try:
        socket.create_connection((settings.mqtt.host, settings.mqtt.port), BROKER_S).close()
    except OSError as error:
        return False, f"{where}: {error}. Check the name, the cable and the firewall; the light works without."
    return True, f"{where} answers"


def certificate(settings: Settings) -> Found:
    """The broker's certificate is trusted, and not about to end."""
    if settings.mqtt.tls == "auto" and settings.mqtt.host in LOOPBACK:
        return True, "not used to this machine itself"
    authority = Path(settings.mqtt.credentials) / "ca.crt"
    try:
        context = ssl.create_default_context(cafile=str(authority) if authority.exists() else None)
        with (
            socket.create_connection((settings.mqtt.host, settings.mqtt.port), BROKER_S) as plain,
            context.wrap_socket(plain, server_hostname=settings.mqtt.host) as secured,
        ):
            ends = str((secured.getpeercert() or {}).get("notAfter", ""))
    except OSError as error:
        return False, f"{error}. Check the clock, ca.crt in mqtt.credentials, and the broker's certificate."
    days = (ssl.cert_time_to_seconds(ends) - SystemClock().utc_s()) / DAY_S
    return days > DAYS_LEFT_MIN, f"the broker's certificate ends in {days:.0f} days"


def wall_clock(_: Settings) -> Found:
    """The wall clock has been set at all."""
    if SystemClock().utc_s() < CLOCK_VALID_S:
        return False, "never set. Allow NTP; until then there are no quiet hours, and events carry the receiver's time."
    return True, "set"
