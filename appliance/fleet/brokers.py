"""A mosquitto that can be stopped, killed and started again on the same port with the same files."""

from __future__ import annotations

import signal
import socket
import subprocess
from pathlib import Path

from appliance.clock import Clock
from appliance.demo.broker import free_port, mosquitto_path
from appliance.errors import ToolMissing

START_S = 10.0


class Mosquitto:
    """One mosquitto with Debian's defaults, persistence on, and an open loopback listener.

    Args:
        folder: for its configuration and its database.
        clock: to wait with.
        extra: more lines for its configuration.

    Raises:
        ToolMissing: mosquitto is not installed.
    """

    def __init__(self, folder: Path, clock: Clock, extra: str = "") -> None:
        path = mosquitto_path()
        if path is None:
            raise ToolMissing("mosquitto is not installed", "sudo apt-get install mosquitto")
        self.port = free_port()
        self._clock = clock
        self._config = folder / f"mosquitto-{self.port}.conf"
        self._config.write_text(
            f"listener {self.port} 127.0.0.1\nallow_anonymous true\nuser root\nlog_type error\nlog_type warning\n"
            f"persistence true\npersistence_location {folder}/\npersistence_file {self.port}.db\n{extra}"
        )
        self._command = [path, "-c", str(self._config)]
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it and wait until it listens."""
        self._process = subprocess.Popen(  # noqa: S603  # the installed broker with our own configuration
            self._command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        end_s = self._clock.monotonic_s() + START_S
        while self._clock.monotonic_s() < end_s:
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=1.0).close()
            except OSError:
                self._clock.wait_s(0.02)
            else:
                return
        raise ToolMissing(f"mosquitto did not open port {self.port}", f"Run it by hand with {self._config}.")

    @property
    def running(self) -> bool:
        """Whether it was started and not ended since."""
        return self._process is not None and self._process.poll() is None

    def end(self, number: int = signal.SIGTERM) -> None:
        """End it with a signal: SIGTERM stops it cleanly, SIGKILL does not let it save."""
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(number)
            self._process.wait()
