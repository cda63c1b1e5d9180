"""Runs a command where every packet is recorded, and the whole demo that way."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

from tests.boundary.source import ROOT
from tests.broker.packets import CONNECT, PUBLISH, Packet, control, packets, published, stream

# As root the namespace is enough; everyone else is given one of users too, and keeps who they are.
ALONE = ["unshare", "-n"] if os.geteuid() == 0 else ["unshare", "-U", "-c", "--keep-caps", "-n"]
DEADLINE_S = 200
DEVICE = b"ink-000000"


def recorded(folder: Path, *command: str) -> tuple[str, list[Packet]]:
    """What `command` prints and every packet it causes."""
    path = folder / "packets"
    done = subprocess.run(
        [*ALONE, sys.executable, str(ROOT / "tests" / "broker" / "capture.py"), str(path), *command],
        capture_output=True, text=True, check=False, timeout=DEADLINE_S, cwd=ROOT,
    )  # fmt: skip
    assert (0, "") == (done.returncode, done.stderr)
    return done.stdout, packets(path)


@dataclass(frozen=True, slots=True)
class Run:
    """The demo's output, all packets, and those of the device's own connection to the broker."""

    said: str
    packets: list[Packet]
    port: int
    device: list[Packet]

    def published(self) -> list[tuple[str, bytes]]:
        """Topic and payload of everything the device published."""
        mine = [each for each in self.device if each.target[1] == self.port]
        return [published(flags, body) for kind, flags, body in control(stream(mine)) if kind == PUBLISH]


def connections(all_packets: list[Packet]) -> dict[frozenset[tuple[str, int]], list[Packet]]:
    """Packets by the pair of ends they go between."""
    found = defaultdict(list)
    for each in all_packets:
        found[frozenset((each.source, each.target))].append(each)
    return found


def demo(folder: Path) -> Run:
    """One whole run of `inkling run`."""
    said, seen = recorded(folder, sys.executable, "-m", "appliance.cli", "run")
    ports = {each.target[1] for each in seen if each.data[:1] == bytes([CONNECT << 4])}
    assert 1 == len(ports)
    device = next(each for each in connections(seen).values() if any(DEVICE in one.data[:30] for one in each))
    return Run(said, seen, ports.pop(), device)
