"""Operations on pictures that are quicker than the plain ones give what the plain ones give."""

from __future__ import annotations

import math

import numpy as np
import pytest

from appliance.sense.frame import CROP_PX, F32
from appliance.sense.pixels import cut, gray, median, warp
from appliance.sense.regions import WEIGHTS
from tests.unit.faces import HEIGHT, WIDTH, picture


def similarity(rng: np.random.Generator) -> F32:
    """A square of any size and tilt about a place in the picture or up to 100 pixels beside it."""
    scale, turn = rng.uniform(0.4, 3.0), rng.uniform(-0.6, 0.6)
    x, y = rng.uniform(-100, WIDTH + 100), rng.uniform(-100, HEIGHT + 100)
    cos, sin = scale * math.cos(turn), scale * math.sin(turn)
    half = CROP_PX / 2
    return np.array([[cos, -sin, half - cos * x + sin * y], [sin, cos, half - sin * x - cos * y]], np.float32)


def test_a_cut_is_the_warp_of_the_whole_grey_picture() -> None:
    """Two hundred squares, inside the picture, across its edges and beside it, are cut as by warping, to a bit."""
    rng, colours = np.random.default_rng(0), picture()
    whole = gray(colours)
    for _ in range(200):
        to_square = similarity(rng)
        expected = warp(whole, to_square, CROP_PX)
        assert np.array_equal(expected, cut(colours, to_square, CROP_PX))
        assert np.array_equal(expected, cut(whole, to_square, CROP_PX))


@pytest.mark.parametrize("shape", [(1,), (2,), (7,), (124,), (56, 56), (3, 5)])
def test_the_median_is_numpys(shape: tuple[int, ...]) -> None:
    """Of rows of odd and even length the median is that of `np.median`, to the last bit and in float32."""
    values = np.random.default_rng(1).normal(size=shape).astype(np.float32)
    assert np.array_equal(np.median(values, axis=-1), median(values))
    assert np.float32 == median(values).dtype


def test_no_weight_of_a_region_is_denormal() -> None:
    """Each weight is 0 or at least the smallest normal float32: products with smaller ones take four times as long."""
    assert WEIGHTS[WEIGHTS > 0].min() >= np.finfo(np.float32).tiny
