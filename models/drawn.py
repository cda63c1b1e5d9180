"""What the net is shown of drawn motion, and what its temperature and its calibration are measured on."""

from __future__ import annotations

from dataclasses import replace

from models.generate import OWN, PUBLISHED, Batch, generate, joined
from models.smooth import without_smooth

OWN_SEED = 500_000
"""Added to a seed for the drawn images that are like the device's own."""


def drawn(count: int, seed: int) -> Batch:
    """`count` drawn images: half as published sets have them, without their smooth motion, half as the device does."""
    published = generate(count // 2, seed, PUBLISHED)
    published = replace(published, images=without_smooth(published.images))
    return joined([published, generate(count - count // 2, seed + OWN_SEED, OWN)])
