"""One shift: customers in order through the real policy, with the staff's presses fed back."""

from __future__ import annotations

from dataclasses import dataclass

from appliance.events import Button, Expression, Light, Reason, Seen
from appliance.sense.policy import Policy, PolicyStep
from appliance.shift.people import SHIFT_S, Customer, Staff

STEP_S, AFTER_S = 4.0, 2.1
"""A look every 4 s keeps the visit alive (its gap is 5 s); one 2.1 s after a report finds its dwell of 2 s over."""
GONE_S = 6.0
"""By then the visit is over."""
ANSWER_S = 8.0
"""Staff press eight seconds after the light came on."""


@dataclass(slots=True)
class Shift:
    """Counts of one shift: cues by whether the customer had a hard moment, customers by whether the evidence asked.

    labels, labels_right: presses after a cue, and of them helped. answers: share of cues staff answer in the end, 0..1.
    """

    true_cues: int = 0
    false_cues: int = 0
    hard: int = 0
    ordinary: int = 0
    hard_asked: int = 0
    ordinary_asked: int = 0
    labels: int = 0
    labels_right: int = 0
    answers: float = 0.0
    self_off: bool = False


class Day:
    """Plays shifts, one after the other, through one policy.

    Args:
        policy: the real one; keeps its labels from shift to shift.
        staff: keeps its trust from shift to shift.
    """

    def __init__(self, policy: Policy, staff: Staff) -> None:
        self._policy = policy
        self._staff = staff
        self._begin_s = 0.0
        self._press: tuple[float, Button] | None = None
        self._lit = Light.OFF

    def play(self, customers: list[Customer]) -> Shift:
        """One shift of `customers`; the next begins where this ends."""
        shift = Shift()
        for customer in customers:
            self._visit(customer, shift)
        self._begin_s += SHIFT_S
        shift.self_off = self._policy.self_off
        return shift

    def _visit(self, customer: Customer, shift: Shift) -> None:
        """Steps at each report and every few seconds between, then after the visit is over."""
        marks = [(each.interval.offset_s, each) for each in customer.reported]
        now_s = customer.arrives_s
        asked = False
        while now_s < customer.leaves_s:
            due = tuple(each for at_s, each in marks if at_s <= now_s)
            marks = [(at_s, each) for at_s, each in marks if at_s > now_s]
            asked = self._step(now_s, due, customer, shift) or asked
            now_s = min(now_s + (AFTER_S if due else STEP_S), marks[0][0] if marks else customer.leaves_s)
        self._step(customer.leaves_s + GONE_S, (), None, shift)
        if self._press:
            self._step(max(self._press[0] - self._begin_s, customer.leaves_s + GONE_S), (), None, shift)
        shift.hard += customer.hard
        shift.ordinary += not customer.hard
        shift.hard_asked += customer.hard and asked
        shift.ordinary_asked += asked and not customer.hard

    def _step(self, at_s: float, due: tuple[Expression, ...], customer: Customer | None, shift: Shift) -> bool:
        """One step of the policy; True if the evidence asked for a cue, lit or not."""
        now_s = self._begin_s + at_s
        presses: tuple[Button, ...] = ()
        if self._press and now_s >= self._press[0]:
            presses, self._press = (self._press[1],), None
        moved = tuple(_moved(each, self._begin_s) for each in due)
        step = self._policy.step(now_s, Seen(now_s, customer is not None, None, moved), presses)
        if step.labelled is not None:
            shift.labels += 1
            shift.labels_right += step.labelled
        if customer is not None:
            self._answer(now_s, step, customer, shift)
        refused = {Reason.REFRACTORY, Reason.BUDGET, Reason.SELF_OFF}
        asked = {Reason.CHECK_IN, Reason.STILL_HARD, *refused}
        return any(decision.reason in asked for decision in step.decisions)

    def _answer(self, now_s: float, step: PolicyStep, customer: Customer, shift: Shift) -> None:
        """Count a cue that has just been lit, and let the staff think about it."""
        if step.light != self._lit and step.light in {Light.CHECK_IN, Light.STILL_HARD}:
            shift.true_cues += customer.hard
            shift.false_cues += not customer.hard
            button = self._staff.press(right=customer.hard)
            self._press = None if button is None else (now_s + ANSWER_S, button)
        self._lit = step.light


def _moved(expression: Expression, by_s: float) -> Expression:
    interval = expression.interval
    later = type(interval)(interval.onset_s + by_s, interval.apex_s + by_s, interval.offset_s + by_s)
    return Expression(later, expression.kind, expression.label, expression.p, expression.intensity, expression.actions)
