"""A motion field as the expression net sees it: pattern only, no amplitude, no offset.

Published flow images are min-max scaled per clip and channel, so zero motion is no fixed level there. Removing the
median (most skin does not move) and dividing by the spread gives the same input from those and from our own flow,
whatever the scale. Amplitude is the gate's business (`spot`), not the net's.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from appliance.sense.frame import F32

CHANNELS = ("u", "v", "strain")
CLIP = 4.0
"""Beyond four spreads nothing tells patterns apart; the int8 scale is spent on what does."""
SPREAD_MIN = 1e-6
"""A channel flatter than this is left at 0."""


def strain(u: F32, v: F32) -> F32:
    """Optical strain magnitude of a flow field, float32 [..., h, w], per cell.

    Infinitesimal strain tensor of the displacement (Shreve et al. 2011, "Macro- and micro-expression spotting in
    long videos using spatio-temporal strain"): sqrt(e_xx^2 + e_yy^2 + 2 e_xy^2).
    """
    u_y, u_x = np.gradient(u, axis=(-2, -1))
    v_y, v_x = np.gradient(v, axis=(-2, -1))
    magnitude: F32 = np.sqrt(u_x**2 + v_y**2 + 0.5 * (u_y + v_x) ** 2).astype(np.float32)
    return magnitude


def with_strain(field: F32) -> F32:
    """A motion field float32 [..., 2, 28, 28] (u right, v down) as an image float32 [..., 28, 28, 3] (u, v, strain)."""
    u, v = field[..., 0, :, :], field[..., 1, :, :]
    image: F32 = np.stack([u, v, strain(u, v)], axis=-1)
    return image


def normalise(image: npt.NDArray[Any]) -> F32:
    """`image` [..., 28, 28, 3] of any number type with each channel's median removed and spread 1, within -4..4."""
    values = np.asarray(image, np.float32)
    centred = values - np.median(values, axis=(-3, -2), keepdims=True)
    spread = np.sqrt(np.mean(centred**2, axis=(-3, -2), keepdims=True))
    scaled = np.where(spread > SPREAD_MIN, centred / np.maximum(spread, SPREAD_MIN), 0.0)
    clipped: F32 = np.clip(scaled, -CLIP, CLIP).astype(np.float32)
    return clipped


def mirrored(image: npt.NDArray[Any]) -> F32:
    """The image of the mirrored face: left and right swapped, and u's sign with them."""
    flipped = np.asarray(image, np.float32)[..., ::-1, :].copy()
    flipped[..., 0] *= -1.0
    return flipped
