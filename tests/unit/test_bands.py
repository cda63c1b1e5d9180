"""The bands of a lamp: taken out of a picture, and nothing that a swaying head makes of them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from appliance.sense.bands import LampBands, bands
from appliance.sense.frame import CROP_PX, U8
from appliance.sense.pixels import patch_means

RATE_HZ = 60.0
_ROWS = (np.arange(CROP_PX) + 0.5) / CROP_PX


def picture() -> U8:
    """A grey square with a soft pattern."""
    rng = np.random.default_rng(0)
    return (120.0 + 20.0 * rng.random((CROP_PX, CROP_PX))).astype(np.uint8)


def banded(size: float, phase: float) -> U8:
    """The picture with bands of `size`, one and a half in its height."""
    gain = 1.0 + size * np.cos(3 * np.pi * _ROWS + phase)
    return np.clip(picture() * gain[:, None] + 0.5, 0, 255).astype(np.uint8)


def unlike(seen: U8) -> float:
    """How far the rows of `seen` are from the picture's, shares of its light, root mean square."""
    means = picture().mean(axis=1)
    return float(np.sqrt((((seen.mean(axis=1) - means) / means) ** 2).mean()))


@pytest.mark.parametrize("size", [0.03, 0.12])
def test_a_lamp_that_beats_with_the_frames_is_taken_out(size: float) -> None:
    """Bands of 3 and 12 % that go round in three frames are gone from the second second on, to a fifth."""
    lamp, patches, left = LampBands(), patch_means(picture()), []
    for n in range(180):
        seen = lamp.without(banded(size, 2 * np.pi * n / 3), patches, n / RATE_HZ)
        left.append(unlike(seen))
    assert max(left[60:]) < 0.2 * size
    assert unlike(banded(size, 0.0)) > 0.6 * size


def test_a_lamp_that_hardly_beats_is_taken_out_where_it_is_strong() -> None:
    """Bands of 8 % that stay in their place are gone from the first frame on."""
    seen = LampBands().without(banded(0.08, 1.0), patch_means(picture()), 0.0)
    assert unlike(seen) < 0.2 * 0.08


def test_what_a_swaying_head_makes_is_left_alone() -> None:
    """Bands that grow to 1.6 % within two seconds leave every picture as it was, to the last bit."""
    lamp, patches = LampBands(), patch_means(picture())
    for n in range(240):
        image = banded(0.016 * np.sin(np.pi * n / 240), 0.5)
        assert np.array_equal(image, lamp.without(image, patches, n / RATE_HZ))


@settings(max_examples=30, deadline=None)
@example(0.0095, 0.001, 2)
@example(0.0195, 0.001, 2)
@example(0.0395, 0.001, 5)
@given(st.floats(0.0, 0.1), st.floats(0.001, 0.01), st.integers(2, 9))
def test_nothing_comes_and_goes_by_a_bound(size: float, step: float, frames: int) -> None:
    """Whatever the size of bands that grow by a hundredth at most, what is taken out changes by little more than it."""
    lamp, patches, taken = LampBands(), patch_means(picture()), list[float]()
    for n in range(60):
        image = banded(size + step * (n // frames % 2), 0.5)
        means = image.mean(axis=1)
        taken.append(float(np.abs(lamp.without(image, patches, n / RATE_HZ).mean(axis=1) - means).max() / means.max()))
    assert np.abs(np.diff(taken)).max() < 1.5 * step + 0.004


def test_a_row_where_something_moved_is_no_band() -> None:
    """A dark bar over half of some rows leaves the bands under .1, a tenth of what it takes from those rows."""
    image = picture()
    image[40:56, : CROP_PX // 2 + 12] = 60
    assert float(np.abs(bands(image, patch_means(picture()))).max()) < 0.1
