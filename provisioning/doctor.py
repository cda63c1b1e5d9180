"""`make doctor HOST=broker ID=counter-0001`: is the broker there, does it know us, what does the device say?

The device has no door to knock at (no SSH, no open port), so its health is asked for where it reports it: at the
broker, with the shop's own certificate.
"""

from __future__ import annotations

import argparse
import socket
import ssl
import sys
import tempfile
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion

from provisioning.identity import make_request, sign
from provisioning.tools import command_line, run

WAIT_S = 5.0
"""Retained messages come at once; a broker that needs longer is not well."""
KINDS = ("status", "about", "config")


def findings(host: str, port: int, device: str, secrets: Path) -> Iterator[tuple[bool, str]]:
    """One fact after the other, (well, sentence); ends at the first that makes the rest pointless."""
    try:
        socket.create_connection((host, port), WAIT_S).close()
    except OSError as error:
        yield False, f"{host}:{port} does not answer ({error}): check address, port and fire wall"
        return
    yield True, f"{host}:{port} answers"
    certificate, key = secrets / "ca.crt", secrets / "ca.key"
    if not key.exists():
        yield False, f"{key} is not here: run this where the identities were made, or ask IT to look at the broker"
        return
    if device:
        client = secrets / device / "client.crt"
        if not client.exists():
            yield False, f"{device} has no identity in {secrets}: make identity ID={device}"
            return
        until = run("openssl", "x509", "-in", client, "-noout", "-enddate").partition("=")[2].strip()
        yield True, f"{device}'s certificate is good until {until}"
    with tempfile.TemporaryDirectory(prefix="inkling-doctor-") as name:
        request = make_request(Path(name), "doctor")
        context = ssl.create_default_context(cafile=str(certificate))
        context.load_cert_chain(sign(request, (certificate, key), "clientAuth"), Path(name) / "client.key")
        yield from _said(host, port, device, context)


def _said(host: str, port: int, device: str, context: ssl.SSLContext) -> Iterator[tuple[bool, str]]:
    found: dict[str, str] = {}
    subscribed = threading.Event()
    enough = threading.Event()
    client = mqtt.Client(CallbackAPIVersion.VERSION2, protocol=mqtt.MQTTv5)
    client.tls_set_context(context)
    client.on_subscribe = lambda *_: subscribed.set()

    def note(_client: mqtt.Client, _data: object, message: mqtt.MQTTMessage) -> None:
        _, _, _, name, kind = message.topic.split("/")[:5]
        found[f"{name} {kind}"] = message.payload.decode(errors="replace")[:200]
        if device and all(f"{device} {each}" in found for each in KINDS):
            enough.set()

    client.on_message = note
    try:
        client.connect(host, port)
    except (ssl.SSLError, OSError) as error:
        yield False, f"the broker refused our certificate or showed a foreign one ({error})"
        return
    client.loop_start()
    client.subscribe([(f"inkling/v1/+/{device or '+'}/{kind}", 1) for kind in KINDS])
    answered = subscribed.wait(WAIT_S)
    enough.wait(WAIT_S)
    client.disconnect()
    client.loop_stop()
    if not answered:
        yield False, "the broker took our certificate and then nothing more: let it allow the user `doctor` to read"
        return
    yield True, "the broker knows the shop's authority"
    if device and f"{device} status" not in found:
        yield False, f"{device} has never reported: check its network, then flash its identity again"
    for what, text in sorted(found.items()):
        yield not what.endswith("status") or text == "online", f"{what}: {text}"


def main(arguments: Sequence[str]) -> int:
    """Print the findings, one a line; 0 if all is well, else 1."""
    parser = argparse.ArgumentParser(prog="make doctor", description=__doc__)
    parser.add_argument("--host", required=True, help="the broker")
    parser.add_argument("--port", type=int, default=8883)
    parser.add_argument("--id", default="", help="one device; empty: all that report")
    parser.add_argument("--secrets", type=Path, default=Path("secrets"))
    options = parser.parse_args(arguments)
    well = True
    for good, sentence in findings(options.host, options.port, options.id, options.secrets):
        print(f"{'ok ' if good else 'BAD'} {sentence}")
        well = well and good
    return 0 if well else 1


if __name__ == "__main__":
    sys.exit(command_line(main))
