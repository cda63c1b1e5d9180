"""The brokers IT may have, each Debian's own server on free ports of loopback, and what each can do."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from appliance.clock import SystemClock
from appliance.demo.broker import free_port
from appliance.fleet.brokers import Mosquitto
from tests.broker.desk import until

START_S = 90.0
"""RabbitMQ on two busy cores; NATS and mosquitto need less than one."""


class Broker(Protocol):
    """A broker that can be ended and started again with the same port and files."""

    port: int

    def start(self) -> None:
        """Start it and wait until it speaks MQTT."""

    def end(self, number: int = signal.SIGTERM) -> None:
        """End it with a signal."""


class Server:
    """A server run from `command`; MQTT on `port`.

    Args:
        command: program and arguments.
        port: where MQTT is to listen.
        environment: more of it.
        beside: a second program that must run with it.
    """

    def __init__(
        self, command: list[str], port: int, environment: dict[str, str] | None = None, beside: tuple[str, ...] = ()
    ) -> None:
        self.port = port
        self._commands = [command for command in (list(beside), command) if command]
        self._environment = os.environ | (environment or {})
        self._processes: list[subprocess.Popen[bytes]] = []

    def start(self) -> None:
        """Start it and wait until it listens."""
        self._processes = [
            subprocess.Popen(
                command,
                env=self._environment,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )
            for command in self._commands
        ]
        until(self._listens, f"{self._commands[-1][0]} listens", START_S)

    def _listens(self) -> bool:
        assert self._processes[-1].poll() is None, f"{' '.join(self._commands[-1])} ended by itself"
        with socket.socket() as sock:
            return sock.connect_ex(("127.0.0.1", self.port)) == 0

    def end(self, number: int = signal.SIGTERM) -> None:
        """End it and all its children with a signal."""
        for process in reversed(self._processes):
            os.killpg(process.pid, number)
            process.wait()
        self._processes = []


def mosquitto(folder: Path) -> Broker:
    """Mosquitto that saves at every change, so that a kill costs no more than MQTT allows."""
    return Mosquitto(folder, SystemClock(), "autosave_on_changes true\nautosave_interval 1\n")


def nats(folder: Path, name: str = "one", cluster: str = "") -> Broker:
    """nats-server with JetStream and its MQTT listener; `cluster`: more of its configuration."""
    port = free_port()
    config = folder / f"{name}.conf"
    config.write_text(
        f'server_name: "{name}"\nlisten: "127.0.0.1:{free_port()}"\n'
        f'jetstream {{ store_dir: "{folder / name}" }}\nmqtt {{ listen: "127.0.0.1:{port}" }}\n{cluster}'
    )
    return Server(["/usr/sbin/nats-server", "-c", str(config)], port)


def nats_cluster(folder: Path, size: int = 3) -> list[Broker]:
    """nats-servers that share everything over routes on loopback; none is started."""
    routes = [free_port() for _ in range(size)]
    others = ", ".join(f'"nats://127.0.0.1:{port}"' for port in routes)
    return [
        nats(folder, f"node{n}", f'cluster {{ name: chain, listen: "127.0.0.1:{port}", routes: [{others}] }}\n')
        for n, port in enumerate(routes)
    ]


def rabbitmq(folder: Path) -> Broker:
    """rabbitmq-server with its MQTT plug-in, its own node name, port mapper and files."""
    port, mapper = free_port(), free_port()
    (folder / "enabled_plugins").write_text("[rabbitmq_mqtt].\n")
    (folder / "rabbitmq.conf").write_text(
        f"listeners.tcp.1 = 127.0.0.1:{free_port()}\n"
        f"mqtt.listeners.tcp.1 = 127.0.0.1:{port}\nmqtt.allow_anonymous = true\n"
    )
    environment = {
        "HOME": str(folder),
        "RABBITMQ_HOME": "/usr/lib/rabbitmq/lib",
        "RABBITMQ_NODENAME": f"inkling{port}@localhost",
        "RABBITMQ_MNESIA_BASE": str(folder / "mnesia"),
        "RABBITMQ_LOG_BASE": str(folder / "log"),
        "RABBITMQ_CONFIG_FILE": str(folder / "rabbitmq.conf"),
        "RABBITMQ_ENABLED_PLUGINS_FILE": str(folder / "enabled_plugins"),
        "RABBITMQ_DIST_PORT": str(free_port()),
        "ERL_EPMD_PORT": str(mapper),
        "ERL_EPMD_ADDRESS": "127.0.0.1",
    }
    return Server(["/usr/lib/rabbitmq/bin/rabbitmq-server"], port, environment, ("epmd",))


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of broker and what it can do.

    version5: MQTT 5, and with it "no subscriber" and "not authorised" as answers;
    retained_by_wildcard: a late subscriber to a wildcard gets retained messages.
    """

    name: str
    make: Callable[[Path], Broker]
    version5: bool
    retained_by_wildcard: bool


KINDS = (
    Kind("mosquitto", mosquitto, version5=True, retained_by_wildcard=True),
    Kind("NATS", nats, version5=False, retained_by_wildcard=True),
    Kind("RabbitMQ", rabbitmq, version5=False, retained_by_wildcard=False),
)
