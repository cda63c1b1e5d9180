"""TLS as the examples document it: certificates or passwords, their renewal, and what is not believed."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from appliance.fleet.brokers import Mosquitto
from tests.broker.certs import authority, certificate
from tests.broker.desk import FROWN, It, desk, events, until
from tests.broker.secure import DEVICE, certs_in, documented, it_over_tls, passwords, tls_settings


@pytest.fixture
def certs(tmp_path: Path) -> Path:
    """An authority and the certificates of everyone."""
    return certs_in(tmp_path / "certs")


@pytest.fixture
def secure(certs: Path, tmp_path: Path) -> Iterator[Mosquitto]:
    """The documented broker."""
    with documented("mosquitto.conf", certs, tmp_path) as broker:
        yield broker


def seqs(it: It) -> list[int]:
    """The numbers of all events heard, each once."""
    return sorted({each.data["seq"] for each in it.heard("event")})


def roll_over(certs: Path, old: bytes) -> None:
    """A new authority takes over: the device is given both, and a certificate of the new one."""
    authority(certs)
    certificate(certs, "broker", "localhost", "DNS:localhost")
    certificate(certs, "it", "it")
    certificate(certs, "client", DEVICE, days=300)
    (certs / "ca.crt").write_bytes(old + (certs / "ca.crt").read_bytes())


def test_a_renewed_authority_and_certificate_are_taken_over(secure: Mosquitto, certs: Path, tmp_path: Path) -> None:
    """Through a change of the authority and both certificates the device is never restarted and no event is lost."""
    mine = tmp_path / "credentials"
    shutil.copytree(certs, mine)
    with desk(tls_settings(tmp_path, secure.port, mine), tmp_path) as one:
        with it_over_tls(secure.port, certs) as it:
            one.write(FROWN)
            events(it, 1)
            until(lambda: any(each.data["code"] == "cert_expires_14" for each in it.heard("fault")), "warning")
            old = (certs / "ca.crt").read_bytes()
            roll_over(certs, old)
            for name in ("ca.crt", "client.crt", "client.key"):
                shutil.copy(certs / name, mine)
            # The broker still has the old authority: it takes the new certificate only once it was restarted.
            until(lambda: one.said().count("publish: ") > 1, "looked again", 60)
        secure.end()
        one.write(FROWN)
        secure.start()
        with it_over_tls(secure.port, certs) as it:
            one.write(FROWN)
            until(lambda: {2, 3} <= set(seqs(it)), "the events since")
            ended = [each.data for each in it.heard("fault") if each.data["code"] == "cert_expires_14"]
            assert not any(each["active"] for each in ended)
        assert one.process is not None
        assert one.process.poll() is None


def test_a_device_cannot_write_for_another(secure: Mosquitto, certs: Path, tmp_path: Path) -> None:
    """With another device's id in its settings, the broker answers 0x87 and nothing reaches IT."""
    settings = tls_settings(tmp_path, secure.port, certs)
    other = replace(settings, site=replace(settings.site, device="ink-other"))
    with it_over_tls(secure.port, certs) as it, desk(other, tmp_path) as one:
        one.write(FROWN)
        until(lambda: "connected" in one.said(), "connected")
        until(lambda: one.process is not None and one.process.poll() is None, "alive")
        assert [] == it.heard("event")


def test_a_wrong_host_name_is_refused(secure: Mosquitto, certs: Path, tmp_path: Path) -> None:
    """The broker's certificate names localhost: reached as 127.0.0.1 it is not believed."""
    with desk(tls_settings(tmp_path, secure.port, certs, host="127.0.0.1"), tmp_path) as one:
        until(lambda: "is not trusted (IP address mismatch" in one.said(), "refusal")
        assert "publish: connected" not in one.said()


def test_a_password_over_tls_is_enough_and_can_be_renewed(certs: Path, tmp_path: Path) -> None:
    """Without a client certificate the device logs in by name; a renewed password is used without restart or loss."""
    mine = tmp_path / "credentials"
    mine.mkdir()
    shutil.copy(certs / "ca.crt", mine)
    (mine / "password").write_text("first word\n")
    passwords(tmp_path, "first word")
    with documented("mosquitto-password.conf", certs, tmp_path) as broker:
        settings = tls_settings(tmp_path, broker.port, mine, user=DEVICE)
        with it_over_tls(broker.port, certs, login=True) as it, desk(settings, tmp_path) as one:
            one.write(FROWN)
            assert "cert_days" not in until(lambda: events(it, 1) and it.heard("health"))[0].data
            broker.end()
            passwords(tmp_path, "second word")
            one.write(FROWN)
            broker.start()
            until(lambda: "refused the login" in one.said(), "refusal")
            (mine / "password").write_text("second word\n")
            until(lambda: seqs(it) == [1, 2], "the event of the meantime")
            told = until(lambda: [each.data for each in it.heard("fault") if each.data["code"] == "broker_refused"])
            assert not told[-1]["active"]


def test_a_password_never_crosses_a_connection_that_is_not_trusted(certs: Path, tmp_path: Path) -> None:
    """Given another authority, the device says so, stores the event, and IT is told of the fault afterwards."""
    mine = tmp_path / "credentials"
    authority(mine)
    (mine / "password").write_text("first word\n")
    passwords(tmp_path, "first word")
    with documented("mosquitto-password.conf", certs, tmp_path) as broker:
        settings = tls_settings(tmp_path, broker.port, mine, user=DEVICE)
        with it_over_tls(broker.port, certs, login=True) as it, desk(settings, tmp_path) as one:
            one.write(FROWN)
            until(lambda: "certificate is not trusted (self" in one.said(), "refusal")
            assert [] == it.heard("status")
            shutil.copy(certs / "ca.crt", mine)
            events(it, 1)
            told = until(lambda: [each.data for each in it.heard("fault") if each.data["code"] == "broker_untrusted"])
            assert (False, 1) == (told[-1]["active"], told[-1]["count"])
