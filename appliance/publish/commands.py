"""Commands from IT: checked first, answered always, and none of them reaches the camera side. Pure."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from appliance.errors import PayloadInvalid
from appliance.publish.closed import check
from appliance.publish.link import Arrived
from appliance.publish.topics import Command

BYTES_MAX = 200
"""The longest legal command has 64 bytes."""
EXPIRY_MAX_S = 300
"""A command is meant now: with a longer or no expiry it could wait in a broker and act at a time nobody expects."""
PER_S = 1.0
BURST = 5
"""Commands answered a second, and at once after a silence; more are not answered."""
NAMES = ("replay", "health")


@dataclass(frozen=True, slots=True)
class Replay:
    """Send stored messages of one boot again, first <= seq <= last."""

    boot: int
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class TellHealth:
    """Send health now."""


def read(command: Command, message: Arrived, *, expiry_known: bool) -> Replay | TellHealth | str:
    """What `message` asks for, or the word from schema/res.json that says why it is refused.

    Args:
        command: from its topic.
        message: as it came.
        expiry_known: MQTT 5, where every command must carry an expiry.
    """
    if message.retained:
        return "retained"
    if command.name not in NAMES:
        return "unknown"
    if len(message.payload) > BYTES_MAX:
        return "size"
    if expiry_known and (message.expiry_s is None or message.expiry_s > EXPIRY_MAX_S):
        return "expiry"
    try:
        asked: dict[str, Any] = json.loads(message.payload)
        check(f"cmd-{command.name}", asked)
    except (ValueError, RecursionError, PayloadInvalid):
        return "schema"
    return Replay(asked["boot"], asked["from"], asked["to"]) if command.name == "replay" else TellHealth()
