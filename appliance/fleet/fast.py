"""`python -m appliance.fleet.fast CONFIG`: the real publishing process, faster than the channel allows on a device.

SIGUSR1 moves its clocks 24 hours forward.
"""

from __future__ import annotations

import signal
import sys
from dataclasses import replace
from pathlib import Path

from appliance.clock import SystemClock
from appliance.publish.__main__ import run
from appliance.settings import load

RECORDS_PER_S = 500.0
DAY_S = 86_400.0
UNLIMITED = 10**9
"""No setting can open the limit of single events a minute this far; here it is opened in code."""


class JumpingClock(SystemClock):
    """The machine's clock plus `ahead_s`."""

    ahead_s = 0.0

    def monotonic_s(self) -> float:
        """Seconds since boot, plus the jump."""
        return super().monotonic_s() + self.ahead_s

    def utc_s(self) -> float:
        """Seconds since 1970, plus the jump."""
        return super().utc_s() + self.ahead_s


def main(config: Path) -> int:
    """Run until SIGTERM; 0."""
    clock = JumpingClock()

    def jump(_number: int, _frame: object) -> None:
        clock.ahead_s += DAY_S

    signal.signal(signal.SIGUSR1, jump)
    settings = load(config)
    return run(
        replace(settings, privacy=replace(settings.privacy, events_per_minute_max=UNLIMITED)), clock, RECORDS_PER_S
    )


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
