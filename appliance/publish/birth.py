"""What a device says about itself: on every connection and every minute."""

from __future__ import annotations

import hashlib
import json
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from appliance import __version__
from appliance.config import render
from appliance.events import Action, Availability, Button, Gauge, Kind, Label
from appliance.publish.discovery import discovery
from appliance.publish.door import Source
from appliance.publish.link import Outgoing
from appliance.publish.payload import VERSION, encode
from appliance.publish.topics import Topics
from appliance.settings import Settings

NO_MODEL = "00000000"
"""`mdl` when there is no model card; sense then does not start, but buttons still come."""
PACKAGED = Path(__file__).resolve().parents[2] / "models"


@dataclass(frozen=True, slots=True)
class Present:
    """The present values of `health`; times in seconds, None where unknown."""

    up_s: float
    clock: Source
    waiting: int
    oldest_s: float
    sent: int
    dropped: int
    held: int
    bad_records: int
    cert_days: int | None
    temperature_c: int | None


def model_hash(settings: Settings) -> str:
    """First 8 hex digits of the model's sha256, from its card; NO_MODEL when there is none."""
    folder = Path(settings.model.folder) if settings.model.folder else PACKAGED
    try:
        digest = tomllib.loads((folder / "expression.toml").read_text("utf-8"))["sha256"]
        return f"{int(str(digest)[:8], 16):08x}"
    except (OSError, ValueError, KeyError):
        return NO_MODEL


def status(topics: Topics, state: Availability) -> Outgoing:
    """The retained availability; `offline` is the will."""
    return Outgoing(topics.status, state.value.encode(), retain=True)


def about(settings: Settings, boot: int, model: str) -> dict[str, Any]:
    """What the device is and which words it uses."""
    return {
        "v": VERSION,
        "dev": settings.site.device,
        "site": settings.site.site,
        "boot": boot,
        "version": __version__,
        "mdl": model,
        "touchpoints": list(settings.site.touchpoints),
        "format": settings.mqtt.format,
        "bucket_s": settings.privacy.bucket_s,
        "k": settings.privacy.visits_min,
        "window_s": settings.privacy.window_minutes * 60,
        "kinds": [*_names(Kind), "button"],
        "exprs": _names(Label),
        "acts": _names(Action),
        "buttons": _names(Button),
    }


def config(settings: Settings) -> dict[str, Any]:
    """Which configuration is in force."""
    digest = hashlib.sha256(render(settings).encode()).hexdigest()[:16]
    return {"v": VERSION, "dev": settings.site.device, "sha256": digest, "version": __version__}


def births(settings: Settings, topics: Topics, boot: int, model: str) -> list[Outgoing]:
    """Everything retained, as it goes out on every accepted connection; `online` last, when the rest is there."""
    sent = [
        Outgoing(topics.about, encode("about", about(settings, boot, model)), retain=True),
        Outgoing(topics.config, encode("config", config(settings)), retain=True),
    ]
    if settings.mqtt.discovery:
        document = discovery(topics, settings.site.touchpoints, __version__)
        sent.append(Outgoing(topics.discovery, json.dumps(document, separators=(",", ":")).encode(), retain=True))
    return [*sent, status(topics, Availability.ONLINE)]


def health(device: str, boot: int, now: Present, gauges: Mapping[Gauge, int], faults: Iterable[str]) -> dict[str, Any]:
    """The present values of the device; unknown ones are left out."""
    known = {"cert_days": now.cert_days, "temperature_c": now.temperature_c}
    return {
        "v": VERSION,
        "dev": device,
        "boot": boot,
        "up_s": int(now.up_s),
        "clock": now.clock.value,
        "waiting": now.waiting,
        "oldest_s": int(max(0.0, now.oldest_s)),
        "sent": now.sent,
        "dropped": now.dropped,
        "held": now.held,
        "bad_records": now.bad_records,
        **{name: value for name, value in known.items() if value is not None},
        **{gauge.name.lower(): value for gauge, value in sorted(gauges.items())},
        "faults": list(faults),
    }


def _names(words: type[Kind | Label | Action | Button]) -> list[str]:
    return [word.name.lower() for word in words]
