"""Probabilities that mean what they say: temperature, expected calibration error, and what abstaining buys.

`python -m models.calibrate MODEL --seed N` prints the temperature for a .tflite on made motion of that seed.
"""

from __future__ import annotations

import argparse
import hashlib
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from appliance.sense.interpreter import Net
from appliance.sense.normalise import normalise
from models.drawn import drawn
from models.fields import CLASSES

F64 = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

HELD_OUT = 4_000
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


def class_logits(net: Net, images: npt.NDArray[Any]) -> F64:
    """Class logits [n, 4] (none first) that `net` gives for flow images [n, 28, 28, 3] of any scale."""
    outputs = (net.run(image[None]) for image in normalise(images))
    return np.array([next(each for each in pair if each.size == len(CLASSES)).ravel() for pair in outputs], np.float64)


def main() -> None:
    """Print the temperature."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("model", type=Path, help="a .tflite of the expression net")
    parser.add_argument("--seed", type=int, required=True, help="seed of the held-out motion")
    options = parser.parse_args()
    net = Net(options.model, hashlib.sha256(options.model.read_bytes()).hexdigest())
    batch = drawn(HELD_OUT, options.seed)
    print(round(fit_temperature(class_logits(net, batch.images), batch.labels), 3))


if __name__ == "__main__":
    main()
