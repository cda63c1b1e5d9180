"""`make doctor` against a real mosquitto that takes certificates only and has the documented access list."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from pathlib import Path

import paho.mqtt.client as mqtt
import pytest
from paho.mqtt.enums import CallbackAPIVersion

from provisioning import doctor, identity
from tests.image.broker import Broker

DEVICE = "counter-0001"


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Broker]:
    """A shop's broker and one device's identity."""
    with Broker(tmp_path / "broker", tmp_path / "secrets") as running:
        arguments = ["--id", DEVICE, "--secrets", str(tmp_path / "secrets"), "--broker", "127.0.0.1"]
        assert 0 == identity.main([*arguments, "--port", str(running.port)])
        yield running


def say(broker: Broker, secrets: Path, status: str) -> None:
    """The device's retained status, sent with its own certificate."""
    context = ssl.create_default_context(cafile=str(secrets / "ca.crt"))
    context.load_cert_chain(secrets / DEVICE / "client.crt", secrets / DEVICE / "client.key")
    client = mqtt.Client(CallbackAPIVersion.VERSION2, client_id=DEVICE, protocol=mqtt.MQTTv5)
    client.tls_set_context(context)
    client.connect("127.0.0.1", broker.port)
    client.loop_start()
    client.publish(f"inkling/v1/site/{DEVICE}/status", status, qos=1, retain=True).wait_for_publish(10)
    client.disconnect()
    client.loop_stop()


def ask(broker: Broker, secrets: Path) -> int:
    """The doctor's exit status."""
    where = ["--host", "127.0.0.1", "--port", str(broker.port)]
    return doctor.main([*where, "--id", DEVICE, "--secrets", str(secrets)])


@pytest.mark.parametrize(("status", "code", "mark"), [("online", 0, "ok "), ("offline", 1, "BAD")])
def test_the_doctor_reads_what_the_device_last_said(
    broker: Broker, tmp_path: Path, capsys: pytest.CaptureFixture[str], status: str, code: int, mark: str
) -> None:
    """A device that is online is well, one that is offline is not, and both lines name it."""
    say(broker, tmp_path / "secrets", status)
    assert code == ask(broker, tmp_path / "secrets")
    assert f"{mark} {DEVICE} status: {status}" in capsys.readouterr().out


def test_a_device_that_never_reported_is_bad(
    broker: Broker, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without a status the doctor says so and what to do, and exits 1."""
    assert 1 == ask(broker, tmp_path / "secrets")
    assert "has never reported: check its network" in capsys.readouterr().out
