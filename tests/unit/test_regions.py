"""The places whose motion is watched, and the slit of the eyes."""

from __future__ import annotations

import numpy as np

from appliance.sense.head import CELLS
from appliance.sense.regions import LIDS, SLIT, pool

DOWN = (np.arange(CELLS, dtype=np.float32) + np.float32(0.5)) / np.float32(CELLS)


def field(
    course: np.ndarray[tuple[int, ...], np.dtype[np.float32]],
) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    """A field that goes down by `course` [28], row by row."""
    rows = np.repeat(course[:, None], CELLS, axis=1)
    return np.stack([np.zeros_like(rows), rows]).astype(np.float32)


def test_skin_that_closes_round_the_eyes_is_seen_as_a_slit_and_not_as_lids() -> None:
    """Above the eyes down, below them up: the place between sees the mean, which is near nothing."""
    seen = pool(field(np.tanh((np.float32(0.29) - DOWN) / np.float32(0.05)).astype(np.float32)))
    assert seen[SLIT, 1] < -2.0
    assert np.abs(seen[LIDS, 1]).max() < 0.35
