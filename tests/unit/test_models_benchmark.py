"""The planted benchmark: what is planted, and how what was told of it is scored."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from appliance.events import Expression, Interval, Kind, Label
from models.benchmark import Tally, apex_error_s, compare, iou
from models.clips.portrait import Portrait
from models.clips.script import Planted, Script
from models.clips.sets import DEVELOPMENT, PLANTED, QUIET, SET_ASIDE, face, planted_clip, quiet_clip
from models.clips.stream import FilmSource
from models.report import poisson, wilson

FROWN = Planted((4,), 1.0, 1.2, 1.4, 0.03)
SMILE = Planted((12,), 3.0, 3.2, 3.4, 0.03)


@pytest.fixture(scope="module")
def stage() -> Portrait:
    """The portrait at the size of the benchmark."""
    return face()


def told(onset_s: float, apex_s: float, offset_s: float, label: Label = Label.NEGATIVE) -> Expression:
    return Expression(Interval(onset_s, apex_s, offset_s), Kind.MICRO, label, 0.9, 0.3, frozenset())


def test_overlap_is_shared_time_over_joint_time() -> None:
    """Half a movement told gives .5, the whole gives 1, and one elsewhere gives 0."""
    assert pytest.approx(0.5) == iou(FROWN, told(1.0, 1.1, 1.2))
    assert pytest.approx(1.0) == iou(FROWN, told(1.0, 1.2, 1.4))
    assert iou(FROWN, told(2.0, 2.1, 2.2)) == 0.0


def test_any_moment_of_a_held_apex_is_its_apex() -> None:
    """Within the hold the error is 0; beyond it counts from its end."""
    held = Planted((4,), 1.0, 1.5, 4.0, 0.05, hold_s=1.0)
    assert [0.0, 0.0, 0.25] == pytest.approx([apex_error_s(held, told(1, at_s, 4)) for at_s in (1.5, 2.5, 2.75)])


def test_a_movement_told_twice_counts_once() -> None:
    """Two expressions on one movement are one found and one false; a wrong label is found but not right."""
    tally = Tally()
    compare(tally, (FROWN, SMILE), [told(1.0, 1.2, 1.4), told(1.05, 1.25, 1.45), told(3.0, 3.2, 3.4)], 60.0)
    assert (2, 3, 2, 2) == (tally.planted, tally.told, tally.near, tally.overlapping)
    assert pytest.approx(0.8) == tally.f1(tally.near)
    assert pytest.approx(0.5) == tally.uar()


@pytest.mark.parametrize("kind", PLANTED)
def test_planted_movements_are_what_their_kind_says(kind: str) -> None:
    """Micro stays under half a second (from .2 s at 30 Hz), sustained above; none overlap, none meets a blink."""
    clip = planted_clip(kind, DEVELOPMENT)
    lasts = [each.offset_s - each.onset_s for each in clip.script.expressions]
    least, most = (0.5, 4.0) if kind == "sustained 30" else (0.2 if kind == "micro 30" else 0.15, 0.5)
    assert len(lasts) > 5
    assert all(least <= each <= most for each in lasts)
    assert all(one.offset_s + 1.5 < other.onset_s for one, other in pairwise(clip.script.expressions))
    for blink in clip.script.blinks_s:
        assert all(blink + 0.15 < each.onset_s or blink - 0.15 > each.offset_s for each in clip.script.expressions)


def test_a_seed_decides_the_whole_clip() -> None:
    """The same seed gives the same script, and seeds set aside lie beyond those for development."""
    assert planted_clip("micro 60", SET_ASIDE) == planted_clip("micro 60", SET_ASIDE)
    assert planted_clip("micro 60", SET_ASIDE) != planted_clip("micro 60", DEVELOPMENT)
    assert SET_ASIDE - DEVELOPMENT > 100_000


@pytest.mark.parametrize("kind", QUIET)
def test_quiet_footage_shows_no_expression_and_is_not_one_picture(kind: str, stage: Portrait) -> None:
    """No movement is planted, and two moments differ by more than the noise wherever something disturbs."""
    clip = quiet_clip(kind, DEVELOPMENT, 4.0)
    assert clip.script.expressions == ()
    frames = [frame.image.astype(int) for frame in FilmSource(clip, stage)]
    assert len(frames) == 120
    change = max(float(np.abs(frames[n] - frames[0]).mean()) for n in range(10, 120, 10))
    assert (change > 1.3 * clip.script.noise) == (kind != "still")


def test_quiet_footage_comes_at_both_rates() -> None:
    """Of two quiet clips one after the other one has 30 frames a second and one 60."""
    assert {30.0, 60.0} == {quiet_clip("blinks", DEVELOPMENT + n).rate_hz for n in range(2)}


def test_frames_come_at_their_rate(stage: Portrait) -> None:
    """Frame n of a 60 Hz clip is at n/60 s, and the end is told by None."""
    source = FilmSource(planted_clip("micro 60", DEVELOPMENT, 0.1), stage)
    with source:
        times = [frame.at_s for frame in source]
        assert source.read() is None
    assert [n / 60 for n in range(6)] == pytest.approx(times)


def test_speech_pauses_and_moves_no_brow() -> None:
    """Speaking drives jaw and lips alone, and there are moments without."""
    script = Script(10.0, speech=0.05)
    sizes = [script.sizes(at_s) for at_s in np.linspace(0, 10, 200)]
    assert {20, 25, 26} == set().union(*sizes)
    assert {} in sizes


def test_intervals_hold_the_share_and_widen_with_fewer() -> None:
    """Wilson's interval holds the share within 0..1; Byar's holds the count."""
    few, many = wilson(9, 10), wilson(900, 1000)
    assert 0.0 < few[0] < many[0] < 0.9 < many[1] < few[1] < 1.0
    assert poisson(0) == (0.0, 3.0)
    assert poisson(10)[0] < 10 < poisson(10)[1]
