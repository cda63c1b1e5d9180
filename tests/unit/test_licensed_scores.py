"""Benchmark scores against published counts and hand-made cases; the left-out subject stays left out."""

from __future__ import annotations

import numpy as np
import pytest

from models.licensed.head import leave_one_subject_out, pooled
from models.licensed.scores import Spots, analysis_f1, confusion, interval, match, overlap, strs, uar, uf1


@pytest.mark.parametrize(
    ("spots", "pairs", "f1_spotting", "score"),
    [
        (Spots(6, 217, 202), [(0, 0), (1, 0)], 0.0278, 0.0062),
        (Spots(3, 115, 34), [(0, 0), (0, 1)], 0.0387, 0.0086),
    ],
)
def test_the_published_baseline_comes_out(
    spots: Spots, pairs: list[tuple[int, int]], f1_spotting: float, score: float
) -> None:
    """Table 1 of MEGC2025 (arXiv 2506.15298): SAMM and CAS(ME)^3, with one hit, one false and one missed label each."""
    counts = confusion([truth for truth, _ in pairs], [given for _, given in pairs])
    assert f1_spotting == pytest.approx(spots.f1, abs=5e-5)
    assert pytest.approx(analysis_f1(counts), abs=5e-5) == 0.2222
    assert score == pytest.approx(strs(spots, counts), abs=5e-5)


def test_uf1_and_uar_of_a_known_confusion() -> None:
    """F1 2/3, 1/2 and 1 and recalls 1/2, 1 and 1 have the means .722 and .833."""
    counts = confusion([0, 0, 1, 2], [0, 1, 1, 2])
    assert pytest.approx((2 / 3 + 2 / 3 + 1) / 3) == uf1(counts)
    assert pytest.approx((1 / 2 + 1 + 1) / 3) == uar(counts)


def test_no_answer_is_a_missed_one_but_no_false_one() -> None:
    """An event without a class lowers recall and leaves the precision of the others alone."""
    silent, wrong = confusion([0, 1, 2, 0], [0, 1, 2, -1]), confusion([0, 1, 2, 0], [0, 1, 2, 1])
    assert uar(silent) == uar(wrong)
    assert uf1(silent) > uf1(wrong)


def test_nothing_to_count_is_zero() -> None:
    """Without any event every score is 0, not an error."""
    empty = confusion([], [])
    assert (0.0, 0.0, 0.0, 0.0) == (uf1(empty), uar(empty), analysis_f1(empty), Spots().f1)


@pytest.mark.parametrize(
    ("a", "b", "share"),
    [((1, 10), (1, 10), 1.0), ((1, 10), (6, 15), 1 / 3), ((1, 10), (11, 20), 0.0), ((5, 5), (5, 6), 0.5)],
)
def test_overlap_counts_both_ends(a: tuple[int, int], b: tuple[int, int], share: float) -> None:
    """Frames 1..10 and 6..15 share 5 of 15 frames; neighbours share none."""
    assert share == pytest.approx(overlap(a, b))
    assert overlap(a, b) == overlap(b, a)


def test_each_interval_is_matched_once() -> None:
    """Two answers to one event give one hit, the better one; the other is false."""
    assert {1: 0} == match([(10, 20)], [(8, 20), (10, 20)])
    assert {} == match([(10, 20)], [(18, 40)])


def test_the_interval_covers_what_subjects_differ_by() -> None:
    """Subjects that all agree give a point; subjects that are all right or all wrong give a wide interval."""
    low, high = interval([1.0] * 8, lambda drawn: float(np.mean(drawn)))
    assert low == high == 1.0
    low, high = interval([0.0, 1.0] * 4, lambda drawn: float(np.mean(drawn)))
    assert low == pytest.approx(0.125, abs=0.13)
    assert high == pytest.approx(0.875, abs=0.13)


def test_pooling_is_the_mean_of_four_by_four_cells() -> None:
    """A field that is its column number pools to the means of four columns each."""
    images = np.tile(np.arange(28, dtype=np.float32)[None, None, :, None], (1, 28, 1, 3))
    assert np.arange(1.5, 28, 4) == pytest.approx(pooled(images).reshape(7, 7, 3)[0, :, 1])


def separable(rng: np.random.Generator, people: int = 5) -> tuple[np.ndarray, list[int], list[str]]:
    """Noisy images whose class moves one of three bands, two of a class for each subject."""
    labels = [label for _ in range(people) for label in (0, 1, 2, 0, 1, 2)]
    subjects = [f"s{who}" for who in range(people) for _ in range(6)]
    images = rng.normal(0, 0.5, (len(labels), 28, 28, 3)).astype(np.float32)
    for image, label in zip(images, labels, strict=True):
        image[label * 9 : label * 9 + 8, :, 1] += 1.0
    return images, labels, subjects


def test_the_head_learns_what_can_be_learnt() -> None:
    """Classes that move different bands are told apart for every left-out subject."""
    images, labels, subjects = separable(np.random.default_rng(3))
    assert labels == leave_one_subject_out(images, labels, subjects)


def test_a_left_out_subjects_labels_are_not_looked_at() -> None:
    """Other labels for one subject leave the answers about that subject as they were, and change somebody else's."""
    rng = np.random.default_rng(4)
    images, labels, subjects = separable(rng)
    images = rng.normal(0, 1, images.shape).astype(np.float32)
    before = leave_one_subject_out(images, labels, subjects)
    after = leave_one_subject_out(images, [2, 0, 1, 2, 0, 1, *labels[6:]], subjects)
    assert before[:6] == after[:6]
    assert before[6:] != after[6:]


def test_a_single_subject_gets_no_head() -> None:
    """With nobody else to learn from there is no class."""
    images, labels, subjects = separable(np.random.default_rng(5), people=1)
    assert [-1] * 6 == leave_one_subject_out(images, labels, subjects)
