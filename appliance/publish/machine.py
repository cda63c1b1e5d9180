"""What the machine says about itself: whether its clock is set, and how warm it is."""

from __future__ import annotations

import ctypes
from pathlib import Path
from typing import Protocol

from appliance.publish.door import Source

SYNCHRONIZED = Path("/run/systemd/timesync/synchronized")
"""Exists once systemd-timesyncd has set the clock (systemd-timesyncd.service(8))."""
RTC = Path("/sys/class/rtc/rtc0")
THERMAL = Path("/sys/class/thermal/thermal_zone0/temp")
"""Thousandths of a degree Celsius (kernel documentation, driver-api/thermal/sysfs-api)."""
TIME_ERROR = 5
"""adjtimex(2): the clock is not synchronized; any other state from 0 up is."""
TIMEX_BYTES = 256
"""struct timex has 208 bytes on 64-bit Linux; all zero it only reads."""


class Machine(Protocol):
    """What publishing asks of the machine."""

    def time_source(self) -> Source:
        """Where the wall clock comes from."""
        ...

    def temperature_c(self) -> int | None:
        """Degrees Celsius of the processor, None when unknown."""
        ...


class LinuxMachine:
    """This machine, read from the kernel and systemd."""

    def time_source(self) -> Source:
        """`ntp` when a time server has set the clock, `rtc` when a battery-backed clock may have, else `none`."""
        if SYNCHRONIZED.exists() or _kernel_says_synchronized():
            return Source.NTP
        return Source.RTC if RTC.exists() else Source.NONE

    def temperature_c(self) -> int | None:
        """Degrees Celsius of the processor, None when the kernel has no sensor for it."""
        try:
            return round(int(THERMAL.read_text()) / 1000)
        except (OSError, ValueError):
            return None


def _kernel_says_synchronized() -> bool:
    """What adjtimex(2) answers; False where the sandbox forbids asking (timesyncd's file is the answer there)."""
    state: int = ctypes.CDLL(None).adjtimex(ctypes.create_string_buffer(TIMEX_BYTES))
    return 0 <= state < TIME_ERROR
