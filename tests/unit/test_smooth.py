"""What published flow loses before the net sees it, and what it keeps."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.sense.normalise import mirrored, normalise
from models.generate import Recipe, generate
from models.smooth import without_smooth

Y, X = np.mgrid[0:28, 0:28] / 27 - 0.5


def brow() -> np.ndarray:
    """One image whose brows fall: motion in few cells, none elsewhere."""
    image = np.zeros((1, 28, 28, 3), np.float32)
    for x in (-0.2, 0.2):
        image[0, ..., 1] += np.exp(-0.5 * (((X - x) / 0.1) ** 2 + ((Y + 0.3) / 0.08) ** 2))
    return image


@given(sizes=st.lists(st.floats(-2, 2), min_size=6, max_size=6))
def test_a_heads_motion_goes_and_a_brows_stays(sizes: list[float]) -> None:
    """Whatever shift, turn, zoom and bend is added, the net sees the falling brows and nearly nothing else."""
    shift, slope, tilt, bow, bend, twist = sizes
    moved = brow()
    moved[0, ..., 1] += shift + slope * X + tilt * Y + bow * X * X + bend * Y * Y + twist * X * Y
    assert np.corrcoef(without_smooth(moved)[..., 1].ravel(), brow()[..., 1].ravel())[0, 1] > 0.85


def test_smooth_motion_alone_leaves_nothing() -> None:
    """A turning, nearing head without any expression is gone but for rounding; strain is passed on."""
    image = np.stack([3 + 2 * X - Y, 1 + X * Y, np.abs(X)], axis=-1)[None]
    got = without_smooth(image)
    assert np.abs(got[..., :2]).max() < 1e-3
    assert got[..., 2] == pytest.approx(image[..., 2].astype(np.float32))


def test_a_still_image_stays_still() -> None:
    """Flat channels give zero, not a number that is none."""
    assert not without_smooth(np.full((2, 28, 28, 3), 7, np.uint8))[..., :2].any()


@given(gain=st.floats(0.1, 100), offset=st.floats(-50, 50))
def test_scale_and_offset_change_nothing(gain: float, offset: float) -> None:
    """Each channel's unknown scale and offset, as published images have them, are gone for the net."""
    images = generate(4, 5, Recipe(none_share=0.0)).images
    images /= np.abs(images).max(axis=(1, 2), keepdims=True)
    one, other = (normalise(without_smooth(each)) for each in (images, gain * images + offset))
    assert np.abs(one - other).mean() < 0.02


def test_mirrored_before_and_after_are_one() -> None:
    """The smooth motion of a mirrored face is the mirrored smooth motion."""
    images = generate(8, 6).images
    one, other = without_smooth(mirrored(images)), mirrored(without_smooth(images))
    assert one == pytest.approx(other, abs=1e-3)
