"""The crop averaged over the last moments: sensor noise differs from frame to frame, a face hardly does."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np

from appliance.sense.frame import F32, Aligned

RECENT_S = 0.024
"""Time constant of the mean: at 60 Hz half of it is the newest frame, a third of the noise's variance is left, and the
mean is one frame older (decision 0032)."""


class Steady:
    """A running mean of the crops cut under one lock."""

    def __init__(self) -> None:
        self._mean: F32 | None = None
        self._lock: F32 | None = None
        self._newest_s = self._mean_s = 0.0

    def step(self, aligned: Aligned) -> Aligned:
        """The mean of `aligned` and those before it, at their mean time; a new lock starts anew."""
        if self._mean is None or self._lock is not aligned.to_crop:
            self._mean, self._mean_s = aligned.gray.copy(), aligned.at_s
        else:
            share = 1.0 - float(np.exp(-(aligned.at_s - self._newest_s) / RECENT_S))
            cv2.accumulateWeighted(aligned.gray, self._mean, share)
            self._mean_s += share * (aligned.at_s - self._mean_s)
        self._lock, self._newest_s = aligned.to_crop, aligned.at_s
        return replace(aligned, gray=self._mean, at_s=self._mean_s)
