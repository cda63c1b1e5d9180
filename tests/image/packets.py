"""Reads a capture and says who talked to whom (pcap file format; RFC 791, 793, 768)."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Packet:
    """One frame: time in seconds, kind ("arp", "ipv4 tcp", "ipv4 udp", "ipv6" ...), ends, ports, bytes on the wire."""

    at_s: float
    kind: str
    source: str
    target: str
    source_port: int
    target_port: int
    length: int
    payload: bytes


def read(capture: Path) -> list[Packet]:
    """Every frame in `capture`."""
    data = capture.read_bytes()
    order = "<" if data[:4] == b"\xd4\xc3\xb2\xa1" else ">"
    at, packets = 24, []
    while at + 16 <= len(data):
        seconds, micro, kept, length = struct.unpack_from(f"{order}IIII", data, at)
        packets.append(_packet(seconds + micro / 1e6, length, data[at + 16 : at + 16 + kept]))
        at += 16 + kept
    return packets


def _packet(at_s: float, length: int, frame: bytes) -> Packet:
    (kind,) = struct.unpack_from(">H", frame, 12)
    if kind != 0x0800:
        return Packet(at_s, {0x0806: "arp", 0x86DD: "ipv6"}.get(kind, hex(kind)), "", "", 0, 0, length, b"")
    header = (frame[14] & 15) * 4
    protocol = frame[23]
    source, target = (".".join(map(str, frame[a : a + 4])) for a in (26, 30))
    name = {6: "tcp", 17: "udp"}.get(protocol, str(protocol))
    start = 14 + header
    ports = struct.unpack_from(">HH", frame, start) if name in {"tcp", "udp"} else (0, 0)
    skip = (frame[start + 12] >> 4) * 4 if name == "tcp" else 8
    end = 14 + struct.unpack_from(">H", frame, 16)[0]
    return Packet(at_s, f"ipv4 {name}", source, target, ports[0], ports[1], length, frame[start + skip : end])
