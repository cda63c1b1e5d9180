"""The seconds round a movement: its course near the noise."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.events import Interval
from appliance.sense.alone import (
    ALONE_AFTER_S,
    ALONE_BEFORE_S,
    head_way,
    is_spoken,
    mouth_moves_beside,
    mouth_talks_before,
    open_eyed,
    project,
    smoothed,
)
from appliance.sense.history import Sample
from appliance.sense.regions import NAMES

MOUTH = NAMES.index("mouth_corner_left")


def around(rate_hz: int, noise: float, rng: np.random.Generator) -> list[Sample]:
    """Samples round a lone rise and fall of the mouth's corner by one, 0.4 s long, with `noise` in every region."""
    times = np.arange(round(rate_hz * (ALONE_BEFORE_S + ALONE_AFTER_S))) / rate_hz
    size = np.where(abs(times - ALONE_BEFORE_S) < 0.2, 0.5 + 0.5 * np.cos(np.pi * (times - ALONE_BEFORE_S) / 0.2), 0.0)
    samples = []
    for at_s, height in zip(times.tolist(), size.tolist(), strict=True):
        regions = noise * rng.standard_normal((len(NAMES), 2))
        regions[MOUTH, 1] += height
        samples.append(Sample(at_s, regions.astype(np.float32)))
    return samples


def pattern() -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    """The mouth's corner alone, going down."""
    only = np.zeros((len(NAMES), 2), np.float32)
    only[MOUTH, 1] = 1.0
    return only


@pytest.mark.parametrize("rate_hz", [30, 60, 120])
def test_means_keep_a_movement_and_lose_the_noise(rate_hz: int) -> None:
    """Of a rise of 0.2 s four fifths are left at 30, 60 and 120 Hz, of the noise two thirds or less."""
    clean, noisy = (
        project(around(rate_hz, noise, np.random.default_rng(1)), pattern(), pattern(), 1.0)[1] for noise in (0.0, 0.2)
    )
    assert smoothed(clean).max() > 0.8
    assert (smoothed(noisy) - smoothed(clean)).std() < 0.67 * (noisy - clean).std()


@pytest.mark.parametrize(("blink", "left"), [(True, 0.0), (False, 1.0)])
def test_a_blink_makes_no_dip(blink: bool, left: float) -> None:
    """A dip while the lids close is filled up to what is beside it; one with open eyes stays."""
    times = np.arange(60) / 30
    made = [Sample(at_s, np.zeros((len(NAMES), 2), np.float32), blink and 1.0 < at_s < 1.2) for at_s in times.tolist()]
    course = np.where((times > 0.95) & (times < 1.25), -1.0, 0.0)
    assert -open_eyed(made, times, course).min() == left


@pytest.mark.parametrize(("first", "last"), [(0.9, 1.1), (0.0, 0.4), (1.5, 2.0), (-1.0, 3.0)])
def test_what_rises_while_the_lids_close_stays(first: float, last: float) -> None:
    """A rise keeps its course to the last bit, whether it begins in a blink or all of it is one."""
    times = np.arange(60) / 30
    rise = np.clip((times - 1.0) / 0.2, 0.0, 1.0)
    made = [Sample(at_s, np.zeros((len(NAMES), 2), np.float32), first < at_s < last) for at_s in times.tolist()]
    assert np.array_equal(rise, open_eyed(made, times, rise))


@given(st.lists(st.floats(-1, 1), min_size=20, max_size=240))
def test_a_mean_stays_within_its_course(values: list[float]) -> None:
    """Whatever the course, the means are as many and none lies outside its lowest and highest value."""
    course = np.array(values)
    means = smoothed(course)
    assert len(course) == len(means)
    assert course.min() - 1e-9 <= means.min() <= means.max() <= course.max() + 1e-9


def test_the_turns_of_noise_are_not_speech() -> None:
    """A lone lip movement near the noise passes for speech at least twice as often if it is taken for clear of it."""
    ones = np.ones(len(NAMES), np.float32)
    tries = [around(60, 0.25, np.random.default_rng(seed)) for seed in range(200)]
    spoken = {
        clear: sum(is_spoken(each, pattern(), ones, 1.0, clear=clear) for each in tries) for clear in (True, False)
    }
    assert spoken[False] < 40
    assert spoken[True] > 2 * spoken[False]


@pytest.mark.parametrize(("height", "spoken"), [(0.45, False), (0.6, True)])
def test_only_turns_of_half_its_height_make_a_movement_speech(height: float, spoken: bool) -> None:
    """A lip that also goes up and back twice by .6 of the movement talks; by .45 it does not."""
    floors = np.full(len(NAMES), 0.0005, np.float32)
    samples = []
    for each in around(60, 0.0, np.random.default_rng(0)):
        since_s = each.at_s - (ALONE_BEFORE_S - 1.0)
        lip = each.regions.copy()
        lip[MOUTH, 1] += height * (0.5 - 0.5 * np.cos(2 * np.pi * since_s / 0.3)) if 0 < since_s < 0.6 else 0.0
        samples.append(Sample(each.at_s, lip))
    assert spoken == is_spoken(samples, pattern(), floors, 1.0, clear=True)


@pytest.mark.parametrize(
    ("size", "beside", "blink", "talks"),
    [
        (0.005, 0.0045, False, False),  # as far as a swaying head leaves
        (0.005, 0.006, False, True),
        (0.02, 0.012, False, False),
        (0.02, 0.016, False, True),
        (0.02, 0.016, True, False),  # closing lids pass for a nod
        (0.05, 0.018, False, False),
        (0.05, 0.024, False, True),
    ],
)
def test_a_mouth_that_moves_beside_a_movement(size: float, beside: float, blink: bool, talks: bool) -> None:
    """A lip held away for .2 s, half a second before a movement, is speech if it goes .005 and .7 as far, or .02."""
    floors = np.full(len(NAMES), 0.0005, np.float32)
    samples = []
    for each in around(60, 0.0, np.random.default_rng(0)):
        held = abs(each.at_s - (ALONE_BEFORE_S - 0.6)) < 0.1
        lip = np.zeros((len(NAMES), 2), np.float32)
        lip[MOUTH, 1] = beside if held else size * each.regions[MOUTH, 1]
        samples.append(Sample(each.at_s, lip, blink=blink and held))
    interval = Interval(ALONE_BEFORE_S - 0.2, ALONE_BEFORE_S, ALONE_BEFORE_S + 0.2)
    assert talks == mouth_moves_beside(samples, interval, floors, size, of_mouth=True)


@pytest.mark.parametrize(("during", "talks"), [(0.004, False), (0.02, True)])
def test_a_brow_that_a_jaw_leaves_is_a_syllable_too(during: float, talks: bool) -> None:
    """Beside syllables a brow of .005 is one of them if the mouth goes .02 in the same moment, not if it goes .004."""
    floors = np.full(len(NAMES), 0.0005, np.float32)
    samples = []
    for each in around(60, 0.0, np.random.default_rng(0)):
        held = abs(each.at_s - (ALONE_BEFORE_S - 0.6)) < 0.1
        lip = np.zeros((len(NAMES), 2), np.float32)
        lip[MOUTH, 1] = 0.03 if held else during * each.regions[MOUTH, 1]
        samples.append(Sample(each.at_s, lip))
    interval = Interval(ALONE_BEFORE_S - 0.2, ALONE_BEFORE_S, ALONE_BEFORE_S + 0.2)
    assert talks == mouth_moves_beside(samples, interval, floors, 0.005, of_mouth=False)
    assert mouth_moves_beside(samples, interval, floors, 0.005, of_mouth=True)


@pytest.mark.parametrize(
    ("far", "blink", "onset_s", "talks"),
    [(0.03, False, 1.0, True), (0.015, False, 1.0, False), (0.03, True, 1.0, False), (0.03, False, 0.3, False)],
)
def test_a_mouth_that_talks_before_a_movement(far: float, blink: bool, onset_s: float, talks: bool) -> None:
    """A lip that goes .03 at .4 s talks before 1 s; by .015, in a blink, or before .3 s it does not."""
    samples = []
    for at_s in np.arange(0.0, 2.0, 1 / 30).tolist():
        lip = np.zeros((len(NAMES), 2), np.float32)
        lip[MOUTH, 1] = far if 0.4 < at_s < 0.6 else 0.0
        samples.append(Sample(at_s, lip, blink=blink and 0.4 < at_s < 0.6))
    assert talks == mouth_talks_before(samples, onset_s)


@pytest.mark.parametrize(("during", "way"), [(True, 0.05), (False, 0.0)])
def test_how_far_the_head_goes_during_a_movement(during: bool, way: float) -> None:
    """A head that goes .05 of the eye distance during a movement goes so far, and one that went before it nowhere."""
    interval = Interval(ALONE_BEFORE_S - 0.2, ALONE_BEFORE_S, ALONE_BEFORE_S + 0.2)
    went_s = ALONE_BEFORE_S - (0.0 if during else 0.5)
    still = np.zeros((len(NAMES), 2), np.float32)
    times = np.arange(0.0, ALONE_BEFORE_S + ALONE_AFTER_S, 1 / 60)
    samples = [Sample(float(at_s), still, head=0.1 if at_s < went_s else 0.15) for at_s in times]
    assert way == pytest.approx(head_way(samples, interval))
