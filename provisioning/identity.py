"""`make identity ID=counter-0001`: the key, certificate and settings of one device, in the git-ignored secrets/.

The shop's own authority is made at the first call, or IT's is taken: with CA= and CA_KEY= it signs here; with CA= alone
a request is written for IT to sign. The certificate's common name is the device's id, which the broker's access list
uses as the user name.
"""

from __future__ import annotations

import argparse
import dataclasses
import hashlib
import ipaddress
import re
import shutil
import socket
import sys
from collections.abc import Sequence
from pathlib import Path

from appliance.config import render
from appliance.errors import InklingError
from appliance.settings import ID_PATTERN, Settings, load
from provisioning.device.firstboot import BROKER, SETTINGS, SUMS
from provisioning.tools import Refused, command_line, run

AUTHORITY_DAYS = 3650
DEVICE_DAYS = 730
"""Two years: outlives a visit a year; `health` counts the days left (cert_days)."""
CURVE = "ec_paramgen_curve:P-256"
"""NIST P-256: the curve every broker's TLS 1.2 and 1.3 takes (RFC 8446, 9.1)."""
WIFI_NAME_BYTES_MAX = 32
WIFI_PASSWORD = range(8, 64)
"""IEEE 802.11: a network's name has up to 32 bytes, a WPA passphrase 8 to 63 characters."""


def make_authority(secrets: Path) -> tuple[Path, Path]:
    """The shop's certificate authority in `secrets` (certificate, key), made if it is not there."""
    certificate, key = secrets / "ca.crt", secrets / "ca.key"
    if not certificate.exists():
        secrets.mkdir(mode=0o700, parents=True, exist_ok=True)
        _make_key(key)
        run("openssl", "req", "-x509", "-new", "-key", key, "-days", str(AUTHORITY_DAYS), "-out", certificate,
            "-sha256", "-subj", "/CN=Inkling shop authority",
            "-addext", "basicConstraints=critical,CA:TRUE,pathlen:0",
            "-addext", "keyUsage=critical,keyCertSign,cRLSign")  # fmt: skip
    return certificate, key


def _make_key(path: Path) -> None:
    path.touch(mode=0o600)
    run("openssl", "genpkey", "-algorithm", "EC", "-pkeyopt", CURVE, "-out", path)


def make_request(folder: Path, name: str) -> Path:
    """A new key in folder/client.key and the request for its certificate, CN = `name`."""
    _make_key(folder / "client.key")
    request = folder / "client.csr"
    run("openssl", "req", "-new", "-key", folder / "client.key", "-subj", f"/CN={name}", "-out", request)
    return request


def sign(request: Path, authority: tuple[Path, Path], usage: str, names: str = "") -> Path:
    """The certificate for `request` (client or server `usage`; `names` as subjectAltName), beside it."""
    certificate, key = authority
    extensions = f"basicConstraints=CA:FALSE\nkeyUsage=digitalSignature\nextendedKeyUsage={usage}\n"
    extensions += "authorityKeyIdentifier=keyid\n"
    extensions += f"subjectAltName={names}\n" if names else ""
    target = request.with_suffix(".crt")
    run("openssl", "x509", "-req", "-in", request, "-CA", certificate, "-CAkey", key, "-set_serial", _serial(request),
        "-sha256", "-days", str(DEVICE_DAYS),
        "-extfile", "/dev/stdin", "-out", target, input_text=extensions)  # fmt: skip
    return target


def _serial(request: Path) -> str:
    """A positive serial number of at most 20 bytes (RFC 5280, 4.1.2.2), from the request, which holds a fresh key."""
    return f"0x{hashlib.sha256(request.read_bytes()).hexdigest()[:38]}"


def settings_for(base: Settings, name: str, site: str, broker: str, port: int) -> Settings:
    """`base` with this device's id, its shop and its broker."""
    return dataclasses.replace(
        base,
        site=dataclasses.replace(base.site, device=name, site=site or base.site.site),
        mqtt=dataclasses.replace(base.mqtt, host=broker or base.mqtt.host, port=port or base.mqtt.port),
    )


def broker_networks(host: str, allow: str) -> list[str]:
    """The networks publish may reach: `allow` (comma separated), or `host` itself if it is an address or resolves.

    Raises:
        Refused: neither gives an address.
    """
    try:
        if allow:
            return [str(ipaddress.ip_network(each.strip())) for each in allow.split(",")]
        return sorted({str(ipaddress.ip_network(answer[4][0])) for answer in socket.getaddrinfo(host, None)})
    except (ValueError, OSError) as error:
        raise Refused(f"broker {allow or host}: {error}", "Give the broker's addresses: ALLOW=192.0.2.10") from error


def wifi_text(name: str, password: str) -> str:
    """A wpa_supplicant.conf for one network; the derived key stands in it, not the password."""
    if not 1 <= len(name.encode()) <= WIFI_NAME_BYTES_MAX or len(password) not in WIFI_PASSWORD:
        raise Refused("WIFI name or password has a wrong length", "A name has 1-32 bytes, a password 8-63 characters.")
    psk = hashlib.pbkdf2_hmac("sha1", password.encode(), name.encode(), 4096, 32).hex()  # IEEE 802.11, annex J.4
    return f"ctrl_interface=/run/wpa_supplicant\nnetwork={{\n  ssid={name.encode().hex()}\n  psk={psk}\n}}\n"


def seal(folder: Path) -> None:
    """Write the list of hashes, which the device checks before it takes anything over."""
    wanted = ("ca.crt", "client.crt", "client.key", "id", SETTINGS, BROKER, "wifi.conf")
    present = [name for name in wanted if (folder / name).exists()]
    lines = [f"{hashlib.sha256((folder / name).read_bytes()).hexdigest()}  {name}\n" for name in present]
    (folder / SUMS).write_text("".join(lines))


def main(arguments: Sequence[str]) -> int:
    """Make one identity; 0, or 3 when IT has to sign the request first."""
    options = _options(arguments)
    name, folder = options.id, options.secrets / options.id
    if not re.fullmatch(ID_PATTERN, name):
        raise Refused(f"ID {name!r} is not lower case, digits and dashes, up to 32", "Choose one like counter-0001.")
    if (folder / SUMS).exists():
        raise Refused(f"ID {name} was used before ({folder})", "Choose another; a broker must never see one id twice.")
    if options.ca and not options.ca_key:
        authority = None
    else:
        authority = (options.ca, options.ca_key) if options.ca else make_authority(options.secrets)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not (folder / "client.key").exists():
        make_request(folder, name)
    if authority:
        sign(folder / "client.csr", authority, "clientAuth")
    elif not (folder / "client.crt").exists():
        print(f"IT signs {folder / 'client.csr'}; put the answer at {folder / 'client.crt'} and run this again.")
        return 3
    shutil.copyfile(authority[0] if authority else options.ca, folder / "ca.crt")
    run("openssl", "verify", "-CAfile", folder / "ca.crt", "-purpose", "sslclient", folder / "client.crt")
    try:
        base = load(options.settings)
    except InklingError as error:
        raise Refused(error.fact, error.advice) from error
    settings = settings_for(base, name, options.site, options.broker, options.port)
    (folder / SETTINGS).write_text(render(settings))
    (folder / BROKER).write_text("\n".join(broker_networks(settings.mqtt.host, options.allow)) + "\n")
    (folder / "id").write_text(f"{name}\n")
    if options.wifi:
        password = (
            sys.stdin.readline().rstrip("\n") if not sys.stdin.isatty() else input(f"password of {options.wifi}: ")
        )
        (folder / "wifi.conf").write_text(wifi_text(options.wifi, password))
    seal(folder)
    print(f"identity of {name} in {folder}; flash it with: make flash DEV=/dev/... ID={name}")
    return 0


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make identity", description=__doc__)
    parser.add_argument("--id", required=True)
    parser.add_argument("--secrets", type=Path, default=Path("secrets"))
    parser.add_argument("--settings", type=Path, help="inkling.toml to start from (default: built-in)")
    parser.add_argument("--site", default="", help="the shop's id")
    parser.add_argument("--broker", default="", help="the broker's name or address")
    parser.add_argument("--port", type=int, default=8883, help="the broker's TLS port")
    parser.add_argument("--allow", default="", help="addresses the device may reach, by commas (default: the broker's)")
    parser.add_argument("--ca", type=Path, help="IT's certificate authority")
    parser.add_argument("--ca-key", type=Path, help="its key, to sign here")
    parser.add_argument("--wifi", default="", help="name of the Wi-Fi network; the password is asked for")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(command_line(main))
