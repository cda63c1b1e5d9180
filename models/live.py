"""`python -m models.live --out FILE --count N --seed S`: training motion through the device's own alignment and flow.

Where `models.generate` draws what an estimator gives, this paints people (models.render), moves them by the same units
and rules, and lets the chain's own front end measure: blur and what the head model leaves are then the live ones. The
noise is more: crops are neither steadied nor compared with a mean, and faint faces read as flow; with all of that the
net told no more (decision 0094). A process of its own, for TensorFlow and the TFLite runtime do not share one. No
recording of anybody is read.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import dataclass, fields
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from appliance.sense.align import Aligner
from appliance.sense.frame import F32, U8, Landmarks
from appliance.sense.motion import MotionMeter
from appliance.sense.normalise import with_strain
from appliance.sense.pixels import gray
from models.clips.film import swayed
from models.clips.lids import lid_rows
from models.clips.portrait import Portrait
from models.clips.progress import Progress
from models.clips.surface import gaze_field, turn_field, unit_square
from models.fields import UNILATERAL
from models.generate import NUISANCES, Batch, Recipe, actions_of, choose, strayed
from models.render.head import head
from models.render.light import RIGS
from models.render.person import person_of
from models.units import UNITS

FIRST_PERSON = 1000
"""Nobody of the benchmark (from 0 and from 500) or the audit (701 to 704) is trained on."""
IMAGES_A_PERSON = 200
SIZES = (0.012, 0.08)
"""Inter-ocular distances: a weak micro-expression to a strong sustained one."""
NOISE = (1.0, 5.0)
FRAMES = 2
"""Averaged at onset and at apex, as appliance.sense.fields does at 60 Hz."""
SWAY_PX, TURN_RAD = 0.7, 0.02
"""Standard deviation of how far the head moves from onset to apex: half a second of a swaying head."""
CROP_ERROR = 0.015
"""Of the landmarks, inter-ocular distances, all together: people differ from the template."""


@dataclass(frozen=True, slots=True)
class Stage:
    """A painted person with everything that can move, and each pixel's own place.

    square: float32 [2, h, w], where each pixel lies in the unit square of `models.units`; rimmed: glasses hold skin.
    """

    face: Portrait
    columns: F32
    rows: F32
    depth: F32
    gaze: F32
    left: F32
    square: F32
    rimmed: bool = False


def stage_of(face: Portrait, *, rimmed: bool = False) -> Stage:
    """`face` prepared; left is float32 [h, w], 1 on the image-left half and 0 on the other."""
    rows, columns = np.mgrid[0 : face.image.shape[0], 0 : face.image.shape[1]].astype(np.float32)
    middle = float(face.points[[168, 6, 197], 0].mean())
    left = 1.0 / (1.0 + np.exp((columns - middle) / (0.05 * face.iod_px)))
    depth = turn_field(face.crop, face.iod_px, rows, columns)
    gaze = gaze_field(face.points, face.iod_px, rows, columns)
    square = np.stack(unit_square(face.crop, rows, columns))
    return Stage(face, columns, rows, depth, gaze, left.astype(np.float32), square, rimmed)


def movement(stage: Stage, units: list[int], size: float, rng: np.random.Generator, drawn_share: float = 0.0) -> F32:
    """Motion float32 [h, w, 2] in pixels of `units` (place in the list as `choose` has it; 0: none), lids left out.

    drawn_share: of the units, how many move as drawn blobs that stray and not as the mesh does.
    """
    moved = np.zeros((*stage.rows.shape, 2), np.float32)
    for place, unit in enumerate(units):
        if unit in {0, 45}:
            continue
        strength = size * rng.uniform(0.5, 1.0) * (1.0 if place < 4 else 0.5)
        sides = rng.uniform(0.75, 1.0, 2)
        if rng.random() < UNILATERAL.get(unit, 0.05):
            sides[rng.integers(2)] = rng.uniform(0.0, 0.3)
        if drawn_share and not stage.rimmed and rng.random() < drawn_share:
            moved += np.float32(strength) * drawn_field(stage, unit, sides, rng)
        else:
            share = np.float32(strength) * (sides[0] * stage.left + sides[1] * (1.0 - stage.left)).astype(np.float32)
            moved += share[..., None] * stage.face.unit_field(unit)
    return moved


def drawn_field(stage: Stage, unit: int, sides: npt.NDArray[np.float64], rng: np.random.Generator) -> F32:
    """Motion float32 [h, w, 2] in pixels of `unit` at size 1 times `sides` (left, right), its blobs straying anew."""
    x, y = stage.square
    field = np.zeros((*x.shape, 2), np.float32)
    for across, sign, side in ((x, 1.0, sides[0]), (1.0 - x, -1.0, sides[1])):
        for at in range(len(UNITS[unit])):
            bx, by, sx, sy, du, dv = strayed(np.array([unit]), at, rng, Recipe())[0].tolist()
            blob = np.exp(-0.5 * (((across - bx) / sx) ** 2 + ((y - by) / sy) ** 2)) * side
            field[..., 0] += sign * du * blob
            field[..., 1] += dv * blob
    return field * np.float32(stage.face.iod_px)


def picture(
    stage: Stage, moved: F32, closed: float, pose: npt.NDArray[np.float64], noise: float, rng: np.random.Generator
) -> U8:
    """Gray uint8 [h, w] of the person moved by `moved`, lids `closed` 0..1, head at `pose`, with the sensor's noise.

    pose: right, down in pixels; turned, nodded in radians; tilted in degrees.
    """
    right, down, turn, nod, tilt = (float(each) for each in pose)
    x, y = stage.columns - turn * stage.depth - moved[..., 0], stage.rows - nod * stage.depth - moved[..., 1]
    if closed:
        y = y + lid_rows(stage.face.points, closed, stage.rows) - stage.rows
    image = gray(swayed(stage.face.image, (right, down, tilt), x, y))
    noisy: U8 = np.clip(image + 0.67 * noise * rng.standard_normal(image.shape, np.float32), 0, 255).astype(np.uint8)
    return noisy  # 0.67: luma weighs three independent channels (Rec. 601)


def measured(
    stage: Stage, units: list[int], nuisance: str, noise: float, rng: np.random.Generator, drawn_share: float = 0.0
) -> F32:
    """Motion float32 [2, 28, 28] from onset to apex as the device measures it; drawn_share: as in `movement`."""
    size = float(np.exp(rng.uniform(*np.log(SIZES))))
    moved = movement(stage, units, size, rng, drawn_share)
    if nuisance == "gaze":
        angle = rng.uniform(0.0, 2.0 * np.pi)
        moved = moved + size * stage.gaze[..., None] * np.array((np.cos(angle), np.sin(angle)), np.float32)
    closed = float(rng.uniform(0.2, 1.0)) if 45 in units else 0.0
    spread = np.array((SWAY_PX, SWAY_PX, TURN_RAD, TURN_RAD, 0.3))
    poses = spread * rng.standard_normal((2, 5)) * (2.0 if nuisance == "head" else 1.0)
    at = stage.face.points + CROP_ERROR * stage.face.iod_px * rng.standard_normal(2)
    landmarks = Landmarks(np.concatenate([at, np.zeros((len(at), 1))], axis=1).astype(np.float32), 1.0)
    aligner, meter = Aligner(), MotionMeter()
    aligner.lock(landmarks)
    rest = np.zeros_like(moved)
    meter.refer_to(aligner.cut(picture(stage, rest, 0.0, np.zeros(5), noise, rng), 0.0, landmarks))
    fields_: list[F32] = []
    for field, lids, pose in ((rest, 0.0, poses[0]), (moved, closed, poses[0] + 0.5 * poses[1])):
        seen = [aligner.cut(picture(stage, field, lids, pose, noise, rng), 0.0, landmarks) for _ in range(FRAMES)]
        fields_.append(np.mean([meter.measure(each).field for each in seen], axis=0))
    return fields_[1] - fields_[0]


def people(seed: int) -> Iterator[Stage]:
    """Painted people without end, each of another build, tone and light."""
    rng = np.random.default_rng(seed)
    for n in range(FIRST_PERSON, FIRST_PERSON + 10**6):
        light = str(rng.choice(sorted(RIGS)))
        tone, glasses = int(rng.integers(1, 11)), bool(rng.random() < 0.2)
        yield stage_of(head(person_of(n + 7919 * seed), tone, light, glasses=glasses), rimmed=glasses)


def live(count: int, seed: int, evenness: float = 1.0, drawn_share: float = 0.0) -> Batch:
    """`count` images from `seed`, as `models.generate.generate` gives them, by the plain rules (decision 0038).

    evenness: as in `Recipe`; drawn_share: as in `movement`.
    """
    rng = np.random.default_rng(seed)
    labels, nuisance, units = choose(count, rng, Recipe(blends=False, evenness=evenness))
    images, persons = [], people(seed)
    with Progress("live motion", count) as bar:
        for n in range(count):
            if n % IMAGES_A_PERSON == 0:
                stage = next(persons)
            kind = "" if nuisance[n] < 0 else NUISANCES[nuisance[n]]
            noise = float(rng.uniform(*NOISE))
            images.append(with_strain(measured(stage, units[n].tolist(), kind, noise, rng, drawn_share)))
            bar.step()
    return Batch(np.stack(images).astype(np.float32), labels, actions_of(units, labels), nuisance)


def main() -> None:
    """Write a batch as .npz."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--count", type=int, required=True)
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--evenness", type=float, default=1.0, help="below 1 rare movements come more often")
    parser.add_argument("--drawn-share", type=float, default=0.0, help="share of units that move as drawn blobs")
    options = parser.parse_args()
    cv2.setNumThreads(1)
    batch = live(options.count, options.seed, options.evenness, options.drawn_share)
    np.savez(options.out, **{each.name: getattr(batch, each.name) for each in fields(batch)})


if __name__ == "__main__":
    main()
