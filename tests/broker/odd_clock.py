"""`python -m tests.broker.odd_clock FOLDER --config FILE`: the publishing process on a machine with the test's clock.

Only the three places that tell where the time comes from are replaced, by files in FOLDER: `rtc` stands for a
battery-backed clock, `ntp` for a time server's word. The wall clock itself is libfaketime's, for OpenSSL's sake too.
"""

from __future__ import annotations

import subprocess
import sys
from datetime import datetime
from functools import cache
from pathlib import Path

from appliance.publish import __main__ as publish
from appliance.publish import machine

TRIES = 10
"""Each takes two numbers or more; those that killed processes left lie in groups of two or three."""


@cache
def library() -> str:
    """Where faketime says that its library lies on this machine.

    A process that was killed under the library leaves a semaphore with its number, and faketime does not start under
    that number: the next try has another.

    Raises:
        RuntimeError: it says nothing in TRIES tries.
    """
    for _ in range(TRIES):
        asked = ["faketime", "-f", "+0", "printenv", "LD_PRELOAD"]
        told = subprocess.run(asked, capture_output=True, text=True, check=False)
        if told.returncode == 0:
            return told.stdout.strip()
    raise RuntimeError(f"faketime: {told.stderr.strip()}")


class OddClock:
    """The wall clock and its sources, as one device has them.

    Args:
        folder: for the files that say so.
        utc: what the clock shows from now on, going on at its usual pace.
    """

    def __init__(self, folder: Path, utc: datetime) -> None:
        self._folder = folder
        self._shown = folder / "faketimerc"
        self.module = ("tests.broker.odd_clock", str(folder))
        self.environment = {
            "LD_PRELOAD": library(),
            "FAKETIME_TIMESTAMP_FILE": str(self._shown),
            "FAKETIME_NO_CACHE": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
            "NO_FAKE_STAT": "1",
        }
        self.show(utc)

    def show(self, utc: datetime) -> None:
        """From now on the clock shows `utc` plus the time since."""
        seconds = int((utc - datetime.now(utc.tzinfo)).total_seconds())
        self._shown.write_text(f"{seconds:+d}\n")

    def source(self, name: str) -> None:
        """A source is there from now on: `ntp` or `rtc`."""
        (self._folder / name).touch()


if __name__ == "__main__":
    here = Path(sys.argv[1])
    machine.SYNCHRONIZED, machine.RTC = here / "ntp", here / "rtc"
    machine._kernel_says_synchronized = lambda: False
    sys.exit(publish.main(sys.argv[2:]))
