"""Every setting of the device, with its default, bound and meaning. Read once at the start; no secret in it."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from appliance.config import flag, number, read, text, word, words

ID_PATTERN = r"[a-z0-9][a-z0-9-]{0,31}"
"""Ids in topics: lower case, digits, dashes; never a configurable name (design page mqtt.md)."""


@dataclass(frozen=True, slots=True)
class Site:
    """Where the device stands."""

    site: str = text("demo-shop", ID_PATTERN, "the shop's id in every topic")
    device: str = text("ink-000000", ID_PATTERN, "this device's id in every topic")
    touchpoints: tuple[str, ...] = words(("counter-1",), ID_PATTERN, 1, 16, "counters this device serves")


@dataclass(frozen=True, slots=True)
class Camera:
    """What the customer side is seen with."""

    source: str = text("picamera2", r"picamera2|/dev/video\d+|[^\0]+\.(mp4|mov|avi|mkv|webm)", "camera or clip")
    rate_hz: int = number(60, 5, 200, "frames a second asked of the camera")
    width: int = number(640, 160, 1920, "picture width asked of the camera, pixels")
    height: int = number(480, 120, 1080, "picture height asked of the camera, pixels")


@dataclass(frozen=True, slots=True)
class Model:
    """The expression model."""

    folder: str = text("", r"[^\0]*", "folder of expression.toml and the face models; empty: the packaged one")
    p_min: float = number(0.8, 0.5, 1.0, "an expression below this calibrated probability is not reported")


@dataclass(frozen=True, slots=True)
class Spotting:
    """When a movement counts."""

    gate_sigma: float = number(3.0, 1.5, 10.0, "gate over the rolling noise floor, in noise floors")


@dataclass(frozen=True, slots=True)
class Policy:
    """When staff are asked to look."""

    shadow: bool = flag(True, "decide and count, but keep the light off")
    dwell_s: float = number(2.0, 0.0, 30.0, "evidence must last this long before a cue, seconds")
    refractory_s: float = number(90.0, 10.0, 3600.0, "no second cue within this time, seconds")
    threshold: float = number(1.0, 0.1, 20.0, "evidence T1 that starts a check-in")


@dataclass(frozen=True, slots=True)
class Cue:
    """The light."""

    device: str = word("console", ("console", "tower", "silent"), "kind of light")
    port: str = text("", r"[^\0]*", "serial port of the light, such as /dev/ttyUSB0")


@dataclass(frozen=True, slots=True)
class Mqtt:
    """The broker."""

    host: str = text("127.0.0.1", r"[A-Za-z0-9.:-]{1,253}", "broker's host name or address")
    port: int = number(1883, 1, 65535, "broker's port")
    protocol: str = word("5", ("5", "3.1.1"), "MQTT version; 3.1.1 only for brokers without 5")


@dataclass(frozen=True, slots=True)
class Outbox:
    """What is kept until the broker has it."""

    path: str = text("/var/lib/inkling/outbox.db", r"[^\0]+", "the SQLite file")
    rows_max: int = number(50_000, 100, 1_000_000, "events kept at most; beyond it the oldest is counted and dropped")


@dataclass(frozen=True, slots=True)
class Link:
    """The one-way channel between the two processes."""

    fifo: str = text("/run/inkling/events", r"[^\0]+", "the FIFO from sense to publish")
    records_per_s_max: float = number(2.0, 0.1, 2.0, "records let through a second")


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything, one section a field."""

    site: Site = field(default_factory=Site)
    camera: Camera = field(default_factory=Camera)
    model: Model = field(default_factory=Model)
    spotting: Spotting = field(default_factory=Spotting)
    policy: Policy = field(default_factory=Policy)
    cue: Cue = field(default_factory=Cue)
    mqtt: Mqtt = field(default_factory=Mqtt)
    outbox: Outbox = field(default_factory=Outbox)
    link: Link = field(default_factory=Link)


def load(path: Path | None) -> Settings:
    """The settings in `path`, or all defaults for None.

    Raises:
        ConfigInvalid: see `config.read`.
    """
    return Settings() if path is None else read(path, Settings)
