"""Frames between the box and the computer: 7E len seq cmd payload crc8 (see appliance/cue/frames.py). MicroPython."""

START = 0x7E
LENGTH_MIN = 2
LENGTH_MAX = 10
STATE = 1
ACK = 2
EDGE = 3


def crc8(data: bytes) -> int:
    """CRC-8, polynomial 07, start 0."""
    crc = 0
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = ((crc << 1) ^ 0x07 if crc & 0x80 else crc << 1) & 0xFF
    return crc


def encode(seq: int, command: int, payload: bytes) -> bytes:
    """The bytes of one frame."""
    body = bytes((2 + len(payload), seq, command)) + payload
    return bytes((START,)) + body + bytes((crc8(body),))


class Decoder:
    """Finds frames in a stream of bytes, one byte at a time."""

    def __init__(self) -> None:
        self._held = b""

    def feed(self, data: bytes) -> list:
        """The frames that end within `data`, as (seq, command, payload)."""
        self._held += data
        frames = []
        while True:
            start = self._held.find(bytes((START,)))
            if start < 0:
                self._held = b""
                return frames
            self._held = self._held[start:]
            if len(self._held) < 2:
                return frames
            length = self._held[1]
            if not LENGTH_MIN <= length <= LENGTH_MAX:
                self._held = self._held[1:]
                continue
            if len(self._held) < length + 3:
                return frames
            body = self._held[1 : length + 2]
            if crc8(body) != self._held[length + 2]:
                self._held = self._held[1:]
                continue
            frames.append((body[1], body[2], body[3:]))
            self._held = self._held[length + 3 :]
