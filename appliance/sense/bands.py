"""The bands that a lamp on the mains lays over a picture read out row by row, and how much of what is seen is a lamp's.

A lamp lights the rows of one frame differently, and flow takes the bands for motion. Heads that sway before a wall make
such differences too, smaller and slower; taken out in one frame and left in the next, they passed for raised brows
(decision 0095). So what is taken out follows what was seen over the last second.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from appliance.sense.frame import F32, U8
from appliance.sense.pixels import PATCHES, median, patch_means, rows_times

F64 = npt.NDArray[np.float64]

_SHAPES = np.cos(np.pi * np.outer((np.arange(PATCHES) + 0.5) / PATCHES, np.arange(6)))
"""A frame read out in 1/60 s shows at most two bands of a 100 or 120 Hz lamp in its height: cosines of up to two and
a half periods, float64 [56, 6]."""

ROUNDS, ASTRAY = 3, 0.01
"""Rounds of the robust fit; rows that differ from the bands by more than this share of their light moved."""

SIZE_MIN, SIZE_FULL = 0.02, 0.04
"""Shares of the light. Heads that sway came to .017 over a second, a lamp that beats slowly with the frames (120.04 Hz
at 60) and flickers by .05 or .06 of its light mostly to .02 to .13 (decision 0095)."""

CHANGE_MIN, CHANGE_FULL = 0.004, 0.008
"""From one frame to the next, shares of the light: without a lamp .0009 to .0029 in shop and dim light, under one at
100 Hz that flickers by .03 .02, by .12 .085 (decision 0095)."""

RECENT_S = 1.0
"""Time constant of what was seen: four times the longest lag of a brief movement, so that no change of what is taken
out looks like one."""


def bands(image: U8, patches: F32) -> F64:
    """How much brighter the reference is than `image` [h, w], row by row, float64 [56], shares of the light.

    patches: `pixels.patch_means` of the reference. Cosines are fitted to the median patch of each row, rows where brows
    or lips moved counting least.
    """
    rows = median(patches / patch_means(image)) - 1.0
    weights = np.ones(PATCHES)
    for _ in range(ROUNDS):
        weighed = _SHAPES * weights[:, None]
        fitted: F64 = _SHAPES @ np.linalg.solve(weighed.T @ _SHAPES, weighed.T @ rows)
        weights = 1.0 / (1.0 + ((rows - fitted) / ASTRAY) ** 2)
    return fitted


class LampBands:
    """Takes a lamp's bands out of pictures, and leaves alone what a swaying head makes of them."""

    def __init__(self) -> None:
        self._last: F64 | None = None
        self._last_s = 0.0
        self._size = self._change = 0.0

    def without(self, image: U8, patches: F32, at_s: float) -> U8:
        """`image`, uint8 [h, w] taken at `at_s`, lit row by row as the reference, so far as a lamp lights it.

        patches: `pixels.patch_means` of the reference.
        """
        fitted = bands(image, patches)
        share = self._lamps(fitted, at_s)
        return image if share == 0.0 else rows_times(image, (1.0 + share * fitted).astype(np.float32))

    def _lamps(self, fitted: F64, at_s: float) -> float:
        """Share 0..1 of the bands `fitted` that is taken for a lamp's."""
        size = float(np.abs(fitted).max())
        if self._last is None:
            self._size = size
        else:
            newer = 1.0 - math.exp(-max(0.0, at_s - self._last_s) / RECENT_S)
            self._size += newer * (size - self._size)
            self._change += newer * (float(np.abs(fitted - self._last).max()) - self._change)
        self._last, self._last_s = fitted, at_s
        return max(_ramp(self._size, SIZE_MIN, SIZE_FULL), _ramp(self._change, CHANGE_MIN, CHANGE_FULL))


def _ramp(value: float, low: float, high: float) -> float:
    """0 up to `low`, 1 from `high` on, straight between."""
    return min(1.0, max(0.0, (value - low) / (high - low)))
