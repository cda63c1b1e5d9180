"""The connection's life: try, be accepted or not, lose it, wait with full jitter, try again."""

from __future__ import annotations

import ssl
from collections.abc import Callable

from appliance.errors import InklingError
from appliance.publish import faults as codes
from appliance.publish.backoff import Backoff
from appliance.publish.faults import Faults
from appliance.publish.link import REFUSALS, Accepted, Closed, Code, Happening, Link

SHORT_S = 30.0
SHORT_MAX = 3
"""So many connections in a row that did not last 30 s: someone else takes them over (mosquitto 2.0.11 closes without
saying 0x8E), or something between here and the broker cuts them. Either way only patience helps."""
ACCEPT_S = 10.0
"""A broker that has taken the TCP connection and says nothing for this long is not one."""


class Session:
    """Holds at most one link.

    Args:
        connect: begins an attempt; OSError or InklingError when it fails at once.
        backoff: how long to wait between attempts.
        faults: told of refusals.
        say: takes one line for people.
    """

    def __init__(
        self, connect: Callable[[], Link], backoff: Backoff, faults: Faults, say: Callable[[str], None]
    ) -> None:
        self._connect = connect
        self._backoff = backoff
        self._faults = faults
        self._say = say
        self._next_s = 0.0
        self._deadline_s = 0.0
        self._said = ""
        self._accepted_s = 0.0
        self._short = 0
        self.link: Link | None = None
        self.online = False

    def step(self, now_s: float) -> list[Happening]:
        """Try when it is time, move bytes, and tell what happened; `Closed` ends the link here."""
        if self.link is None:
            if now_s >= self._next_s:
                self._try(now_s)
            return []
        told: list[Happening] = []
        for happening in self.link.happenings():
            told.append(happening)
            if isinstance(happening, Accepted):
                self._accepted(now_s)
            elif isinstance(happening, Closed):
                self._closed(happening.code, now_s)
                break
        if self.online and now_s - self._accepted_s >= SHORT_S:
            self._lasted()
        if not self.online and now_s >= self._deadline_s:
            self._expired(now_s)
        return told

    def _lasted(self) -> None:
        self._short = 0
        self._backoff.succeeded()
        self._faults.ended(codes.DUPLICATE_CLIENT)

    def _expired(self, now_s: float) -> None:
        if self.link is not None:
            self._closed(Code.UNSPECIFIED, now_s)

    def renew(self, now_s: float) -> None:
        """Connect again at once, with renewed certificates."""
        if self.link is not None:
            self.link.close()
            self.link, self.online = None, False
        self._next_s = now_s

    def _try(self, now_s: float) -> None:
        try:
            self.link = self._connect()
            self._deadline_s = now_s + ACCEPT_S
        except ssl.SSLCertVerificationError as error:
            self._faults.began(codes.BROKER_UNTRUSTED, now_s)
            why = getattr(error, "verify_message", "") or str(error)
            line = f"the broker's certificate is not trusted ({why}). Check ca.crt, mqtt.host and the clocks"
            self._wait(now_s, self._backoff.next_s(), line)
        except (OSError, InklingError) as error:
            self._wait(now_s, self._backoff.next_s(), f"broker not reached: {error}")

    def _accepted(self, now_s: float) -> None:
        self.online = True
        self._said = ""
        self._accepted_s = now_s
        self._faults.ended(codes.BROKER_REFUSED)
        self._faults.ended(codes.BROKER_UNTRUSTED)
        self._say("connected")

    def _closed(self, code: int, now_s: float) -> None:
        was_online = self.online
        if self.link is not None:
            self.link.close()
        self.link, self.online = None, False
        if was_online:
            self._short += 1
        if code == Code.TAKEN_OVER or self._short >= SHORT_MAX:
            self._faults.began(codes.DUPLICATE_CLIENT, now_s)
            self._wait(
                now_s, self._backoff.refused_s(), "connections end at once: another device may use this device's id"
            )
        elif not was_online and code in REFUSALS:
            self._faults.began(codes.BROKER_REFUSED, now_s)
            line = f"the broker refused the login (0x{code:02x}). Check its access list, mqtt.user and the certificate"
            self._wait(now_s, self._backoff.refused_s(), line)
        else:
            self._wait(now_s, self._backoff.next_s(), f"connection lost (0x{code:02x})")

    def _wait(self, now_s: float, wait_s: float, line: str) -> None:
        self._next_s = now_s + wait_s
        if line != self._said:  # once per change: an outage of a day must not fill the journal
            self._said = line
            self._say(f"{line}; events are kept, next attempt in {wait_s:.0f} s")
