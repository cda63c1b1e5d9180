"""Movements that only show as a whole: matched filters over all regions."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from appliance.events import Kind
from appliance.sense.frame import F32
from appliance.sense.head import F64
from appliance.sense.history import Sample
from appliance.sense.matched import EYES, MOVEMENTS, MatchedFilters, eyes_moved
from appliance.sense.regions import LIDS, NAMES
from appliance.sense.spot import Spotter
from models import matched
from models.fields import PRIORS

GATE = 5.0
NOISE = 0.0006
LAGS = 3
SMILE = [units for units, _ in matched.movements()].index((12,))


@cache
def covariance() -> F64:
    """How the regions' noise goes together, [46, 46]."""
    return np.asarray(np.linalg.inv(matched.precision(np.ones_like(LIDS))), np.float64)


def together(count: int, seed: int) -> F32:
    """Noise float32 [count, 23, 2] that goes together between the regions as the file has it, of NOISE where it may."""
    flat = np.random.default_rng(seed).multivariate_normal(np.zeros(2 * len(NAMES)), covariance(), count)
    return (NOISE * flat).reshape(count, len(NAMES), 2).astype(np.float32)


def filters(seed: int = 0) -> MatchedFilters:
    """Filters that have seen a second of such noise at each lag."""
    usual = together(60 * LAGS, seed).reshape(60, LAGS, len(NAMES), 2)
    return MatchedFilters(np.full((LAGS, len(NAMES)), NOISE, np.float32), usual)


def face(pattern: F32, size: float, seed: int = 0, rate_hz: float = 60.0) -> list[Sample]:
    """Six seconds of a face that shows `pattern` by `size` for a quarter of a second from 3.0 s on."""
    made = []
    for k, noise in enumerate(together(round(6 * rate_hz), seed)):
        t = k / rate_hz
        height = size * (0.5 - 0.5 * np.cos(np.pi * np.interp(t, (3.0, 3.12, 3.25), (0, 1, 0))))
        made.append(Sample(t, (noise / 2 + pattern * height).astype(np.float32)))
    return made


def spot(given: list[Sample]) -> list[Kind]:
    """The kinds of what a fresh spotter finds."""
    spotter = Spotter(GATE)
    return [each.kind for sample in given for each in spotter.step(sample)]


def test_the_shipped_filters_are_those_their_code_makes() -> None:
    """models/matched.npy, read by the device, is what `python -m models.matched` writes from the unit table."""
    assert np.load(matched.FILE) == pytest.approx(matched.rows(), rel=1e-3, abs=1e-3)


def test_every_class_has_its_movements() -> None:
    """Each combination of units that makes a class is looked for, and units that move one side alone on either."""
    assert sum(map(len, PRIORS.values())) + 2 * 1 <= len(matched.movements()) == MOVEMENTS
    assert np.abs(matched.patterns()[:, np.repeat(LIDS, 2)]).max() == 0.0


def test_a_weak_smile_shows_as_a_whole_and_in_no_place() -> None:
    """A smile of .003 in noise, below the least size of a place, is told in most of ten draws, of .001 in none."""
    smile = matched.patterns()[SMILE].reshape(-1, 2).astype(np.float32)
    assert 8 <= sum(spot(face(smile, 0.003, seed)) == [Kind.MICRO] for seed in range(10))
    assert 0 == sum(len(spot(face(smile, 0.001, seed))) for seed in range(10))


def test_as_much_motion_that_no_units_make_is_seldom_one() -> None:
    """Regions that go as far as that smile's, each its own way, are told in fewer than a third of twenty draws."""
    smile, told = matched.patterns()[SMILE].reshape(-1, 2), 0
    for seed in range(20):
        angles = np.random.default_rng(seed).uniform(0, 2 * np.pi, len(NAMES))
        astray = np.hypot(*smile.T)[:, None] * np.stack([np.cos(angles), np.sin(angles)], axis=1)
        told += len(spot(face(astray.astype(np.float32), 0.003, seed)))
    assert told < 20 / 3


def test_scores_are_standard_deviations() -> None:
    """In noise as the file has it each movement scores about 1 on average, and hardly ever 4.5."""
    scores = filters().scores(together(4000 * LAGS, 1).reshape(-1, LAGS, len(NAMES), 2))
    assert 0.8 < float(scores.std()) < 1.1
    assert float((scores.max(axis=(1, 2)) > 4.5).mean()) < 0.002


def test_the_size_of_a_movement_is_read() -> None:
    """Of a smile of .004 without noise .004 is read, at every lag."""
    found = filters()
    contrast = np.tile(0.004 * found.pattern(SMILE), (LAGS, 1, 1))
    assert [0.004] * LAGS == pytest.approx(found.sizes(found.scores(contrast))[:, SMILE].tolist(), rel=1e-3)
    assert [1.0] * LAGS == pytest.approx([found.explained(lag, SMILE, contrast[lag]) for lag in range(LAGS)], rel=1e-3)


def test_other_noise_makes_scores_no_higher() -> None:
    """Where each region's noise is its own, against the file, what the filters usually show is taken as their unit."""
    alone = np.random.default_rng(2).normal(0, NOISE, (6000, LAGS, len(NAMES), 2)).astype(np.float32)
    noise = np.full((LAGS, len(NAMES)), 1.18 * NOISE, np.float32)
    scores = MatchedFilters(noise, alone[:100]).scores(alone[100:])
    assert float((scores.max(axis=(1, 2)) > 5.5).mean()) < 0.001


@pytest.mark.parametrize("row", range(EYES))
def test_eyes_that_blink_or_look_aside_are_known_by_their_pattern(row: int) -> None:
    """A blink of both eyes or of one, and a shift of gaze, in noise, is the eyes'; no combination of units is."""
    noise = np.full(len(NAMES), NOISE, np.float32)
    eyes = matched.eyes()[row].reshape(-1, 2)
    shown = 0.02 * eyes / np.hypot(*eyes.T).max() + together(1, row)[0]
    assert eyes_moved(shown.astype(np.float32), noise)
    for pattern in matched.shown_with_lids():
        moved = 0.02 * pattern.reshape(-1, 2) + together(1, row)[0]
        assert not eyes_moved(moved.astype(np.float32), noise)
