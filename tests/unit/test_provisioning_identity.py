"""Identities: certificates a broker accepts, ids used once, IT's own authority, Wi-Fi."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from appliance.settings import load
from provisioning import identity
from provisioning.device.firstboot import is_whole
from provisioning.tools import Refused, run
from tests.boundary.source import ROOT


def make(secrets: Path, name: str, *more: str) -> int:
    """Run `make identity` for a broker at a documentation address (RFC 5737)."""
    return identity.main(["--id", name, "--secrets", str(secrets), "--broker", "192.0.2.10", *more])


def test_the_certificate_names_the_device_and_is_the_shops(tmp_path: Path) -> None:
    """The certificate's common name is the id, and the shop's authority has signed it for a client."""
    assert 0 == make(tmp_path, "counter-0001", "--site", "shop-7")
    folder = tmp_path / "counter-0001"
    assert "CN = counter-0001" in run("openssl", "x509", "-in", folder / "client.crt", "-noout", "-subject")
    run("openssl", "verify", "-CAfile", tmp_path / "ca.crt", "-purpose", "sslclient", folder / "client.crt")
    with pytest.raises(Refused):
        run("openssl", "verify", "-CAfile", tmp_path / "ca.crt", "-purpose", "sslserver", folder / "client.crt")
    settings = load(folder / "inkling.toml")
    assert ("counter-0001", "shop-7", "192.0.2.10", 8883) == (
        settings.site.device,
        settings.site.site,
        settings.mqtt.host,
        settings.mqtt.port,
    )
    assert "192.0.2.10/32\n" == (folder / "broker.txt").read_text()
    assert is_whole(folder)


def test_an_id_is_used_once(tmp_path: Path) -> None:
    """A second identity of the same id is refused, and the first is left as it was."""
    make(tmp_path, "counter-0001")
    before = (tmp_path / "counter-0001/client.key").read_bytes()
    with pytest.raises(Refused, match="used before"):
        make(tmp_path, "counter-0001")
    assert before == (tmp_path / "counter-0001/client.key").read_bytes()


@pytest.mark.parametrize("name", ["", "Counter-1", "../x", "a" * 33, "counter_1"])
def test_an_id_no_topic_may_hold_is_refused(tmp_path: Path, name: str) -> None:
    """An id that is not lower case, digits and dashes is refused before anything is written."""
    with pytest.raises(Refused):
        make(tmp_path, name)
    assert [] == list(tmp_path.iterdir())


def test_devices_share_the_authority_and_not_the_key(tmp_path: Path) -> None:
    """Two devices have the same authority and different keys."""
    make(tmp_path, "counter-0001")
    make(tmp_path, "counter-0002")
    first, second = tmp_path / "counter-0001", tmp_path / "counter-0002"
    assert (first / "ca.crt").read_bytes() == (second / "ca.crt").read_bytes()
    assert (first / "client.key").read_bytes() != (second / "client.key").read_bytes()


def test_keys_are_for_the_owner_alone(tmp_path: Path) -> None:
    """Keys have mode 0600, and the folder of secrets 0700."""
    make(tmp_path / "secrets", "counter-0001")
    modes = [(tmp_path / "secrets" / name).stat().st_mode & 0o777 for name in ("", "ca.key", "counter-0001/client.key")]
    assert [0o700, 0o600, 0o600] == modes


def test_it_signs_with_its_own_authority(tmp_path: Path) -> None:
    """With IT's certificate alone a request is written; after IT signed it, the second call finishes."""
    certificate, key = identity.make_authority(tmp_path / "it")
    secrets = tmp_path / "secrets"
    secrets.mkdir()
    assert 3 == make(secrets, "counter-0003", "--ca", str(certificate))
    request = secrets / "counter-0003/client.csr"
    shutil.copy(request, tmp_path / "at-it.csr")
    signed = identity.sign(tmp_path / "at-it.csr", (certificate, key), "clientAuth")
    shutil.copy(signed, secrets / "counter-0003/client.crt")
    assert 0 == make(secrets, "counter-0003", "--ca", str(certificate))
    assert not (secrets / "ca.key").exists()


def test_a_certificate_of_another_authority_is_refused(tmp_path: Path) -> None:
    """A certificate that IT's authority has not signed does not make an identity."""
    certificate, _ = identity.make_authority(tmp_path / "it")
    foreign = identity.make_authority(tmp_path / "foreign")
    secrets = tmp_path / "secrets"
    secrets.mkdir()
    make(secrets, "counter-0004", "--ca", str(certificate))
    identity.sign(secrets / "counter-0004/client.csr", foreign, "clientAuth")
    with pytest.raises(Refused, match="verify"):
        make(secrets, "counter-0004", "--ca", str(certificate))


def test_a_broker_that_cannot_be_found_is_refused() -> None:
    """Without an address of the broker there is nothing to allow, so nothing is made."""
    with pytest.raises(Refused, match="ALLOW"):
        identity.broker_networks("no.such.host.invalid", "")


def test_wifi_holds_the_derived_key_and_not_the_password() -> None:
    """The key is the one IEEE 802.11 gives for its own example, and the password does not stand in the file."""
    text = identity.wifi_text("IEEE", "password")
    assert "psk=f42c6fc52df0ebef9ebb4b90b38a5f902e83fe1b135a70e23aed762e9710a12e" in text
    assert "password" not in text
    with pytest.raises(Refused):
        identity.wifi_text("IEEE", "short")


def test_secrets_stay_out_of_git() -> None:
    """Whatever lies in secrets/ is ignored by git."""
    done = subprocess.run(["git", "check-ignore", "secrets/counter-0001/client.key"], cwd=ROOT, check=False)
    assert 0 == done.returncode
