"""`python -m models.evaluate [--data DIR]`: how well the shipped int8 model reads onset-to-apex flow.

Three classes, macro F1 (UF1) and macro recall (UAR) as in MEGC2019 (See et al. 2019); intervals by bootstrap over
subjects; int8 beside its float twin; calibration and abstention. Nothing is chosen here.
"""

from __future__ import annotations

import argparse
import os
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from appliance.sense.card import read_card
from appliance.sense.frame import F32
from appliance.sense.interpreter import Net
from appliance.sense.lock import PACKAGED_FOLDER
from appliance.sense.normalise import mirrored
from models.calibrate import F64, Ints, abstention_curve, calibration_error, class_logits, softmax
from models.clips.progress import Progress
from models.cuts import CUTS, Cut, cut, pooled
from models.drawn import drawn
from models.smooth import without_smooth

CLASS_NAMES = ("negative", "positive", "surprise")
HELD_OUT_SEED = 77_000_001
"""Used for the calibration figure alone: neither trained on nor fitted to."""
HELD_OUT = 3_000
ROUNDS = 2_000
SHARES = (1.0, 0.75, 0.5, 0.25)
ELSEWHERE = (
    (1.0, 1.0, 0, 0), (0.78, 0.78, 0, 0), (1.28, 1.28, 0, 0),
    (1.0, 1.0, 0, 3), (1.0, 1.0, 0, -3), (1.0, 1.0, 3, 0), (1.0, 1.0, -3, 0),
    (0.85, 1.18, 0, 2), (1.18, 0.85, 0, -2),
)  # fmt: skip
"""The set as it is and cropped anew, as eight other authors might have (arguments of models.cuts.cut)."""


@cache
def _net(*, twin: bool) -> Net:
    card = tomllib.loads((PACKAGED_FOLDER / "expression.toml").read_text())
    prefix = "float_" if twin else ""
    return Net(PACKAGED_FOLDER / card[prefix + "file"], card[prefix + "sha256"])


def predict_flow(images: npt.NDArray[Any], *, twin: bool = False, cuts: Sequence[Cut] = CUTS) -> F32:
    """Class probabilities float32 [n, 3] (CLASS_NAMES) of flow images [n, 28, 28, 3], each row summing to 1.

    images: one set, cropped alike. How it was cropped is found from all of them together, without labels (models.cuts);
    one image alone is read under many cuts. Channels u, v, strain: uint8, min-max scaled per clip as published sets
    are, or float as measured. Smooth motion is taken out first: the head's, which no one took out of published flow.
    Each image is averaged with its mirror image, and `none` is taken out.
    cuts: what may have been; (UNCUT,) where our own alignment made the crop, and each image is read by itself.
    """
    temperature = read_card(PACKAGED_FOLDER).temperature

    def read(still: F32) -> F64:
        both = [softmax(class_logits(_net(twin=twin), each), temperature) for each in (still, mirrored(still))]
        averaged: F64 = np.mean(both, axis=0)
        return averaged

    return pooled(np.stack([read(without_smooth(cut(images, *each))) for each in cuts])).astype(np.float32)


@dataclass(frozen=True, slots=True)
class Scores:
    """Macro F1 and macro recall over three classes, each with a 95 % interval."""

    uf1: float
    uar: float
    uf1_interval: tuple[float, float]
    uar_interval: tuple[float, float]


def uf1_uar(labels: Ints, guesses: Ints) -> tuple[float, float]:
    """Macro F1 and macro recall over CLASS_NAMES; a class that is absent counts 0."""
    f1, recall = [], []
    for k in range(len(CLASS_NAMES)):
        hit = np.sum((guesses == k) & (labels == k))
        f1.append(2 * hit / max(1, np.sum(guesses == k) + np.sum(labels == k)))
        recall.append(hit / max(1, np.sum(labels == k)))
    return float(np.mean(f1)), float(np.mean(recall))


def score(labels: Ints, guesses: Ints, subjects: npt.NDArray[np.generic], seed: int = 0) -> Scores:
    """UF1 and UAR with percentile intervals over 2,000 resamplings of the subjects."""
    rng = np.random.default_rng(seed)
    names = np.unique(subjects)
    rows = {name: np.flatnonzero(subjects == name) for name in names}
    drawn = []
    for _ in range(ROUNDS):
        index = np.concatenate([rows[name] for name in rng.choice(names, len(names))])
        drawn.append(uf1_uar(labels[index], guesses[index]))
    low, high = np.percentile(drawn, (2.5, 97.5), axis=0)
    uf1, uar = uf1_uar(labels, guesses)
    return Scores(uf1, uar, (float(low[0]), float(high[0])), (float(low[1]), float(high[1])))


def agreement(one: F32, other: F32) -> float:
    """Share of the clips that two readings [n, 3] name alike."""
    return float(np.mean(one.argmax(axis=1) == other.argmax(axis=1)))


def held_out_calibration() -> tuple[float, float]:
    """Four-class accuracy and expected calibration error on held-out made motion."""
    batch = drawn(HELD_OUT, HELD_OUT_SEED)
    probabilities = softmax(class_logits(_net(twin=False), batch.images), read_card(PACKAGED_FOLDER).temperature)
    return float(np.mean(probabilities.argmax(axis=1) == batch.labels)), calibration_error(probabilities, batch.labels)


def summary(name: str, labels: Ints, readings: list[F32]) -> str:
    """One line about several readings [n, 3] of the same clips: mean scores, the lowest UF1, the surer half."""
    scores = np.array([uf1_uar(labels, each.argmax(axis=1)) for each in readings])
    half = np.mean([abstention_curve(each.astype(np.float64), labels, (0.5,)) for each in readings])
    uf1, uar = scores.mean(axis=0)
    return f"{name}: UF1 {uf1:.3f} (lowest {scores[:, 0].min():.3f}) UAR {uar:.3f}, surer half {half:.3f}"


def main() -> None:
    """Print every figure."""
    shared = os.environ.get("INKLING_SHARED", "../shared")
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path(shared) / "data" / "motion-dev", help="folder of flow images")
    folder = parser.parse_args().data
    accuracy, error = held_out_calibration()
    print(f"made motion, held out, n={HELD_OUT}: accuracy of 4 classes {accuracy:.3f}, calibration error {error:.3f}")
    if not (folder / "smic_flow28.npz").exists():
        print(f"{folder}: no real motion images here, so nothing more is measured")
        return
    data = np.load(folder / "smic_flow28.npz")
    images, labels, subjects = data["images"], data["label"].astype(np.int64), data["subject"]
    with Progress("reading", 2 + len(images) + len(ELSEWHERE)) as bar:

        def read(some: npt.NDArray[Any], *, twin: bool = False) -> F32:
            bar.step()
            return predict_flow(some, twin=twin)

        whole = {"int8": read(images), "float": read(images, twin=True)}
        single = np.concatenate([read(each[None]) for each in images])
        elsewhere = [read(cut(images, *each)) for each in ELSEWHERE]
    for name, probabilities in whole.items():
        got = score(labels, probabilities.argmax(axis=1), subjects)
        print(
            f"{name}: n={len(labels)} UF1 {got.uf1:.3f} [{got.uf1_interval[0]:.3f}, {got.uf1_interval[1]:.3f}] "
            f"UAR {got.uar:.3f} [{got.uar_interval[0]:.3f}, {got.uar_interval[1]:.3f}]"
        )
        curve = abstention_curve(probabilities.astype(np.float64), labels, SHARES)
        print(
            "  accuracy over the most confident "
            + ", ".join(f"{s:.0%}: {a:.3f}" for s, a in zip(SHARES, curve, strict=True))
        )
    print(summary("each clip by itself", labels, [single]))
    print(summary("nine crops of the set", labels, elsewhere))
    print(f"int8 and float agree on {agreement(*whole.values()):.1%} of the clips")


if __name__ == "__main__":
    main()
