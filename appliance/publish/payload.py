"""Builds every message as data and turns it into bytes at one door: closed schema, byte cap, or nothing leaves."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from appliance.errors import PayloadInvalid
from appliance.events import Reason
from appliance.publish.closed import check
from appliance.publish.door import Source, Stamp
from appliance.records import ButtonRecord, ExpressionRecord

VERSION = 1
ACTIONS_MAX = 4
"""More than four groups of action units at once would pass the event's 400 bytes, and no net was shown that."""
BYTES_MAX = {
    "event": 400, "cloudevent": 700, "window": 2200, "health": 1400, "about": 1024, "config": 200, "fault": 300,
    "res": 100, "status": 16,
}  # fmt: skip
"""Largest message of each kind, bytes; 400 for an event and 1 KiB for about are the design's (mqtt.md)."""
CUES = (Reason.CHECK_IN, Reason.STILL_HARD, Reason.HELP)


def event(body: ExpressionRecord | ButtonRecord, time: Stamp, model: str) -> dict[str, Any]:
    """The part of an event that is known when it happened; `complete` adds the rest. `model` is 8 hex digits."""
    what = _expression(body, model) if isinstance(body, ExpressionRecord) else _button(body)
    return _time(time) | what


def window(counts: Mapping[str, int | str], time: Stamp, length_s: int, least: int) -> dict[str, Any]:
    """The part of a window that is known when it ended; counts as `window.shown` gives them."""
    return _time(Stamp(time.t, length_s, time.ts)) | {"len": length_s, "k": least, "n": dict(counts)}


def complete(
    stored: Mapping[str, Any], key: str, device: str, touchpoint: str, order: tuple[int, int], *, late: bool
) -> dict[str, Any]:
    """A stored event or window as it is sent; `key` is its id, `order` its boot and seq."""
    head = {"v": VERSION, "id": key, "dev": device, "tp": touchpoint}
    return head | dict(stored) | {"boot": order[0], "seq": order[1], "late": late}


def fault(device: str, boot: int, code: str, since: str | None, count: int, *, active: bool) -> dict[str, Any]:
    """A fault that began or ended; `since` is RFC 3339 or None, `count` how often it began."""
    body = {"v": VERSION, "dev": device, "boot": boot, "code": code, "active": active, "count": count}
    return body | ({"since": since} if since else {})


def enveloped(data: Mapping[str, Any], site: str) -> dict[str, Any]:
    """`data` (an event) inside a CloudEvents 1.0 structured envelope; (source, id) is the key against duplicates."""
    time = {"time": data["t"]} if "t" in data else {}
    return {
        "specversion": "1.0",
        "id": data["id"],
        "source": f"/inkling/{site}/{data['dev']}/{data['tp']}",
        "type": "inkling.event.v1",
        **time,
        "datacontenttype": "application/json",
        "data": dict(data),
    }


def encode(kind: str, message: Mapping[str, Any]) -> bytes:
    """`message` as compact JSON: the only way from data to bytes that may be published.

    Raises:
        PayloadInvalid: it does not fit the schema `kind`, or is over the cap of its kind.
    """
    check(kind, message)
    data = json.dumps(message, separators=(",", ":"), allow_nan=False).encode()
    if len(data) > BYTES_MAX[kind]:
        raise PayloadInvalid(f"{kind}: {len(data)} bytes is over {BYTES_MAX[kind]}", "Shorten the ids in the settings.")
    return data


def _time(time: Stamp) -> dict[str, Any]:
    told = {} if time.t is None or time.ts is Source.NONE else {"t": time.t}
    return told | {"tu": time.tu, "ts": time.ts.value}


def _expression(body: ExpressionRecord, model: str) -> dict[str, Any]:
    cue = "cue" if body.reason in CUES else "none"
    return {
        "kind": body.kind.name.lower(),
        "expr": body.label.name.lower(),
        "act": [action.name.lower() for action in sorted(body.actions)][:ACTIONS_MAX],
        "p": round(body.p, 2),
        "int": round(body.intensity, 1),
        "dur": round(body.duration_s, 1),
        "mdl": model,
        "pol": f"{cue}.{body.reason.name.lower()}",
    }


def _button(body: ButtonRecord) -> dict[str, Any]:
    return {"kind": "button", "button": body.button.name.lower()}
