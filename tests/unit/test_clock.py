"""Time as a parameter."""

from __future__ import annotations

import pytest

from appliance.clock import Clock, FakeClock, SystemClock


def test_waiting_moves_the_fake_clock() -> None:
    """Waiting 2 s moves both fake clocks 2 s; waiting a negative time moves neither."""
    clock = FakeClock(1.0, 100.0)
    clock.wait_s(2.0)
    clock.wait_s(-5.0)
    assert (3.0, 102.0) == (clock.monotonic_s(), clock.utc_s())


def test_a_time_server_moves_the_wall_clock_alone() -> None:
    """Setting the wall clock leaves the monotonic clock where it was."""
    clock = FakeClock(1.0, 100.0)
    clock.set_utc_s(5_000.0)
    assert (1.0, 5_000.0) == (clock.monotonic_s(), clock.utc_s())


@pytest.mark.parametrize("clock", [FakeClock(), SystemClock()], ids=["fake", "system"])
def test_both_clocks_keep_the_same_promises(clock: Clock) -> None:
    """On either clock a wait takes at least its time, and monotonic time does not go back."""
    before_s = clock.monotonic_s()
    clock.wait_s(0.01)
    assert clock.monotonic_s() - before_s >= 0.01
