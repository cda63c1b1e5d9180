"""`python tests/broker/capture.py FILE COMMAND...`: runs COMMAND where the only network is loopback, and records it.

To be started in a network namespace of its own (unshare -n). Every address anywhere is routed to loopback: whoever is
called, be it a name server or a time server, the packet is seen here and nothing answers.
"""

from __future__ import annotations

import select
import socket
import struct
import subprocess
import sys
from pathlib import Path

ROUTES = ("link set lo up", "route add default dev lo", "-6 route add default dev lo", "addr add 192.0.2.1/32 dev lo")
ALL = 0x0003
"""ETH_P_ALL of <linux/if_ether.h>."""
OUTGOING = 4
"""PACKET_OUTGOING of <linux/if_packet.h>: on loopback each packet is seen going out and coming in; one is enough."""
FRAME_BYTES_MAX = 70_000
SOL_PACKET, PACKET_STATISTICS = 263, 6
"""packet(7): how many frames were seen and how many of them had no room."""
ETHERNET_BYTES = 14


def record(path: Path, command: list[str]) -> int:
    """Run `command` and write every packet to `path`: its length and its bytes from the IP header on.

    Gives the status of `command`, or 3 when the record is not complete.
    """
    for line in ROUTES:
        subprocess.run(["ip", *line.split()], check=True)
    with socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ALL)) as wire, path.open("wb") as file:
        process = subprocess.Popen(command)
        while process.poll() is None or select.select([wire], [], [], 0.2)[0]:
            if select.select([wire], [], [], 0.2)[0]:
                frame, address = wire.recvfrom(FRAME_BYTES_MAX)
                if address[2] == OUTGOING:
                    file.write(struct.pack("!I", len(frame) - ETHERNET_BYTES) + frame[ETHERNET_BYTES:])
        lost = struct.unpack("II", wire.getsockopt(SOL_PACKET, PACKET_STATISTICS, 8))[1]
    return process.returncode if not lost else 3


if __name__ == "__main__":
    sys.exit(record(Path(sys.argv[1]), sys.argv[2:]))
