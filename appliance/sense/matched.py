"""How much of a whole movement all regions show together, though none of them may show enough by itself. Pure.

A matched filter (Turin 1960, "An introduction to matched filters"): what the regions show, weighed by the inverse
covariance of their noise, against what they would show of the action units that make a class. A weak smile moves six
places by two or three noise floors each; together that is clear of the noise. The patterns and how the regions' noise
goes together are made ahead (`models.matched`); each region's own floor is what the face at hand shows.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from appliance.sense.ahead import made_ahead
from appliance.sense.frame import F32
from appliance.sense.history import median_over_time
from appliance.sense.regions import NAMES

MOVEMENTS = 37
"""Combinations of units in models/matched.npy."""

NORMAL_MEDIAN = 0.6745
"""Of the size of what is normally distributed, in standard deviations. What a filter usually shows is its unit where a
face's noise goes together otherwise than the file has it."""

EYES = 4
"""Blinks and eyes that look aside there."""

EYES_MIN, EYES_MORE = 0.35, 1.2
"""Eyes that explain this share of what stands out of the noise, and so many times what any movement does, are what
moved: in 108 of 121 brief movements spotted where nothing was planted, nearly all of them blinks that the landmark net
had not seen, and in none of 703 planted ones (decision 0086)."""

_WIDTH = 2 * len(NAMES)
_PARTS = np.cumsum([MOVEMENTS, _WIDTH, MOVEMENTS, EYES])
_ROWS = int(_PARTS[-1]) + _WIDTH
_PATTERNS, _PRECISION, _WITH_LIDS, _EYES, _LID_PRECISION = np.split(made_ahead("matched.npy", _ROWS, _WIDTH), _PARTS)


def eyes_moved(contrast: F32, noise: F32) -> bool:
    """Whether a blink or a shift of gaze explains `contrast` [23, 2] better than any movement; noise: [23] floors."""
    floors = np.repeat(noise, 2)
    seen = contrast.ravel() / floors
    shown = _LID_PRECISION @ seen
    movements, opening, closing = (_along(each / floors, shown) for each in (_WITH_LIDS, -_EYES, _EYES))
    return max(opening, closing) ** 2 > max(EYES_MORE * movements**2, EYES_MIN * float(seen @ shown))


def likeness(contrast: F32, noise: F32) -> float:
    """Squared cosine of `contrast` [23, 2] and the movement most like it, both in floors `noise` [23]; 0..1."""
    floors = np.repeat(noise, 2)
    seen, movements = contrast.ravel() / floors, _WITH_LIDS / floors
    along = np.maximum(movements @ seen, 0.0) / np.sqrt((movements**2).sum(axis=1))
    return float(along.max()) ** 2 / max(float(seen @ seen), 1e-12)


def _along(patterns: npt.NDArray[Any], shown: npt.NDArray[Any]) -> float:
    """How far what is `shown`, weighed, goes along the best of `patterns` [n, 46], standard deviations, at least 0."""
    along = (patterns @ shown) / np.sqrt(((patterns @ _LID_PRECISION) * patterns).sum(axis=1))
    return max(float(along.max()), 0.0)


class MatchedFilters:
    """Looks for the movements of models/matched.npy.

    Args:
        noise: float32 [lags, 23], floor of every region, inter-ocular distances, above 0.
        usual: float32 [n, lags, 23, 2], the contrasts of the last seconds.
    """

    def __init__(self, noise: F32, usual: F32) -> None:
        self.noise = noise
        floors = np.repeat(noise, 2, axis=1)[:, None]
        self._weights: F32 = np.asarray((_PATTERNS / floors) @ _PRECISION / floors, np.float32)
        self._gains: F32 = (self._weights * _PATTERNS).sum(axis=2)
        self._units: F32 = np.sqrt(self._gains)
        self._units *= np.maximum(1.0, median_over_time(np.abs(self.scores(usual))) / NORMAL_MEDIAN)

    def scores(self, contrasts: F32) -> F32:
        """How far each movement stands above the noise, in standard deviations: float32 [..., lags, MOVEMENTS].

        contrasts: float32 [..., lags, 23, 2], inter-ocular distances.
        """
        along = self._weights @ contrasts.reshape(*contrasts.shape[:-2], _WIDTH, 1)
        scores: F32 = along[..., 0] / self._units
        return scores

    def sizes(self, scores: F32) -> F32:
        """How far the region that a movement moves most goes, inter-ocular distances, where it has `scores`."""
        sizes: F32 = scores * self._units / self._gains
        return sizes

    def explained(self, lag: int, movement: int, contrast: F32) -> float:
        """Share of what `contrast` [23, 2] shows above the noise that one movement explains, 0..1."""
        shown = contrast.ravel() / np.repeat(self.noise[lag], 2)
        along = float(self._weights[lag, movement] @ contrast.ravel())
        return along**2 / (float(self._gains[lag, movement]) * float(shown @ _PRECISION @ shown))

    def weights(self, lag: int, movement: int) -> F32:
        """Weights float32 [23, 2] that read a movement best."""
        weights: F32 = self._weights[lag, movement].reshape(-1, 2)
        return weights

    def pattern(self, movement: int) -> F32:
        """What the regions show of one movement, float32 [23, 2], 1 where most."""
        pattern: F32 = _PATTERNS[movement].reshape(-1, 2)
        return pattern
