"""Faces that show less than the sensor's noise: the averaged reference, and the fit over whole places."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from appliance.sense.faint import EYE_RADII, EYES, FAINT_MIN, FaintFit, faintness, noise_between
from appliance.sense.frame import CROP_PX, F32, U8, Aligned
from appliance.sense.head import CELLS
from appliance.sense.motion import REFER_S, MotionMeter
from appliance.sense.regions import LIDS, NAMES, pool
from tests.unit.faces import picture
from tests.unit.test_motion import aligned, blob, warped

NOTHING = np.zeros((CELLS * CELLS, 2), np.float32)
FROWN = [NAMES.index("frown_left"), NAMES.index("frown_right")]


@cache
def face() -> Aligned:
    """A face at rest."""
    return aligned(picture())


@cache
def fit() -> FaintFit:
    """The fit of `face`."""
    return FaintFit(face().gray)


def frowning(size: float) -> Aligned:
    """`face` with both frown places lowered by `size` eye distances."""
    return warped(warped(face(), 0.36, 0.18, 0.1, 0, size), 0.64, 0.18, 0.1, 0, size)


def whole(crop: Aligned) -> U8:
    """The crop's grey levels, rounded."""
    return np.clip(crop.gray + 0.5, 0, 255).astype(np.uint8)


def regions(field: F32) -> F32:
    """Regional means of motion [784, 2]."""
    return pool(field.T.reshape(2, CELLS, CELLS))


def test_a_frown_is_fitted_where_it_is() -> None:
    """A frown of a third of an action unit is fitted at half of its size to all of it, and no mouth moves."""
    size = 0.03
    seen = regions(fit().beyond(whole(frowning(size)), NOTHING, NOTHING)) / face().iod_px
    shares = seen[FROWN, 1] / pool(blob(size))[FROWN, 1]
    assert shares.min() > 0.48
    assert shares.max() < 1.1
    assert np.abs(seen[[name.startswith("mouth") for name in NAMES]]).max() < 0.3 * seen[FROWN, 1].min()


@settings(max_examples=20, deadline=None)
@given(right=st.integers(-4, 4), down=st.integers(-4, 4), light=st.floats(0.97, 1.03))
def test_the_head_and_the_light_are_not_the_places(right: int, down: int, light: float) -> None:
    """A head moved by up to four pixels, and three per cent of light, leave less than 0.3 pixels in any place."""
    moved = np.clip(np.roll(face().gray, (down, right), (0, 1)) * light, 0, 255).astype(np.uint8)
    head = NOTHING + np.array((right, down), np.float32)
    assert np.abs(fit().beyond(moved, head, NOTHING)).max() < 0.3


def test_what_happens_in_the_eyes_stays_there() -> None:
    """Eyes painted over move nothing outside them, and inside them the flow is believed."""
    shut = whole(face())
    for x, y in EYES:
        centre = (round(x * CROP_PX), round(y * CROP_PX))
        axes = (round(0.85 * EYE_RADII[0] * CROP_PX), round(0.85 * EYE_RADII[1] * CROP_PX))
        cv2.ellipse(shut, centre, axes, 0, 0, 360, (110,), -1)
    flow = NOTHING + np.float32(5.0)
    open_eyed, closed = (fit().beyond(image, NOTHING, flow) for image in (whole(face()), shut))
    assert np.abs(closed - open_eyed).max() < 0.3
    assert np.abs(regions(closed)[LIDS]).min() > 1.0


def noisy(crop: Aligned, at_s: float, noise: float, rng: np.random.Generator) -> Aligned:
    """`crop` at an eighth of its contrast, with `noise` that the reader cannot foresee."""
    dark = 20 + crop.gray / 8 + rng.normal(0, noise, crop.gray.shape)
    return replace(crop, gray=dark.astype(np.float32), at_s=at_s)


def settled(noise: float, rng: np.random.Generator) -> MotionMeter:
    """A meter that has seen a still, dark, noisy face for longer than REFER_S."""
    meter = MotionMeter()
    meter.refer_to(noisy(face(), 0.0, noise, rng))
    for k in range(1, round(60 * REFER_S) + 3):
        meter.measure(noisy(face(), k / 60, noise, rng))
    return meter


def test_a_lamp_that_dims_the_face_is_no_noise() -> None:
    """Crops with noise of 1 grey level differ by sqrt 2, to a quarter, though one is an eighth (32 levels) darker."""
    rng = np.random.default_rng(5)
    one, other = (face().gray + rng.normal(0, 1.0, (CROP_PX, CROP_PX)) for _ in range(2))
    assert noise_between(one, (0.875 * other).astype(np.float32)) == pytest.approx(2**0.5, rel=0.25)


def test_an_averaged_reference_makes_less_noise() -> None:
    """Against the mean of .2 s a still, noisy face moves less than three quarters as far as against its first frame."""
    moved = []
    for tries in range(3):
        meters = settled(1.0, np.random.default_rng(tries)), MotionMeter()
        rng = np.random.default_rng(100 + tries)
        meters[1].refer_to(noisy(face(), 1.0, 1.0, rng))
        fields = [[meter.measure(noisy(face(), 1.0, 1.0, rng)).field for _ in range(6)] for meter in meters]
        moved.append([np.std(np.array(each), axis=0).mean() for each in fields])
    settled_, first = np.median(moved, axis=0)
    assert settled_ < 0.75 * first


def test_the_field_goes_on_when_the_reference_settles() -> None:
    """From the frame before to the frame after the reference is exchanged no place moves by .01 eye distances."""
    rng = np.random.default_rng(0)
    meter = MotionMeter()
    meter.refer_to(noisy(face(), 0.0, 1.5, rng))
    fields = [meter.measure(noisy(face(), k / 60, 1.5, rng)) for k in range(1, round(60 * REFER_S) + 6)]
    places = np.array([pool(each.field) + each.places for each in fields])[-8:]
    assert np.abs(np.diff(places, axis=0)).max() < 0.01


def test_a_frown_in_the_dark_is_told_from_the_noise() -> None:
    """A frown of a quarter of an action unit stands five times above what noise leaves in its own places."""
    rng = np.random.default_rng(3)
    meter = settled(1.0, rng)
    seen = [meter.measure(noisy(face(), 1.0, 1.0, rng)) for _ in range(8)]
    seen += [meter.measure(noisy(frowning(0.025), 1.0, 1.0, rng)) for _ in range(4)]
    places = np.array([pool(each.field) + each.places for each in seen])
    still, moved = places[:8], places[8:]
    away = (moved.mean(axis=0) - still.mean(axis=0))[FROWN, 1]
    assert away.min() > 5 * still.std(axis=0)[FROWN, 1].max()


@pytest.mark.parametrize(("noise", "faint"), [(0.1, False), (2.0, True)])
def test_noise_makes_a_face_faint(noise: float, *, faint: bool) -> None:
    """The same dark face is faint with two grey levels of noise and not with a tenth of one."""
    rng = np.random.default_rng(0)
    crops = [noisy(face(), 0.0, noise, rng).gray for _ in range(2)]
    assert faint is (faintness(20 + face().gray / 8, noise_between(*crops)) >= FAINT_MIN)


def test_the_noise_between_crops_is_not_what_moved() -> None:
    """A quarter of the picture that changes by 50 grey levels hardly counts beside noise of 2 in each."""
    rng = np.random.default_rng(0)
    one, other = (rng.normal(100, 2, (CROP_PX, CROP_PX)).astype(np.float32) for _ in range(2))
    other[: CROP_PX // 4] += 50
    assert noise_between(one, other) == pytest.approx(2 * np.sqrt(2), rel=0.5)
