"""Frames on the wire to the reference box: `7E len seq cmd payload crc8`.

    7E       start; may also occur inside, a reader that lost its place finds the next frame by its checksum
    len      bytes of seq, cmd and payload together, 2..10
    seq      0..255, counted by the sender; a repeated frame keeps its number, an ack carries the number it answers
    cmd      STATE (to the box), ACK (both ways), EDGE (from the box)
    payload  0..8 bytes
    crc8     over len, seq, cmd and payload: polynomial 07, start 0, as SMBus 3.1 section 6.4.1.1 (PEC)

The same frames in MicroPython stand in provisioning/box/frames.py; one test suite runs both.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

START = 0x7E
LENGTH_MIN, LENGTH_MAX = 2, 10
POLYNOMIAL = 0x07


class Command(IntEnum):
    """STATE: amber 0..255, blue 0..255, flags (1 tick, 2 camera power). ACK: empty. EDGE: switch 0..2, down 0 or 1."""

    STATE = 1
    ACK = 2
    EDGE = 3


@dataclass(frozen=True, slots=True)
class BoxFrame:
    """One frame: seq 0..255, command, payload of 0..8 bytes."""

    seq: int
    command: int
    payload: bytes


def crc8(data: bytes) -> int:
    """CRC-8 with polynomial 07 and start 0; of b"123456789" it is F4 hex (the check value of CRC-8/SMBUS)."""
    crc = 0
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = (crc << 1) ^ POLYNOMIAL if crc & 0x80 else crc << 1
            crc &= 0xFF
    return crc


def encode(frame: BoxFrame) -> bytes:
    """The bytes of `frame`."""
    body = bytes((2 + len(frame.payload), frame.seq, frame.command)) + frame.payload
    return bytes((START,)) + body + bytes((crc8(body),))


class Decoder:
    """Finds frames in a stream of bytes, whatever stands between them; holds at most one unfinished frame."""

    def __init__(self) -> None:
        self._held = bytearray()

    def feed(self, data: bytes) -> list[BoxFrame]:
        """The frames that end within `data`, in order."""
        self._held += data
        frames: list[BoxFrame] = []
        while True:
            start = self._held.find(START)
            if start < 0:
                self._held.clear()
                return frames
            del self._held[:start]
            if len(self._held) < 2:
                return frames
            length = self._held[1]
            if not LENGTH_MIN <= length <= LENGTH_MAX:
                del self._held[0]
                continue
            if len(self._held) < length + 3:
                return frames
            body, crc = bytes(self._held[1 : length + 2]), self._held[length + 2]
            if crc8(body) != crc:
                del self._held[0]
                continue
            frames.append(BoxFrame(body[1], body[2], body[3:]))
            del self._held[: length + 3]
