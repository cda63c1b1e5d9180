"""The running mean of crops."""

from dataclasses import replace

import numpy as np
import pytest

from appliance.sense.align import Aligner
from appliance.sense.frame import CROP_PX, F32, Aligned
from appliance.sense.motion import MotionMeter
from appliance.sense.pixels import gray
from appliance.sense.steady import Steady
from tests.unit.faces import mesh, picture

LOCK = np.eye(2, 3, dtype=np.float32)


def crop(image: F32, at_s: float, lock: F32 = LOCK) -> Aligned:
    """A crop of `image` at `at_s`."""
    return Aligned(image, lock, 80.0, np.zeros((468, 2), np.float32), at_s)


@pytest.mark.parametrize(("rate_hz", "share_max"), [(30, 0.85), (60, 0.62), (120, 0.45)])
def test_noise_falls_with_the_frame_rate(rate_hz: int, share_max: float) -> None:
    """Of noise that differs in every frame .85 is left at 30 frames a second, .62 at 60 and .45 at 120, or less."""
    rng, steady = np.random.default_rng(0), Steady()
    for k in range(rate_hz):
        mean = steady.step(crop(rng.normal(100, 5, (CROP_PX, CROP_PX)).astype(np.float32), k / rate_hz)).gray
    assert mean.std() < share_max * 5


def test_a_face_that_changed_is_seen_within_a_tenth_of_a_second() -> None:
    """A step from 100 to 140 is at 139 or more after 0.1 s at 60 frames a second."""
    steady = Steady()
    steady.step(crop(np.full((CROP_PX, CROP_PX), 100, np.float32), 0.0))
    for k in range(1, 7):
        mean = steady.step(crop(np.full((CROP_PX, CROP_PX), 140, np.float32), k / 60)).gray
    assert mean.min() >= 139


@pytest.mark.parametrize("rate_hz", [30, 60, 120])
def test_the_mean_has_the_time_of_what_it_shows(rate_hz: int) -> None:
    """A brightness that rises evenly is told at the time at which it had that brightness, to 2 ms."""
    steady = Steady()
    for k in range(rate_hz):
        mean = steady.step(crop(np.full((CROP_PX, CROP_PX), 200 * k / rate_hz, np.float32), k / rate_hz))
        assert mean.at_s == pytest.approx(float(mean.gray.max()) / 200, abs=0.002)


def test_a_new_lock_starts_a_new_mean() -> None:
    """The first crop of another lock is not mixed with the last of the one before."""
    steady = Steady()
    steady.step(crop(np.full((CROP_PX, CROP_PX), 100, np.float32), 0.0))
    other = steady.step(crop(np.full((CROP_PX, CROP_PX), 140, np.float32), 1 / 60, LOCK.copy()))
    assert 140 == other.gray.min()


def test_the_camera_s_crop_is_left_alone() -> None:
    """The mean is kept apart: the crop handed in is the same afterwards."""
    steady, first = Steady(), np.full((CROP_PX, CROP_PX), 100, np.float32)
    steady.step(crop(first, 0.0))
    steady.step(crop(np.full((CROP_PX, CROP_PX), 140, np.float32), 1 / 60))
    assert 100 == first.max()


def test_a_dark_picture_is_measured_as_a_bright_one() -> None:
    """Motion in a crop of a quarter of the light is that in the full light, to .01 eye distances."""
    image, aligner, meter = picture(), Aligner(), MotionMeter()
    aligner.lock(mesh(image))
    here = aligner.cut(gray(image), 0.0, mesh(image))
    there = replace(here, gray=np.roll(here.gray, 2, axis=0))
    fields = []
    for light in (1.0, 0.25):
        meter.refer_to(replace(here, gray=here.gray * np.float32(light)))
        fields.append(meter.measure(replace(there, gray=there.gray * np.float32(light))).field)
    assert np.abs(fields[1] - fields[0]).max() < 0.01
