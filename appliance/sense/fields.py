"""The motion fields of the last seconds, on one continuous scale across changes of the reference frame."""

from __future__ import annotations

from bisect import bisect_left, bisect_right

import numpy as np
import numpy.typing as npt

from appliance.events import Interval
from appliance.sense.frame import F32
from appliance.sense.head import CELLS

AROUND_S = 0.02
"""Fields this far round a moment are averaged: less flow noise, and no movement is that fast."""

REST_S = 0.1
"""This long before its onset and after its offset a face at rest is compared with what it showed."""


class Fields:
    """Fields of the last `seconds`, kept as float16 (3 KB each).

    Args:
        seconds: how far back.
    """

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._times: list[float] = []
        self._fields: list[npt.NDArray[np.float16]] = []
        self._base: F32 = np.zeros((2, CELLS, CELLS), np.float32)
        self._last = self._base

    def clear(self) -> None:
        """Forget everything."""
        self._times.clear()
        self._fields.clear()
        self._base = self._last = np.zeros((2, CELLS, CELLS), np.float32)

    def rebase(self) -> None:
        """The next field is measured from a new reference frame: the last one added."""
        self._base = self._last

    def add(self, at_s: float, field: F32) -> F32:
        """Remember `field` float32 [2, 28, 28] from the present reference; the same on the continuous scale."""
        self._last = self._base + field
        self._times.append(at_s)
        self._fields.append(self._last.astype(np.float16))
        old = bisect_left(self._times, at_s - self._seconds)
        if old:
            del self._times[:old], self._fields[:old]
        return self._last

    def change(self, onset_s: float, apex_s: float) -> F32:
        """Motion float32 [2, 28, 28] from the onset to the apex, inter-ocular distances.

        Raises:
            LookupError: nothing is remembered.
        """
        return self._mean(apex_s - AROUND_S, apex_s + AROUND_S) - self._mean(onset_s - 2 * AROUND_S, onset_s)

    def back(self, apex_s: float, offset_s: float) -> F32:
        """Motion float32 [2, 28, 28] from what followed the offset to the apex: as `change`, if it went as it came.

        Raises:
            LookupError: nothing is remembered.
        """
        return self._mean(apex_s - AROUND_S, apex_s + AROUND_S) - self._mean(offset_s, offset_s + 2 * AROUND_S)

    def movement(self, interval: Interval) -> F32:
        """Motion float32 [2, 28, 28] of a brief movement from rest to apex, inter-ocular distances.

        The mean of `change` from its onset to its apex and of the least-squares height of its course, a raised cosine
        up and down (`course.FOOT`), in all fields from REST_S before it to REST_S after it: the latter loses noise in
        many frames, the former keeps what does not come back as it went (decision 0086).

        Raises:
            LookupError: nothing is remembered.
        """
        change = self.change(interval.onset_s, interval.apex_s)
        low = bisect_left(self._times, interval.onset_s - REST_S)
        high = bisect_right(self._times, interval.offset_s + REST_S)
        feet = (interval.onset_s, interval.apex_s, interval.offset_s)
        course = 0.5 - 0.5 * np.cos(np.pi * np.interp(self._times[low:high], feet, (0.0, 1.0, 0.0)))
        above = course - course.mean() if high > low else course
        if not above.any():
            return change
        weights = (above / (above**2).sum()).astype(np.float32)
        height = np.tensordot(weights, np.array(self._fields[low:high], np.float32), 1)
        return np.asarray((change + height) / np.float32(2), np.float32)

    def _mean(self, low_s: float, high_s: float) -> F32:
        if not self._times:
            raise LookupError("no field is remembered: add one first")
        low, high = bisect_left(self._times, low_s), bisect_right(self._times, high_s)
        if low == high:
            low = min(max(low - 1, 0), len(self._times) - 1)
            high = low + 1
        mean: F32 = np.mean(self._fields[low:high], axis=0, dtype=np.float32)
        return mean
