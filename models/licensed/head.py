"""A new head on pooled flow, one for each left-out subject: the yardstick for what these people's data give.

Multinomial logistic regression on the 7 x 7 means of u, v and strain (444 parameters), as in the project's
comparison. Every number is fixed here, none is chosen by looking at a left-out subject: published scores that keep
the best epoch on the left-out subject are .06 to .10 too high.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from appliance.sense.frame import F32
from models.licensed.recording import LABELS

POOLED = 7
RIDGE = 0.1
"""Weight of half the squared parameters against the mean log loss, features at unit variance; set before any run."""
STEPS = 300
"""Accelerated gradient steps; on made motion the loss stands still to six digits from 200 on."""

Numbers = npt.NDArray[np.float64]


def pooled(images: F32) -> Numbers:
    """Features float64 [n, 147] of motion images float32 [n, 28, 28, 3]: means of 4 x 4 cells."""
    count, side = len(images), images.shape[1] // POOLED
    means: Numbers = images.astype(np.float64).reshape(count, POOLED, side, POOLED, side, 3).mean(axis=(2, 4))
    return means.reshape(count, -1)


def leave_one_subject_out(images: F32, labels: Sequence[int], subjects: Sequence[str]) -> list[int]:
    """The class given to each image by the head trained on all other subjects; -1 where nobody else was there.

    images: float32 [n, 28, 28, 3], normalised; labels: indices into `LABELS`.
    """
    features, truth, who = pooled(images), np.array(labels, np.int64), np.array(subjects)
    given = np.full(len(truth), -1, np.int64)
    for subject in sorted(set(subjects)):
        held = who == subject
        if held.all():
            continue
        given[held] = _fit(features[~held], truth[~held])(features[held]).argmax(axis=1)
    return [int(each) for each in given]


class _Head:
    """Scores [n, 3] of features [n, 147], standardised as the training features were."""

    def __init__(self, mean: Numbers, spread: Numbers, weights: Numbers) -> None:
        self._mean, self._spread, self._weights = mean, spread, weights

    def __call__(self, features: Numbers) -> Numbers:
        return _with_one((features - self._mean) / self._spread) @ self._weights


def _fit(features: Numbers, labels: npt.NDArray[np.int64]) -> _Head:
    """A head with classes weighted alike, by Nesterov's accelerated gradient from zero."""
    mean, spread = features.mean(axis=0), features.std(axis=0) + 1e-6
    x = _with_one((features - mean) / spread)
    counts = np.bincount(labels, minlength=len(LABELS))
    share = 1.0 / (np.maximum(counts, 1)[labels] * max(1, np.count_nonzero(counts)))
    target = np.eye(len(LABELS))[labels]
    ridge = np.full((x.shape[1], 1), RIDGE)
    ridge[-1] = 0.0
    # Half the largest eigenvalue bounds the curvature of the softmax loss (Bohning 1992).
    step = 1.0 / (0.5 * float(np.linalg.eigvalsh((x * share[:, None]).T @ x)[-1]) + RIDGE)
    weights = before = np.zeros((x.shape[1], len(LABELS)))
    for at in range(STEPS):
        ahead = weights + at / (at + 3) * (weights - before)
        raw = x @ ahead
        p = np.exp(raw - raw.max(axis=1, keepdims=True))
        p /= p.sum(axis=1, keepdims=True)
        slope = x.T @ ((p - target) * share[:, None]) + ridge * ahead
        before, weights = weights, ahead - step * slope
    return _Head(mean, spread, weights)


def _with_one(features: Numbers) -> Numbers:
    return np.concatenate([features, np.ones((len(features), 1))], axis=1)
