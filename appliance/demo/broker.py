"""A broker for the demo: mosquitto when installed, else amqtt inside this process (MQTT 3.1.1, never for a shop)."""

from __future__ import annotations

import asyncio
import os
import shutil
import socket
import subprocess
from pathlib import Path
from threading import Event, Thread
from typing import Any, Protocol, Self

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


class DemoBroker(Protocol):
    """A context manager around a running broker on 127.0.0.1."""

    name: str
    port: int
    protocol: str

    def __enter__(self) -> Self: ...

    def __exit__(self, *_: object) -> None: ...


def demo_broker(folder: Path) -> DemoBroker:
    """Mosquitto when it is installed, else amqtt; `folder` is for its files."""
    path = mosquitto_path()
    return Amqtt() if path is None else Mosquitto(path, folder)


class Mosquitto:
    """A mosquitto process on a free loopback port."""

    name = "mosquitto"
    protocol = "5"

    def __init__(self, path: str, folder: Path) -> None:
        self.port = free_port()
        self._path = path
        self._config = folder / "mosquitto.conf"
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self._config.write_text(f"listener {self.port} 127.0.0.1\nallow_anonymous true\npersistence false\n")
        self._process = subprocess.Popen(  # noqa: S603  # the installed broker with our own configuration
            [self._path, "-c", str(self._config)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        _wait_for_port(self.port, self.name)
        return self

    def __exit__(self, *_: object) -> None:
        if self._process is not None:
            self._process.terminate()
            self._process.wait(START_WAIT_S)


class Amqtt:
    """The amqtt broker on its own event loop in a thread."""

    name = "amqtt, demo only"
    protocol = "3.1.1"

    def __init__(self) -> None:
        self.port = free_port()
        self._loop = asyncio.new_event_loop()
        self._stop: asyncio.Event | None = None
        self._ended = Event()
        self._thread = Thread(target=self._serve, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        _wait_for_port(self.port, self.name)
        return self

    def __exit__(self, *_: object) -> None:
        if self._stop is not None:
            self._loop.call_soon_threadsafe(self._stop.set)
        self._ended.wait(START_WAIT_S)

    def _serve(self) -> None:
        asyncio.set_event_loop(self._loop)
        try:
            self._loop.run_until_complete(self._run())
        finally:
            self._loop.close()
            self._ended.set()

    async def _run(self) -> None:
        import logging  # noqa: PLC0415  # only to quiet this one library

        from amqtt.broker import Broker  # noqa: PLC0415  # an optional part, imported only without mosquitto

        logging.getLogger("amqtt").setLevel(logging.ERROR)
        logging.getLogger("transitions").setLevel(logging.ERROR)
        config: dict[str, Any] = {
            "listeners": {"default": {"type": "tcp", "bind": f"127.0.0.1:{self.port}"}},
            "plugins": {"amqtt.plugins.authentication.AnonymousAuthPlugin": {"allow_anonymous": True}},
        }
        self._stop = asyncio.Event()
        broker = Broker(config)
        await broker.start()
        await self._stop.wait()
        await broker.shutdown()
        # amqtt leaves its connection handlers to the loop; ending them closes their sockets.
        rest = asyncio.all_tasks() - {task for task in [asyncio.current_task()] if task}
        for task in rest:
            task.cancel()
        await asyncio.gather(*rest, return_exceptions=True)


def _wait_for_port(port: int, name: str) -> None:
    """Return once 127.0.0.1:port accepts; ToolMissing after ten seconds."""
    clock = SystemClock()
    deadline_s = clock.monotonic_s() + START_WAIT_S
    while clock.monotonic_s() < deadline_s:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1.0).close()
        except OSError:
            clock.wait_s(0.02)
        else:
            return
    raise ToolMissing(f"{name} did not open port {port} within {START_WAIT_S:g} s", "Start it by hand to see why.")
