"""Home Assistant's device discovery: one retained document, an event entity per touchpoint. Pure.

Source: home-assistant.io, MQTT integration: "Device discovery payload", "MQTT event" and "availability".
"""

from __future__ import annotations

from typing import Any

from appliance.events import Availability, Button, Label
from appliance.publish.topics import Topics

BUTTON_TYPES = tuple(f"button_{button.name.lower()}" for button in Button)
LABEL_TYPES = tuple(label.name.lower() for label in Label)
VALUE = (
    "{%- set d = value_json.data if 'specversion' in value_json else value_json -%}"
    "{{ {'event_type': d.expr if d.expr is defined else 'button_' ~ d.button,"
    " 'late': d.late, 'p': d.p|default(none), 'kind': d.kind} | to_json }}"
)
"""Turns our event into what the event platform wants: JSON with `event_type`."""

AVAILABLE = "{{ 'online' if value == 'online' else 'offline' }}"
"""Home Assistant knows two words; ours has a third, stopped."""


def discovery(topics: Topics, touchpoints: tuple[str, ...], version: str) -> dict[str, Any]:
    """The discovery document of one device."""
    device = topics.device
    components: dict[str, Any] = {
        f"{device}_{touchpoint}": {
            "p": "event",
            "unique_id": f"inkling_{device}_{touchpoint}",
            "name": touchpoint,
            "state_topic": topics.event(touchpoint),
            "event_types": [*LABEL_TYPES, *BUTTON_TYPES],
            "value_template": VALUE,
            "qos": 1,
        }
        for touchpoint in touchpoints
    }
    components[f"{device}_waiting"] = {
        "p": "sensor",
        "unique_id": f"inkling_{device}_waiting",
        "name": "messages waiting",
        "state_topic": topics.health,
        "value_template": "{{ value_json.waiting }}",
        "entity_category": "diagnostic",
    }
    return {
        "dev": {"ids": [f"inkling_{device}"], "name": f"Inkling {device}", "mf": "Inkling", "sw": version},
        "o": {"name": "inkling", "sw": version},
        "availability": [{"topic": topics.status, "value_template": AVAILABLE}],
        "payload_available": Availability.ONLINE.value,
        "payload_not_available": Availability.OFFLINE.value,
        "cmps": components,
    }
