"""The only thing that passes from sense to publish: a 24-byte record of closed ranges with a CRC.

    offset  size  field
    0       2     magic "IK"
    2       1     version 1
    3       1     type (1 expression, 2 button, 3 tally, 4 gauge, 5 fault)
    4       4     seq, little endian
    8       4     monotonic time in 0.1 s
    12      1     touchpoint 0..15
    13      7     body; unused bytes are zero and checked
    20      4     CRC-32 (zlib) of bytes 0..19

Writes of up to PIPE_BUF (4,096 on Linux, pipe(7)) bytes to a FIFO are atomic, so a record is never torn.
"""

from __future__ import annotations

import struct
import zlib

from appliance.errors import RecordInvalid
from appliance.events import Action, Button, FaultCode, Gauge, Kind, Label, Reason
from appliance.records import (
    Body,
    ButtonRecord,
    ExpressionRecord,
    FaultRecord,
    GaugeRecord,
    Record,
    TallyRecord,
    is_tally_code,
)

RECORD_BYTES = 24
MAGIC = b"IK"
VERSION = 1
TOUCHPOINTS_MAX = 16
P_STEPS = 20
"""p is kept in steps of 1/20 = .05 (design page mqtt.md)."""
INTENSITY_STEPS = 10
TIME_STEPS_PER_S = 10
DURATION_MAX_S = 25.5

_HEAD = struct.Struct("<2sBBIIB")
_EXPRESSION = struct.Struct("<BBBBBBB")
_COUNT = struct.Struct("<BH4x")
_BYTE = struct.Struct("<B6x")
_FLAG = struct.Struct("<BB5x")
_CRC = struct.Struct("<I")
_ADVICE = "Drop the record and check that both processes come from the same release."


def encode(record: Record) -> bytes:
    """The 24 bytes of `record`; values are rounded to the wire's steps.

    Raises:
        RecordInvalid: a value outside its closed range.
    """
    kind, body = _encode_body(record.body)
    at = round(record.at_s * TIME_STEPS_PER_S)
    _within("seq", record.seq, 2**32 - 1)
    _within("at", at, 2**32 - 1)
    _within("touchpoint", record.touchpoint, TOUCHPOINTS_MAX - 1)
    head = _HEAD.pack(MAGIC, VERSION, kind, record.seq, at, record.touchpoint)
    return head + body + _CRC.pack(zlib.crc32(head + body))


def decode(data: bytes) -> Record:
    """The record in `data`.

    Raises:
        RecordInvalid: anything but 24 bytes that `encode` could have written.
    """
    if len(data) != RECORD_BYTES:
        raise RecordInvalid(f"record has {len(data)} bytes, not {RECORD_BYTES}", _ADVICE)
    (crc,) = _CRC.unpack_from(data, RECORD_BYTES - _CRC.size)
    if crc != zlib.crc32(data[: -_CRC.size]):
        raise RecordInvalid("record checksum does not match", _ADVICE)
    magic, version, kind, seq, at, touchpoint = _HEAD.unpack_from(data)
    if magic != MAGIC or version != VERSION:
        raise RecordInvalid(f"record magic {magic!r} version {version} is not IK 1", _ADVICE)
    _within("touchpoint", touchpoint, TOUCHPOINTS_MAX - 1)
    record = Record(seq, at / TIME_STEPS_PER_S, touchpoint, _decode_body(kind, data[_HEAD.size : -_CRC.size]))
    if encode(record) != data:
        raise RecordInvalid("record is not in its one canonical form", _ADVICE)
    return record


def _within(name: str, value: int, high: int) -> None:
    if not 0 <= value <= high:
        raise RecordInvalid(f"record {name} {value} is outside 0..{high}", _ADVICE)


def _encode_body(body: Body) -> tuple[int, bytes]:
    match body:
        case ExpressionRecord():
            return 1, _encode_expression(body)
        case ButtonRecord(button):
            return 2, _BYTE.pack(button)
        case TallyRecord(code, count):
            _within("count", count, 65535)
            if not is_tally_code(code):
                raise RecordInvalid(f"record tally code {code} is unknown", _ADVICE)
            return 3, _COUNT.pack(code, count)
        case GaugeRecord(gauge, value):
            _within("gauge value", value, 65535)
            return 4, _COUNT.pack(gauge, value)
        case FaultRecord(fault, active):
            return 5, _FLAG.pack(fault, active)


def _encode_expression(body: ExpressionRecord) -> bytes:
    p = round(body.p * P_STEPS)
    intensity = round(body.intensity * INTENSITY_STEPS)
    duration = round(body.duration_s * TIME_STEPS_PER_S)
    _within("p step", p, P_STEPS)
    _within("intensity step", intensity, INTENSITY_STEPS)
    _within("duration step", duration, round(DURATION_MAX_S * TIME_STEPS_PER_S))
    actions = sum(1 << action for action in body.actions)
    return _EXPRESSION.pack(body.kind, body.label, actions, p, intensity, duration, body.reason)


def _decode_body(kind: int, body: bytes) -> Body:
    try:
        match kind:
            case 1:
                return _decode_expression(body)
            case 2:
                return ButtonRecord(Button(_BYTE.unpack(body)[0]))
            case 3:
                return TallyRecord(*_COUNT.unpack(body))
            case 4:
                gauge, value = _COUNT.unpack(body)
                return GaugeRecord(Gauge(gauge), value)
            case 5:
                fault, active = _FLAG.unpack(body)
                return FaultRecord(FaultCode(fault), bool(active))
    except ValueError as error:
        raise RecordInvalid(f"record body of type {kind}: {error}", _ADVICE) from error
    raise RecordInvalid(f"record type {kind} is not 1..5", _ADVICE)


def _decode_expression(body: bytes) -> ExpressionRecord:
    kind, label, actions, p, intensity, duration, reason = _EXPRESSION.unpack(body)
    return ExpressionRecord(
        Kind(kind),
        Label(label),
        frozenset(action for action in Action if actions >> action & 1),
        p / P_STEPS,
        intensity / INTENSITY_STEPS,
        duration / TIME_STEPS_PER_S,
        Reason(reason),
    )
