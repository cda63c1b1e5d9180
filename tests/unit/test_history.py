"""What spotting remembers of the last seconds."""

from __future__ import annotations

import numpy as np
import pytest

from appliance.sense.history import median_over_time


@pytest.mark.parametrize("count", [1, 2, 151])
def test_the_median_over_time_is_numpys(count: int) -> None:
    """Of odd and even numbers of samples it equals np.median along time, to the last bit."""
    values = np.random.default_rng(count).normal(size=(count, 3, 21)).astype(np.float32)
    assert np.array_equal(np.median(values, axis=0), median_over_time(list(values)))
