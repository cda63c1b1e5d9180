"""How often a cue was right, as staff say it: labels, their share, and the interval that decides about switching off.

Interval: Wilson (1927, doi 10.1080/01621459.1927.10502953), 80 % two-sided:
    centre = (k + z^2/2) / (n + z^2),  half = z/(n + z^2) * sqrt(k (n - k)/n + z^2/4)
"""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass

Z_80 = 1.2816
"""Normal quantile of .90: 80 % of the mass lies within +-Z_80."""

LABELS_MIN = 20
"""From 20 labels on, the lower bound must be at least half (design page cues.md)."""

LABELS_EARLY = 6
"""A light that is plainly bad need not wait for 20: staff stop answering it first (Bliss et al. 1995). From six labels
on, the upper bound must reach half; a light right 7 times in 10 fails this once in a hundred at six labels."""

RIGHT_MIN = 0.5
"""Right less than half the time, many stop answering (Bliss 1995; Wickens & Dixon 2007)."""

UNHEEDED_CUES, UNHEEDED_LABELS = 10, 2
"""Staff answer a light about as often as it is right (Bliss 1995), so a bad light starves itself of labels. Ten cues
with two answers or fewer switch it off too; a light right and labelled half the time fails this once in eighteen."""

LABELS_MAX = 100
"""The last hundred labels count, so that a changed counter shows."""


@dataclass(frozen=True, slots=True)
class Precision:
    """Measured precision: labels 0..100, of them helped; lower and upper 0..1 (80 % Wilson)."""

    labels: int
    helped: int
    lower: float
    upper: float

    @property
    def share(self) -> float:
        """Helped over labels, 0 without labels."""
        return self.helped / self.labels if self.labels else 0.0

    @property
    def too_low(self) -> bool:
        """True if the light should switch itself off."""
        if self.labels >= LABELS_MIN and self.lower < RIGHT_MIN:
            return True
        return self.labels >= LABELS_EARLY and self.upper < RIGHT_MIN


class Labels:
    """What staff pressed after the last cues: helped or not needed."""

    def __init__(self) -> None:
        self._helped: deque[bool] = deque(maxlen=LABELS_MAX)
        self._answered: deque[bool] = deque(maxlen=UNHEEDED_CUES)

    def cue(self) -> None:
        """A cue was lit; so far nobody answered it."""
        self._answered.append(False)

    def add(self, *, helped: bool) -> None:
        """The last cue was labelled."""
        self._helped.append(helped)
        if self._answered:
            self._answered[-1] = True

    @property
    def unheeded(self) -> bool:
        """True if next to nobody answered the last cues; never where nobody has pressed at all (or has no button)."""
        return bool(self._helped) and len(self._answered) == UNHEEDED_CUES and sum(self._answered) <= UNHEEDED_LABELS

    def precision(self) -> Precision:
        """The share of helped cues among the last labels, with its interval."""
        lower, upper = wilson(sum(self._helped), len(self._helped))
        return Precision(len(self._helped), sum(self._helped), lower, upper)


def wilson(successes: int, trials: int, z: float = Z_80) -> tuple[float, float]:
    """Wilson's interval of a share, each bound 0..1; (0, 1) without trials."""
    if trials == 0:
        return 0.0, 1.0
    centre = (successes + z * z / 2) / (trials + z * z)
    half = z / (trials + z * z) * math.sqrt(successes * (trials - successes) / trials + z * z / 4)
    return max(0.0, centre - half), min(1.0, centre + half)
