"""The Coral is tried in a child, and whatever happens to the child, sense goes on."""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable, Sequence

import pytest

from appliance.sense import accelerator


def ends_with(status: int) -> Callable[[Sequence[str]], int]:
    """A child that ends with `status`."""
    return lambda _: status


@pytest.mark.parametrize(
    ("wanted", "status", "used"),
    [
        ("cpu", 0, "cpu"),
        ("edgetpu", 0, "edgetpu"),
        ("edgetpu", 1, "cpu"),
        ("edgetpu", -signal.SIGSEGV, "cpu"),
    ],
)
def test_only_a_delegate_that_loads_is_used(wanted: str, status: int, used: str) -> None:
    """The Edge TPU is used if and only if it is wanted and the child loaded its delegate; a crash means CPU."""
    assert used == accelerator.usable(wanted, ends_with(status))


def test_the_processor_alone_starts_no_child() -> None:
    """Without a wish for a Coral nothing is tried."""
    assert "cpu" == accelerator.usable("cpu", lambda _: pytest.fail("a child was started"))


def test_without_a_library_the_real_child_falls_back() -> None:
    """On a machine without libedgetpu the real probe ends in CPU, not in an error."""
    assert "cpu" == accelerator.usable("edgetpu")


def test_a_child_that_crashes_does_not_take_sense_along() -> None:
    """A real child that dies of a segmentation fault is a fallback."""
    crash = [sys.executable, "-c", "import os, signal; os.kill(os.getpid(), signal.SIGSEGV)"]
    assert "cpu" == accelerator.usable("edgetpu", lambda _: accelerator._probe(crash))
