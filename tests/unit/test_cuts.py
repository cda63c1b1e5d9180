"""The crop of a set of flow images, found without labels."""

from __future__ import annotations

import numpy as np

from models.cuts import CUTS, UNCUT, cut, pooled, weights
from models.evaluate import predict_flow, uf1_uar
from models.generate import Recipe, generate

CROPPED = Recipe(
    across=(-0.12, -0.12),
    down=(-0.16, -0.16),
    crop_scale=0.0,
    crop_aspect=0.0,
    crop_shape=(-0.2, -0.2),
    noise=(0.3, 0.6),
    none_share=0.0,
)
"""Faces three cells of 28 to the left, four too high and a fifth too small, in much noise."""


def test_a_cut_moves_what_it_says() -> None:
    """A lone value lands three cells further right and two further up, and a scale moves it away from the middle."""
    image = np.zeros((1, 28, 28, 3), np.float32)
    image[0, 16, 16] = 1.0
    assert np.allclose(1.0, cut(image, 1.0, 1.0, 3, -2)[0, 14, 19])
    grown = cut(image, 1.28, 1.28, 0, 0)[0, :, :, 0]
    assert [17, 17] == [int(each) for each in np.unravel_index(grown.argmax(), grown.shape)]


def test_one_cut_alone_is_the_set_as_it_is() -> None:
    """Three cells down, row 10 stands at row 13; one cut alone changes nothing, and a still border goes on outside."""
    images = np.random.default_rng(1).integers(0, 256, (2, 28, 28, 3), dtype=np.uint8)
    assert np.array_equal(cut(images, 1.0, 1.0, 0, 3)[:, 13], images[:, 10].astype(np.float32))
    same = [np.array_equal(cut(images, *each), images.astype(np.float32)) for each in CUTS]
    assert 1 == sum(same)
    assert not (cut(np.full_like(images, 9), 0.78, 0.78, 0, 0) != 9).any()


def test_one_image_hardly_chooses() -> None:
    """With one image no cut counts over seven times another; with three hundred one percent of certainty tells."""
    sure = np.linspace(0.05, 0.95, len(CUTS))
    rows = np.stack([1 - sure, sure, 0 * sure, 0 * sure], axis=1)[:, None]
    alone = weights(rows)
    assert 1.0 < alone.max() / alone.min() < 7.0
    many = weights(np.repeat(rows, 300, axis=1))
    assert 0.03 * many.max() > many[sure < sure.max() - 0.12].max()
    assert np.isclose(1.0, many.sum())


def test_no_label_and_no_order_matters() -> None:
    """The images' order changes nothing but the rows' order."""
    rng = np.random.default_rng(4)
    rows = rng.dirichlet((1.0, 1.0, 1.0, 1.0), (len(CUTS), 12))
    order = rng.permutation(12)
    assert np.allclose(pooled(rows)[order], pooled(rows[:, order]))


def test_a_set_cropped_otherwise_is_read_better_together() -> None:
    """Drawn images, all cropped alike and wrongly, are named better together than one by one."""
    batch = generate(120, 41, CROPPED)
    labels = batch.labels - 1
    together = uf1_uar(labels, predict_flow(batch.images).argmax(axis=1))[0]
    alone = uf1_uar(labels, np.concatenate([predict_flow(each[None]) for each in batch.images]).argmax(axis=1))[0]
    assert together > alone + 0.05


def test_where_the_crop_is_our_own_each_image_is_read_by_itself() -> None:
    """With one cut an image's answer is the same beside others as alone."""
    images = generate(6, 42, CROPPED).images
    alone = np.concatenate([predict_flow(each[None], cuts=(UNCUT,)) for each in images])
    assert np.array_equal(alone, predict_flow(images, cuts=(UNCUT,)))
