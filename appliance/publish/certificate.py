"""Looks after TLS while the process runs: renewed files, days left, and the latest time known for sure."""

from __future__ import annotations

import ssl

from appliance.errors import ConfigInvalid
from appliance.publish import faults as codes
from appliance.publish.door import Source
from appliance.publish.faults import Faults
from appliance.publish.outbox import Outbox
from appliance.publish.tls import Tls

FLOOR = "floor"
"""Fact: the latest wall time a time server confirmed, seconds since 1970."""
WARN_DAYS = ((7, codes.CERT_EXPIRES_7), (14, codes.CERT_EXPIRES_14), (30, codes.CERT_EXPIRES_30))


class Certificate:
    """The device's TLS files over time.

    Args:
        tls: the files.
        built_s: when this release was made, seconds since 1970: time was never before that.
    """

    def __init__(self, tls: Tls, built_s: float) -> None:
        self._tls = tls
        self._floor_s = built_s
        self.days_left: int | None = None

    def begin(self, outbox: Outbox) -> None:
        """Take over the floor an earlier boot stored."""
        stored = outbox.fact(FLOOR)
        self._floor_s = max(self._floor_s, float(stored or b"0"))

    def context(self, utc_s: float) -> ssl.SSLContext:
        """A context from the files as they are now.

        Raises:
            ConfigInvalid: a file is missing or is not what its name says.
        """
        return self._tls.context(utc_s, self._floor_s)

    def keep(self, outbox: Outbox, faults: Faults, now_s: float, utc_s: float, source: Source) -> bool:
        """Store the floor, raise and end the warnings; True when files were renewed and can be used.

        Raises:
            sqlite3.OperationalError: the floor could not be stored.
        """
        if source is Source.NTP and utc_s > self._floor_s:
            self._floor_s = utc_s
            with outbox.transaction():
                outbox.set_fact(FLOOR, str(int(utc_s)).encode())
        try:
            self.days_left = self._tls.days_left(max(utc_s, self._floor_s))
            renewed = self._tls.changed()
            if renewed:
                self.context(utc_s)
            faults.ended(codes.CERT_UNREADABLE)
        except ConfigInvalid:
            faults.began(codes.CERT_UNREADABLE, now_s)
            return False
        self._warn(faults, now_s)
        return renewed

    def _warn(self, faults: Faults, now_s: float) -> None:
        """One warning at a time: the most urgent that applies."""
        left = self.days_left
        due = next((code for days, code in WARN_DAYS if left is not None and left <= days), None)
        for _, code in WARN_DAYS:
            if code == due:
                faults.began(code, now_s)
            else:
                faults.ended(code)
