"""Every setting of the device, with its default, bound and meaning. Read once at the start; no secret in it."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from appliance.config import flag, number, numbers, read, text, word, words

ID_PATTERN = r"[a-z0-9][a-z0-9-]{0,31}"
"""Ids in topics: lower case, digits, dashes; never a configurable name (design page mqtt.md)."""

TIME_PATTERN = r"(([01]\d|2[0-3]):[0-5]\d)?"
"""A wall-clock time, 24 hours, or nothing."""


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
    p_min: float = number(0.75, 0.5, 1.0, "an expression below this calibrated probability is not reported")
    accelerator: str = word("cpu", ("cpu", "edgetpu"), "where the expression net runs; edgetpu falls back to cpu")


@dataclass(frozen=True, slots=True)
class Spotting:
    """When a movement counts."""

    gate_sigma: float = number(5.0, 2.0, 20.0, "a movement counts above this many rolling noise floors of its region")


@dataclass(frozen=True, slots=True)
class Policy:
    """When staff are asked to look."""

    shadow: bool = flag(True, "decide and count, but keep the light off")
    dwell_s: float = number(2.0, 0.0, 30.0, "evidence must last this long before a cue, seconds")
    refractory_s: float = number(90.0, 10.0, 3600.0, "no second cue within this time, seconds")
    threshold: float = number(1.8, 0.1, 20.0, "evidence T1 that starts a check-in")
    quiet_from: str = text("", TIME_PATTERN, "quiet hours begin, such as 21:30; empty: none")
    quiet_to: str = text("", TIME_PATTERN, "quiet hours end, such as 07:00")
    timezone: str = text("UTC", r"[A-Za-z0-9_+/-]{1,40}", "time zone of the quiet hours, such as Europe/Berlin")


@dataclass(frozen=True, slots=True)
class Cue:
    """The light."""

    device: str = word("console", ("console", "tower", "box", "gpio", "silent"), "kind of light")
    port: str = text("", r"[^\0]*", "serial port of the light, such as /dev/ttyUSB0")
    sound: bool = flag(False, "one soft tick with still-hard and help")


@dataclass(frozen=True, slots=True)
class Use:
    """What the device may do where it stands; `profiles` holds what each site profile allows, and why."""

    profile: str = word("default", ("default", "eu", "uk", "za", "us-il"), "law the site is under")
    mode: str = word("profile", ("profile", "off", "buttons-only", "opt-in", "notice"), "profile: as it says")
    place: str = text("shop", r"[a-z][a-z-]{1,31}", "kind of place, such as shop, bank, hotel, clinic-desk")
    languages: tuple[str, ...] = words(("en", "de"), r"en|de|fr|es|af", 1, 2, "languages of the customer sign")
    contact: str = text("", r"[^\0<>&\n]{0,80}", "who answers for the site, printed on the sign")


@dataclass(frozen=True, slots=True)
class View:
    """The part of the camera's view that may be read; all positions are shares of the picture, 0..1 from top left."""

    crop: tuple[float, ...] = numbers((), 0.0, 1.0, "left, top, right, bottom of what is kept; empty: all")
    staff: tuple[float, ...] = numbers((), 0.0, 1.0, "polygon x, y, x, y, ... of the staff side, blacked out")
    near_px: int = number(400, 60, 1920, "eye distance above which a face is too near, pixels")
    far_px: int = number(32, 32, 400, "eye distance under which a face is too far, pixels")
    signature: str = text(
        "", r"([0-9a-f]{24})?", "what `inkling aim` printed when the camera was fixed; empty: no check"
    )


@dataclass(frozen=True, slots=True)
class Load:
    """How many hard moments a counter had without relief."""

    staff: int = number(0, 0, 1000, "people who share these counters; under 5 the load is never published")


@dataclass(frozen=True, slots=True)
class Mqtt:
    """The broker."""

    host: str = text("127.0.0.1", r"[A-Za-z0-9.:-]{1,253}", "broker's host name or address")
    port: int = number(1883, 1, 65535, "broker's port; 8883 is usual for TLS, 443 for WebSockets")
    protocol: str = word("5", ("5", "3.1.1"), "MQTT version; 3.1.1 only for brokers without 5")
    transport: str = word("tcp", ("tcp", "websockets"), "MQTT over TCP, or over WebSockets at /mqtt")
    tls: str = word("auto", ("auto", "always"), "auto: TLS to every host but this machine itself")
    credentials: str = text("", r"[^\0]*", "folder of ca.crt, client.crt, client.key, password; empty: systemd's")
    user: str = text("", r"[^\0]{0,64}", "login name; its password is the file `password` in credentials")
    keepalive_s: int = number(30, 5, 300, "seconds of silence after which each side asks if the other is there")
    retry_s_max: float = number(300.0, 1.0, 3600.0, "longest wait between two attempts to connect, seconds")
    refused_retry_s: float = number(30.0, 1.0, 3600.0, "wait before an event the broker did not take is sent again")
    backlog_per_s: float = number(80.0, 1.0, 1000.0, "events sent a second when many wait")
    format: str = word("plain", ("plain", "cloudevents"), "event as it is, or inside a CloudEvents 1.0 envelope")
    discovery: bool = flag(False, "announce the device to Home Assistant")


@dataclass(frozen=True, slots=True)
class Outbox:
    """What is kept until the broker has it."""

    path: str = text("/var/lib/inkling/outbox.db", r"[^\0]+", "the SQLite file")
    rows_max: int = number(50_000, 100, 1_000_000, "events kept at most; beyond it the oldest is counted and dropped")
    keep_days: float = number(7.0, 0.0, 30.0, "days a delivered event is kept for the replay command")


@dataclass(frozen=True, slots=True)
class Privacy:
    """Limits against telling one visitor from another; docs/privacy.md says why each is there."""

    bucket_s: int = number(10, 0, 900, "event times are rounded to this and held to its end, seconds; 0: 1 s, not held")
    events_per_minute_max: int = number(6, 1, 60, "single events a minute per touchpoint; the rest is only counted")
    visits_min: int = number(5, 0, 100, "with fewer visits in a window there are no single events, only counts")
    window_minutes: int = number(15, 1, 60, "length of a window of counts, minutes")


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
    use: Use = field(default_factory=Use)
    view: View = field(default_factory=View)
    load: Load = field(default_factory=Load)
    mqtt: Mqtt = field(default_factory=Mqtt)
    outbox: Outbox = field(default_factory=Outbox)
    privacy: Privacy = field(default_factory=Privacy)
    link: Link = field(default_factory=Link)


def load(path: Path | None) -> Settings:
    """The settings in `path`, or all defaults for None.

    Raises:
        ConfigInvalid: see `config.read`.
    """
    return Settings() if path is None else read(path, Settings)
