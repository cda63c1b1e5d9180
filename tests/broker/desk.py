"""A device's publishing process, a broker and IT's consumer for the broker tests."""

from __future__ import annotations

import json
import os
import ssl
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any, Self

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from appliance.clock import SystemClock
from appliance.config import render
from appliance.events import Action, Kind, Label, Reason
from appliance.records import Body, ExpressionRecord, Record
from appliance.settings import Settings
from appliance.wire import encode
from tests.broker.api import judged
from tests.broker.odd_clock import OddClock

DEADLINE_S = 30.0
FROWN = ExpressionRecord(Kind.MICRO, Label.NEGATIVE, frozenset({Action.BROW_LOWER}), 0.8, 0.4, 0.3, Reason.CHECK_IN)
BASE = "inkling/v1/demo-shop/ink-000000"
"""Topics of the device in the default settings."""


def until(true: Callable[[], Any], what: str = "condition", deadline_s: float = DEADLINE_S) -> Any:
    """The first true value of `true()`; fails after the deadline."""
    clock = SystemClock()
    end_s = clock.monotonic_s() + deadline_s
    while not (value := true()):
        assert clock.monotonic_s() < end_s, f"{what} did not come true in time"
        clock.wait_s(0.02)
    return value


def open_settings(folder: Path, port: int) -> Settings:
    """Settings for a test: privacy limits open, short waits."""
    base = Settings()
    return replace(
        base,
        mqtt=replace(base.mqtt, port=port, retry_s_max=1.0, refused_retry_s=1.0, keepalive_s=5),
        outbox=replace(base.outbox, path=str(folder / "outbox.db")),
        link=replace(base.link, fifo=str(folder / "events")),
        privacy=replace(base.privacy, bucket_s=0, visits_min=0, events_per_minute_max=60),
    )


@dataclass(frozen=True, slots=True)
class Heard:
    """One message as it came over the wire."""

    topic: str
    payload: bytes
    retained: bool
    qos: int

    @property
    def data(self) -> Any:
        """Its JSON."""
        return json.loads(self.payload)

    def part(self, index: int) -> str:
        """One segment of its topic."""
        return self.topic.split("/")[index]


class It:
    """IT's consumer: everything it hears is kept, and checked against the API.

    Args:
        port: the broker's.
        version5: MQTT 5 or 3.1.1.
        topics: what it subscribes to.
        name: its client id.
        tls: how it trusts the broker, reached as localhost; None for plain text.
    """

    def __init__(
        self,
        port: int,
        *,
        version5: bool = True,
        topics: tuple[str, ...] = ("#",),
        name: str = "it",
        tls: ssl.SSLContext | None = None,
        **login: str,
    ) -> None:
        self.all: list[Heard] = []
        self.channels: set[str] = set()
        self._queue: SimpleQueue[Heard] = SimpleQueue()
        self._subscribed: SimpleQueue[int] = SimpleQueue()
        self.client = mqtt.Client(
            CallbackAPIVersion.VERSION2, client_id=name, protocol=mqtt.MQTTv5 if version5 else mqtt.MQTTv311
        )
        if login:
            self.client.username_pw_set(login["user"], login["password"])
        if tls:
            self.client.tls_set_context(tls)
        self.client.reconnect_delay_set(1, 1)
        self.client.on_connect = lambda client, *_: [client.subscribe(topic, qos=1) for topic in topics]
        self.client.on_subscribe = lambda _c, _u, mid, *_: self._subscribed.put(mid)
        self.client.on_message = lambda _c, _u, m: self._queue.put(Heard(m.topic, bytes(m.payload), m.retain, m.qos))
        # A machine that stalls must not cost IT its connection: what was on its way to a clean session is lost with it.
        self.client.connect("localhost" if tls else "127.0.0.1", port, keepalive=60)
        self.client.loop_start()
        self._topics = topics
        self.subscribed()

    def subscribed(self) -> None:
        """Return once the broker has taken every subscription of one more connection."""
        for _ in self._topics:
            self._subscribed.get(timeout=DEADLINE_S)

    def heard(self, kind: str = "") -> list[Heard]:
        """Everything heard so far, or only messages of one kind (event, status, ...)."""
        while True:
            try:
                self.all.append(self._queue.get_nowait())
            except Empty:
                break
            self.channels.add(judged(self.all[-1].topic, self.all[-1].payload))
        return [each for each in self.all if not kind or (each.topic.count("/") >= 4 and each.part(4) == kind)]

    def command(self, topic: str, payload: bytes | str, *, expiry_s: int | None = 60, retain: bool = False) -> None:
        """Publish a command as IT would."""
        properties: Any = Properties(PacketTypes.PUBLISH)
        if expiry_s is not None:
            properties.MessageExpiryInterval = expiry_s
        self.client.publish(topic, payload, qos=1, retain=retain, properties=properties).wait_for_publish(DEADLINE_S)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, failed: type[BaseException] | None, *_: object) -> None:
        if failed:  # pytest shows it; a failure on a machine that cannot be asked again is explained by nothing else
            sys.stdout.write(f"IT heard {[(each.topic, each.payload) for each in self.heard()]}\n")
        self.client.disconnect()
        self.client.loop_stop()
        self.client.reinitialise()  # paho leaves its wake-up sockets to the garbage collector


def events(it: It, least: int) -> list[Heard]:
    """At least `least` events."""
    until(lambda: len(it.heard("event")) >= least, f"{least} events")
    return it.heard("event")


@dataclass(slots=True)
class Desk:
    """The publishing process of one device, with the FIFO held as systemd would."""

    settings: Settings
    folder: Path
    fifo: int = -1
    process: subprocess.Popen[bytes] | None = None
    environment: dict[str, str] = field(default_factory=dict)
    module: tuple[str, ...] = ("appliance.publish",)
    written: int = 0

    def start(self) -> None:
        """Start it."""
        config = self.folder / "inkling.toml"
        config.write_text(render(self.settings))
        if self.fifo < 0:
            os.mkfifo(self.settings.link.fifo, 0o620)
            self.fifo = os.open(self.settings.link.fifo, os.O_RDWR | os.O_NONBLOCK)
        with (self.folder / "stderr").open("ab") as err:
            self.process = subprocess.Popen(
                [sys.executable, "-m", *self.module, "--config", str(config)],
                stderr=err,
                env=os.environ | self.environment,
            )

    def write(self, *bodies: Body) -> None:
        """Put records into the FIFO, as sense would."""
        for body in bodies:
            os.write(self.fifo, encode(Record(self.written, time.monotonic(), 0, body)))
            self.written += 1

    def end(self, number: int) -> int:
        """Send a signal that ends it, and give its status."""
        assert self.process is not None
        self.process.send_signal(number)
        return self.process.wait(DEADLINE_S)

    def said(self) -> str:
        """What it told people."""
        return (self.folder / "stderr").read_text()

    def close(self) -> None:
        """End whatever runs."""
        if self.process is not None and self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        if self.fifo >= 0:
            os.close(self.fifo)


@contextmanager
def desk(settings: Settings, folder: Path, clock: OddClock | None = None) -> Iterator[Desk]:
    """A started publishing process; with `clock`, on a machine whose clock that is."""
    one = Desk(settings, folder)
    if clock:
        one.environment, one.module = clock.environment, clock.module
    try:
        one.start()
        yield one
    except BaseException:
        sys.stdout.write(f"The device said (exit status {one.process and one.process.poll()}):\n{one.said()}\n")
        raise
    finally:
        one.close()
