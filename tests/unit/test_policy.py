"""The policy's first form: evidence, dwell, refractory, visit."""

from __future__ import annotations

from appliance import settings
from appliance.events import Button, Expression, Interval, Kind, Label, Light, Reason, Seen
from appliance.sense.policy import Policy, PolicyStep


def expression(
    apex_s: float, kind: Kind = Kind.SUSTAINED, label: Label = Label.NEGATIVE, p: float = 0.95
) -> Expression:
    """An expression of 0.4 s around `apex_s`."""
    return Expression(Interval(apex_s - 0.2, apex_s, apex_s + 0.2), kind, label, p, 0.5, frozenset())


def look(
    policy: Policy, now_s: float, *expressions: Expression, face: bool = True, presses: tuple[Button, ...] = ()
) -> PolicyStep:
    """One step with a face (or none) and `expressions`."""
    return policy.step(now_s, Seen(now_s, face, None, expressions), presses)


def policy(**keys: object) -> Policy:
    """A policy that lights, with `keys` over the defaults."""
    return Policy(settings.Policy(**{"shadow": False, "threshold": 1.0, **keys}))  # type: ignore[arg-type]


def reasons(step: PolicyStep) -> list[Reason]:
    """The reasons of a step's decisions."""
    return [decision.reason for decision in step.decisions]


def test_a_sustained_negative_expression_lights_after_the_dwell() -> None:
    """One sustained negative expression lights check-in exactly when its dwell since the apex is over."""
    it = policy(dwell_s=2.0)
    assert [Reason.DWELL] == reasons(look(it, 10.0, expression(9.8)))
    assert Light.OFF == look(it, 11.7).light
    step = look(it, 11.8)
    assert (Light.CHECK_IN, [Reason.CHECK_IN]) == (step.light, reasons(step))


def test_a_late_report_does_not_wait_again() -> None:
    """The dwell counts from the apex: a report that comes after it lights at once and names the expression."""
    it = policy(dwell_s=1.0)
    look(it, 10.0)
    said = expression(9.5)
    step = look(it, 10.6, said)
    assert (Light.CHECK_IN, Reason.CHECK_IN, said) == (
        step.light,
        step.decisions[0].reason,
        step.decisions[0].expression,
    )


def test_one_micro_is_not_enough_and_two_are() -> None:
    """One micro-expression stays below the threshold, a second in the same visit passes it."""
    it = policy(dwell_s=0.0)
    assert [Reason.BELOW_THRESHOLD] == reasons(look(it, 5.0, expression(5.0, Kind.MICRO)))
    assert [Reason.CHECK_IN] == reasons(look(it, 7.0, expression(7.0, Kind.MICRO)))


def test_evidence_fades() -> None:
    """Two micro-expressions a minute apart do not add up to a cue."""
    it = policy(dwell_s=0.0)
    look(it, 5.0, expression(5.0, Kind.MICRO))
    for second in range(6, 65):
        look(it, float(second))
    assert [Reason.BELOW_THRESHOLD] == reasons(look(it, 65.0, expression(65.0, Kind.MICRO)))


def test_only_negative_expressions_count() -> None:
    """A smile or surprise is decided as no cue label and lights nothing."""
    it = policy(dwell_s=0.0)
    for label in (Label.POSITIVE, Label.SURPRISE):
        step = look(it, 5.0, expression(5.0, label=label))
        assert (Light.OFF, [Reason.NOT_A_CUE_LABEL]) == (step.light, reasons(step))


def test_the_cue_is_dropped_after_the_visit() -> None:
    """Evidence still waiting for its dwell when the person leaves is counted as visit over, and never lights."""
    it = policy(dwell_s=10.0, threshold=0.5)
    look(it, 5.0, expression(5.0))
    seen = [look(it, 5.0 + tenth / 10, face=False) for tenth in range(1, 200)]
    assert [Reason.VISIT_OVER] == [reason for step in seen for reason in reasons(step)]
    assert {Light.OFF} == {step.light for step in seen}


def test_the_light_goes_out_with_the_visit() -> None:
    """A lit check-in goes dark when the person has left."""
    it = policy(dwell_s=0.0)
    assert Light.CHECK_IN == look(it, 5.0, expression(5.0)).light
    assert Light.CHECK_IN == look(it, 9.0, face=False).light
    assert Light.OFF == look(it, 10.1, face=False).light


def test_a_second_cue_within_the_refractory_time_is_refused() -> None:
    """The next visit's evidence within 90 s gets refractory as its reason; after it, a check-in."""
    it = policy(dwell_s=0.0)
    look(it, 5.0, expression(5.0))
    look(it, 30.0, face=False)
    assert [Reason.REFRACTORY] == reasons(look(it, 31.0, expression(31.0)))
    look(it, 90.0, face=False)
    assert [Reason.CHECK_IN] == reasons(look(it, 96.0, expression(96.0)))


def test_shadow_counts_and_stays_dark() -> None:
    """In shadow the decision is made and counted, and the light stays off."""
    it = policy(dwell_s=0.0, shadow=True)
    step = look(it, 5.0, expression(5.0))
    assert (Light.OFF, [Reason.SHADOW]) == (step.light, reasons(step))


def test_a_press_ends_the_light() -> None:
    """Acknowledging darkens the light at once."""
    it = policy(dwell_s=0.0)
    look(it, 5.0, expression(5.0))
    assert Light.OFF == look(it, 6.0, presses=(Button.HELPED,)).light
