"""When staff are asked to look: evidence per visit, dwell, refractory time; a cue after the visit is dropped.

Pure: time comes in as a parameter, decisions go out. Each expression gets one decision with its reason.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from appliance import settings
from appliance.events import Button, Decision, Expression, Label, Light, Reason, Seen
from appliance.sense.evidence import Evidence

HOLD_S = 12.0
"""A check-in lights for 12 s (design page cues.md)."""

VISIT_GAP_S = 5.0
"""A visit is a face track plus a short absence: a look into a bag is shorter, the next customer's arrival longer."""


@dataclass(slots=True)
class Visit:
    """One person's stay, as far as anybody can tell without knowing who: times in seconds on the frame clock."""

    face_s: float
    evidence: Evidence = field(default_factory=Evidence)
    over_s: float | None = None
    asked: bool = False


@dataclass(frozen=True, slots=True)
class PolicyStep:
    """What the policy wants shown now, and what it decided in this step."""

    light: Light
    decisions: tuple[Decision, ...]


class Policy:
    """The state machine between expressions and the light.

    Args:
        chosen: the [policy] section.
    """

    def __init__(self, chosen: settings.Policy) -> None:
        self._chosen = chosen
        self._visit: Visit | None = None
        self._cue_s = float("-inf")
        self._lit_until_s = float("-inf")

    def step(self, now_s: float, seen: Seen | None, presses: tuple[Button, ...] = ()) -> PolicyStep:
        """Take in one frame's result (None: no frame) and the presses since the last step; now_s never goes back."""
        decisions: list[Decision] = []
        self._follow(now_s, seen, decisions)
        expressions = seen.expressions if seen else ()
        decisions.extend(Decision(self._judge(now_s, each), each) for each in expressions)
        if self._due(now_s):
            decisions.append(Decision(self._ask(now_s), None))
        if Button.HELPED in presses or Button.NOT_NEEDED in presses:
            self._lit_until_s = now_s
        return PolicyStep(Light.CHECK_IN if now_s < self._lit_until_s else Light.OFF, tuple(decisions))

    def _follow(self, now_s: float, seen: Seen | None, decisions: list[Decision]) -> None:
        """Begin, keep or end the visit; what still waits for its dwell is dropped with the visit."""
        if self._visit and now_s - self._visit.face_s > VISIT_GAP_S:
            if self._visit.over_s is not None and not self._visit.asked:
                decisions.append(Decision(Reason.VISIT_OVER, None))
            self._visit = None
            self._lit_until_s = now_s
        if seen and seen.face:
            if self._visit is None:
                self._visit = Visit(now_s)
            self._visit.face_s = now_s

    def _judge(self, now_s: float, expression: Expression) -> Reason:
        """What to do about one expression."""
        if expression.label is not Label.NEGATIVE:
            return Reason.NOT_A_CUE_LABEL
        visit = self._visit
        if visit is None:
            return Reason.VISIT_OVER
        if visit.evidence.add(expression) < self._chosen.threshold:
            return Reason.BELOW_THRESHOLD
        if visit.over_s is None:
            visit.over_s = expression.interval.apex_s
        if visit.asked:
            return Reason.ONCE_A_VISIT
        return self._ask(now_s) if self._due(now_s) else Reason.DWELL

    def _due(self, now_s: float) -> bool:
        """True once the evidence has lasted the dwell; below the threshold it starts anew."""
        visit = self._visit
        if visit is None or visit.over_s is None or visit.asked:
            return False
        if visit.evidence.at(now_s) < self._chosen.threshold:
            visit.over_s = None
            return False
        return now_s - visit.over_s >= self._chosen.dwell_s

    def _ask(self, now_s: float) -> Reason:
        """Light the check-in unless a rule forbids it; either way this visit has had its turn."""
        if self._visit:
            self._visit.asked = True
        if now_s - self._cue_s < self._chosen.refractory_s:
            return Reason.REFRACTORY
        self._cue_s = now_s
        if self._chosen.shadow:
            return Reason.SHADOW
        self._lit_until_s = now_s + HOLD_S
        return Reason.CHECK_IN
