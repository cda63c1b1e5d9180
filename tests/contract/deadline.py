"""Waiting for a condition with a deadline, never for a time."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

DEADLINE_S = 5.0


def until(condition: Callable[[], object], deadline_s: float = DEADLINE_S) -> bool:
    """True as soon as `condition()` is, False after `deadline_s`."""
    end_s = time.monotonic() + deadline_s
    pause = threading.Event()
    while not condition():
        if time.monotonic() > end_s:
            return False
        pause.wait(0.002)
    return True
