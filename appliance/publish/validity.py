"""How long a certificate is valid, read from its DER: the standard library does not tell it for one's own file."""

from __future__ import annotations

from datetime import UTC, datetime

from appliance.errors import ConfigInvalid

SEQUENCE, EXPLICIT_0, UTC_TIME, GENERALIZED_TIME = 0x30, 0xA0, 0x17, 0x18
_ADVICE = "Give a PEM certificate (X.509)."


def valid_s(der: bytes) -> tuple[float, float]:
    """The times notBefore and notAfter, seconds since 1970.

    Source: RFC 5280, 4.1: Certificate ::= SEQUENCE { TBSCertificate { [0] version, serial, algorithm, issuer, validity.

    Raises:
        ConfigInvalid: not a certificate.
    """
    try:
        _, certificate, _ = _read(der)
        _, body, _ = _read(certificate)
        tag, _, rest = _read(body)
        skipped = 3 if tag == EXPLICIT_0 else 2  # version is left out in version 1
        for _ in range(skipped):
            _, _, rest = _read(rest)
        tag, validity, _ = _read(rest)
        first_tag, first, rest = _read(validity if tag == SEQUENCE else b"")
        last_tag, last, _ = _read(rest)
        return _seconds(first_tag, first), _seconds(last_tag, last)
    except (ValueError, IndexError) as error:
        raise ConfigInvalid(f"certificate cannot be read ({error})", _ADVICE) from error


def _read(data: bytes) -> tuple[int, bytes, bytes]:
    """Tag, content and what follows of the first element in `data` (X.690, 8.1)."""
    length, start = data[1], 2
    if length & 0x80:
        start += length & 0x7F
        length = int.from_bytes(data[2:start], "big")
    if start + length > len(data):
        raise ValueError("cut short")
    return data[0], data[start : start + length], data[start + length :]


def _seconds(tag: int, content: bytes) -> float:
    if tag not in {UTC_TIME, GENERALIZED_TIME}:
        raise ValueError("no time")
    text = content.decode("ascii")
    if tag == UTC_TIME:  # RFC 5280, 4.1.2.5.1: years 50-99 are 19xx
        text = ("19" if int(text[:2]) >= 50 else "20") + text
    return datetime.strptime(text, "%Y%m%d%H%M%SZ").replace(tzinfo=UTC).timestamp()
