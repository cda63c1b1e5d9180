"""Probabilities that mean what they say: temperature, expected calibration error, and what abstaining buys."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

F64 = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

BINS = 15
"""As in Guo et al. 2017, "On calibration of modern neural networks"."""


def softmax(logits: npt.NDArray[Any], temperature: float = 1.0) -> F64:
    """Probabilities [n, k] of logits [n, k]."""
    scaled = np.asarray(logits, np.float64) / temperature
    odds = np.exp(scaled - scaled.max(axis=1, keepdims=True))
    probabilities: F64 = odds / odds.sum(axis=1, keepdims=True)
    return probabilities


def fit_temperature(logits: npt.NDArray[Any], labels: Ints) -> float:
    """The temperature 0.3..4 with the least negative log-likelihood (Guo et al. 2017), to 0.01."""
    grid = np.arange(0.3, 4.0, 0.01)
    rows = np.arange(len(labels))
    losses = [-np.log(softmax(logits, t)[rows, labels] + 1e-12).mean() for t in grid]
    return float(grid[int(np.argmin(losses))])


def calibration_error(probabilities: F64, labels: Ints) -> float:
    """Expected calibration error over 15 equal bins of the top probability (Guo et al. 2017), 0..1."""
    top, right = probabilities.max(axis=1), probabilities.argmax(axis=1) == labels
    bins = np.minimum((top * BINS).astype(int), BINS - 1)
    return float(sum(abs(top[bins == b].mean() - right[bins == b].mean()) * (bins == b).mean() for b in set(bins)))


def abstention_curve(probabilities: F64, labels: Ints, shares: tuple[float, ...]) -> list[float]:
    """Accuracy over the most confident `shares` of the items."""
    order = np.argsort(-probabilities.max(axis=1), kind="stable")
    right = (probabilities.argmax(axis=1) == labels)[order]
    return [float(right[: max(1, round(share * len(right)))].mean()) for share in shares]
