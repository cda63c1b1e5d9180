"""Spotting from regional motion alone: drawn time courses with known onset, apex and offset."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from appliance.events import Kind
from appliance.sense import micro
from appliance.sense.course import measure
from appliance.sense.history import History, Sample
from appliance.sense.micro import Spotted
from appliance.sense.regions import NAMES
from appliance.sense.spot import Spotter

GATE = 5.0
NOISE = 0.0005
FROWN = [NAMES.index(name) for name in ("frown_left", "frown_right", "inner_brow_left", "inner_brow_right")]
MOUTH = [NAMES.index(name) for name in ("mouth_corner_left", "mouth_corner_right")]
CHIN = [NAMES.index(name) for name in ("chin_left", "chin_right")]
LIDS = [NAMES.index(name) for name in ("lid_left", "lid_right")]
SLIT = [NAMES.index("slit")]

Motion = Callable[[float], float]


def bump(onset_s: float, apex_s: float, offset_s: float, size: float, hold_s: float = 0.0) -> Motion:
    """A raised-cosine rise, a hold and a raised-cosine return, of `size` eye distances."""

    def course(t: float) -> float:
        if not onset_s < t < offset_s:
            return 0.0
        if t < apex_s:
            return size * (0.5 - 0.5 * np.cos(np.pi * (t - onset_s) / (apex_s - onset_s)))
        if t < apex_s + hold_s:
            return size
        return size * (0.5 + 0.5 * np.cos(np.pi * (t - apex_s - hold_s) / (offset_s - apex_s - hold_s)))

    return course


def samples(rate_hz: float, seconds: float, parts: dict[int, Motion], seed: int = 0) -> list[Sample]:
    """Frames with sensor noise in every region and `parts` (region -> vertical motion) on top."""
    rng = np.random.default_rng(seed)
    made = []
    for k in range(int(seconds * rate_hz)):
        regions = rng.normal(0, NOISE, (len(NAMES), 2)).astype(np.float32)
        for region, course in parts.items():
            regions[region, 1] += course(k / rate_hz)
        made.append(Sample(k / rate_hz, regions))
    return made


def spot(given: list[Sample]) -> list[Spotted]:
    """Everything a fresh spotter finds in `given`."""
    spotter = Spotter(GATE)
    return [spotted for sample in given for spotted in spotter.step(sample)]


def everywhere(regions: list[int], course: Motion) -> dict[int, Motion]:
    """The same course in several regions."""
    return dict.fromkeys(regions, course)


@pytest.mark.parametrize("rate_hz", [30.0, 60.0, 120.0])
@pytest.mark.parametrize(("onset", "apex", "offset"), [(3.0, 3.1, 3.25), (3.0, 3.2, 3.45)])
def test_a_micro_expression_is_told_with_its_times(rate_hz: float, onset: float, apex: float, offset: float) -> None:
    """A brow movement of 1 % of the eye distance is one micro-expression; each time is right to two frames at 30 Hz."""
    (found,) = spot(samples(rate_hz, 6.0, everywhere(FROWN, bump(onset, apex, offset, 0.01))))
    assert Kind.MICRO is found.kind
    times = [found.interval.onset_s, found.interval.apex_s, found.interval.offset_s]
    assert [onset, apex, offset] == pytest.approx(times, abs=2 / 30)


def test_what_lies_at_its_feet_makes_a_movement_no_longer() -> None:
    """A brow that goes up and back in .4 s is told as such though a fourth of that stays for .15 s on both sides."""
    brief, beside = bump(3.0, 3.2, 3.4, 0.008), bump(2.8, 2.9, 3.6, 0.002, hold_s=0.6)
    (found,) = spot(samples(60.0, 6.0, everywhere(FROWN, lambda t: max(brief(t), beside(t)))))
    assert Kind.MICRO is found.kind
    times = [found.interval.onset_s, found.interval.apex_s, found.interval.offset_s]
    assert [3.0, 3.2, 3.4] == pytest.approx(times, abs=0.1)


@pytest.mark.parametrize(("hold_s", "rate_hz"), [(0.6, 30.0), (2.0, 30.0), (5.0, 30.0), (2.0, 60.0), (2.0, 5.0)])
def test_a_sustained_expression_is_told_with_its_times(hold_s: float, rate_hz: float) -> None:
    """A smile that holds is one sustained expression, from foot to foot; its apex is where it stops rising."""
    course = bump(3.0, 3.4, 3.4 + hold_s + 0.5, 0.04, hold_s)
    (found,) = spot(samples(rate_hz, hold_s + 7.0, everywhere(MOUTH, course)))
    assert Kind.SUSTAINED is found.kind
    assert [3.0, 3.4 + hold_s + 0.5] == pytest.approx([found.interval.onset_s, found.interval.offset_s], abs=0.15)
    assert found.interval.apex_s == pytest.approx(3.4, abs=0.1)


@pytest.mark.parametrize(("size", "told"), [(0.1, 1), (0.3, 0)])
def test_nothing_that_holds_goes_two_action_units_far(size: float, told: int) -> None:
    """A mouth held 10 % of the eye distance away is a sustained expression; one held 30 % away is something else."""
    assert told == len(spot(samples(30.0, 9.0, everywhere(MOUTH, bump(3.0, 3.4, 5.9, size, 2.0)))))


def test_noise_alone_is_nothing() -> None:
    """Five minutes of sensor noise at 30 Hz give no movement."""
    assert [] == spot(samples(30.0, 300.0, {}))


def test_more_noise_raises_the_gate() -> None:
    """The same small movement that counts on a quiet face does not count in eight times the noise."""
    given = samples(60.0, 6.0, everywhere(FROWN, bump(3.0, 3.15, 3.3, 0.006)))
    rng = np.random.default_rng(5)
    loud = [
        replace(each, regions=each.regions + rng.normal(0, 8 * NOISE, each.regions.shape).astype(np.float32))
        for each in given
    ]
    assert 1 == len(spot(given))
    assert [] == spot(loud)


def test_slow_drift_is_nothing() -> None:
    """A head that turns slowly, 4 % of the eye distance in five seconds and back, is no expression."""
    drift = everywhere(list(range(len(NAMES))), lambda t: 0.02 * np.sin(2 * np.pi * t / 20))
    assert [] == spot(samples(30.0, 60.0, drift))


def test_a_weak_movement_that_holds_is_told() -> None:
    """A chin of which the regions show a hundredth of the eye distance is spotted, by all its places."""
    (found,) = spot(samples(30.0, 9.0, everywhere(CHIN, bump(3.0, 3.4, 6.0, 0.011, 2.0))))
    assert Kind.SUSTAINED is found.kind
    assert found.interval.onset_s == pytest.approx(3.0, abs=0.1)


@pytest.mark.parametrize(("places", "told"), [(MOUTH, 1), (FROWN, 1), (list(range(len(NAMES))), 0)])
def test_few_places_may_hold_a_smaller_movement(places: list[int], told: int) -> None:
    """Eight thousandths of the eye distance that hold at the mouth or the brows are told, and all over the face not."""
    found = spot(samples(30.0, 9.0, everywhere(places, bump(3.0, 3.3, 6.0, 0.008, 2.2))))
    assert [Kind.SUSTAINED] * told == [each.kind for each in found]


def test_a_small_movement_that_goes_on_hides_no_larger_one() -> None:
    """A smile that rises while the brows hold a small movement is told, with its own onset."""
    small = everywhere(FROWN, bump(3.0, 3.3, 9.0, 0.0085, 5.0))
    found = spot(samples(30.0, 11.0, small | everywhere(MOUTH, bump(4.5, 4.9, 7.0, 0.03, 1.6))))
    assert any(each.interval.onset_s == pytest.approx(4.5, abs=0.15) for each in found)


def test_what_goes_to_and_fro_does_not_hold() -> None:
    """A mouth that opens, closes and opens again at once shows no sustained movement, with an apex before its onset."""
    first, again = bump(2.0, 2.4, 4.0, 0.0295, 1.3), bump(3.95, 4.25, 7.0, 0.03, 1.0)
    found = spot(samples(30.0, 10.0, everywhere(MOUTH, lambda t: first(t) + again(t))))
    assert [] == [each for each in found if each.kind is Kind.SUSTAINED]


@pytest.mark.parametrize("from_s", [3.45, 4.4])
def test_a_blink_beside_a_brief_movement_does_not_make_it_a_step(from_s: float) -> None:
    """A brow that goes up and back is told though lids pulled it further down, half a second before or after."""
    brow, lids = bump(3.9, 4.05, 4.2, 0.012), bump(from_s, from_s + 0.15, from_s + 0.3, -0.02)
    given = samples(60.0, 7.0, everywhere(FROWN, lambda t: brow(t) + lids(t)) | everywhere(LIDS, lids))
    given = [replace(sample, blink=0.05 < sample.at_s - from_s < 0.3) for sample in given]
    assert [pytest.approx(4.05, abs=0.05)] == [found.interval.apex_s for found in spot(given)]


def test_a_blink_before_a_brief_movement_does_not_make_it_hold() -> None:
    """A brow that goes up for .4 s, a second after lids pulled it down, is one brief movement and nothing else."""
    brow, lids = bump(4.0, 4.2, 4.4, 0.011), bump(3.0, 3.15, 3.3, -0.02)
    given = samples(60.0, 7.0, everywhere(FROWN, lambda t: brow(t) + lids(t)) | everywhere(LIDS, lids))
    given = [replace(sample, blink=3.05 < sample.at_s < 3.3) for sample in given]
    assert [Kind.MICRO] == [found.kind for found in spot(given)]


@pytest.mark.parametrize("left", [0.011, 0.014])
def test_what_a_movement_leaves_is_no_movement(left: float) -> None:
    """A smile is told once, though the brows rest elsewhere when it has gone, and come back three seconds later."""
    smile, brows = bump(3.0, 3.4, 6.0, 0.05, 2.0), bump(5.6, 6.0, 9.3, left, 3.0)
    (found,) = spot(samples(30.0, 20.0, everywhere(MOUTH, smile) | everywhere(FROWN, brows)))
    assert found.interval.onset_s == pytest.approx(3.0, abs=0.15)


def test_a_brow_that_creeps_up_hides_no_smile() -> None:
    """What a swaying head leaves on the brow is not followed as a movement, so a smile meanwhile is told."""
    creeps = everywhere(FROWN, lambda t: 0.0058 * max(0.0, t - 2.0))
    parts = creeps | everywhere(MOUTH, bump(6.5, 6.9, 9.0, 0.03, 1.5))
    (found,) = spot(samples(30.0, 11.0, parts))
    assert Kind.SUSTAINED is found.kind
    assert found.interval.onset_s == pytest.approx(6.5, abs=0.1)


@pytest.mark.parametrize(("size", "travel", "told"), [(0.02, 0.045, True), (0.03, 0.07, False), (0.05, 0.07, True)])
def test_a_head_that_turns_slowly_shows_no_expression(size: float, travel: float, told: bool) -> None:
    """What is small beside the nose's way is the head's; a wrinkled nose hides nothing, nor a turning head a laugh."""
    aside = bump(3.0, 3.4, 6.0, travel, 2.0)
    given = samples(30.0, 9.0, everywhere(MOUTH, bump(3.0, 3.4, 6.0, size, 2.0)))
    turned = [replace(each, nose=(aside(each.at_s), 0.6)) for each in given]
    assert told == bool(spot(turned))


@pytest.mark.parametrize(("head", "told"), [(0.0, True), (0.05, False)])
def test_a_nose_that_wrinkles_is_told_and_one_that_nods_is_not(head: float, told: bool) -> None:
    """A nose that goes up by .06 for two seconds is a movement if the head rests, and the head's if that goes .05."""
    up = bump(3.0, 3.4, 6.0, 1.0, 2.0)
    given = samples(30.0, 9.0, everywhere(MOUTH, bump(3.0, 3.4, 6.0, 0.03, 2.0)))
    seen = [replace(each, nose=(0.0, 0.55 - 0.06 * up(each.at_s)), head=head * up(each.at_s)) for each in given]
    assert told == bool(spot(seen))


def test_a_turn_amid_an_expression_does_not_pass_it_off_as_neutral() -> None:
    """What was learned after a turn is given up when the face is as it was before; the next smiles are told in time."""
    smiles = [bump(at_s, at_s + 0.4, at_s + 2.5, 0.05, 1.5) for at_s in (3.0, 7.5, 12.0)]
    given = samples(30.0, 16.0, everywhere(MOUTH, lambda t: sum(smile(t) for smile in smiles)))
    turned = [replace(each, turning=3.3 < each.at_s < 3.4) for each in given]
    assert [7.5, 12.0] == pytest.approx([found.interval.onset_s for found in spot(turned)], abs=0.15)


def test_the_end_of_a_long_expression_is_none() -> None:
    """A smile that holds for twelve seconds is told once, at eight, and not again when it is let go."""
    given = samples(30.0, 24.0, everywhere(MOUTH, bump(3.0, 3.4, 16.0, 0.05, 12.0)))
    (found,) = spot(given)
    assert found.interval.onset_s == pytest.approx(3.0, abs=0.15)


def test_a_step_is_no_micro_expression() -> None:
    """A movement that does not return is not told as micro."""
    given = samples(60.0, 6.0, everywhere(FROWN, bump(3.0, 3.15, 99.0, 0.02, 90.0)))
    assert [] == [found for found in spot(given) if found.kind is Kind.MICRO]


def test_a_blink_is_nothing() -> None:
    """Lids that close and open, dragging the brows a little, are no expression."""
    parts = everywhere(LIDS, bump(3.0, 3.1, 3.25, 0.08)) | everywhere(FROWN, bump(3.0, 3.1, 3.25, 0.012))
    assert [] == spot(samples(60.0, 6.0, parts))


@pytest.mark.parametrize(("jaw", "told"), [(0.0, True), (0.02, True), (0.04, False)])
def test_what_a_jaw_leaves_on_the_brow_is_nothing(jaw: float, told: bool) -> None:
    """A brow that moves with a syllable, less than a fifth as far, is no movement of its own."""
    brow, syllable = bump(3.0, 3.15, 3.3, 0.006), bump(3.0, 3.15, 3.3, jaw)
    given = samples(60.0, 6.0, everywhere(FROWN, brow) | everywhere(CHIN, syllable))
    assert told == bool(spot([replace(each, talking=2.9 < each.at_s < 3.4) for each in given]))


@pytest.mark.parametrize(("lids", "told"), [(0.0225, 0), (0.017, 1)])
def test_what_an_unseen_blink_leaves_on_the_brow_is_nothing(lids: float, told: int) -> None:
    """A brow that goes .01 while the lids go more than twice as far is not told; beside lids that go less it is."""
    blink = everywhere(LIDS, bump(3.0, 3.12, 3.25, lids))
    assert told == len(spot(samples(60.0, 6.0, everywhere(FROWN, bump(3.0, 3.12, 3.25, 0.01)) | blink)))


@pytest.mark.parametrize(("lids", "told"), [(0.0, 1), (0.2, 1), (0.6, 0)])
def test_lids_that_tighten_are_told_and_lids_that_close_are_not(lids: float, told: int) -> None:
    """A slit that narrows while its lids keep their place is a movement; one whose lids go along with it blinks."""
    parts = everywhere(SLIT, bump(3.0, 3.1, 3.25, 0.008)) | everywhere(LIDS, bump(3.0, 3.1, 3.25, 0.008 * lids))
    assert told == len(spot(samples(60.0, 6.0, parts)))


@pytest.mark.parametrize(("lids", "told"), [(0.0, 1), (0.2, 1), (0.6, 0)])
def test_lids_that_stay_tightened_are_told_and_eyes_that_look_down_are_not(lids: float, told: int) -> None:
    """A slit that stays narrow is a sustained movement if its lids keep their place, and none if they go along."""
    course, along = bump(3.0, 3.4, 5.6, 0.02, 1.8), bump(3.0, 3.4, 5.6, 0.02 * lids, 1.8)
    found = spot(samples(60.0, 8.0, everywhere(SLIT, course) | everywhere(LIDS, along)))
    assert [Kind.SUSTAINED] * told == [each.kind for each in found]


def test_eyes_that_narrow_again_do_not_make_a_smile_speech() -> None:
    """A smile that narrows the eyes is told though they narrow and widen three times more beside it."""
    smile = bump(3.0, 3.15, 3.3, 0.02)
    again = [bump(at_s, at_s + 0.1, at_s + 0.2, 0.02) for at_s in (2.2, 2.5, 3.5, 3.8)]
    narrowing = everywhere(SLIT, lambda t: smile(t) + sum(one(t) for one in again))
    found = spot(samples(60.0, 6.0, everywhere(MOUTH, smile) | narrowing))
    assert any(abs(each.interval.apex_s - 3.15) < 0.03 for each in found)


@pytest.mark.parametrize(
    ("flag", "hidden", "kept"), [("blink", FROWN, MOUTH), ("talking", MOUTH, FROWN), ("moving", FROWN, [])]
)
def test_flags_hide_what_they_spoil(flag: str, hidden: list[int], kept: list[int]) -> None:
    """A blink hides the upper face, speech the mouth, a turning head everything, and nothing more."""

    def flagged(regions: list[int]) -> int:
        given = samples(60.0, 6.0, everywhere(regions, bump(3.0, 3.15, 3.3, 0.02)))
        return len(spot([replace(each, **{flag: 2.9 < each.at_s < 3.4}) for each in given]))

    assert 0 == flagged(hidden)
    assert bool(kept) == bool(flagged(kept) if kept else 0)


def test_slow_cameras_give_no_micro_expressions() -> None:
    """At 20 frames a second the micro channel says nothing, says so, and the sustained one goes on."""
    course = bump(3.0, 3.4, 5.5, 0.04, 1.5)
    brief = bump(8.0, 8.15, 8.35, 0.04)
    spotter = Spotter(GATE)
    given = samples(20.0, 12.0, everywhere(MOUTH, lambda t: course(t) + brief(t)))
    found = [spotted.kind for sample in given for spotted in spotter.step(sample)]
    assert [Kind.SUSTAINED] == found
    assert spotter.too_slow


def test_a_gap_is_not_compared_across() -> None:
    """After a gap of a second the spotter settles anew and tells no movement that spans it."""
    before = samples(60.0, 3.0, {})
    after = [
        replace(each, at_s=each.at_s + 4.0, regions=each.regions + np.float32(0.05)) for each in samples(60.0, 3.0, {})
    ]
    assert [] == spot(before + after)


@pytest.mark.parametrize("rate_hz", [30.0, 60.0, 120.0])
@pytest.mark.parametrize("syllables_hz", [3.0, 4.5])
def test_a_talking_mouth_is_no_micro_expression(rate_hz: float, syllables_hz: float) -> None:
    """Lips that go to and fro for two seconds tell nothing, not even with the first or the last syllable."""
    said = [
        bump(3.0 + k / syllables_hz, 3.0 + (k + 0.4) / syllables_hz, 3.0 + (k + 0.9) / syllables_hz, 0.02)
        for k in range(round(2 * syllables_hz))
    ]
    assert [] == spot(samples(rate_hz, 8.0, everywhere(MOUTH, lambda t: sum(one(t) for one in said))))


@pytest.mark.parametrize(("size", "told"), [(0.005, 1), (0.02, 0)])
def test_a_mouth_that_moves_as_far_beside_is_talking(size: float, told: int) -> None:
    """A pulled lip corner is not told if the lower lip drops as far half a second later, but if only a third as far."""
    lips = [NAMES.index(name) for name in ("lower_lip_left", "lower_lip_right")]
    parts = everywhere(MOUTH, bump(3.0, 3.15, 3.3, 0.015)) | everywhere(lips, bump(3.6, 3.75, 3.95, size))
    near = [each for each in spot(samples(60.0, 6.0, parts)) if abs(each.interval.apex_s - 3.15) < 0.1]
    assert told == len(near)


def test_a_spike_of_one_frame_is_no_micro_expression() -> None:
    """A brow that jumps in a single frame out of thirty a second is not told, whatever the noise makes of its feet."""
    spike = bump(2.97, 3.0, 3.03, 0.012)
    assert not any(spot(samples(30.0, 6.0, everywhere(FROWN, spike), seed)) for seed in range(8))


def test_a_spike_is_told_apart_from_its_feet() -> None:
    """A single frame's jump on a swell of .3 s, whose feet lie far enough apart, is not told."""
    spike, swell = bump(2.97, 3.0, 3.03, 0.010), bump(2.85, 3.0, 3.15, 0.005)
    assert [] == spot(samples(30.0, 6.0, everywhere(FROWN, lambda t: spike(t) + swell(t))))


@pytest.mark.parametrize(("size", "told"), [(0.03, 1), (0.055, 1), (0.07, 0), (0.1, 0)])
def test_a_brief_movement_that_is_not_subtle_is_no_micro_expression(size: float, told: int) -> None:
    """A brow that goes .03 or .055 of the eye distance and back is told, one that goes .07 or a tenth is not."""
    assert told == len(spot(samples(60.0, 6.0, everywhere(FROWN, bump(3.0, 3.15, 3.3, size)))))


def test_noise_of_other_regions_hides_no_brow() -> None:
    """A single place that rises nine times its noise is told in each of twenty draws of that noise."""
    course = {FROWN[0]: bump(3.0, 3.2, 3.4, 9 * NOISE)}
    assert [1] * 20 == [len(spot(samples(60.0, 6.0, course, seed))) for seed in range(20)]


def test_a_lip_that_trembles_near_its_noise_hides_no_brow() -> None:
    """A weak raised brow is told in each of ten draws while one lip corner goes to and fro a little above its noise."""
    brows = everywhere(FROWN, bump(3.0, 3.15, 3.3, 0.0065))
    lip: dict[int, Motion] = {MOUTH[0]: lambda t: 0.004 * np.sin(4 * np.pi * t) ** 2 if 2.0 < t < 4.2 else 0.0}
    assert [1] * 10 == [len(spot(samples(60.0, 6.0, brows | lip, seed))) for seed in range(10)]


@pytest.mark.parametrize(
    ("size", "passes_s", "told"), [(0.02, 0.0, 1), (0.02, 0.3, 0), (0.05, 0.3, 1), (0.05, 1.0, 1), (0.05, 4.0, 0)]
)
def test_what_a_passing_hand_leaves_is_not_told(size: float, passes_s: float, told: int) -> None:
    """A weak smile is told unless something went far before the face meanwhile, a strong one unless it did for long."""
    given = samples(30.0, 9.0, everywhere(MOUTH, bump(3.0, 3.4, 5.4, size, 1.5)))
    given = [replace(each, crossed=3.0 < each.at_s < 3.0 + passes_s) for each in given]
    assert told == len([each for each in spot(given) if each.kind is Kind.SUSTAINED])


def test_a_beat_of_three_frames_is_no_micro_expression() -> None:
    """A rise and fall within 0.1 s, as a lamp beats with 30 frames a second, is not told; one of 0.2 s is."""
    assert [] == spot(samples(30.0, 6.0, everywhere(FROWN, bump(3.0, 3.05, 3.1, 0.01))))
    assert 1 == len(spot(samples(30.0, 6.0, everywhere(FROWN, bump(3.0, 3.1, 3.2, 0.01)))))


def faint(given: list[Sample]) -> list[Sample]:
    """The same frames of a face that shows less than the sensor's noise."""
    return [replace(each, faint=True) for each in given]


def test_a_beat_near_the_noise_is_told_on_few_faces() -> None:
    """A rise and fall within 0.1 s, hardly above the noise, is told in less than 6 of 20 draws, faint or not."""
    beats = [samples(30.0, 6.0, everywhere(FROWN, bump(3.0, 3.05, 3.1, 0.008)), seed) for seed in range(20)]
    assert 6 > sum(len(spot(given)) for given in beats)
    assert 6 > sum(len(spot(faint(given))) for given in beats)


def test_only_a_faint_face_is_followed_on_means() -> None:
    """A brow of .3 s that each frame's noise hides is told in 18 of 20 draws on faint faces, in 3 at most on others."""
    brow = everywhere(FROWN[:1], bump(3.0, 3.15, 3.3, 0.003))
    drawn = [samples(60.0, 6.0, brow, seed) for seed in range(20)]
    thrice = [[replace(each, regions=3 * each.regions) for each in given] for given in drawn]
    assert 3 >= sum(len(spot(given)) for given in thrice)
    assert 18 <= sum(len(spot(faint(given))) for given in thrice)


def test_noise_alone_is_nothing_on_a_faint_face() -> None:
    """Five minutes of three times the sensor noise at 30 Hz give no movement on a face that is read on means."""
    assert [] == spot(faint([replace(each, regions=3 * each.regions) for each in samples(30.0, 300.0, {})]))


@pytest.mark.parametrize(("said", "told"), [(0.015, 1), (0.03, 0)])
def test_lips_that_rest_between_two_phrases_are_not_told(said: float, told: int) -> None:
    """Lips held for 1.5 s are told after four syllables in which the chin went .015, not after four of .03."""
    syllables = [bump(at_s, at_s + 0.12, at_s + 0.25, said) for at_s in (1.0, 1.45, 1.9, 2.35)]
    chin = everywhere(CHIN, lambda t: sum(one(t) for one in syllables))
    given = samples(30.0, 9.0, everywhere(MOUTH, bump(3.0, 3.3, 5.3, 0.03, 1.5)) | chin)
    assert told == len([each for each in spot(given) if each.kind is Kind.SUSTAINED])


@pytest.mark.parametrize(("during", "told"), [(0.0, 1), (0.02, 0)])
def test_a_brow_is_a_syllables_only_if_the_mouth_moves_as_well(during: float, told: int) -> None:
    """A brow of .006 after syllables of .03 is told if the lips rest by then, not if they go .02 once more."""
    lips = [bump(at_s, at_s + 0.12, at_s + 0.28, 0.03) for at_s in np.arange(0.3, 2.7, 0.4).tolist()]
    lips += [bump(3.0, 3.15, 3.3, during)]
    mouth = everywhere(MOUTH, lambda t: sum(one(t) for one in lips))
    given = samples(60.0, 6.0, everywhere(FROWN[:2], bump(3.0, 3.15, 3.3, 0.006)) | mouth)
    assert told == len([each for each in spot(given) if abs(each.interval.apex_s - 3.15) < 0.1])


def test_a_talking_mouth_is_heard_out_behind_a_blink_and_a_frown() -> None:
    """Syllables are not told while the eyes blink among them, nor where a brow that moves with one stands out more."""
    said = [bump(at_s, at_s + 0.1, at_s + 0.25, 0.02) for at_s in (2.5, 2.9, 3.3, 3.7)]
    mouth = everywhere(MOUTH, lambda t: sum(one(t) for one in said))
    face = samples(30.0, 7.0, mouth | everywhere(FROWN, bump(2.9, 3.0, 3.15, 0.03)))
    blinking = [replace(each, blink=3.2 < each.at_s < 3.6) for each in samples(30.0, 7.0, mouth)]
    assert [[], []] == [spot(face), spot(blinking)]


@pytest.mark.parametrize(("size", "both_ways"), [(0.006, False), (0.0035, True)])
def test_what_is_near_the_gate_must_show_both_ways(size: float, both_ways: bool) -> None:
    """A brief brow far above the gate is believed as it rose; one just above it only if it falls alike."""
    found = spot(samples(60.0, 6.0, everywhere(FROWN[:2], bump(3.0, 3.15, 3.3, size))))
    assert [both_ways] == [each.both_ways for each in found]


def test_what_stands_just_above_the_gate_is_not_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """A chin whose peak stands between the gate and a tenth above it is told only if a peak is asked for no more."""
    given = samples(60.0, 6.0, everywhere(CHIN, bump(3.0, 3.15, 3.3, 0.0036)), seed=5)
    assert not spot(given)
    monkeypatch.setattr(micro, "SURE", 1.0)
    assert 1 == len(spot(given))


@pytest.mark.parametrize(("hold_s", "both_ways"), [(2.0, True), (12.0, False)])
def test_what_has_ended_must_show_both_ways(hold_s: float, both_ways: bool) -> None:
    """A smile that is over is told if it fell as it rose; one that goes on for too long has not fallen yet."""
    found = spot(samples(30.0, 12.0, everywhere(MOUTH, bump(3.0, 3.4, 3.8 + hold_s, 0.04, hold_s))))
    assert [both_ways] == [each.both_ways for each in found]


@pytest.mark.parametrize(("turns_s", "told"), [((), 1), ((4.0,), 0), ((9.0,), 1)])
def test_what_holds_while_the_head_turns_is_not_told(turns_s: tuple[float, ...], told: int) -> None:
    """A smile is told as sustained unless the head turns during it."""
    face = samples(30.0, 10.0, everywhere(MOUTH, bump(3.0, 3.4, 5.5, 0.04, 1.5)))
    seen = [replace(one, turning=any(0 <= one.at_s - turn_s < 0.5 for turn_s in turns_s)) for one in face]
    assert told == len(spot(seen))


@pytest.mark.parametrize(
    ("size", "head", "goes_s", "told"),
    [(0.02, 0.2, 4.5, 0), (0.02, 0.13, 4.5, 1), (0.02, 0.2, 2.0, 1), (0.04, 0.4, 4.5, 1)],
)
def test_what_a_swaying_head_leaves_is_not_told(size: float, head: float, goes_s: float, told: int) -> None:
    """A weak smile is not told if the head goes over eight times as far meanwhile, a larger one or before it is."""
    face = samples(30.0, 10.0, everywhere(MOUTH, bump(3.0, 3.4, 5.5, size, 1.5)))
    assert told == len(spot([replace(one, head=head if one.at_s >= goes_s else 0.0) for one in face]))


@pytest.mark.parametrize(("head", "told"), [(0.04, 1), (0.07, 0)])
def test_a_brief_movement_while_the_head_goes_far_is_not_told(head: float, told: int) -> None:
    """Brows that go .01 are told while the head goes four times as far, not while it goes seven times as far."""
    face = samples(60.0, 6.0, everywhere(FROWN, bump(3.0, 3.15, 3.3, 0.01)))
    assert told == len(spot([replace(one, head=head if one.at_s >= 3.1 else 0.0) for one in face]))


@pytest.mark.parametrize(("anew", "told"), [(False, True), (True, False)])
def test_a_new_reference_frame_has_its_own_noise(anew: bool, told: bool) -> None:
    """Brows that flicker since a reference with a hand in it are told only if the noise is not learned anew."""
    rng = np.random.default_rng(0)
    spotter, found = Spotter(GATE), []
    for sample in samples(30.0, 12.0, {}):
        if sample.at_s == 6.0 and anew:
            spotter.refer()
        sample.regions[FROWN, 1] += 0.015 * (sample.at_s >= 6.0 and rng.random() < 0.5)
        found += spotter.step(sample)
    assert told == bool(found)


@pytest.mark.parametrize(("regions", "told"), [(FROWN, 1), (FROWN[:1], 0)])
def test_what_is_like_no_movement_of_units_is_not_told(regions: list[int], told: int) -> None:
    """Brows that go .02 are told; a single place that goes as far while all beside it rest is not."""
    assert told == len(spot(samples(60.0, 6.0, everywhere(regions, bump(3.0, 3.15, 3.3, 0.02)))))


def test_two_in_a_row_are_two() -> None:
    """Two micro-expressions 0.8 s apart are told as two."""
    one, two = bump(3.0, 3.15, 3.3, 0.012), bump(3.8, 3.95, 4.1, 0.012)
    assert 2 == len(spot(samples(60.0, 7.0, everywhere(FROWN, lambda t: one(t) + two(t)))))


def test_a_course_is_measured_to_its_feet() -> None:
    """The feet of a raised cosine are found from its flanks, to 3 % of its length."""
    times = np.arange(0, 1, 0.005)
    course = np.array([bump(0.3, 0.5, 0.8, 1.0)(float(t)) for t in times])
    found = measure(times, course, int(course.argmax()))
    assert [0.3, 0.5, 0.8] == pytest.approx([found.onset_s, found.apex_s, found.offset_s], abs=0.015)
    assert [1.0, 1.0, 0.25] == pytest.approx([found.rise, found.fall, found.half_s], abs=0.01)


def test_noise_beside_a_peak_does_not_move_its_feet() -> None:
    """Rest whose noise is a tenth of the peak leaves the mean length of twenty noisy peaks within 20 % of the truth."""
    times = np.arange(0, 1.2, 1 / 60)
    clean = np.array([bump(0.4, 0.6, 0.8, 1.0)(float(t)) for t in times])
    lengths = []
    for seed in range(20):
        noisy = clean + np.random.default_rng(seed).normal(0, 0.1, len(times))
        found = measure(times, noisy, int(noisy.argmax()))
        lengths.append(found.offset_s - found.onset_s)
    assert np.mean(lengths) == pytest.approx(0.4, rel=0.2)


def test_history_forgets() -> None:
    """A history of two seconds holds two seconds, and knows its rate."""
    history = History(2.0)
    for each in samples(50.0, 10.0, {}):
        history.add(each)
    assert history.span_s() == pytest.approx(2.0, abs=0.03)
    assert history.rate_hz(1.0) == pytest.approx(50.0)
    assert history.nearest(9.0).at_s == pytest.approx(9.0)
