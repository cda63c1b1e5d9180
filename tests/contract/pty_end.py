"""The far end of a serial cable, as a pseudo-terminal."""

from __future__ import annotations

import os
import pty
import tty
from contextlib import suppress

from tests.contract.deadline import until


class Far:
    """The far end of a pty: what the device's side received."""

    def __init__(self) -> None:
        self.master, slave = pty.openpty()
        tty.setraw(slave)
        os.set_blocking(self.master, False)
        self.path = os.ttyname(slave)
        os.close(slave)
        self.got = b""

    def read(self) -> bytes:
        """All bytes so far."""
        with suppress(OSError):
            self.got += os.read(self.master, 4096)
        return self.got

    def expect(self, wanted: bytes) -> None:
        """Wait until exactly `wanted` has come since the last `expect`."""
        assert until(lambda: len(self.read()) >= len(wanted)), self.got
        assert wanted == self.got
        self.got = b""

    def close(self) -> None:
        """Unplug."""
        os.close(self.master)
