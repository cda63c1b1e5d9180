"""The policy's limits: escalation, budgets, pause, modes, snooze, quiet hours, and the cue that switches itself off."""

from __future__ import annotations

import pytest

from appliance import settings
from appliance.config import build
from appliance.errors import ConfigInvalid, SiteRefused
from appliance.events import Button, Light, Mode, Reason, Tally
from appliance.profiles import PROFILES, REFUSED, mode_of
from appliance.sense.policy import Outside, Policy
from appliance.sense.precision import Labels, wilson
from appliance.sense.quiet import QuietHours
from appliance.settings import Settings, Use
from tests.boundary.source import ROOT, imports
from tests.unit.test_policy import expression, look, policy, reasons


def hard_moment(it: Policy, at_s: float) -> list[Reason]:
    """A new visit with enough evidence for a check-in, and its reasons."""
    look(it, at_s - 1.0, face=False)
    return reasons(look(it, at_s, expression(at_s)))


def test_still_hard_follows_stronger_evidence() -> None:
    """Twice the evidence for 6 s after a check-in lights still-hard in the same visit, and only once."""
    it = policy(dwell_s=0.0)
    look(it, 5.0, expression(5.0))
    look(it, 7.0, expression(7.0), expression(7.0))
    seen = [look(it, 7.0 + second) for second in range(1, 30)]
    assert [Reason.STILL_HARD] == [reason for step in seen for reason in reasons(step)]
    assert Light.STILL_HARD == seen[6].light
    assert Light.OFF == seen[28].light


def test_a_second_rise_in_one_visit_is_still_hard() -> None:
    """Evidence that halves and rises again in the same visit is still-hard, not a second check-in."""
    it = policy(dwell_s=0.0)
    look(it, 5.0, expression(5.0))
    for second in range(6, 100):
        look(it, float(second))
    assert [Reason.STILL_HARD] == reasons(look(it, 100.0, expression(100.0)))


def test_six_cues_an_hour_and_no_more() -> None:
    """The seventh hard moment within an hour gets budget as its reason."""
    it = policy(dwell_s=0.0, refractory_s=90.0)
    assert [[Reason.CHECK_IN]] * 6 + [[Reason.BUDGET]] == [hard_moment(it, 100.0 * turn) for turn in range(1, 8)]


def test_eight_check_ins_a_shift_then_only_still_hard() -> None:
    """The ninth check-in within eight hours is refused, and a still-hard in that visit still lights."""
    it = policy(dwell_s=0.0)
    told = [hard_moment(it, 1000.0 * turn) for turn in range(1, 10)]
    assert [[Reason.CHECK_IN]] * 8 + [[Reason.BUDGET]] == told
    it = policy(dwell_s=0.0)
    for turn in range(1, 9):
        hard_moment(it, 1000.0 * turn)
        if turn == 8:
            look(it, 8001.0, expression(8001.0), expression(8001.0))
    late = [look(it, 8001.0 + second) for second in range(1, 9)]
    assert Light.STILL_HARD in {step.light for step in late}


def test_quiet_hours_and_snooze_refuse_with_their_reason() -> None:
    """In quiet hours and while snoozed nothing lights, and the reason says which."""
    it = policy(dwell_s=0.0)
    look(it, 4.0)
    assert Light.OFF == it.step(5.0, None, (), Outside(quiet=True)).light
    look(it, 900.0, presses=(Button.NOT_NEEDED,))
    assert [Reason.SNOOZED] == hard_moment(it, 1000.0)
    assert [Reason.CHECK_IN] == hard_moment(it, 1900.0)


def test_a_second_long_press_snoozes_an_hour_and_a_short_one_ends_it() -> None:
    """Not-needed twice snoozes 60 minutes; helped ends the snooze."""
    it = policy(dwell_s=0.0)
    look(it, 10.0, face=False, presses=(Button.NOT_NEEDED,))
    look(it, 20.0, face=False, presses=(Button.NOT_NEEDED,))
    assert [Reason.SNOOZED] == hard_moment(it, 3000.0)
    look(it, 3010.0, presses=(Button.HELPED,))
    assert [Reason.CHECK_IN] == hard_moment(it, 3100.0)


def test_help_lights_in_every_mode_but_off() -> None:
    """A help press lights blue without any face, a second ends it, and mode off stays dark."""
    for mode in (Mode.BUTTONS_ONLY, Mode.OPT_IN, Mode.NOTICE):
        it = Policy(settings.Policy(), mode)
        step = it.step(5.0, None, (Button.HELP,))
        assert (Light.HELP, [Reason.HELP]) == (step.light, reasons(step))
        assert Light.HELP != it.step(6.0, None, (Button.HELP,)).light
    assert Light.OFF == Policy(settings.Policy(), Mode.OFF).step(5.0, None, (Button.HELP,)).light


def test_opt_in_starts_paused_and_reads_one_visit() -> None:
    """Opt-in reads nobody until a press, reads that visit, and is paused again after it."""
    it = Policy(settings.Policy(shadow=False, dwell_s=0.0, threshold=1.0), Mode.OPT_IN)
    step = look(it, 5.0, expression(5.0))
    assert (False, Light.PAUSED, [Reason.PAUSED]) == (step.reading, step.light, reasons(step))
    assert look(it, 6.0, presses=(Button.RESUME,)).reading
    assert [Reason.CHECK_IN] == reasons(look(it, 7.0, expression(7.0)))
    assert not look(it, 13.0, face=False).reading


def test_opt_in_pauses_again_when_nobody_comes() -> None:
    """A press that no face follows within 15 s ends in pause."""
    it = Policy(settings.Policy(), Mode.OPT_IN)
    assert it.step(5.0, None, (Button.RESUME,)).reading
    assert it.step(20.0, None).reading
    assert not it.step(20.1, None).reading


def test_a_customers_pause_lasts_five_minutes_or_until_pressed_again() -> None:
    """In notice a pause stops reading for 300 s; a resume ends it at once."""
    it = policy()
    assert not look(it, 5.0, presses=(Button.PAUSE,)).reading
    assert not it.step(304.9, None).reading
    assert it.step(305.0, None).reading
    it.step(400.0, None, (Button.PAUSE,))
    assert it.step(401.0, None, (Button.RESUME,)).reading


def test_a_cue_labelled_not_needed_again_and_again_switches_itself_off() -> None:
    """Six cues all labelled not needed switch the cue off; the next hard moment says so and stays dark."""
    it = policy(dwell_s=0.0)
    for turn in range(1, 7):
        assert [Reason.CHECK_IN] == hard_moment(it, 1000.0 * turn)
        step = look(it, 1000.0 * turn + 5, presses=(Button.NOT_NEEDED,))
        assert step.labelled is False
    assert it.self_off
    assert [Reason.SELF_OFF] == hard_moment(it, 8000.0)


def test_twenty_labels_under_half_sure_are_too_low() -> None:
    """12 of 20 helped is too low (lower 80 % bound .456), 13 of 20 is enough (.506)."""
    for helped, too_low in ((12, True), (13, False)):
        labels = Labels()
        for number in range(20):
            labels.add(helped=number < helped)
        assert too_low == labels.precision().too_low


@pytest.mark.parametrize(
    ("successes", "trials", "lower", "upper"),
    [(0, 0, 0.0, 1.0), (0, 10, 0.0, 0.1411), (5, 10, 0.3121, 0.6879), (10, 10, 0.8589, 1.0)],
)
def test_wilson_matches_the_formula_worked_by_hand(successes: int, trials: int, lower: float, upper: float) -> None:
    """Wilson's 80 % bounds agree with values worked from the paper's formula to four digits."""
    assert (lower, upper) == pytest.approx(wilson(successes, trials), abs=1e-4)


def test_visits_and_hard_moments_are_counted() -> None:
    """A visit is counted when it begins, a hard moment when the dwell is over, also in shadow."""
    it = policy(dwell_s=0.0, shadow=True)
    assert (Tally.VISITS,) == look(it, 1.0).tallies
    assert (Tally.HARD_MOMENTS,) == look(it, 5.0, expression(5.0)).tallies


def test_quiet_hours_cross_midnight_and_need_a_valid_clock() -> None:
    """22:00-06:00 Berlin holds at 23:00 local, not at noon, and not with a clock that was never set."""
    quiet = QuietHours(settings.Policy(quiet_from="22:00", quiet_to="06:00", timezone="Europe/Berlin"))
    eleven_pm = 1_795_471_200.0  # 2026-11-23 22:00 UTC
    assert quiet.at(eleven_pm)
    assert not quiet.at(eleven_pm + 13 * 3600)
    assert not quiet.at(22.5 * 3600)


def test_half_a_quiet_span_is_refused() -> None:
    """Only one end of the quiet hours, or an unknown zone, stops the start."""
    for keys in ({"quiet_from": "22:00"}, {"quiet_from": "22:00", "quiet_to": "06:00", "timezone": "Mars/Olympus"}):
        with pytest.raises(ConfigInvalid):
            QuietHours(build({"policy": keys}, Settings).policy)


@pytest.mark.parametrize("profile", PROFILES)
def test_no_profile_reads_schools_or_internal_desks(profile: str) -> None:
    """Schools and desks whose customers are employees are refused under every profile and in every mode."""
    for place in REFUSED:
        for mode in ("profile", "buttons-only", "opt-in"):
            with pytest.raises(SiteRefused, match=r"use.place: .* is refused \(EU AI Act"):
                mode_of(Use(profile=profile, mode=mode, place=place))


@pytest.mark.parametrize(
    ("profile", "mode"),
    [
        ("default", Mode.NOTICE),
        ("eu", Mode.OPT_IN),
        ("uk", Mode.OPT_IN),
        ("za", Mode.NOTICE),
        ("us-il", Mode.BUTTONS_ONLY),
    ],
)
def test_each_profile_has_its_mode_and_reasons(profile: str, mode: Mode) -> None:
    """The profile's own mode is the careful one of its law, is itself allowed, and carries its reason."""
    assert mode is mode_of(Use(profile=profile))
    chosen = PROFILES[profile]
    assert mode in chosen.modes
    assert chosen.modes_reason
    assert chosen.mode_reason


def test_notice_is_refused_where_every_face_may_not_be_read() -> None:
    """Notice mode under the eu, uk and us-il profiles is refused with the reason and the modes that are allowed."""
    for profile in ("eu", "uk", "us-il"):
        with pytest.raises(SiteRefused, match="Choose one of off, buttons-only, opt-in"):
            mode_of(Use(profile=profile, mode="notice"))


@pytest.mark.parametrize("name", ["budget", "evidence", "lit", "load", "pause", "policy", "precision", "visit"])
def test_decisions_know_no_time_chance_or_machine(name: str) -> None:
    """What decides imports neither time, random, os nor logging: time is a parameter."""
    found = imports(ROOT / "appliance" / "sense" / f"{name}.py")
    assert set() == found & {"time", "random", "os", "logging", "datetime"}
