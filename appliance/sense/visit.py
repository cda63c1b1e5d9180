"""One person's stay at the counter, as far as anybody can tell without knowing who, and what its evidence asks for."""

from __future__ import annotations

from dataclasses import dataclass, field

from appliance.events import Expression, Light, Reason
from appliance.sense.evidence import Evidence

VISIT_GAP_S = 5.0
"""A visit is a face track plus a short absence: a look into a bag is shorter, the next customer's arrival longer."""

FALL_RATIO = 0.5
"""T0 = T1 / 2: evidence must halve before it can ask again (hysteresis)."""

HARD_RATIO = 2.0
"""T2 = 2 T1: still-hard wants twice the evidence of a check-in."""

HARD_DWELL_S = 6.0
"""Still-hard: over T2 for 6 s (design page cues.md)."""


@dataclass(slots=True)
class Visit:
    """Times in seconds on the frame clock.

    threshold: T1. face_s: when a face was last seen. over_s, hard_s: since when the evidence is over T1, T2. turn: the
    reason of the last turn, None while the evidence may ask. lights: the cues this visit has had, lit or in shadow.
    """

    threshold: float
    face_s: float
    evidence: Evidence = field(default_factory=Evidence)
    over_s: float | None = None
    hard_s: float | None = None
    turn: Reason | None = None
    lights: set[Light] = field(default_factory=set)

    def ended(self, now_s: float) -> bool:
        """True once nobody has been seen for VISIT_GAP_S."""
        return now_s - self.face_s > VISIT_GAP_S

    @property
    def waiting(self) -> bool:
        """True while evidence over T1 waits for its dwell."""
        return self.over_s is not None and self.turn is None

    def add(self, expression: Expression) -> bool:
        """Add a negative expression; True if the evidence is now over T1."""
        level = self.evidence.add(expression)
        apex_s = expression.interval.apex_s
        if self.over_s is None and level >= self.threshold:
            self.over_s = apex_s
        if self.hard_s is None and level >= self.threshold * HARD_RATIO:
            self.hard_s = apex_s
        return level >= self.threshold

    def due(self, now_s: float, dwell_s: float) -> Light:
        """The cue that the evidence asks for at `now_s` (OFF: none): over T1 for `dwell_s`, or over T2 for 6 s."""
        level = self.evidence.at(now_s)
        if level < self.threshold:
            self.over_s = None
        if level < self.threshold * HARD_RATIO:
            self.hard_s = None
        if level < self.threshold * FALL_RATIO:
            self.turn = None
        if Light.STILL_HARD in self.lights:
            return Light.OFF
        if Light.CHECK_IN in self.lights and self.hard_s is not None and now_s - self.hard_s >= HARD_DWELL_S:
            return Light.STILL_HARD
        if self.waiting and self.over_s is not None and now_s - self.over_s >= dwell_s:
            return Light.STILL_HARD if Light.CHECK_IN in self.lights else Light.CHECK_IN
        return Light.OFF
