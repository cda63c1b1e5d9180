"""The few operations on pictures that the chain needs, typed; OpenCV does the work."""

from __future__ import annotations

from typing import cast

import cv2
import numpy as np

from appliance.sense.frame import F32, U8


def rgb(bgr: cv2.typing.MatLike) -> U8:
    """A decoder's uint8 [h, w, 3] in OpenCV's B, G, R order as R, G, B."""
    return cast("U8", cv2.cvtColor(bgr, cv2.COLOR_BGR2RGB))


def gray(image: U8) -> U8:
    """Luma uint8 [h, w] of uint8 [h, w, 3] RGB (Rec. 601)."""
    return cast("U8", cv2.cvtColor(image, cv2.COLOR_RGB2GRAY))


def warp(image: U8, to_square: F32, side_px: int) -> U8:
    """The square of `side_px` that the affine float32 [2, 3] cuts from `image`; black outside it, bilinear."""
    return cast("U8", cv2.warpAffine(image, to_square, (side_px, side_px), flags=cv2.INTER_LINEAR))


def soften(image: U8) -> U8:
    """`image` with each pixel the mean of itself and its eight neighbours."""
    return cast("U8", cv2.blur(image, (3, 3)))


def shrink(image: U8, width_px: int, height_px: int) -> U8:
    """`image` made smaller, each pixel the mean of those it covers."""
    return cast("U8", cv2.resize(image, (width_px, height_px), interpolation=cv2.INTER_AREA))


def cell_means(flow: F32, cells: int) -> F32:
    """float32 [h, w, 2] averaged to [cells, cells, 2]."""
    return cast("F32", cv2.resize(flow, (cells, cells), interpolation=cv2.INTER_AREA))


def inverse(affine: F32) -> F32:
    """The inverse float32 [2, 3] of an affine float32 [2, 3]."""
    return cast("F32", cv2.invertAffineTransform(affine)).astype(np.float32)
