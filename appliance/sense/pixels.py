"""The few operations on pictures that the chain needs, typed; OpenCV does the work."""

from __future__ import annotations

from typing import TypeVar, cast

import cv2
import numpy as np

from appliance.sense.frame import F32, U8

Picture = TypeVar("Picture", U8, F32)

PATCHES = 56

_CELL = np.array([1, 7, 7, 1], np.float32) / np.float32(16)
"""Integrals, over a cell of two values, of the hat that linear interpolation gives each value and its neighbours."""

GREY_NDIM = 2
"""Axes of a picture without colours."""


def rgb(bgr: cv2.typing.MatLike) -> U8:
    """A decoder's uint8 [h, w, 3] in OpenCV's B, G, R order as R, G, B."""
    return cast("U8", cv2.cvtColor(bgr, cv2.COLOR_BGR2RGB))


def gray(image: U8) -> U8:
    """Luma uint8 [h, w] of uint8 [h, w, 3] RGB (Rec. 601)."""
    return cast("U8", cv2.cvtColor(image, cv2.COLOR_RGB2GRAY))


def warp(image: U8, to_square: F32, side_px: int) -> U8:
    """The square of `side_px` that the affine float32 [2, 3] cuts from `image`; black outside it, bilinear."""
    return cast("U8", cv2.warpAffine(image, to_square, (side_px, side_px), flags=cv2.INTER_LINEAR))


def cut(image: U8, to_square: F32, side_px: int) -> U8:
    """As `warp` of the luma of `image`, uint8 [h, w, 3] RGB or [h, w]; only what the square shows is made grey.

    The same to the last bit: a part begins at a whole pixel, so the inverse loses whole pixels.
    """
    back = np.asarray(cv2.invertAffineTransform(to_square.astype(np.float64)), np.float64)
    spans = []
    for (across, down, first), size in zip(back.tolist(), image.shape[1::-1], strict=True):
        ends = [first, first + across * side_px, first + down * side_px, first + (across + down) * side_px]
        low = min(max(int(min(ends)) - 2, 0), size - 1)
        spans.append(slice(low, min(max(int(max(ends)) + 3, low + 1), size)))
    columns, rows = spans
    back[:, 2] -= (columns.start, rows.start)
    part: U8 = image[rows, columns]
    shown = part if image.ndim == GREY_NDIM else gray(part)
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    return cast("U8", cv2.warpAffine(shown, back, (side_px, side_px), flags=flags))


def soften(image: U8) -> F32:
    """`image` with each pixel the mean of itself and its eight neighbours, float32 and not rounded."""
    return cast("F32", cv2.blur(image.astype(np.float32), (3, 3)))


def brightened(image: F32, gain: float) -> U8:
    """float32 `image` times `gain`, rounded and held to 0..255."""
    return cast("U8", cv2.convertScaleAbs(image, alpha=gain))


def rows_times(image: U8, gain: F32) -> U8:
    """`image` [h, w] with each row times `gain` [n], which is spread over the height; rounded and held to 0..255."""
    rows = cv2.resize(gain[:, None], image.shape[::-1], interpolation=cv2.INTER_LINEAR)
    return cast("U8", cv2.multiply(image, rows, dtype=cv2.CV_8U))


def patch_means(image: U8) -> F32:
    """Means of `image` [h, w] on a grid of PATCHES x PATCHES, float32, at least 1."""
    return np.maximum(shrink(image, PATCHES, PATCHES), 1).astype(np.float32)


def median(values: F32) -> F32:
    """As `np.median` along the last axis, to the last bit, in half its time on short rows: NaN is not looked for."""
    count = values.shape[-1]
    low, high = (count - 1) // 2, count // 2
    ordered = np.partition(values, (low, high), axis=-1)
    middle: F32 = (ordered[..., low] + ordered[..., high]) / np.float32(2)
    return middle


def shrink(image: Picture, width_px: int, height_px: int) -> Picture:
    """`image` made smaller, each pixel the mean of those it covers."""
    return cast("Picture", cv2.resize(image, (width_px, height_px), interpolation=cv2.INTER_AREA))


def moved_by(image: F32, shift: F32) -> F32:
    """`image` [h, w] read at each place plus `shift`, float32 [rows, columns, 2] in pixels, on a coarser grid."""
    height, width = image.shape
    fine = cv2.resize(shift, (width, height), interpolation=cv2.INTER_LINEAR)
    rows, columns = np.indices((height, width), np.float32)
    return cast(
        "F32",
        cv2.remap(
            image, columns + fine[..., 0], rows + fine[..., 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
        ),
    )


def halved(flow: F32) -> F32:
    """float32 [2 n, 2 m, 2] on half as many cells a side: means over each cell of what is linear between the values."""
    sums = cv2.sepFilter2D(flow, cv2.CV_32F, _CELL, _CELL, anchor=(1, 1), borderType=cv2.BORDER_REPLICATE)
    return cast("F32", np.ascontiguousarray(sums[::2, ::2]))


def inverse(affine: F32) -> F32:
    """The inverse float32 [2, 3] of an affine float32 [2, 3]."""
    return cast("F32", cv2.invertAffineTransform(affine)).astype(np.float32)
