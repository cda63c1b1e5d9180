"""The last seconds of regional motion: what spotting remembers. Pure."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce

import numpy as np
import numpy.typing as npt

from appliance.sense.frame import F32
from appliance.sense.pixels import median


@dataclass(frozen=True, slots=True)
class Sample:
    """One frame for the spotter.

    regions: float32 [23, 2] motion since the reference, inter-ocular distances, in the order of `regions.NAMES`;
    blink, talking: the lids close, the lips move as in speech; moving: the head's own motion is not well explained;
    turning: it takes another pose; crossed: more moves, further, than brief skin movements do;
    faint: the face shows less than the sensor's noise, and its places were fitted (`faint.FaintFit`);
    nose: where its tip stands against the eyes, in eye distances (`readable.nose`);
    head: how far the head's own motion took it (`Motion.head`).
    """

    at_s: float
    regions: F32
    blink: bool = False
    talking: bool = False
    moving: bool = False
    turning: bool = False
    crossed: bool = False
    faint: bool = False
    nose: tuple[float, float] = (0.0, 0.0)
    head: float = 0.0


class History:
    """Samples of the last `seconds`, in order of time.

    Args:
        seconds: how far back.
    """

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._times: list[float] = []
        self._samples: list[Sample] = []

    def add(self, sample: Sample) -> None:
        """Append `sample` and forget what is older than `seconds` before it."""
        self._times.append(sample.at_s)
        self._samples.append(sample)
        old = bisect_left(self._times, sample.at_s - self._seconds)
        if old:
            del self._times[:old], self._samples[:old]

    def clear(self) -> None:
        """Forget everything."""
        self._times.clear()
        self._samples.clear()

    def span_s(self) -> float:
        """Time from the first remembered sample to the last, seconds."""
        return self._times[-1] - self._times[0] if self._times else 0.0

    def rate_hz(self, over_s: float) -> float:
        """Samples a second in the last `over_s` seconds; 0 with fewer than two."""
        first = bisect_left(self._times, self._times[-1] - over_s) if self._times else 0
        count = len(self._times) - 1 - first
        return count / (self._times[-1] - self._times[first]) if count > 0 else 0.0

    def between(self, low_s: float, high_s: float) -> list[Sample]:
        """The samples with low_s <= at_s <= high_s."""
        return self._samples[bisect_left(self._times, low_s) : bisect_right(self._times, high_s)]

    def nearest(self, at_s: float) -> Sample:
        """The sample nearest to `at_s`.

        Raises:
            IndexError: nothing is remembered.
        """
        right = bisect_left(self._times, at_s)
        if right and (right == len(self._times) or at_s - self._times[right - 1] <= self._times[right] - at_s):
            return self._samples[right - 1]
        return self._samples[right]

    def mean(self, at_s: float, half_s: float) -> F32:
        """Mean motion float32 [23, 2] of the samples within `half_s` of `at_s`, or of the nearest one."""
        near = self.between(at_s - half_s, at_s + half_s)
        if len(near) < 2:
            return self.nearest(at_s).regions
        total = reduce(np.add, (sample.regions for sample in near))  # most are two or three: np.sum would copy them
        return np.asarray(total / len(near), np.float32)


def stack(samples: list[Sample]) -> tuple[npt.NDArray[np.float64], F32]:
    """Times float64 [n] and motion float32 [n, 23, 2] of `samples`."""
    times = np.array([sample.at_s for sample in samples])
    return times, np.stack([sample.regions for sample in samples])


def median_over_time(values: Sequence[F32] | F32) -> F32:
    """Median float32 [...] of n `values` of that shape: `np.median` along the first axis in a third of its time."""
    return median(np.ascontiguousarray(np.moveaxis(np.asarray(values), 0, -1)))
