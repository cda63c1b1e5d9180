"""Which light is on and when it ends; who asked for it is not its business."""

from __future__ import annotations

from appliance.events import Light
from appliance.sense.visit import FALL_RATIO

HOLD_S = {Light.CHECK_IN: 12.0, Light.STILL_HARD: 20.0}
"""A check-in lights for 12 s, still-hard for at most 20 s (design page cues.md)."""

LOW_S = 5.0
"""Evidence under T0 for 5 s ends a cue early (same page)."""

HELP_S = 300.0
"""A help light nobody ended goes out after five minutes: a light that stays on is soon not seen."""


class Lit:
    """The cue and the help light; times in seconds on the frame clock."""

    def __init__(self) -> None:
        self._cue = Light.OFF
        self._cue_until_s = float("-inf")
        self._low_s: float | None = None
        self._help_until_s = float("-inf")

    def cue(self, now_s: float, light: Light) -> None:
        """Start check-in or still-hard."""
        self._cue = light
        self._cue_until_s = now_s + HOLD_S[light]
        self._low_s = None

    def end_cue(self) -> None:
        """Darken check-in or still-hard."""
        self._cue = Light.OFF

    def toggle_help(self, now_s: float) -> None:
        """Ask for help, or end asking."""
        self._help_until_s = float("-inf") if now_s < self._help_until_s else now_s + HELP_S

    def end_help(self) -> None:
        """Somebody came."""
        self._help_until_s = float("-inf")

    def at(self, now_s: float, level: float, *, paused: bool, fault: bool) -> Light:
        """The light at `now_s`; level is the evidence in units of T1. A person's help comes first, then a fault."""
        self._low_s = None if level >= FALL_RATIO else now_s if self._low_s is None else self._low_s
        if now_s >= self._cue_until_s or (self._low_s is not None and now_s - self._low_s >= LOW_S):
            self._cue = Light.OFF
        if now_s < self._help_until_s:
            return Light.HELP
        if fault:
            return Light.FAULT
        return Light.PAUSED if paused else self._cue
