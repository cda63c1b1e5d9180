"""What a planted clip does and when: expressions with onset, apex and offset, blinks, and the sway of the head."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass

import numpy as np
import numpy.typing as npt

from appliance.events import Action
from models.fields import CLASSES, GROUPS, PRIORS

MICRO_MAX_S = 0.5
"""Up to this long a movement is a micro-expression (Yan et al. 2013)."""


@dataclass(frozen=True, slots=True)
class Planted:
    """One planted expression: action units, times in seconds, and the apex's size in inter-ocular distances.

    hold_s: how long the apex stays before it falls.
    """

    units: tuple[int, ...]
    onset_s: float
    apex_s: float
    offset_s: float
    size: float
    hold_s: float = 0.0

    def strength(self, at_s: float) -> float:
        """Share 0..1 of the size at `at_s`: a raised cosine up to the apex and another down."""
        if not self.onset_s < at_s < self.offset_s:
            return 0.0
        held_until_s = self.apex_s + self.hold_s
        if self.apex_s <= at_s <= held_until_s:
            return 1.0
        rising = at_s < self.apex_s
        span_s = self.apex_s - self.onset_s if rising else self.offset_s - held_until_s
        from_apex = (self.apex_s - at_s if rising else at_s - held_until_s) / span_s
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
    """A whole clip: length, expressions, and everything that is no expression.

    blinks_s: the middle of each blink; sway_px: the head's sway; turn_rad: how far the head turns and nods to and fro;
    gaze_share: how far the eyes look aside, in inter-ocular distances; speech: size of the jaw's and lips' motion, in
    inter-ocular distances; flicker: share of the light that goes up and down; mains_hz: of the lamp; passing: see
    `passing.passed`; gain: of the exposure; noise: grey levels (2 is a small sensor in shop light at gain 4, the order
    of magnitude of the Raspberry Pi camera guide); phase: seconds that all slow movements are shifted by.
    """

    seconds: float
    expressions: tuple[Planted, ...] = ()
    blinks_s: tuple[float, ...] = ()
    sway_px: float = 0.0
    turn_rad: float = 0.0
    gaze_share: float = 0.0
    speech: float = 0.0
    flicker: float = 0.0
    mains_hz: float = 50.0
    passing: str = ""
    gain: float = 1.0
    noise: float = 2.0
    phase: float = 0.0

    @property
    def units(self) -> frozenset[int]:
        """Every action unit that moves."""
        spoken = frozenset((20, 25, 26)) if self.speech else frozenset()
        return spoken.union(*(each.units for each in self.expressions))

    def sizes(self, at_s: float) -> dict[int, float]:
        """Size of each unit that moves at `at_s`, in inter-ocular distances."""
        moving: dict[int, float] = {}
        for each in self.expressions:
            if (strength := each.strength(at_s)) > 0.0:
                for unit in each.units:
                    moving[unit] = moving.get(unit, 0.0) + each.size * strength
        for unit, size in self._spoken(at_s + self.phase).items():
            moving[unit] = moving.get(unit, 0.0) + size
        return moving

    def _spoken(self, at_s: float) -> dict[int, float]:
        """Jaw and lips at the rhythm of syllables (2 to 7 a second, Chandrasekaran et al. 2009), phrase by phrase."""
        voice = self.speech * min(1.0, max(0.0, (math.sin(2 * math.pi * 0.31 * at_s) + 0.4) / 0.3))
        if voice == 0.0:
            return {}
        jaw = max(0.0, math.sin(2 * math.pi * 2.3 * at_s) + 0.6 * math.sin(2 * math.pi * 3.7 * at_s))
        lips = math.sin(2 * math.pi * 1.7 * at_s)
        return {25: voice * jaw, 26: voice * jaw, 20: 0.5 * voice * lips}

    def lids(self, at_s: float) -> float:
        """How far the lids are closed, 0..1; a blink takes 0.3 s (Schiffman 2001: 0.1 to 0.4 s)."""
        nearest = min((abs(at_s - blink) for blink in self.blinks_s), default=1.0)
        return max(0.0, math.cos(math.pi * nearest / 0.3)) if nearest < 0.15 else 0.0

    def sway(self, at_s: float) -> tuple[float, float, float]:
        """Where the head is: right and down in pixels, turned in degrees; slow, never repeating within a clip."""
        t = at_s + self.phase
        right = self.sway_px * math.sin(0.61 * t)
        down = 0.5 * self.sway_px * math.sin(0.83 * t + 1.0)
        return right, down, 0.15 * self.sway_px * math.sin(0.47 * t + 2.0)

    def turn(self, at_s: float) -> tuple[float, float]:
        """Radians the head is turned to the right and nodded down."""
        t = at_s + self.phase
        return self.turn_rad * math.sin(1.3 * t), 0.6 * self.turn_rad * math.sin(2.9 * t + 0.7)

    def gaze(self, at_s: float) -> float:
        """How far the irises are aside, in inter-ocular distances: a new place every 0.8 s, reached within 50 ms."""
        place, part = divmod((at_s + self.phase) / 0.8, 1.0)
        here, before = (math.sin(12.9898 * k) for k in (place, place - 1.0))
        return self.gaze_share * (before + (here - before) * min(1.0, part * 0.8 / 0.05))

    def light(self, at_s: float, down: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """Gain of the rows `down` (0..1) of a frame read out within 1/60 s, under a lamp at twice the mains' rate."""
        seen_s = at_s + self.phase + down / 60.0
        gain: npt.NDArray[np.float64] = 1.0 + self.flicker * np.sin(4 * math.pi * self.mains_hz * seen_s)
        return gain
