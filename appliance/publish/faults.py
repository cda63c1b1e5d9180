"""The faults a device can publish: those of the sensing process, and the publishing process's own."""

from __future__ import annotations

from appliance.events import FaultCode

NO_SUBSCRIBER = "no_subscriber"
NOT_AUTHORISED = "not_authorised"
EVENT_REFUSED = "event_refused"
BROKER_REFUSED = "broker_refused"
BROKER_UNTRUSTED = "broker_untrusted"
DUPLICATE_CLIENT = "duplicate_client"
OUTBOX_FULL = "outbox_full"
OUTBOX_CORRUPT = "outbox_corrupt"
DISK_FULL = "disk_full"
RECORD_INVALID = "record_invalid"
COMMAND_REFUSED = "command_refused"
CERT_EXPIRES_30 = "cert_expires_30"
CERT_EXPIRES_14 = "cert_expires_14"
CERT_EXPIRES_7 = "cert_expires_7"
CERT_UNREADABLE = "cert_unreadable"

OWN = (
    NO_SUBSCRIBER, NOT_AUTHORISED, EVENT_REFUSED, BROKER_REFUSED, BROKER_UNTRUSTED, DUPLICATE_CLIENT, OUTBOX_FULL,
    OUTBOX_CORRUPT, DISK_FULL, RECORD_INVALID, COMMAND_REFUSED, CERT_EXPIRES_30, CERT_EXPIRES_14, CERT_EXPIRES_7,
    CERT_UNREADABLE,
)  # fmt: skip
CODES = (*(code.name.lower() for code in FaultCode), *OWN)
"""Every code a `fault` message may carry."""


class Faults:
    """Which faults are there, since when and how often they began; what changed is told once."""

    def __init__(self) -> None:
        self._active: dict[str, float] = {}
        self._counts: dict[str, int] = {}
        self._changed: dict[str, None] = {}

    def began(self, code: str, now_s: float) -> None:
        """`code` is there since `now_s` (monotonic seconds); nothing changes if it already was."""
        if code not in self._active:
            self._active[code] = now_s
            self._counts[code] = self._counts.get(code, 0) + 1
            self._changed[code] = None

    def ended(self, code: str) -> None:
        """`code` is over; nothing changes if it was not there."""
        if self._active.pop(code, None) is not None:
            self._changed[code] = None

    def since_s(self, code: str) -> float | None:
        """When `code` began (monotonic seconds), or None when it is not there."""
        return self._active.get(code)

    def count(self, code: str) -> int:
        """How often `code` began in this run."""
        return self._counts.get(code, 0)

    @property
    def active(self) -> tuple[str, ...]:
        """Codes that are there, oldest first."""
        return tuple(self._active)

    def take(self) -> tuple[str, ...]:
        """Codes that began or ended since the last call."""
        changed, self._changed = tuple(self._changed), {}
        return changed

    def tell_again(self) -> None:
        """Tell every fault that is there once more: a new connection knows none of them."""
        self._changed |= dict.fromkeys(self._active)
