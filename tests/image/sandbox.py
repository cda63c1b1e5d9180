"""A copy of a service's unit in the guest that runs a probe instead of the service: the same sandbox, to the letter."""

from __future__ import annotations

import json
import re
from typing import Any

from tests.image.counter import Counter

REPLACED = (
    "ExecStart",
    "Type",
    "Restart",
    "RestartSec",
    "WatchdogSec",
    "StandardOutput",
    "StandardError",
    "NotifyAccess",
)
"""What says how the process is started and where it prints; everything else of the unit stays."""


def probe_unit(unit: str, command: str) -> str:
    """The text of `unit` with `command` in place of its own program, printing to the journal."""
    kept = [
        line
        for line in unit.splitlines()
        if line.partition("=")[0] not in REPLACED and not line.startswith("Condition")
    ]
    text = "\n".join(kept)
    started = f"[Service]\nType=exec\nRestart=no\nExecStart={command}\nStandardOutput=journal\nStandardError=journal"
    return re.sub(r"^\[Service\]$", started, text, count=1, flags=re.MULTILINE)


def start_probe(counter: Counter, service: str, command: str) -> None:
    """Start `command` in the sandbox of `service`, as the unit inkling-probe.service."""
    unit = probe_unit(counter.check(f"cat /usr/lib/systemd/system/{service}.service"), command)
    counter.check("systemctl stop inkling-probe; true")
    counter.check(f"cat > /run/systemd/system/inkling-probe.service <<'END'\n{unit}\nEND\nsystemctl daemon-reload")
    allowed = counter.check(f"systemctl show --value -p IPAddressAllow {service}")
    if allowed:
        counter.check(f"systemctl set-property --runtime inkling-probe.service IPAddressAllow='{allowed}'")
    counter.check("journalctl --rotate --vacuum-time=1s -q; systemctl start inkling-probe", 120)


def probe(counter: Counter, service: str, options: dict[str, Any]) -> dict[str, Any]:
    """What the probe could and could not do in the sandbox of `service`: attempt -> errno's name or "ALLOWED"."""
    words = json.dumps(options).replace('"', '\\"').replace("%", "%%")
    start_probe(counter, service, f'/usr/bin/python3 -B -s /run/media/probe.py "{words}"')
    counter.check("while systemctl is-active -q inkling-probe; do sleep 0.5; done", 180)
    said = counter.check("journalctl -u inkling-probe -o cat --no-pager")
    found = [line for line in said.splitlines() if line.startswith("{")]
    assert found, said
    result: dict[str, Any] = json.loads(found[-1])
    return result
