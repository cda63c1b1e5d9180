"""Reads what `capture` recorded: IP packets, the TCP streams they make, and the MQTT packets in those."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path

TCP = 6
SYN = 0x02
CONNECT, CONNACK, PUBLISH = 1, 2, 3
"""MQTT Control Packet types (OASIS MQTT 5.0, 2.1.2)."""


@dataclass(frozen=True, slots=True)
class Packet:
    """One IP packet: ends are (address, port); `protocol` is IANA's number; seq, flags and data are TCP's."""

    size: int
    protocol: int
    source: tuple[str, int]
    target: tuple[str, int]
    seq: int = 0
    flags: int = 0
    data: bytes = b""


def packets(path: Path) -> list[Packet]:
    """Everything that was recorded."""
    raw, at, found = path.read_bytes(), 0, []
    while at < len(raw):
        (length,) = struct.unpack_from("!I", raw, at)
        found.append(_packet(raw[at + 4 : at + 4 + length]))
        at += 4 + length
    return found


def _packet(raw: bytes) -> Packet:
    if raw[0] >> 4 == 6:
        protocol, start, ends = raw[6], 40, (raw[8:24], raw[24:40])
        total = 40 + int.from_bytes(raw[4:6])
    else:
        protocol, start, ends = raw[9], (raw[0] & 15) * 4, (raw[12:16], raw[16:20])
        total = int.from_bytes(raw[2:4])
    body = raw[start:total]
    ports = struct.unpack("!HH", body[:4].ljust(4, b"\0"))
    source, target = ((str(ip_address(end)), port) for end, port in zip(ends, ports, strict=True))
    if protocol != TCP:
        return Packet(total, protocol, source, target)
    return Packet(total, protocol, source, target, int.from_bytes(body[4:8]), body[13], body[(body[12] >> 4) * 4 :])


def stream(sent: list[Packet]) -> bytes:
    """The bytes of one direction of one TCP connection, from its SYN on, each once."""
    start = next(each.seq for each in sent if each.flags & SYN) + 1
    pieces = {(each.seq - start) % 2**32: each.data for each in sent if each.data}
    joined = b""
    for offset, data in sorted(pieces.items()):
        assert offset <= len(joined), "a piece is missing"
        joined = joined[:offset] + data
    return joined


def control(data: bytes) -> Iterator[tuple[int, int, bytes]]:
    """The MQTT packets that `data` consists of: type, flags, what follows the fixed header; fails on anything else."""
    at = 0
    while at < len(data):
        kind, flags = data[at] >> 4, data[at] & 15
        assert kind, "type 0 is not MQTT"
        length, shift, at = 0, 0, at + 1
        while True:
            length |= (data[at] & 127) << shift
            shift += 7
            at += 1
            if not data[at - 1] & 128:
                break
        assert at + length <= len(data), "cut short"
        yield kind, flags, data[at : at + length]
        at += length


def published(flags: int, body: bytes) -> tuple[str, bytes]:
    """Topic and payload of a PUBLISH of MQTT 5 (3.3); property lengths here stay below 128."""
    end = 2 + int.from_bytes(body[:2])
    rest = body[end + (2 if flags & 6 else 0) :]
    return body[2:end].decode(), rest[1 + rest[0] :]
