"""When staff are asked to look: few, right, quiet cues.

Pure: time, presses and what was seen come in; the light, decisions with reasons, and counts go out.
Evidence gathers in `visit`, limits stand in `budget`, labels in `precision`, the pause in `pause`, the light in `lit`.
"""

from __future__ import annotations

from dataclasses import dataclass

from appliance import settings
from appliance.events import Button, Decision, Expression, Label, Light, Mode, Reason, Seen, Tally
from appliance.sense.budget import Budget
from appliance.sense.lit import Lit
from appliance.sense.pause import Pause
from appliance.sense.precision import Labels, Precision
from appliance.sense.visit import Visit

LABEL_S = 60.0
"""A press within a minute of the cue labels it; later ones do not (design page cues.md)."""

SNOOZES_S = (900.0, 3600.0)
"""Not-needed with no cue to label snoozes for 15 minutes, again for 60 (design page cues.md)."""


@dataclass(frozen=True, slots=True)
class Outside:
    """What the policy cannot know by itself: quiet hours by the wall clock, and a fault to show."""

    quiet: bool = False
    fault: bool = False


NOTHING_OUTSIDE = Outside()


@dataclass(frozen=True, slots=True)
class PolicyStep:
    """What is wanted now: the light, whether the camera may be on, and what was decided and is to be counted.

    labelled: True or False when this step's press said that the last cue helped or was not needed.
    """

    light: Light
    decisions: tuple[Decision, ...]
    reading: bool = True
    tallies: tuple[Tally, ...] = ()
    labelled: bool | None = None


class Policy:
    """The state machine between expressions and the light; time never goes back.

    Args:
        chosen: the [policy] section.
        mode: how the device senses; `off` and `buttons-only` read nobody.
    """

    def __init__(self, chosen: settings.Policy, mode: Mode = Mode.NOTICE) -> None:
        self._chosen = chosen
        self._mode = mode
        self._reads = mode in {Mode.OPT_IN, Mode.NOTICE}
        self._visit: Visit | None = None
        self._budget = Budget(chosen.refractory_s)
        self._labels = Labels()
        self._pause = Pause(mode)
        self._paused = mode is Mode.OPT_IN
        self._lit = Lit()
        self._snoozed_until_s = float("-inf")
        self._label_until_s = float("-inf")
        self._self_off = False
        self._labelled: bool | None = None

    @property
    def precision(self) -> Precision:
        """What the labels say so far."""
        return self._labels.precision()

    @property
    def self_off(self) -> bool:
        """True once the measured precision switched the cue off; only a restart brings it back."""
        return self._self_off

    @property
    def paused(self) -> bool:
        """True while nobody may be read."""
        return self._paused

    def step(
        self,
        now_s: float,
        seen: Seen | None,
        presses: tuple[Button, ...] = (),
        outside: Outside = NOTHING_OUTSIDE,
    ) -> PolicyStep:
        """Take in one frame's result (None: no frame) and the presses since the last step."""
        decisions: list[Decision] = []
        tallies: list[Tally] = []
        self._labelled = None
        for press in presses:
            self._press(now_s, press, decisions, tallies)
        self._follow(now_s, seen, presses, decisions, tallies)
        self._decide(now_s, seen.expressions if seen else (), outside, decisions, tallies)
        level = self._visit.evidence.at(now_s) / self._chosen.threshold if self._visit else 0.0
        light = self._lit.at(now_s, level, paused=self._paused, fault=outside.fault)
        if self._mode is Mode.OFF:
            light = Light.OFF
        return PolicyStep(light, tuple(decisions), self._reads and not self._paused, tuple(tallies), self._labelled)

    def _press(self, now_s: float, press: Button, decisions: list[Decision], tallies: list[Tally]) -> None:
        """What a press changes here; `pause` sees its own."""
        if press is Button.HELP:
            self._lit.toggle_help(now_s)
            decisions.append(Decision(Reason.HELP, None))
        elif press is Button.SELF_REPORT:
            tallies.append(Tally.SELF_REPORTS)
        elif press in {Button.HELPED, Button.NOT_NEEDED}:
            self._acknowledge(now_s, helped=press is Button.HELPED)

    def _acknowledge(self, now_s: float, *, helped: bool) -> None:
        """Label the last cue; with nothing to label, end the help light and the snooze, or snooze."""
        if now_s <= self._label_until_s:
            self._labelled = helped
            self._labels.add(helped=helped)
            self._self_off = self._self_off or self._labels.precision().too_low
            self._label_until_s = float("-inf")
        elif helped:
            self._lit.end_help()
            self._snoozed_until_s = float("-inf")
        else:
            self._snoozed_until_s = now_s + SNOOZES_S[now_s < self._snoozed_until_s]
        self._lit.end_cue()

    def _follow(
        self,
        now_s: float,
        seen: Seen | None,
        presses: tuple[Button, ...],
        decisions: list[Decision],
        tallies: list[Tally],
    ) -> None:
        """Begin, keep or end the visit; a pause ends it too."""
        if not self._reads:
            return
        ended = self._visit is not None and self._visit.ended(now_s)
        if ended:
            self._end_visit(decisions)
        self._paused = self._pause.step(now_s, presses, visit=self._visit is not None, visit_ended=ended)
        if self._paused:
            self._end_visit(decisions)
        elif seen and seen.face:
            if self._visit is None:
                self._visit = Visit(self._chosen.threshold, now_s)
                tallies.append(Tally.VISITS)
            self._visit.face_s = now_s

    def _end_visit(self, decisions: list[Decision]) -> None:
        """Drop what still waits for its dwell, and the light, with the visit."""
        if self._visit and self._visit.waiting:
            decisions.append(Decision(Reason.VISIT_OVER, None))
        self._visit = None
        self._lit.end_cue()

    def _decide(
        self,
        now_s: float,
        expressions: tuple[Expression, ...],
        outside: Outside,
        decisions: list[Decision],
        tallies: list[Tally],
    ) -> None:
        """One decision for each expression; the turn a dwell ends in, if any, goes to the last negative one."""
        judged = [Decision(self._judge(each), each) for each in expressions]
        wanted = self._visit.due(now_s, self._chosen.dwell_s) if self._visit else Light.OFF
        if self._visit and wanted is not Light.OFF:
            reason = self._turn(now_s, wanted, self._visit, outside)
            tallies.append(Tally.HARD_MOMENTS)
            if judged and judged[-1].reason is Reason.DWELL:
                judged[-1] = Decision(reason, judged[-1].expression)
            else:
                judged.append(Decision(reason, None))
        decisions.extend(judged)

    def _judge(self, expression: Expression) -> Reason:
        """What to do about one expression before the dwell is looked at."""
        if expression.label is not Label.NEGATIVE:
            return Reason.NOT_A_CUE_LABEL
        if self._visit is None:
            return Reason.PAUSED if self._paused else Reason.VISIT_OVER if self._reads else Reason.MODE_OFF
        if not self._visit.add(expression):
            return Reason.BELOW_THRESHOLD
        if self._visit.turn is None:
            return Reason.DWELL
        return Reason.ONCE_A_VISIT if self._visit.lights else self._visit.turn

    def _turn(self, now_s: float, wanted: Light, visit: Visit, outside: Outside) -> Reason:
        """Start the wanted cue unless a rule forbids it; either way the evidence has had its turn."""
        visit.turn = self._refusal(now_s, wanted, visit, outside)
        if visit.turn is not None:
            if wanted is Light.STILL_HARD:
                visit.lights.add(wanted)
            return visit.turn
        visit.lights.add(wanted)
        self._budget.spend(now_s)
        visit.turn = Reason.CHECK_IN if wanted is Light.CHECK_IN else Reason.STILL_HARD
        if self._chosen.shadow:
            visit.turn = Reason.SHADOW
        else:
            self._lit.cue(now_s, wanted)
            self._labels.cue()
            self._label_until_s = now_s + LABEL_S
        return visit.turn

    def _refusal(self, now_s: float, wanted: Light, visit: Visit, outside: Outside) -> Reason | None:
        self._self_off = self._self_off or self._labels.unheeded
        if self._self_off:
            return Reason.SELF_OFF
        if outside.quiet:
            return Reason.QUIET_HOURS
        if now_s < self._snoozed_until_s:
            return Reason.SNOOZED
        escalates = wanted is Light.STILL_HARD and Light.CHECK_IN in visit.lights
        return self._budget.refusal(now_s, wanted, escalates=escalates)
