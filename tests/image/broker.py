"""A broker on the host that takes nothing but mutual TLS, with the access list the documentation recommends."""

from __future__ import annotations

import json
import socket
import ssl
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion

from provisioning import identity
from provisioning.tools import find
from tests.image.counter import until

ACCESS = Path(__file__).resolve().parents[2] / "docs/examples/mosquitto.acl"
GUEST_SEES_HOST_AT = "10.0.2.2"
"""QEMU's user network (docs/system/devices/net.rst): the host, seen from the guest."""


@dataclass(frozen=True, slots=True)
class Heard:
    """One message: topic and payload."""

    topic: str
    payload: str


class Broker:
    """mosquitto with certificates of the shop's authority; remembers everything it is told.

    Args:
        folder: where its files lie.
        secrets: the folder `make identity` wrote.
    """

    def __init__(self, folder: Path, secrets: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self._secrets = secrets
        with socket.socket() as sock:
            sock.bind(("127.0.0.1", 0))
            self.port = int(sock.getsockname()[1])
        authority = identity.make_authority(secrets)
        self._certify("broker", authority, "serverAuth", f"IP:{GUEST_SEES_HOST_AT},IP:127.0.0.1")
        self._certify("it", authority, "clientAuth", "")
        (folder / "acl").write_text(ACCESS.read_text())
        (folder / "mosquitto.conf").write_text(
            f"listener {self.port} 127.0.0.1\ncafile {secrets / 'ca.crt'}\ncertfile {folder / 'broker/client.crt'}\n"
            f"keyfile {folder / 'broker/client.key'}\nrequire_certificate true\nuse_identity_as_username true\n"
            f"acl_file {folder / 'acl'}\nallow_anonymous false\nlog_dest file {folder / 'log'}\nuser root\n"
        )
        self.heard: list[Heard] = []
        self._process: subprocess.Popen[bytes] | None = None
        self._client: mqtt.Client | None = None

    def _certify(self, name: str, authority: tuple[Path, Path], usage: str, names: str) -> None:
        (self.folder / name).mkdir()
        identity.sign(identity.make_request(self.folder / name, name), authority, usage, names)

    def __enter__(self) -> Self:
        command = [find("mosquitto"), "-c", str(self.folder / "mosquitto.conf")]
        self._process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
        context = ssl.create_default_context(cafile=str(self._secrets / "ca.crt"))
        context.load_cert_chain(self.folder / "it/client.crt", self.folder / "it/client.key")
        client = mqtt.Client(CallbackAPIVersion.VERSION2, protocol=mqtt.MQTTv5)
        client.tls_set_context(context)
        client.on_connect = lambda *_: client.subscribe("inkling/#", qos=1)
        client.on_message = lambda _c, _u, message: self.heard.append(
            Heard(message.topic, message.payload.decode(errors="replace"))
        )
        until(self._listens, 20, "mosquitto listens")
        client.connect("127.0.0.1", self.port)
        client.loop_start()
        self._client = client
        return self

    def _listens(self) -> bool:
        with socket.socket() as sock:
            return sock.connect_ex(("127.0.0.1", self.port)) == 0

    def __exit__(self, *_: object) -> None:
        if self._client is not None:
            self._client.disconnect()
            self._client.loop_stop()
            self._client.reinitialise()  # paho leaves its wake-up sockets to the garbage collector
        if self._process is not None:
            self._process.terminate()
            self._process.wait(10)

    def events(self) -> list[dict[str, Any]]:
        """The events heard, in order."""
        return [json.loads(each.payload) for each in list(self.heard) if "/event/" in each.topic]

    def last(self, kind: str) -> str | None:
        """The newest payload of one kind of topic, such as "status"; None if there was none."""
        found = [each.payload for each in list(self.heard) if each.topic.split("/")[4:5] == [kind]]
        return found[-1] if found else None
