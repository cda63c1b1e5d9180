"""The benchmark scores: UF1 and UAR, spotting F1, STRS, and their intervals by resampling subjects. Pure numpy."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from models.licensed.recording import LABELS

IOU_MIN = 0.5
"""A spotted interval counts from this overlap on (MEGC2019-2025)."""
DRAWS = 2000
"""Bootstrap draws: the 2.5 % points then move by about .003 of a score between seeds."""

Confusion = npt.NDArray[np.int64]
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Spots:
    """Counts of spotting: hits, false intervals, missed ones."""

    hits: int = 0
    false: int = 0
    missed: int = 0

    def __add__(self, other: Spots) -> Spots:
        return Spots(self.hits + other.hits, self.false + other.false, self.missed + other.missed)

    @property
    def f1(self) -> float:
        """F1 of the pooled counts, 0 when there is nothing to count."""
        return _share(2 * self.hits, 2 * self.hits + self.false + self.missed)


def confusion(truth: Sequence[int], given: Sequence[int]) -> Confusion:
    """Counts [3, 4]: row the true class, column the given one, the last column no class at all (-1)."""
    counts = np.zeros((len(LABELS), len(LABELS) + 1), np.int64)
    for right, said in zip(truth, given, strict=True):
        counts[right, said] += 1
    return counts


def uf1(counts: Confusion) -> float:
    """Unweighted F1: the mean over classes of F1 from counts pooled over subjects (See et al. 2019)."""
    return float(np.mean([_share(2 * hit, 2 * hit + false + missed) for hit, false, missed in _per_class(counts)]))


def uar(counts: Confusion) -> float:
    """Unweighted average recall (See et al. 2019)."""
    return float(np.mean([_share(hit, hit + missed) for hit, _, missed in _per_class(counts)]))


def analysis_f1(counts: Confusion) -> float:
    """F1 of the recognised labels of hits: harmonic mean of macro precision and macro recall over all three classes.

    Source: Liong, See and Chan 2023, "Spot-then-recognize", whose code the MEGC2025 baseline is; checked against the
    counts and scores in table 1 of Fan et al. 2025, arXiv 2506.15298.
    """
    classes = _per_class(counts)
    precision = float(np.mean([_share(hit, hit + false) for hit, false, _ in classes]))
    recall = float(np.mean([_share(hit, hit + missed) for hit, _, missed in classes]))
    return _share(2 * precision * recall, precision + recall)


def strs(spots: Spots, counts: Confusion) -> float:
    """Spot-then-recognise score: spotting F1 times analysis F1 (MEGC2025, arXiv 2506.15298)."""
    return spots.f1 * analysis_f1(counts)


def overlap(a: tuple[float, float], b: tuple[float, float]) -> float:
    """Intersection over union of two frame intervals, both ends included (the MEGC code's convention)."""
    shared = min(a[1], b[1]) - max(a[0], b[0]) + 1
    return max(0.0, shared) / (max(a[1], b[1]) - min(a[0], b[0]) + 1) if shared > 0 else 0.0


def match(truth: Sequence[tuple[float, float]], spotted: Sequence[tuple[float, float]]) -> dict[int, int]:
    """Index of spotted interval -> index of the true one it hits; each is used once, best overlaps first."""
    pairs = [(overlap(a, b), i, j) for i, a in enumerate(spotted) for j, b in enumerate(truth)]
    hits: dict[int, int] = {}
    for share, i, j in sorted(pairs, reverse=True):
        if share >= IOU_MIN and i not in hits and j not in hits.values():
            hits[i] = j
    return hits


def interval(groups: Sequence[T], score: Callable[[Sequence[T]], float], seed: int = 1) -> tuple[float, float]:
    """The 95 % percentile interval of `score` when subjects are drawn with replacement (Efron and Tibshirani 1993).

    groups: one item a subject, whatever `score` takes.
    """
    rng = np.random.default_rng(seed)
    draws = rng.integers(0, len(groups), (DRAWS, len(groups)))
    scores = [score([groups[at] for at in draw]) for draw in draws]
    low, high = np.percentile(scores, (2.5, 97.5))
    return float(low), float(high)


def _per_class(counts: Confusion) -> list[tuple[int, int, int]]:
    """Hits, false and missed of each class."""
    square = counts[:, : len(LABELS)]
    hits = np.diag(square)
    rows = zip(hits, square.sum(axis=0) - hits, counts.sum(axis=1) - hits, strict=True)
    return [(int(hit), int(false), int(missed)) for hit, false, missed in rows]


def _share(part: float, whole: float) -> float:
    return float(part / whole) if whole else 0.0
