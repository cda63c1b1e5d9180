"""A version on trial is kept when camera frame, inference, light and broker have all worked; else the old one returns.

Sense opens the light before anything else, and says that it is well once a frame went through every stage;
publish says in its own whether the broker has accepted it. Both must hold together within the time below.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping

from appliance.clock import Clock, SystemClock
from provisioning.device import bootslot

DEADLINE_S = 900.0
"""15 minutes, as balenaOS's rollback-health waits: a shop's router may take that long after a power cut."""
PERIOD_S = 5.0
WELL = "well"
CONNECTED = "connected"
UNITS = ("inkling-sense.service", "inkling-publish.service")


def is_healthy(states: Mapping[str, Mapping[str, str]]) -> bool:
    """Whether both services run, sense says it is well, and publish that the broker has accepted it."""
    return all(
        states.get(unit, {}).get("ActiveState") == "active" and states[unit].get("StatusText", "") == said
        for unit, said in zip(UNITS, (WELL, CONNECTED), strict=True)
    )


def parse(shown: str) -> dict[str, dict[str, str]]:
    """The output of `systemctl show` for several units as unit -> property -> value."""
    blocks = [dict(line.partition("=")[::2] for line in block.splitlines()) for block in shown.split("\n\n")]
    return {block["Id"]: block for block in blocks if "Id" in block}


def _states() -> dict[str, dict[str, str]]:
    command = ["systemctl", "show", "--property=Id,ActiveState,StatusText", *UNITS]
    return parse(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


def wait_healthy(clock: Clock, deadline_s: float = DEADLINE_S) -> bool:
    """Whether the device was healthy at some moment within `deadline_s`."""
    end_s = clock.monotonic_s() + deadline_s
    while not is_healthy(_states()):
        if clock.monotonic_s() >= end_s:
            return False
        clock.wait_s(PERIOD_S)
    return True


def main() -> int:
    """Not on trial: nothing. On trial: keep this slot, or restart into the old one."""
    if not bootslot.on_trial(bootslot.read(), bootslot.running()):
        return 0
    if wait_healthy(SystemClock()):
        return subprocess.run(["rauc", "status", "mark-good"], check=False).returncode
    print(f"slot {bootslot.running()} was not healthy within {DEADLINE_S:.0f} s: back to {bootslot.read().good}")
    return subprocess.run(["systemctl", "reboot"], check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
