"""docs/asyncapi.yaml as the judge of what was heard: IT has nothing else to go by."""

from __future__ import annotations

import json
import re
from functools import cache
from typing import Any

import jsonschema
import yaml

from tests.boundary.source import ROOT

FOREIGN = "homeassistant"
"""Home Assistant defines what stands below it."""


@cache
def channels() -> dict[str, tuple[re.Pattern[str], list[jsonschema.Draft202012Validator]]]:
    """Every channel of the API: its address as a pattern, and the schemas of its messages."""
    document = yaml.safe_load((ROOT / "docs" / "asyncapi.yaml").read_text())
    found = {}
    for name, channel in document["channels"].items():
        address = re.sub(r"\{\w+\}", "[a-z0-9-]+", channel["address"])
        files = [ROOT / "docs" / message["payload"]["$ref"] for message in channel["messages"].values()]
        forms = [jsonschema.Draft202012Validator(json.loads(file.read_text())) for file in files]
        found[name] = (re.compile(address), forms)
    return found


def channel_of(topic: str) -> str | None:
    """The channel `topic` belongs to, or None."""
    return next((name for name, (address, _) in channels().items() if address.fullmatch(topic)), None)


def judged(topic: str, payload: bytes) -> str:
    """The channel of a message heard; fails when there is none or when it fits none of its messages' schemas."""
    if topic.startswith(FOREIGN):
        return FOREIGN
    name = channel_of(topic)
    assert name is not None, f"{topic} is no channel of the API"
    value: Any = payload.decode() if name == "status" else json.loads(payload)
    errors = [next(form.iter_errors(value), None) for form in channels()[name][1]]
    assert None in errors, f"{topic}: {[error.message for error in errors if error]}"
    if name == "event" and "specversion" in value:  # the envelope's schema leaves its content to the event's
        channels()[name][1][0].validate(value["data"])
    return name
