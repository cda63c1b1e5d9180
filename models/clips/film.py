"""Plays a script on a face: frames as a camera would give them, with its noise, its light and what passes by."""

from __future__ import annotations

from collections.abc import Iterator

import cv2
import numpy as np
import numpy.typing as npt

from appliance.sense.frame import F32, U8
from models.clips.lids import lid_rows
from models.clips.passing import passed
from models.clips.portrait import Portrait
from models.clips.script import Script
from models.clips.surface import gaze_field, turn_field

NOISE_FIELDS = 8
NOISE_SHIFT_PX = 64


def film(face: Portrait, script: Script, rate_hz: float, seed: int) -> Iterator[U8]:
    """Frames uint8 [h, w, 3] RGB of `script` at `rate_hz`; the same seed gives the same noise."""
    height, width = face.image.shape[:2]
    camera = Camera(script, (height, width), face.person, seed)
    rows, columns = np.mgrid[0:height, 0:width].astype(np.float32)
    fields = {unit: face.unit_field(unit) for unit in script.units}
    turned, gazed = (
        turn_field(face.crop, face.iod_px, rows, columns),
        gaze_field(face.points, face.iod_px, rows, columns),
    )
    for n in range(round(script.seconds * rate_hz)):
        at_s = n / rate_hz
        right, down = script.turn(at_s)
        from_x, from_y = columns - right * turned, rows - down * turned
        if (gaze := script.gaze(at_s)) != 0.0:
            from_x = from_x - gaze * gazed
        if (closed := script.lids(at_s)) > 0.0:
            from_y = lid_rows(face.points, closed, from_y)
        for unit, size in script.sizes(at_s).items():
            from_x = from_x - size * fields[unit][..., 0]
            from_y = from_y - size * fields[unit][..., 1]
        image = swayed(face.image, script.sway(at_s), from_x, from_y)
        yield camera.taken(image, at_s)


class Camera:
    """What lies between a face and a frame: who passes by, the lamp, and the sensor's noise.

    Args:
        script: what happens.
        size: rows and columns.
        person: float32 [h, w], 1 where someone stands before the background.
        seed: of the noise.
    """

    def __init__(self, script: Script, size: tuple[int, int], person: F32, seed: int) -> None:
        self._rng = np.random.default_rng(seed)
        big = (NOISE_FIELDS, size[0] + NOISE_SHIFT_PX, size[1] + NOISE_SHIFT_PX, 3)
        self._noise = (self._rng.standard_normal(big, np.float32) * script.noise).round().astype(np.int8)
        self._script, self._person = script, person

    def taken(self, image: U8, at_s: float) -> U8:
        """`image` as the camera gives it at `at_s`."""
        script = self._script
        shown = passed(image, self._person, script.passing, at_s + script.phase)
        return _noisy(_lit(shown, script, at_s), self._noise, self._rng)


def swayed(image: U8, sway: tuple[float, float, float], from_x: F32, from_y: F32) -> U8:
    """`image` read at (from_x, from_y), then moved right and down (pixels) and turned (degrees) by `sway`."""
    height, width = image.shape[:2]
    right, down, turn_deg = sway
    if sway == (0.0, 0.0, 0.0):
        return np.asarray(cv2.remap(image, from_x, from_y, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REFLECT), np.uint8)
    move = cv2.getRotationMatrix2D((width / 2, height / 2), turn_deg, 1.0)
    move[:, 2] = move[:, 2] + (right, down)
    back = cv2.invertAffineTransform(move).astype(np.float32)
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    # One resampling for both: the map itself is moved, so that the picture is interpolated only once.
    map_x = cv2.warpAffine(from_x, back, (width, height), flags=flags, borderMode=cv2.BORDER_REPLICATE)
    map_y = cv2.warpAffine(from_y, back, (width, height), flags=flags, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(cv2.remap(image, map_x, map_y, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REFLECT), np.uint8)


def _lit(image: U8, script: Script, at_s: float) -> U8:
    """`image` under the script's light: its gain, and a lamp's flicker rolling down the rows as they are read."""
    if script.flicker == 0.0:
        return image if script.gain == 1.0 else np.asarray(cv2.convertScaleAbs(image, alpha=script.gain), np.uint8)
    gain = script.gain * script.light(at_s, np.linspace(0.0, 1.0, image.shape[0]))
    shown: U8 = np.clip(image * gain[:, None, None].astype(np.float32), 0, 255).astype(np.uint8)
    return shown


def _noisy(image: U8, noise: npt.NDArray[np.int8], rng: np.random.Generator) -> U8:
    """`image` with one of the noise fields, shifted anew each time so that it never repeats within a second."""
    height, width = image.shape[:2]
    y, x = rng.integers(0, NOISE_SHIFT_PX, 2)
    layer = noise[rng.integers(NOISE_FIELDS), y : y + height, x : x + width]
    return np.asarray(cv2.add(image, layer, dtype=cv2.CV_8U), np.uint8)
