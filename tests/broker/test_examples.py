"""The shipped examples and TLS: the documented broker configuration, renewal, and the kiosk page in a real browser."""

from __future__ import annotations

import shutil
import signal
import ssl
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import paho.mqtt.client as mqtt
import pytest
from paho.mqtt.enums import CallbackAPIVersion

from appliance.clock import SystemClock
from appliance.fleet.brokers import Mosquitto
from appliance.settings import Settings
from tests.boundary.source import ROOT
from tests.broker.certs import authority, certificate
from tests.broker.desk import FROWN, desk, open_settings, until

TELL = (
    "<script>new MutationObserver(() => console.log('told: ' + say.textContent)).observe(say,{childList:true})</script>"
)
EXAMPLES = ROOT / "docs" / "examples"


@pytest.fixture
def certs(tmp_path: Path) -> Path:
    """A folder with an authority, and certificates of broker, IT and the device."""
    folder = tmp_path / "certs"
    authority(folder)
    certificate(folder, "broker", "localhost", "DNS:localhost")
    certificate(folder, "it", "it")
    certificate(folder, "client", "ink-000000", days=10)
    return folder


@pytest.fixture
def secure(certs: Path, tmp_path: Path) -> Iterator[Mosquitto]:
    """A mosquitto with docs/examples/mosquitto.conf, only its paths and port changed."""
    broker = Mosquitto(tmp_path, SystemClock())
    shutil.copy(EXAMPLES / "mosquitto.acl", tmp_path)
    text = (EXAMPLES / "mosquitto.conf").read_text()
    for old, new in {
        "listener 8883": f"listener {broker.port}",
        "/etc/mosquitto/certs": str(certs),
        "/etc/mosquitto/mosquitto.acl": str(tmp_path / "mosquitto.acl"),
        "/var/lib/mosquitto/": f"{tmp_path}/",
    }.items():
        assert old in text
        text = text.replace(old, new)
    broker._config.write_text(text + "user root\n")
    broker.start()
    yield broker
    broker.end(signal.SIGKILL)


@pytest.fixture
def heard(secure: Mosquitto, certs: Path) -> Iterator[list[tuple[str, bytes]]]:
    """Everything IT hears over TLS."""
    got: list[tuple[str, bytes]] = []
    context = ssl.create_default_context(cafile=certs / "ca.crt")
    context.load_cert_chain(certs / "it.crt", certs / "it.key")
    client = mqtt.Client(CallbackAPIVersion.VERSION2, client_id="it", protocol=mqtt.MQTTv5)
    client.tls_set_context(context)
    client.on_connect = lambda c, *_: c.subscribe("inkling/v1/#", qos=1)
    client.on_message = lambda _c, _u, message: got.append((message.topic, bytes(message.payload)))
    client.connect("localhost", secure.port)
    client.loop_start()
    until(client.is_connected, "IT online")
    yield got
    client.disconnect()
    client.loop_stop()
    client.reinitialise()  # paho leaves its wake-up sockets to the garbage collector


def tls_settings(folder: Path, port: int, certs: Path, host: str = "localhost") -> Settings:
    """Settings for TLS to this machine."""
    settings = open_settings(folder, port)
    return replace(settings, mqtt=replace(settings.mqtt, host=host, tls="always", credentials=str(certs)))


def events(heard: list[tuple[str, bytes]]) -> list[bytes]:
    """Payloads of events heard."""
    return [payload for topic, payload in heard if "/event/" in topic]


def test_the_documented_broker_takes_the_device_and_its_renewed_certificate(
    secure: Mosquitto, certs: Path, heard: list[tuple[str, bytes]], tmp_path: Path
) -> None:
    """An event arrives over mutual TLS; a renewed certificate is used without a restart, and the next arrives."""
    with desk(tls_settings(tmp_path, secure.port, certs), tmp_path) as one:
        one.write(FROWN)
        until(lambda: len(events(heard)) == 1, "first event")
        until(lambda: any(b"cert_expires_14" in payload for topic, payload in heard if "/fault" in topic), "warning")
        certificate(certs, "client", "ink-000000", days=300)
        until(lambda: 2 == one.said().count("publish: connected"), "renewed", 60)
        assert one.process is not None
        assert one.process.poll() is None
        one.write(FROWN)
        until(lambda: len(set(events(heard))) >= 2, "second event")


def test_a_device_cannot_write_for_another(
    secure: Mosquitto, certs: Path, heard: list[tuple[str, bytes]], tmp_path: Path
) -> None:
    """With another device's id in its settings, the broker answers 0x87 and nothing reaches IT."""
    settings = tls_settings(tmp_path, secure.port, certs)
    with desk(replace(settings, site=replace(settings.site, device="ink-other")), tmp_path) as one:
        one.write(FROWN)
        until(lambda: "connected" in one.said(), "connected")
        until(lambda: one.process is not None and one.process.poll() is None, "alive")
    assert [] == events(heard)


def test_a_wrong_host_name_is_refused(secure: Mosquitto, certs: Path, tmp_path: Path) -> None:
    """The broker's certificate names localhost: reached as 127.0.0.1 it is not believed."""
    with desk(tls_settings(tmp_path, secure.port, certs, host="127.0.0.1"), tmp_path) as one:
        until(lambda: "CERTIFICATE_VERIFY_FAILED" in one.said(), "refusal")
        assert "publish: connected" not in one.said()


def test_the_kiosk_page_adapts_in_a_real_browser(tmp_path: Path) -> None:
    """Headless Chromium shows the page's calmer sentence once a negative event was published."""
    chromium = shutil.which("chromium")
    assert chromium, "chromium is missing: sudo apt-get install chromium"
    broker, web = Mosquitto(tmp_path, SystemClock()), Mosquitto(tmp_path, SystemClock())
    broker._config.write_text(broker._config.read_text() + f"listener {web.port} 127.0.0.1\nprotocol websockets\n")
    broker.start()
    page = tmp_path / "kiosk.html"
    page.write_text((EXAMPLES / "kiosk.html").read_text() + TELL)
    log = tmp_path / "browser"
    with desk(open_settings(tmp_path, broker.port), tmp_path) as one, log.open("wb") as out:
        browser = subprocess.Popen(
            [chromium, "--headless=new", "--no-sandbox", "--disable-gpu", f"--user-data-dir={tmp_path}/profile",
             "--enable-logging=stderr", f"file://{page}?broker=ws://127.0.0.1:{web.port}/mqtt"],
            stdout=subprocess.DEVNULL, stderr=out,
        )  # fmt: skip
        # Without a subscriber mosquitto answers 0x10 and the event waits: it goes out once the page has subscribed.
        one.write(FROWN)
        try:
            until(lambda: "told: Shall we go through this step by step?" in log.read_text("utf-8", "replace"), "page")
        finally:
            browser.terminate()
            browser.wait(20)
    broker.end()
