"""How many cues a counter may get: the refractory time, the hour and the shift."""

from __future__ import annotations

from collections import deque

from appliance.events import Light, Reason

HOUR_S = 3600.0
SHIFT_S = 8 * HOUR_S
"""A shift is any eight hours: the device knows no roster and no person."""

PER_HOUR_MAX = 6
"""One cue in ten minutes on average is what an operator can take (EEMUA 191, alarm rate)."""

PER_SHIFT_MAX = 8
"""Then only still-hard passes (design page cues.md)."""


class Budget:
    """Times of past cues, seconds on the frame clock.

    Args:
        refractory_s: least time between cues. A still-hard after the check-in of the same visit may come sooner.
    """

    def __init__(self, refractory_s: float) -> None:
        self._refractory_s = refractory_s
        self._cues_s: deque[float] = deque()

    def refusal(self, now_s: float, light: Light, *, escalates: bool) -> Reason | None:
        """Why `light` (check-in or still-hard) may not start at `now_s`, or None."""
        while self._cues_s and now_s - self._cues_s[0] >= SHIFT_S:
            self._cues_s.popleft()
        if self._cues_s and now_s - self._cues_s[-1] < self._refractory_s and not escalates:
            return Reason.REFRACTORY
        if sum(now_s - cue_s < HOUR_S for cue_s in self._cues_s) >= PER_HOUR_MAX:
            return Reason.BUDGET
        if len(self._cues_s) >= PER_SHIFT_MAX and light is not Light.STILL_HARD:
            return Reason.BUDGET
        return None

    def spend(self, now_s: float) -> None:
        """A cue started at `now_s`."""
        self._cues_s.append(now_s)
