"""The publishing process without its waiting: every step looks at the time, the channel and the broker, and returns."""

from __future__ import annotations

import contextlib
import sqlite3
from typing import Any

from appliance.events import Availability
from appliance.publish import birth, commands, payload
from appliance.publish import faults as codes
from appliance.publish.around import Around
from appliance.publish.backoff import Backoff
from appliance.publish.door import Source, stamp
from appliance.publish.faults import Faults
from appliance.publish.inlet import BURST_RECORDS, Pace
from appliance.publish.intake import Intake
from appliance.publish.link import Accepted, Answered, Arrived, Closed, Outgoing
from appliance.publish.outbox import DEVICE, Message, Outbox
from appliance.publish.sender import Sender
from appliance.publish.session import Session
from appliance.publish.topics import Topics
from appliance.settings import Settings
from appliance.wire import RECORD_BYTES

EXPIRY_S = 604_800
"""Message expiry of events and windows: 7 days (mqtt.md)."""
LATE_S = 30.0
"""Older than this when it is sent, an event is late: nobody lights a lamp on it."""
SILENT_KEEPALIVES = 1.5
"""A dead connection is noticed after one and a half times the keep-alive at the latest (OASIS MQTT 5.0, 3.1.2.10)."""
HEALTH_S = 60.0
SOURCE_S = 5.0
"""How often the machine is asked whether its clock is set."""
HOUSEKEEPING_S = 20.0
"""Renewed certificates are seen within this time; at 2 records a second the bound on rows is passed by 40 at most."""
DAY_S = 86_400.0
DISK_RETRY_S = 1.0


class Publisher:
    """Drives all parts.

    Args:
        settings: the device's.
        outbox: the opened outbox.
        boot: number of this boot.
        around: the world.
        records_per_s_max: pace of the channel; None takes the setting (load tests go faster).
    """

    def __init__(
        self, settings: Settings, outbox: Outbox, boot: int, around: Around, records_per_s_max: float | None = None
    ) -> None:
        mqtt = settings.mqtt
        self._settings = settings
        self._outbox = outbox
        self._boot = boot
        self._around = around
        self._topics = Topics(settings.site.site, settings.site.device)
        self._model = birth.model_hash(settings)
        self._intake = Intake(settings, outbox, boot, self._model, around.new_key)
        self.faults = Faults()
        self._sender = Sender(outbox, self._pack, self.faults, mqtt.backlog_per_s, mqtt.refused_retry_s)
        self.session = Session(around.connect, Backoff(mqtt.retry_s_max, around.chance), self.faults, around.say)
        per_s = records_per_s_max or settings.link.records_per_s_max
        self._pace = Pace(per_s, max(BURST_RECORDS, int(per_s)))
        self._command_pace = Pace(commands.PER_S, commands.BURST)
        self._started_s = around.clock.monotonic_s()
        self._health_s = self._started_s + HEALTH_S
        self._housekeeping_s = self._started_s
        self._disk_s = 0.0
        self._stop_mid: int | None = None
        self._source = Source.NONE
        self._source_s = self._started_s
        self._intake.begin(self._started_s)
        self._sender.begin(around.clock.utc_s())
        self._sender.wake()

    def step(self) -> None:
        """Do what is due now; returns without waiting for anything but the disk."""
        now_s, utc_s = self._around.clock.monotonic_s(), self._around.clock.utc_s()
        if now_s >= self._disk_s:
            self._store(now_s, utc_s)
        for happening in self.session.step(now_s):
            match happening:
                case Accepted():
                    self._greet(now_s)
                case Answered(mid, code):
                    self._sender.answered(mid, code, now_s)
                    self._stop_mid = None if mid == self._stop_mid else self._stop_mid
                case Closed():
                    self._broken(now_s, utc_s)
                case Arrived():
                    self._command(happening, now_s)
        if self.session.link and self.session.online:
            self._sender.step(now_s, self.session.link)
            self._tell_faults(now_s, utc_s)
            if now_s >= self._health_s:
                self._tell_health(now_s)

    def _store(self, now_s: float, utc_s: float) -> None:
        """Everything that needs the disk; when it is full nothing leaves the channel, and it is tried again."""
        try:
            if now_s >= self._source_s:
                self._source, self._source_s = self._around.machine.time_source(), now_s + SOURCE_S
            source = self._source
            allowed = self._pace.allowed(now_s)
            data = self._around.channel.peek(allowed) if allowed else b""
            if data:
                used = self._intake.accept(data, now_s, utc_s, source)
                self._around.channel.take_out(used)
                self._pace.spend(-(-used // RECORD_BYTES))
            stored = bool(data)
            stored = self._intake.release(now_s) or stored
            stored = self._intake.turn_window(now_s, utc_s, source) or stored
            self._sender.settle(utc_s)
            if now_s >= self._housekeeping_s:
                self._keep_house(now_s, utc_s, source)
            self.faults.ended(codes.DISK_FULL)
            if stored:
                self._sender.wake()
        except sqlite3.OperationalError as error:
            self._disk_s = now_s + DISK_RETRY_S
            if self.faults.since_s(codes.DISK_FULL) is None:
                self._around.say(f"outbox cannot be written ({error}). Free space; records wait in the channel")
            self.faults.began(codes.DISK_FULL, now_s)
        if self._intake.refused:
            self.faults.began(codes.RECORD_INVALID, now_s)
        for code, active in self._intake.faults.items():
            (self.faults.began(code.name.lower(), now_s) if active else self.faults.ended(code.name.lower()))

    def _broken(self, now_s: float, utc_s: float) -> None:
        """What was taken just before is sent again; a full disk leaves that out, and nothing else depends on it."""
        with contextlib.suppress(sqlite3.OperationalError):
            self._sender.settle(utc_s)
            self._sender.broken(now_s, SILENT_KEEPALIVES * self._settings.mqtt.keepalive_s)

    def _keep_house(self, now_s: float, utc_s: float, source: Source) -> None:
        """Every 20 s: forget what is old, hold the bound, look after the certificate and the time floor."""
        limits = self._settings.outbox
        with self._outbox.transaction():
            lost = self._outbox.prune(utc_s - limits.keep_days * DAY_S, limits.rows_max)
            if lost:
                self._outbox.count(DEVICE, "dropped", lost)
        if lost:
            self.faults.began(codes.OUTBOX_FULL, now_s)
        else:
            self.faults.ended(codes.OUTBOX_FULL)
        if self._around.certificate and self._around.certificate.keep(self._outbox, self.faults, now_s, utc_s, source):
            self.session.renew(now_s)
        self._housekeeping_s = now_s + HOUSEKEEPING_S

    def _greet(self, now_s: float) -> None:
        """Everything a consumer has to know comes again with every connection."""
        link = self.session.link
        if link is None:
            return
        for message in birth.births(self._settings, self._topics, self._boot, self._model):
            link.publish(message)
        link.subscribe(self._topics.commands)
        self.faults.tell_again()
        self._sender.connected()
        self._tell_health(now_s)

    def _pack(self, message: Message, again: bool) -> Outgoing:
        """A stored message as it goes out now."""
        site = self._settings.site
        late = again or message.boot != self._boot or self._around.clock.monotonic_s() - message.ready_s > LATE_S
        order = (message.boot, message.seq)
        built = payload.complete(message.body, message.key, site.device, message.touchpoint, order, late=late)
        topic = f"{self._topics.base}/{message.kind}/{message.touchpoint}"
        data = payload.encode(message.kind, built)
        if message.kind == "event" and self._settings.mqtt.format == "cloudevents":
            data = payload.encode("cloudevent", payload.enveloped(built, site.site))
        return Outgoing(topic, data, expiry_s=EXPIRY_S)

    def _publish(self, kind: str, topic: str, message: dict[str, Any], qos: int = 1) -> None:
        if self.session.link is not None:
            self.session.link.publish(Outgoing(topic, payload.encode(kind, message), qos))

    def _tell_faults(self, now_s: float, utc_s: float) -> None:
        for code in self.faults.take():
            since_s = self.faults.since_s(code)
            since = None if since_s is None else stamp(utc_s - (now_s - since_s), 60, self._source).t
            message = payload.fault(
                self._settings.site.device, self._boot, code, since, self.faults.count(code), active=since_s is not None
            )
            self._publish("fault", self._topics.fault, message)

    def _tell_health(self, now_s: float) -> None:
        self._health_s = now_s + HEALTH_S
        self._publish("health", self._topics.health, self.health(now_s), qos=0)

    def health(self, now_s: float) -> dict[str, Any]:
        """The present values, as `health` tells them."""
        waiting, oldest_s = self._outbox.backlog()
        totals = self._outbox.tallies(DEVICE)
        certificate = self._around.certificate
        present = birth.Present(
            up_s=now_s - self._started_s,
            clock=self._source,
            waiting=waiting,
            oldest_s=0.0 if oldest_s is None else now_s - oldest_s,
            sent=self._sender.sent,
            dropped=totals.get("dropped", 0),
            held=totals.get("held", 0),
            bad_records=self._intake.refused,
            cert_days=certificate.days_left if certificate else None,
            temperature_c=self._around.machine.temperature_c(),
        )
        return birth.health(self._settings.site.device, self._boot, present, self._intake.gauges, self.faults.active)

    def _command(self, message: Arrived, now_s: float) -> None:
        command = self._topics.command(message.topic)
        if command is None or not self._command_pace.allowed(now_s):
            return
        self._command_pace.spend(1)
        asked = commands.read(command, message, expiry_known=self._settings.mqtt.protocol == "5")
        answer: dict[str, Any] = {"ok": True}
        match asked:
            case str():
                answer = {"ok": False, "why": asked}
                self._around.say(f"command {command.name} refused ({asked})")
            case commands.Replay(boot, first, last):
                count = self._sender.replay(boot, first, last)
                answer = {"ok": False, "why": "busy"} if count is None else {"ok": True, "count": count}
            case commands.TellHealth():
                self._tell_health(now_s)
        self._publish("res", self._topics.answer(command), answer)

    @property
    def may_read(self) -> bool:
        """Whether the channel's pace lets a record through now."""
        now_s = self._around.clock.monotonic_s()
        return now_s >= self._disk_s and self._pace.allowed(now_s) > 0

    def lost_outbox(self) -> None:
        """The outbox of earlier boots was damaged and set aside."""
        self.faults.began(codes.OUTBOX_CORRUPT, self._started_s)

    def say_stopped(self) -> None:
        """Publish `stopped`: a person or an update ended us."""
        if self.session.link and self.session.online:
            self._stop_mid = self.session.link.publish(birth.status(self._topics, Availability.STOPPED))

    @property
    def stopping(self) -> bool:
        """Whether the broker has not yet taken `stopped`."""
        return self._stop_mid is not None
