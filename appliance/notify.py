"""Tell systemd how we are (sd_notify(3)); the one file outside publish that may open a socket, and only AF_UNIX."""

from __future__ import annotations

import os
import socket


def notify(state: str) -> bool:
    """Send `state` (such as "READY=1" or "WATCHDOG=1") to systemd; False when not run by systemd.

    Source: sd_notify(3): a datagram to the socket named in NOTIFY_SOCKET, "@" standing for the abstract name space.
    """
    address = os.environ.get("NOTIFY_SOCKET", "")
    if not address:
        return False
    if address.startswith("@"):
        address = "\0" + address[1:]
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as sock:
        sock.connect(address)
        sock.sendall(state.encode())
    return True
