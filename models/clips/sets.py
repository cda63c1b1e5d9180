"""The benchmark's clips: which kinds there are, and the script of each, drawn from a seed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import cv2
import numpy as np

from appliance.sense.frame import U8
from models.clips.film import film
from models.clips.portrait import Portrait, portrait
from models.clips.script import Planted, Script
from models.fields import CLASSES, PRIORS

DEVELOPMENT, SET_ASIDE = 1_000, 900_000
"""First seed of the clips one may look at while choosing, and of those that only the quoted figures come from."""

SIZE_PX = (320, 240)
SCALE = 1.45
"""A face with its eyes 57 pixels apart fills the picture as one does at a counter; small, so that hours can be run."""

FULL_ACTION = 0.1
"""Inter-ocular distances that a full-strength action unit moves the skin (events.Expression.intensity)."""

PLANTED = {"micro 60": 60.0, "micro 120": 120.0, "micro 30": 30.0, "sustained 30": 30.0}
"""Kind of planted clip -> frames a second."""

QUIET = ("still", "blinks", "gaze", "speech", "turns", "flicker", "hands", "people", "nobody")
QUIET_RATES_HZ = (30.0, 60.0)
"""Of even and of odd seeds: devices read at 60, and of the five false events that decision 0095 ended three were there,
while quiet footage at 30 had shown none in seven hours."""

SETTLE_S, REST_S = 3.0, (1.6, 3.0)
"""Quiet before the first movement, and from one to the next."""


@dataclass(frozen=True, slots=True)
class Clip:
    """One clip to make: its kind, seed, rate and script."""

    kind: str
    seed: int
    rate_hz: float
    script: Script

    def frames(self, face: Portrait) -> Iterator[U8]:
        """The clip played on `face`; a clip with nobody in it shows the same place without the face."""
        stage = without_face(face) if self.kind == "nobody" else face
        return film(stage, self.script, self.rate_hz, self.seed)


def face() -> Portrait:
    """The portrait at the size of the benchmark."""
    return portrait(*SIZE_PX, SCALE)


def planted_clip(kind: str, seed: int, seconds: float = 40.0) -> Clip:
    """A clip of `kind` (PLANTED) with movements one after another, blinks between them, sway and noise."""
    rng = np.random.default_rng(seed)
    rate_hz = PLANTED[kind]
    expressions: list[Planted] = []
    blinks = [float(rng.uniform(1.0, SETTLE_S - 0.7))]
    at_s = SETTLE_S
    while at_s < seconds - 5.0:
        label = CLASSES[1 + len(expressions) % 3]
        rules = PRIORS[label]
        weights = np.array([weight for _, weight in rules])
        units = rules[rng.choice(len(rules), p=weights / weights.sum())][0]
        expressions.append(_movement(kind, units, at_s, rng))
        at_s = expressions[-1].offset_s + float(rng.uniform(*REST_S))
        if rng.random() < 0.5:
            blinks.append((expressions[-1].offset_s + at_s) / 2)
    return Clip(kind, seed, rate_hz, _scene(rng, seconds, tuple(expressions), tuple(blinks)))


def _movement(kind: str, units: tuple[int, ...], onset_s: float, rng: np.random.Generator) -> Planted:
    """Micro: 15-35 % of a full action unit, as brief as the rate can show; sustained: 30-80 %, 0.8 to 3.7 s."""
    if kind.startswith("micro"):
        lasts_s = float(rng.uniform(0.2 if kind == "micro 30" else 0.15, 0.48))
        size = FULL_ACTION * float(rng.uniform(0.15, 0.35))
        return Planted(units, onset_s, onset_s + lasts_s * float(rng.uniform(0.35, 0.55)), onset_s + lasts_s, size)
    rise_s, hold_s, fall_s = (float(rng.uniform(*span)) for span in ((0.25, 0.6), (0.3, 2.3), (0.3, 0.8)))
    size = FULL_ACTION * float(rng.uniform(0.3, 0.8))
    apex_s = onset_s + rise_s
    return Planted(units, onset_s, apex_s, apex_s + hold_s + fall_s, size, hold_s)


def _scene(
    rng: np.random.Generator, seconds: float, expressions: tuple[Planted, ...] = (), blinks: tuple[float, ...] = ()
) -> Script:
    return Script(
        seconds,
        expressions,
        blinks,
        sway_px=float(rng.uniform(0.5, 2.5)),
        gain=float(rng.uniform(0.6, 1.05)),
        noise=float(rng.uniform(1.0, 3.0)),
        phase=float(rng.uniform(0.0, 1000.0)),
    )


def quiet_clip(kind: str, seed: int, seconds: float = 60.0) -> Clip:
    """A clip of `kind` (QUIET) in which no expression is shown.

    Raises:
        KeyError: no such kind.
    """
    rng = np.random.default_rng(seed)
    scene = _scene(rng, seconds)
    blinks = tuple(float(at_s) for at_s in np.cumsum(rng.uniform(1.0, 5.0, round(seconds))) if at_s < seconds - 0.2)
    changes: dict[str, dict[str, Any]] = {
        "still": {"sway_px": 0.0},
        "blinks": {"blinks_s": blinks},
        "gaze": {"blinks_s": blinks[::2], "gaze_share": float(rng.uniform(0.03, 0.08))},
        "speech": {"blinks_s": blinks[::2], "speech": float(rng.uniform(0.03, 0.07))},
        "turns": {"blinks_s": blinks[::2], "turn_rad": float(rng.uniform(0.05, 0.3)), "sway_px": 4.0},
        "flicker": {"flicker": float(rng.uniform(0.03, 0.12)), "mains_hz": float(rng.choice((49.97, 60.02)))},
        "hands": {"passing": "hands"},
        "people": {"passing": "people", "blinks_s": blinks},
        "nobody": {"passing": "people", "flicker": 0.04, "sway_px": 0.0},
    }
    return Clip(kind, seed, QUIET_RATES_HZ[seed % 2], replace(scene, **changes[kind]))


def without_face(face: Portrait) -> Portrait:
    """The place without its person: a wall of the background's colour, with shelves."""
    height, width = face.image.shape[:2]
    upper = face.image[: height // 3][face.person[: height // 3] == 0]
    wall = np.full((height, width, 3), upper.mean(axis=0).astype(np.uint8))
    for shelf in range(3):
        top = height * (1 + 2 * shelf) // 7
        cv2.rectangle(wall, (width // 8, top), (7 * width // 8, top + height // 40), (92, 74, 60), -1)
    return Portrait(wall, face.points, face.crop, face.iod_px, empty=True)
