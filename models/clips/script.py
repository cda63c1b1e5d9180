"""What a planted clip does and when: expressions with onset, apex and offset, blinks, and the sway of the head."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass

from appliance.events import Action
from models.fields import CLASSES, GROUPS, PRIORS

MICRO_MAX_S = 0.5
"""Up to this long a movement is a micro-expression (Yan et al. 2013)."""


@dataclass(frozen=True, slots=True)
class Planted:
    """One planted expression: action units, times in seconds, and the apex's size in inter-ocular distances."""

    units: tuple[int, ...]
    onset_s: float
    apex_s: float
    offset_s: float
    size: float

    def strength(self, at_s: float) -> float:
        """Share 0..1 of the size at `at_s`: a raised cosine up to the apex and another down."""
        if not self.onset_s < at_s < self.offset_s:
            return 0.0
        rising = at_s <= self.apex_s
        span_s = self.apex_s - self.onset_s if rising else self.offset_s - self.apex_s
        from_apex = abs(at_s - self.apex_s) / span_s
        return 0.5 * (1.0 + math.cos(math.pi * from_apex))

    @property
    def kind(self) -> str:
        """`micro` up to half a second, else `sustained`."""
        return "micro" if self.offset_s - self.onset_s <= MICRO_MAX_S else "sustained"

    @property
    def label(self) -> str:
        """The class whose rules hold these units.

        Raises:
            KeyError: no class has them.
        """
        for label in CLASSES[1:]:
            if any(sorted(self.units) == sorted(units) for units, _ in PRIORS[label]):
                return label
        raise KeyError(self.units)

    @property
    def actions(self) -> list[str]:
        """Action groups of the units."""
        return [action.name.lower() for action in Action if set(GROUPS[action]) & set(self.units)]

    def truth(self) -> dict[str, object]:
        """As the truth file has it."""
        return asdict(self) | {"kind": self.kind, "label": self.label, "actions": self.actions}


@dataclass(frozen=True, slots=True)
class Script:
    """A whole clip: length, expressions, blinks (seconds of their middle) and the head's sway in pixels."""

    seconds: float
    expressions: tuple[Planted, ...]
    blinks_s: tuple[float, ...] = ()
    sway_px: float = 0.0

    def lids(self, at_s: float) -> float:
        """How far the lids are closed, 0..1; a blink takes 0.3 s (Schiffman 2001: 0.1 to 0.4 s)."""
        nearest = min((abs(at_s - blink) for blink in self.blinks_s), default=1.0)
        return max(0.0, math.cos(math.pi * nearest / 0.3)) if nearest < 0.15 else 0.0

    def sway(self, at_s: float) -> tuple[float, float, float]:
        """Where the head is: right and down in pixels, turned in degrees; slow, never repeating within a clip."""
        right = self.sway_px * math.sin(0.61 * at_s)
        down = 0.5 * self.sway_px * math.sin(0.83 * at_s + 1.0)
        return right, down, 0.15 * self.sway_px * math.sin(0.47 * at_s + 2.0)
