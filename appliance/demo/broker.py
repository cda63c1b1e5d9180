"""A broker for the demo: mosquitto when installed, else amqtt (MQTT 3.1.1, never for a shop), each its own process."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Self

from appliance.clock import SystemClock
from appliance.errors import ToolMissing

START_WAIT_S = 10.0
_SBIN = "/usr/sbin:/sbin"  # where Debian installs mosquitto; not on every user's PATH


def mosquitto_path() -> str | None:
    """Where mosquitto is installed, or None."""
    return shutil.which("mosquitto", path=os.environ.get("PATH", "") + ":" + _SBIN)


def free_port() -> int:
    """A loopback TCP port that was free a moment ago, 1024..65535."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


def demo_broker(folder: Path) -> DemoBroker:
    """Mosquitto when it is installed, else amqtt; `folder` is for its files."""
    path = mosquitto_path()
    return amqtt() if path is None else mosquitto(path, folder)


def mosquitto(path: str, folder: Path) -> DemoBroker:
    """The mosquitto at `path` with an open loopback listener; its configuration is written into `folder`."""
    port = free_port()
    config = folder / "mosquitto.conf"
    config.write_text(f"listener {port} 127.0.0.1\nallow_anonymous true\npersistence false\n")
    return DemoBroker("mosquitto", port, "5", [path, "-c", str(config)])


def amqtt() -> DemoBroker:
    """The amqtt broker, which is pure Python and comes with the demo's packages."""
    port = free_port()
    command = [sys.executable, "-m", "appliance.demo.amqtt_broker", str(port)]
    return DemoBroker("amqtt, demo only", port, "3.1.1", command)


class DemoBroker:
    """A context manager around a broker process on 127.0.0.1.

    Args:
        name: shown to people.
        port: where `command` listens.
        protocol: the newest MQTT version it speaks.
        command: program and arguments.
    """

    def __init__(self, name: str, port: int, protocol: str, command: Sequence[str]) -> None:
        self.name = name
        self.port = port
        self.protocol = protocol
        self._command = list(command)
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(  # noqa: S603  # the installed broker with our own configuration
            self._command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        try:
            self._wait_for_port()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        if self._process is not None:
            self._process.terminate()
            self._process.wait(START_WAIT_S)

    def _wait_for_port(self) -> None:
        """Return once the port accepts; ToolMissing after ten seconds."""
        clock = SystemClock()
        deadline_s = clock.monotonic_s() + START_WAIT_S
        while clock.monotonic_s() < deadline_s:
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=1.0).close()
            except OSError:
                clock.wait_s(0.02)
            else:
                return
        raise ToolMissing(
            f"{self.name} did not open port {self.port} within {START_WAIT_S:g} s", "Start it by hand to see why."
        )
