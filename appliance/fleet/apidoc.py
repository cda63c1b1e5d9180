"""`python -m appliance.fleet.apidoc`: writes the tables of docs/mqtt.md again from the schemas and the settings."""

from __future__ import annotations

import dataclasses
import sys
from pathlib import Path
from typing import Any

from appliance.config import Bounds
from appliance.publish.closed import schema
from appliance.settings import Mqtt, Outbox, Privacy

PAGE = Path("docs/mqtt.md")
MESSAGES = ("event", "window", "health", "fault", "about", "config", "cmd-replay", "cmd-health", "res", "cloudevent")
SECTIONS = {"mqtt": Mqtt, "outbox": Outbox, "privacy": Privacy}
WORDS_MAX = 8
"""Longer lists of words are counted in the table; they stand in the schema."""


def fields() -> str:
    """A table of every field of every message."""
    rows = ["| message | field | values | meaning |", "|---|---|---|---|"]
    for message in MESSAGES:
        form = schema(message)
        for each in form.get("oneOf", [form]):
            name = f"{message}: {each['title']}" if "oneOf" in form else message
            required = set(each["required"])
            for key, rule in each["properties"].items():
                optional = "" if key in required else " (may be absent)"
                rows.append(f"| {name} | `{key}`{optional} | {_values(rule)} | {rule.get('description', '')} |")
    return "\n".join(rows)


def _values(rule: dict[str, Any]) -> str:
    if "const" in rule:
        return f"`{rule['const']}`"
    if "enum" in rule:
        words = rule["enum"]
        return " ".join(f"`{word}`" for word in words) if len(words) <= WORDS_MAX else f"one of {len(words)} words"
    if rule.get("type") == "array":
        return f"list of at most {rule['maxItems']}: {_values(rule['items'])}"
    if "minimum" in rule:
        return f"{rule['type']} {rule['minimum']:g}..{rule['maximum']:.10g}"
    return str(rule.get("type", "text"))


def settings() -> str:
    """A table of every setting of the publishing process."""
    rows = ["| setting | default | bounds | meaning |", "|---|---|---|---|"]
    for section, table in SECTIONS.items():
        for key in dataclasses.fields(table):
            bounds: Bounds = key.metadata["bounds"]
            limits = f"{bounds.low:g}..{bounds.high:g}" if bounds.low is not None else " ".join(bounds.choices)
            default = str(key.default).lower() if isinstance(key.default, bool) else key.default
            rows.append(f"| `{section}.{key.name}` | `{default}` | {limits} | {key.metadata['note']} |")
    return "\n".join(rows)


def filled(page: str) -> str:
    """`page` with both tables written again between their markers."""
    for name, table in (("fields", fields()), ("settings", settings())):
        before, _, rest = page.partition(f"<!-- {name} -->")
        _, _, after = rest.partition(f"<!-- /{name} -->")
        page = f"{before}<!-- {name} -->\n{table}\n<!-- /{name} -->{after}"
    return page


def main() -> int:
    """Write the page; 0."""
    PAGE.write_text(filled(PAGE.read_text()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
