"""The generator of training motion, the rules it draws by, and what the net sees of a motion field."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.events import Action
from appliance.sense.normalise import CLIP, mirrored, normalise, strain, with_strain
from models.fields import BLENDS, CLASSES, GROUPS, PRIORS
from models.generate import NUISANCES, OWN, PUBLISHED, Batch, Recipe, choose, generate
from models.units import UNITS

COUNT = 1500
RULES = {name: PRIORS[name] + BLENDS.get(name, ()) for name in PRIORS}


@pytest.fixture(scope="module")
def batch() -> Batch:
    """1,500 drawn images."""
    return generate(COUNT, 7)


def test_a_seed_gives_one_set_and_another_seed_another(batch: Batch) -> None:
    """Drawing again from the seed gives the same bytes; the next seed gives other images."""
    assert all(np.array_equal(getattr(batch, name), getattr(generate(COUNT, 7), name)) for name in Batch.__slots__)
    assert not np.array_equal(batch.images[:10], generate(10, 8).images)


def test_the_classes_come_in_the_shares_asked_for(batch: Batch) -> None:
    """A fifth shows no expression, the three classes share the rest, and each nuisance its fifth of the first."""
    shares = np.bincount(batch.labels, minlength=len(CLASSES)) / COUNT
    assert shares == pytest.approx([0.2, 0.8 / 3, 0.8 / 3, 0.8 / 3], abs=0.05)
    assert np.bincount(batch.nuisance[batch.labels == 0], minlength=len(NUISANCES)).min() > 30
    assert (batch.nuisance[batch.labels > 0] == -1).all()


def test_actions_are_those_of_the_classes_rules(batch: Batch) -> None:
    """No image without an expression has an action, and each action comes only with classes whose rules hold it."""
    assert not batch.actions[batch.labels == 0].any()
    for action, group in GROUPS.items():
        classes = {CLASSES[label] for label in batch.labels[batch.actions[:, action] == 1]}
        allowed = {name for name, rules in RULES.items() if any(set(units) & set(group) for units, _ in rules)}
        assert classes, f"{action.name} is never drawn"
        assert classes <= allowed


def test_lips_that_rise_and_brows_that_fall_move_that_way(batch: Batch) -> None:
    """The mean motion of images with AU 12 goes up at the mouth's corners; that of AU 4 goes down at the brows."""
    rows, columns = slice(20, 25), slice(6, 12)
    assert batch.images[batch.actions[:, Action.LIP_CORNER_PULL] == 1].mean(axis=0)[rows, columns, 1].mean() < -0.01
    brows, inner = slice(4, 8), slice(8, 20)
    assert batch.images[batch.actions[:, Action.BROW_LOWER] == 1].mean(axis=0)[brows, inner, 1].mean() > 0.01


def test_the_rules_name_units_that_have_a_field() -> None:
    """Every unit of a rule or a group is in the table; no class is without a rule, and no rule without a weight."""
    named = {unit for rules in RULES.values() for units, _ in rules for unit in units}
    assert named | {unit for group in GROUPS.values() for unit in group} <= set(UNITS)
    assert set(GROUPS) == set(Action)
    for name, rules in RULES.items():
        assert min(weight for _, weight in rules) > 0.0, name
    assert set(PRIORS) == set(CLASSES[1:])


@given(scale=st.floats(1e-3, 1e3), shift=st.floats(-5, 5), seed=st.integers(0, 2**16))
def test_normal_images_know_no_size_and_no_offset(scale: float, shift: float, seed: int) -> None:
    """An image, and the same one larger and brighter, look alike to the net: median 0, within the clip."""
    image = np.random.default_rng(seed).normal(0, 1, (28, 28, 3))
    one, other = normalise(image), normalise(scale * image + shift)
    assert one == pytest.approx(other, abs=0.02)
    assert np.abs(np.median(one, axis=(0, 1))).max() < 1e-5
    assert np.abs(one).max() <= CLIP


def test_a_still_face_is_nothing_to_the_net() -> None:
    """A flat field is all zero, however large."""
    assert not normalise(np.full((28, 28, 3), 7.0)).any()


def test_strain_is_that_of_a_stretch() -> None:
    """Skin that stretches by 1 % a cell across and shears by 2 % a cell has strain sqrt(.01^2 + .5 * .02^2)."""
    y, x = np.mgrid[0:28, 0:28].astype(np.float32)
    assert strain(0.01 * x + 0.02 * y, 0 * x) == pytest.approx(np.sqrt(0.01**2 + 0.5 * 0.02**2), rel=1e-4)


def test_a_mirrored_face_moves_the_other_way(batch: Batch) -> None:
    """Mirroring twice gives the image back; once, it swaps the sides and turns right into left."""
    image = with_strain(np.moveaxis(batch.images[0, ..., :2], -1, 0))
    assert np.array_equal(image, mirrored(mirrored(image)))
    assert mirrored(image)[3, 0, 0] == -image[3, 27, 0]
    assert mirrored(image)[3, 0, 1] == image[3, 27, 1]


def test_no_movement_belongs_to_two_classes() -> None:
    """A set of units is listed once, under one class, whether alone or blended; blends are of known classes."""
    listed = [frozenset(units) for rules in RULES.values() for units, _ in rules]
    assert len(listed) == len(set(listed))
    assert set(BLENDS) <= set(PRIORS)


def test_blends_are_drawn_and_left_out_when_asked() -> None:
    """Drawn images hold every blend; without blends each expression is one of the plain rules."""
    for blends, rules in ((True, RULES), (False, PRIORS)):
        labels, _, units = choose(4000, np.random.default_rng(3), Recipe(blends=blends))
        for label in range(1, len(CLASSES)):
            drawn = {frozenset(row[row > 0].tolist()) for row in units[labels == label][:, :4]}
            assert drawn == {frozenset(units_) for units_, _ in rules[CLASSES[label]]}


def test_published_crops_stray_further_than_the_devices() -> None:
    """The height of smiles varies a quarter more by the recipe for published sets than by our own."""

    def spread(recipe: Recipe) -> float:
        clean = replace(recipe, none_share=0.0, head=0.0, noise=(0.01, 0.02), blends=False)
        batch = generate(800, 21, clean)
        size = batch.images[batch.labels == CLASSES.index("positive"), :, :, 1] ** 2
        rows = (size * np.arange(28)[:, None]).sum(axis=(1, 2)) / size.sum(axis=(1, 2))
        return float(rows.std())

    assert spread(PUBLISHED) > 1.25 * spread(OWN)


def test_evenness_draws_rare_movements_more_often() -> None:
    """By square roots of the weights, stretched lips alone are 1.3 to 2 times as frequent among negative images."""

    def share(evenness: float) -> float:
        labels, _, units = choose(6000, np.random.default_rng(5), Recipe(blends=False, evenness=evenness))
        negative = units[labels == CLASSES.index("negative")][:, :4]
        return float(((negative == 20).sum(axis=1) == (negative > 0).sum(axis=1)).mean())

    assert 0.02 < share(1.0) < 0.04
    assert 2.0 * share(1.0) > share(0.5) > 1.3 * share(1.0)
