"""One load-generating process: many devices, each the real publishing code with its own outbox and connection."""

from __future__ import annotations

import resource
import select
import uuid
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random

from appliance.clock import Clock, SystemClock
from appliance.fleet.numbered import record
from appliance.fleet.world import Pipe, WorldMachine
from appliance.publish.__main__ import connector
from appliance.publish.around import Around
from appliance.publish.client import PahoLink
from appliance.publish.outbox import Outbox
from appliance.publish.publisher import Publisher
from appliance.publish.start import next_boot
from appliance.settings import Settings
from appliance.wire import encode

OPEN_FILES = 16_384
TICK_S = 0.5
"""Every device is looked after at least this often, as in the real loop."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What one worker does: its devices, from `first` on, each send at `rate_hz` for `seconds`; times monotonic."""

    port: int
    first: int
    devices: int
    rate_hz: float
    start_s: float
    seconds: float
    settle_s: float
    folder: Path


@dataclass(frozen=True, slots=True)
class Log:
    """What one worker did: (device, number) -> when it was written into the channel; when each attempt began."""

    written_s: dict[tuple[str, int], float]
    attempts_s: list[float]
    accepted_s: list[float]
    waiting: int


def name_of(index: int) -> str:
    """The id of a simulated device."""
    return f"ink-{index:06x}"


class Device:
    """One simulated device."""

    def __init__(self, index: int, plan: Plan, clock: Clock, log: Log) -> None:
        self.name = name_of(index)
        base = Settings()
        settings = replace(
            base,
            site=replace(base.site, device=self.name),
            mqtt=replace(base.mqtt, port=plan.port, keepalive_s=60),
            privacy=replace(base.privacy, bucket_s=0, visits_min=0, events_per_minute_max=10**9),
        )
        path = plan.folder / f"{self.name}.db"
        self._outbox = Outbox(path)
        self._clock = clock
        self._log = log
        self.pipe = Pipe()
        begin = connector(settings, None, clock)

        def connect() -> PahoLink:
            log.attempts_s.append(clock.monotonic_s())
            return begin()

        chance = Random(index)
        around = Around(
            clock, WorldMachine(), self.pipe, connect, None, lambda: str(uuid.uuid4()), chance, lambda _line: None
        )
        self.publisher = Publisher(settings, self._outbox, next_boot(self._outbox, path), around, 100.0)
        now_s = clock.monotonic_s()
        self._begins_s = chance.uniform(now_s, max(now_s, plan.start_s - 2.0))
        self.due_s = plan.start_s + chance.random() / plan.rate_hz
        self._gap_s = 1 / plan.rate_hz
        self._sent = 0
        self._online = False

    def step(self) -> int:
        """One step of the publishing code; the socket to wait on, -1 when there is none."""
        if self._clock.monotonic_s() < self._begins_s:
            return -1
        self.publisher.step()
        session = self.publisher.session
        if session.online and not self._online:
            self._log.accepted_s.append(self._clock.monotonic_s())
        self._online = session.online
        return session.link.fileno() if isinstance(session.link, PahoLink) else -1

    def write(self, now_s: float) -> None:
        """Put the next record into the channel."""
        self._log.written_s[self.name, self._sent] = now_s
        self.pipe.data += encode(record(self._sent, now_s))
        self._sent += 1
        self.due_s += self._gap_s

    def waiting(self) -> int:
        """Messages the broker has not taken."""
        return self._outbox.backlog()[0]


def work(plan: Plan) -> Log:
    """Run the plan to its end."""
    resource.setrlimit(resource.RLIMIT_NOFILE, (OPEN_FILES, OPEN_FILES))
    clock = SystemClock()
    log = Log({}, [], [], 0)
    devices = [Device(plan.first + each, plan, clock, log) for each in range(plan.devices)]
    poll = select.epoll()
    sockets: dict[int, Device] = {}
    ends_s = plan.start_s + plan.seconds
    tick_s = clock.monotonic_s()
    position = 0
    while (now_s := clock.monotonic_s()) < ends_s + plan.settle_s:
        touched = {device.name: device for device in devices if device.due_s <= now_s < ends_s}
        for device in touched.values():
            device.write(now_s)
        ready = [sockets[fd] for fd, _ in poll.poll(0.002) if fd in sockets]
        # The regular look at every device is spread over the tick, so that it delays nobody for long.
        share = min(len(devices), int((clock.monotonic_s() - tick_s) / TICK_S * len(devices)))
        if share:
            ready += [devices[(position + each) % len(devices)] for each in range(share)]
            position, tick_s = (position + share) % len(devices), clock.monotonic_s()
        for device in {**touched, **{each.name: each for each in ready}}.values():
            _watch(poll, sockets, device, device.step())
    return replace(log, waiting=sum(device.waiting() for device in devices))


def _watch(poll: select.epoll, sockets: dict[int, Device], device: Device, descriptor: int) -> None:
    """Wait on the device's present socket; a closed one leaves epoll by itself (epoll(7))."""
    if descriptor >= 0 and sockets.get(descriptor) is not device:
        sockets[descriptor] = device
        try:
            poll.register(descriptor, select.EPOLLIN)
        except FileExistsError:
            poll.modify(descriptor, select.EPOLLIN)
