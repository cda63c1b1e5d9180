"""The shift simulator: seeded, fair to the policy, and able to tell a good model from a bad one."""

from __future__ import annotations

import random
from itertools import pairwise

from appliance.events import Button
from appliance.shift.__main__ import simulate
from appliance.shift.people import BAD, CUSTOMERS, HARD_SHARE, MEASURED, SHIFT_S, Rates, Staff, customers
from appliance.shift.report import Summary, plot, summary_lines


def test_a_shift_has_its_customers_in_order() -> None:
    """200 customers fit into eight hours, one at a time, about three in a hundred with a hard moment."""
    shifts = [customers(random.Random(seed), MEASURED) for seed in range(50)]
    for shift in shifts:
        assert CUSTOMERS == len(shift)
        assert all(before.leaves_s <= after.arrives_s for before, after in pairwise(shift))
        assert shift[-1].leaves_s <= SHIFT_S + 1e-6
    share = sum(customer.hard for shift in shifts for customer in shift) / (50 * CUSTOMERS)
    assert abs(share - HARD_SHARE) < 0.006  # 3.5 standard errors


def test_staff_answer_as_often_as_the_light_is_right() -> None:
    """After eight right cues nearly all are answered, after eight wrong ones a tenth."""
    staff = Staff(random.Random(1))
    for _ in range(60):
        staff.press(right=True)
    assert 0.9 <= staff.answers
    for _ in range(400):
        staff.press(right=False)
    assert 0.1 == staff.answers


def test_helped_is_pressed_only_after_a_right_cue() -> None:
    """No wrong cue is ever labelled helped, and no right one not needed."""
    staff = Staff(random.Random(2))
    assert {staff.press(right=True) for _ in range(50)} <= {Button.HELPED, None}
    assert {staff.press(right=False) for _ in range(50)} <= {Button.NOT_NEEDED, None}


def test_a_perfect_model_is_never_wrong_and_a_bad_one_switches_off() -> None:
    """Without false expressions there is no false cue; the bad model's cue switches itself off within three shifts."""
    perfect = Summary.of(simulate(Rates(0.0, 1.0, "perfect"), 3, 1))
    assert (0, 1.0, 0) == (max(perfect.false), perfect.precision, perfect.off_runs)
    bad = Summary.of(simulate(BAD, 4, 3))
    assert bad.off_runs >= 3
    assert 0.88 <= bad.specificity <= 0.92


def test_the_same_seed_gives_the_same_shifts() -> None:
    """Two runs from one seed are equal, from another seed not."""
    assert simulate(MEASURED, 2, 1) == simulate(MEASURED, 2, 1)
    assert simulate(MEASURED, 2, 1) != simulate(MEASURED, 2, 1, seed=1)


def test_the_report_names_its_source_and_intervals() -> None:
    """Each table names where its rates come from, and the plot shows both models."""
    found = Summary.of(simulate(MEASURED, 2, 1))
    assert any(MEASURED.source in line for line in summary_lines("measured", MEASURED, found))
    assert plot(found, found).count("precision") == 2
