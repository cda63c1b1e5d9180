"""What each light looks like: colour, level and rhythm as data.

Amber asks staff to look, blue is a human action or state; never red or green for a person's mood (IEC 60073).
Nothing flashes faster than 1 Hz (WCAG 2.3.1 allows three a second).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from appliance.events import Light

FLASH_GAP_S = 1.0
"""Least time from one lighting-up to the next: 1 Hz, a third of what WCAG 2.3.1 allows."""

LEVEL_STEPS = 16
"""Levels are kept in sixteenths, so that a fade of 0.5 s is a handful of writes."""

READY_S = 4.5
"""Three short flashes, once."""

RELIEF_S = 30.0
"""A hint that hurries nobody: two dim seconds in half a minute."""


class Colour(Enum):
    """The two colours of the staff side."""

    AMBER = "amber"
    BLUE = "blue"


@dataclass(frozen=True, slots=True)
class Shown:
    """What a device shows at one moment: amber and blue levels 0..1, and whether the soft tick sounds."""

    amber: float = 0.0
    blue: float = 0.0
    tick: bool = False

    @property
    def lit(self) -> bool:
        """True if any colour is above 0."""
        return self.amber > 0 or self.blue > 0


DARK = Shown()


@dataclass(frozen=True, slots=True)
class Pattern:
    """One light.

    level: 0..1. fade_s: seconds from 0 to `level` at the start. period_s: length of one round, 0 for steady.
    on: (begin, end) seconds within the round; empty for steady. tick: one soft tick at the start, if sound is allowed.
    """

    colour: Colour
    level: float
    fade_s: float
    period_s: float
    on: tuple[tuple[float, float], ...]
    tick: bool
    meaning: str


PATTERNS: dict[Light, Pattern] = {
    Light.CHECK_IN: Pattern(Colour.AMBER, 1.0, 0.5, 0.0, (), False, "check in"),
    Light.STILL_HARD: Pattern(Colour.AMBER, 1.0, 0.0, 2.0, ((0.0, 1.0),), True, "still hard"),
    Light.HELP: Pattern(Colour.BLUE, 1.0, 0.0, 2.0, ((0.0, 1.0),), True, "help asked"),
    Light.PAUSED: Pattern(Colour.BLUE, 0.25, 0.0, 0.0, (), False, "paused"),
    Light.FAULT: Pattern(Colour.AMBER, 1.0, 0.0, 5.0, ((0.0, 0.25), (1.25, 1.5)), False, "fault"),
    Light.RELIEF: Pattern(Colour.BLUE, 0.25, 0.0, RELIEF_S, ((0.0, 2.0),), False, "relief hint"),
    Light.READY: Pattern(Colour.BLUE, 1.0, 0.0, 1.5, ((0.0, 0.25),), False, "started"),
}
"""The table of the staff card (docs/staff-card.svg is drawn from it); Light.OFF is dark."""


def shown(light: Light, since_s: float) -> Shown:
    """What `light` looks like `since_s` seconds (0 or more) after it began, levels in sixteenths."""
    pattern = PATTERNS.get(light)
    if pattern is None:
        return DARK
    level = pattern.level
    if since_s < pattern.fade_s:
        level *= since_s / pattern.fade_s
        level = max(level, 1 / LEVEL_STEPS)
    if pattern.period_s:
        at_s = since_s % pattern.period_s
        level *= any(begin <= at_s < end for begin, end in pattern.on)
    level = round(level * LEVEL_STEPS) / LEVEL_STEPS
    tick = pattern.tick and since_s < TICK_S
    if pattern.colour is Colour.AMBER:
        return Shown(amber=level, tick=tick)
    return Shown(blue=level, tick=tick)


TICK_S = 0.05
"""One soft tick, never repeated while the light lasts."""
