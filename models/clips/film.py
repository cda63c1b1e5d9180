"""Plays a script on the portrait: frames as a camera would give them, with its noise."""

from __future__ import annotations

from collections.abc import Iterator

import cv2
import numpy as np
import numpy.typing as npt

from appliance.sense.frame import F32, U8
from models.clips.lids import lid_rows
from models.clips.portrait import HEIGHT, WIDTH, Portrait
from models.clips.script import Script

NOISE_SIGMA = 2.0
"""Grey levels: a small sensor in shop light at gain 4 (the Raspberry Pi camera guide's order of magnitude)."""
NOISE_FIELDS = 8
NOISE_SHIFT_PX = 64


def film(portrait: Portrait, script: Script, rate_hz: float, seed: int) -> Iterator[U8]:
    """Frames uint8 [480, 640, 3] RGB of `script` at `rate_hz`; the same seed gives the same noise."""
    rng = np.random.default_rng(seed)
    big = (NOISE_FIELDS, HEIGHT + NOISE_SHIFT_PX, WIDTH + NOISE_SHIFT_PX, 3)
    noise = rng.normal(0.0, NOISE_SIGMA, big).round().astype(np.int8)
    rows, columns = np.mgrid[0:HEIGHT, 0:WIDTH].astype(np.float32)
    fields = {unit: portrait.unit_field(unit) for each in script.expressions for unit in each.units}
    for n in range(round(script.seconds * rate_hz)):
        at_s = n / rate_hz
        from_x, from_y = columns, rows
        closed = script.lids(at_s)
        if closed > 0.0:
            from_y = lid_rows(portrait.points, closed, rows)
        for each in script.expressions:
            strength = each.size * each.strength(at_s)
            for unit in each.units if strength > 0.0 else ():
                from_x = from_x - strength * fields[unit][..., 0]
                from_y = from_y - strength * fields[unit][..., 1]
        yield _noisy(_swayed(portrait.image, script.sway(at_s), from_x, from_y), noise, rng)


def _swayed(image: U8, sway: tuple[float, float, float], from_x: F32, from_y: F32) -> U8:
    """`image` read at (from_x, from_y), then moved and turned as a whole."""
    right, down, turn_deg = sway
    move = cv2.getRotationMatrix2D((WIDTH / 2, HEIGHT / 2), turn_deg, 1.0)
    move[:, 2] = move[:, 2] + (right, down)
    back = cv2.invertAffineTransform(move).astype(np.float32)
    # One resampling for both: the map itself is moved, so that the picture is interpolated only once.
    map_x = cv2.warpAffine(from_x, back, (WIDTH, HEIGHT), flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP)
    map_y = cv2.warpAffine(from_y, back, (WIDTH, HEIGHT), flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP)
    return np.asarray(cv2.remap(image, map_x, map_y, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REFLECT), np.uint8)


def _noisy(image: U8, noise: npt.NDArray[np.int8], rng: np.random.Generator) -> U8:
    """`image` with one of the noise fields, shifted anew each time so that it never repeats within a second."""
    y, x = rng.integers(0, NOISE_SHIFT_PX, 2)
    layer = noise[rng.integers(NOISE_FIELDS), y : y + HEIGHT, x : x + WIDTH]
    return np.asarray(cv2.add(image, layer, dtype=cv2.CV_8U), np.uint8)
