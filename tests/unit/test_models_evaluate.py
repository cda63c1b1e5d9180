"""Measuring the model: scores, calibration, and the bars on real motion."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from models.calibrate import abstention_curve, calibration_error, fit_temperature, softmax
from models.evaluate import CLASS_NAMES, agreement, held_out_calibration, predict_flow, score, uf1_uar

SHARED = Path(os.environ.get("INKLING_SHARED", "../shared")) / "data" / "motion-dev" / "smic_flow28.npz"
real = pytest.mark.skipif(not SHARED.exists(), reason="real motion images are not on this machine (INKLING_SHARED)")


def test_macro_scores_weigh_classes_alike() -> None:
    """Nine right of class 0 and one wrong of class 1, with class 2 absent, give the hand-computed scores."""
    labels = np.array([0] * 9 + [1])
    uf1, uar = uf1_uar(labels, np.zeros(10, np.int64))
    assert (round((2 * 9 / 19) / 3, 6), round(1 / 3, 6)) == (round(uf1, 6), round(uar, 6))


def test_an_interval_holds_its_figure() -> None:
    """The bootstrap interval contains the figure and is wider with fewer subjects."""
    rng = np.random.default_rng(1)
    labels = rng.integers(0, 3, 300)
    guesses = np.where(rng.random(300) < 0.7, labels, (labels + 1) % 3)
    many = score(labels, guesses, np.arange(300) % 60)
    few = score(labels, guesses, np.arange(300) % 4 + (labels == 0) * 4)
    for got in (many, few):
        assert got.uf1_interval[0] < got.uf1 < got.uf1_interval[1]
    assert np.diff(few.uf1_interval)[0] != np.diff(many.uf1_interval)[0]


def test_temperature_mends_overconfidence() -> None:
    """Logits three times too loud are calibrated by a temperature near three."""
    rng = np.random.default_rng(2)
    honest = rng.normal(0.0, 2.0, (4000, 4))
    labels = np.array([rng.choice(4, p=row) for row in softmax(honest)])
    temperature = fit_temperature(3.0 * honest, labels)
    assert 2.6 < temperature < 3.4
    assert calibration_error(softmax(3.0 * honest, temperature), labels) < 0.03
    assert calibration_error(softmax(3.0 * honest), labels) > 0.08


def test_abstaining_keeps_the_surest() -> None:
    """Over the surer half accuracy is that of the surer half."""
    probabilities = np.array([[0.9, 0.1], [0.8, 0.2], [0.6, 0.4], [0.55, 0.45]])
    assert [0.5, 1.0] == abstention_curve(probabilities, np.array([0, 0, 1, 1]), (1.0, 0.5))


def test_probabilities_are_rows_of_three() -> None:
    """predict_flow gives one row of three probabilities for each clip, whatever the scale of each channel."""
    images = np.random.default_rng(3).integers(0, 256, (5, 28, 28, 3), dtype=np.uint8)
    got = predict_flow(images)
    assert ((5, len(CLASS_NAMES)), np.float32) == (got.shape, got.dtype)
    assert np.allclose(1.0, got.sum(axis=1), atol=1e-5)


def test_probabilities_mean_what_they_say() -> None:
    """On held-out made motion the calibration error is at most .05 (issue bar) and accuracy far above chance."""
    accuracy, error = held_out_calibration()
    assert error <= 0.05
    assert accuracy >= 0.75


@real
def test_the_bar_on_real_motion() -> None:
    """On the 164 real clips UF1 is at least .60, and int8 and float agree on at least 97 %."""
    data = np.load(SHARED)
    uf1, _ = uf1_uar(data["label"].astype(np.int64), predict_flow(data["images"]).argmax(axis=1))
    assert uf1 >= 0.60
    assert agreement(predict_flow(data["images"]), predict_flow(data["images"], twin=True)) >= 0.97
