"""Quiet hours, by the wall clock in the site's time zone; without a valid clock there are none."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from appliance import settings
from appliance.errors import ConfigInvalid

CLOCK_VALID_S = 1_767_225_600.0
"""2026-01-01: a clock before this software existed has never been set."""


class QuietHours:
    """The configured daily span, which may cross midnight.

    Args:
        chosen: the [policy] section.

    Raises:
        ConfigInvalid: only one end is given, or the time zone is unknown.
    """

    def __init__(self, chosen: settings.Policy) -> None:
        if bool(chosen.quiet_from) != bool(chosen.quiet_to):
            raise ConfigInvalid("policy.quiet_from, quiet_to: only one is given", "Give both, or neither.")
        self._zone: ZoneInfo | None = None
        try:
            if chosen.quiet_from:
                self._zone = ZoneInfo(chosen.timezone)
        except (ZoneInfoNotFoundError, ValueError, OSError) as error:
            raise ConfigInvalid(
                f"policy.timezone: {chosen.timezone!r} is unknown", "Give a name such as Europe/Berlin."
            ) from error
        self._from, self._to = _minute(chosen.quiet_from), _minute(chosen.quiet_to)

    def at(self, utc_s: float) -> bool:
        """True if `utc_s` (seconds since 1970, UTC) is within the quiet hours."""
        if self._zone is None or utc_s < CLOCK_VALID_S:
            return False
        local = datetime.fromtimestamp(utc_s, self._zone)
        minute = local.hour * 60 + local.minute
        if self._from < self._to:
            return self._from <= minute < self._to
        return minute >= self._from or minute < self._to


def _minute(clock: str) -> int:
    """Minutes since midnight of HH:MM, 0 for nothing."""
    return int(clock[:2]) * 60 + int(clock[3:]) if clock else 0
