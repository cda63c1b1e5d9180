"""`python -m appliance.publish --config FILE`: the process that speaks. It sees no camera and holds no picture."""

from __future__ import annotations

import argparse
import select
import signal
import sys
import uuid
from collections.abc import Callable, Sequence
from pathlib import Path
from random import SystemRandom

from appliance.clock import Clock, SystemClock
from appliance.errors import InklingError
from appliance.events import Availability
from appliance.notify import notify
from appliance.publish import birth
from appliance.publish.around import Around
from appliance.publish.certificate import Certificate
from appliance.publish.client import Address, PahoLink
from appliance.publish.inlet import FifoInlet
from appliance.publish.machine import LinuxMachine
from appliance.publish.outbox import Outbox
from appliance.publish.publisher import Publisher
from appliance.publish.start import next_boot, open_outbox
from appliance.publish.tls import password, tls_for
from appliance.publish.topics import Topics
from appliance.settings import Settings, load

WAIT_S = 0.25
"""Longest wait for the channel or the broker; also the pace of held events and of the watchdog."""
STOP_S = 2.0
"""The broker has this long to take `stopped`."""


def say(line: str) -> None:
    """One line for people, on standard error."""
    print(f"publish: {line}", file=sys.stderr, flush=True)  # noqa: T201  # the journal


def connector(settings: Settings, certificate: Certificate | None, clock: Clock) -> Callable[[], PahoLink]:
    """What begins a connection to the configured broker, with the files and the time as they are at that moment.

    Raises:
        ConfigInvalid: a login without a password.
    """
    mqtt, topics = settings.mqtt, Topics(settings.site.site, settings.site.device)
    will = birth.status(topics, Availability.OFFLINE)
    password(mqtt)  # a missing one stops the start; a renewed one is read with the next connection

    def connect() -> PahoLink:
        context = certificate.context(clock.utc_s()) if certificate else None
        address = Address(
            mqtt.host, mqtt.port, settings.site.device, mqtt.protocol == "5", mqtt.transport == "websockets",
            mqtt.keepalive_s, mqtt.user, password(mqtt), context,
        )  # fmt: skip
        return PahoLink(address, will)

    return connect


def built_s() -> float:
    """When this release was made, seconds since 1970: the change time of this very file."""
    return Path(__file__).stat().st_mtime


def publisher_for(
    settings: Settings, inlet: FifoInlet, clock: Clock, records_per_s_max: float | None = None
) -> tuple[Publisher, Outbox]:
    """The publisher on this machine, and its outbox; `records_per_s_max` as for `Publisher`.

    Raises:
        InklingError: credentials that TLS or the login needs are missing, or no outbox can be made.
    """
    tls = tls_for(settings.mqtt)
    certificate = Certificate(tls, built_s()) if tls else None
    if certificate:
        certificate.context(clock.utc_s())
    connect = connector(settings, certificate, clock)
    path = Path(settings.outbox.path)
    outbox, was_damaged = open_outbox(path)
    if certificate:
        certificate.begin(outbox)

    def connect_and_tell() -> PahoLink:
        notify("STATUS=connecting")
        return connect()

    around = Around(
        clock, LinuxMachine(), inlet, connect_and_tell, certificate, lambda: str(uuid.uuid4()), SystemRandom(), _tell
    )
    publisher = Publisher(settings, outbox, next_boot(outbox, path), around, records_per_s_max)
    if was_damaged:
        say(f"{path} was damaged and set aside as {path.name}.bad1; a new one was begun")
        publisher.lost_outbox()
    return publisher, outbox


def _tell(line: str) -> None:
    """A line for people, and the state for systemd (`inkling-commit` waits for "connected")."""
    say(line)
    notify(f"STATUS={line}")


def run(settings: Settings, clock: Clock, records_per_s_max: float | None = None) -> int:
    """Run until SIGTERM or SIGINT; 0. `records_per_s_max` as for `Publisher`."""
    stopping: list[int] = []
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda received, _frame: stopping.append(received))
    inlet = FifoInlet(Path(settings.link.fifo))
    publisher, outbox = publisher_for(settings, inlet, clock, records_per_s_max)
    notify("READY=1")
    while not stopping:
        publisher.step()
        _wait(inlet, publisher)
        notify("WATCHDOG=1")
    publisher.say_stopped()
    end_s = clock.monotonic_s() + STOP_S
    while publisher.session.online and publisher.stopping and clock.monotonic_s() < end_s:
        publisher.step()
        _wait(None, publisher)
    if publisher.session.link:
        publisher.session.link.close()
    outbox.close()
    inlet.close()
    return 0


def _wait(inlet: FifoInlet | None, publisher: Publisher) -> None:
    """Return when the channel may be read, the broker has something, or after a quarter of a second."""
    link = publisher.session.link
    sock = link.fileno() if isinstance(link, PahoLink) else -1
    # A channel that holds more than the pace allows would always be ready: then only the clock wakes us.
    reading = [inlet.fileno()] if inlet and publisher.may_read else []
    writing = [sock] if sock >= 0 and isinstance(link, PahoLink) and link.wants_write else []
    select.select([*reading, *([sock] if sock >= 0 else [])], writing, [], WAIT_S)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run with the settings file given; 0 after a clean stop, 2 for bad input (one line on standard error)."""
    parser = argparse.ArgumentParser(prog="python -m appliance.publish", description=__doc__)
    parser.add_argument("--config", type=Path, help="settings file (default: built-in defaults)")
    options = parser.parse_args(arguments)
    try:
        return run(load(options.config), SystemClock())
    except InklingError as error:
        say(str(error))
        return 2


if __name__ == "__main__":
    sys.exit(main())
