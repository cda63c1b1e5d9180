"""A broker with TLS as docs/examples configures it, for the tests of certificates, logins and clocks."""

from __future__ import annotations

import shutil
import signal
import ssl
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from appliance.clock import SystemClock
from appliance.fleet.brokers import Mosquitto
from appliance.settings import Settings
from tests.boundary.source import ROOT
from tests.broker.certs import authority, certificate
from tests.broker.desk import It, open_settings

EXAMPLES = ROOT / "docs" / "examples"
DEVICE = "ink-000000"
IT_WORD = "it's word"


def certs_in(folder: Path) -> Path:
    """A new folder with an authority, and certificates of broker, IT and the device."""
    authority(folder)
    certificate(folder, "broker", "localhost", "DNS:localhost")
    certificate(folder, "it", "it")
    certificate(folder, "client", DEVICE, days=10)
    return folder


@contextmanager
def documented(example: str, certs: Path, folder: Path) -> Iterator[Mosquitto]:
    """A mosquitto with docs/examples/`example`, only its paths and port changed."""
    broker = Mosquitto(folder, SystemClock())
    shutil.copy(EXAMPLES / "mosquitto.acl", folder)
    text = (EXAMPLES / example).read_text()
    for old, new in {
        "listener 8883": f"listener {broker.port}",
        "/etc/mosquitto/certs": str(certs),
        "/etc/mosquitto/": f"{folder}/",
        "/var/lib/mosquitto/": f"{folder}/",
    }.items():
        assert old in text
        text = text.replace(old, new)
    broker._config.write_text(text + "user root\n")
    broker.start()
    try:
        yield broker
    finally:
        broker.end(signal.SIGKILL)


def passwords(folder: Path, device: str) -> None:
    """Write the broker's password file anew, with `device` as the device's."""
    path = folder / "passwords"
    path.unlink(missing_ok=True)
    path.touch(0o600)
    for name, word in {"it": IT_WORD, DEVICE: device}.items():
        subprocess.run(["mosquitto_passwd", "-b", path, name, word], check=True, capture_output=True)


def it_over_tls(port: int, certs: Path, *, login: bool = False) -> It:
    """IT, by its certificate or by name and password."""
    context = ssl.create_default_context(cafile=certs / "ca.crt")
    topics = ("inkling/v1/#",)
    if login:
        return It(port, tls=context, topics=topics, user="it", password=IT_WORD)
    context.load_cert_chain(certs / "it.crt", certs / "it.key")
    return It(port, tls=context, topics=topics)


def tls_settings(folder: Path, port: int, credentials: Path, host: str = "localhost", user: str = "") -> Settings:
    """Settings for TLS to this machine."""
    settings = open_settings(folder, port)
    mqtt = replace(settings.mqtt, host=host, tls="always", credentials=str(credentials), user=user)
    return replace(settings, mqtt=mqtt)
