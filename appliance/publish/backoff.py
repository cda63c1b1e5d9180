"""How long to wait before connecting again: full jitter, so that a chain of shops never comes back at one moment."""

from __future__ import annotations

from random import Random

FIRST_S = 8.0
"""Spread of the first attempt: 1,000 devices over 1..8 s are about 14 attempts in any 100 ms; the bar is 100."""
LEAST_S = 1.0
"""No device tries more often than once a second."""
DOUBLINGS_MAX = 16
"""Beyond the longest wait anyone may set (3,600 s); keeps the power small."""


class Backoff:
    """Waits between attempts, drawn from a growing range.

    Source: M. Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog 2015 ("full jitter").

    Args:
        cap_s: longest wait, seconds, at least 1.
        chance: where the draws come from.
    """

    def __init__(self, cap_s: float, chance: Random) -> None:
        self._cap_s = cap_s
        self._chance = chance
        self._failures = 0

    def succeeded(self) -> None:
        """Begin again with the shortest range."""
        self._failures = 0

    def next_s(self) -> float:
        """Seconds to wait after the connection was lost or could not be made, 1..cap."""
        high_s = min(self._cap_s, FIRST_S * 2 ** min(self._failures, DOUBLINGS_MAX))
        self._failures += 1
        return self._chance.uniform(min(LEAST_S, self._cap_s), high_s)

    def refused_s(self) -> float:
        """Seconds to wait after the broker said no (login, taken client id): the cap, jittered over its upper half."""
        return self._chance.uniform(self._cap_s / 2, self._cap_s)
