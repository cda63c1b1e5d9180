"""A person in a light, as a face that clips can move: the picture at rest and the exact motion of each action unit.

Only the face at rest is shaded; its movements warp that picture by the mesh's own projected motion (decision 0030).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np

from appliance.sense.frame import F32, U8
from models.clips.portrait import Portrait, with_landmarks
from models.render.light import RIGS, Rig, exposed, linear, lit
from models.render.paint import CLOTH, eyeballs, features, glasses_mask, hair_colour, scalp, skin
from models.render.person import UNIT_TARGETS, Person, triangles, unit_motion, vertices
from models.render.raster import Ints, interpolate, normals, paint_ids
from models.render.wheel import mesh

WIDTH, HEIGHT, FINER = 320, 240, 3
"""Pictures of the benchmark's size, painted three times finer and averaged."""

UNIT_PX = 82.0 * FINER
"""Pixels of a decimetre in the middle of the face: eyes 50 to 60 pixels apart, as in the benchmark's portrait."""

DISTANCE_DM = 7.0
EYE_LINE = 0.45
"""The eyes stand at this share of the height."""
SPREAD = 0.08
"""Inter-ocular distances: skin drags its surroundings along, and the mesh's units are more local than real skin."""

HAIR_DM = 0.11


def head(person: Person, tone: int, light: str = "shop", *, glasses: bool = False) -> Portrait:
    """`person` with Monk `tone` 1..10 in the light of the rig `light`, at rest, with exact motion fields.

    Landmarks and fields depend on the person alone, so that pictures differ in nothing but what was asked for.

    Raises:
        KeyError: no such rig.
        LookupError: no face is found on the bare head.
    """
    shape = vertices(person)
    found = bare(shape, person)
    image = look(shape, person, tone, found.points, glasses=glasses).picture(RIGS[light])
    fine = (HEIGHT * FINER, WIDTH * FINER)
    still = (
        cv2.dilate(glasses_mask(found.points * FINER, fine, UNIT_PX), np.ones((9, 9))) if glasses else np.zeros(fine)
    )
    loose = 1.0 - cv2.resize(still.astype(np.float32), (WIDTH, HEIGHT), interpolation=cv2.INTER_AREA)
    motions = {
        unit: field * loose[..., None]
        for unit in UNIT_TARGETS
        if (field := _motion(shape, person, unit, found)) is not None
    }
    return replace(found, image=image, motions=motions)


def bare(shape: F32, person: Person) -> Portrait:
    """The face of `person` without hair, brows or lips, as the device's own nets find it.

    Raises:
        LookupError: no face is found.
    """
    return with_landmarks(look(shape, person, 4, None).picture(RIGS["shop"]))


def project(shape: F32) -> F32:
    """Pixels float32 [n, 2] of vertices."""
    eyes = shape[np.unique(mesh()[1]["helper-l-eye"])].mean(axis=0)
    near = UNIT_PX / (1.0 - (shape[:, 2] - eyes[2]) / DISTANCE_DM)
    x = WIDTH * FINER / 2 + shape[:, 0] * near
    y = HEIGHT * FINER * EYE_LINE - (shape[:, 1] - eyes[1]) * near
    return np.asarray(np.stack([x, y], axis=1), np.float32)


@dataclass(frozen=True, slots=True)
class Look:
    """What a head shows to the camera at rest, painted FINER times finer: float32 [720, 960, ...] each.

    albedo: [3]; surface: [2], how open to the sky and how glossy, 0..1; normal: [3]; there: 1 where the head is.
    """

    albedo: F32
    surface: F32
    normal: F32
    there: F32

    def picture(self, rig: Rig) -> U8:
        """The picture uint8 [240, 320, 3] in the light of `rig`."""
        light = lit(self.albedo, self.normal, self.surface[..., 0], self.surface[..., 1], rig)
        light = np.where(self.there[..., None] > 0, light, wall(rig, self.there.shape)).astype(np.float32)
        return exposed(np.asarray(cv2.resize(light, (WIDTH, HEIGHT), interpolation=cv2.INTER_AREA), np.float32), rig)


def look(
    shape: F32, person: Person, tone: int, points: F32 | None, *, glasses: bool = False, eyes: bool = True
) -> Look:
    """`person` of `shape` in Monk `tone`; without landmarks `points` it is bare, without `eyes` skin fills them."""
    parts = triangles(shape)
    every = np.concatenate(parts)
    base = mesh()[0]
    unit = normals(shape, every)
    grown = scalp(base) if points is not None else np.zeros(len(base), np.float32)
    shape = shape + HAIR_DM * grown[:, None] * unit
    at = project(shape)
    ids = paint_ids(at, shape[:, 2], every, (WIDTH * FINER, HEIGHT * FINER))
    seen = interpolate(
        ids, at, every, np.concatenate([normals(shape, every), base, shape[:, 2:], grown[:, None]], axis=1)
    )
    normal = seen[..., :3] / np.maximum(np.linalg.norm(seen[..., :3], axis=2, keepdims=True), 1e-6)
    place, depth, hairy = seen[..., 3:6], seen[..., 6], seen[..., 7]
    balls = ((ids >= len(parts[0])) & (ids < len(parts[0]) + len(parts[1]))).astype(np.float32)
    albedo = skin(tone, person, place, UNIT_PX)
    if eyes:
        centres = [at[np.unique(mesh()[1][name])].mean(axis=0) for name in ("helper-l-eye", "helper-r-eye")]
        albedo = eyeballs(albedo, balls, centres, person, UNIT_PX)
    gloss = np.full(ids.shape, 0.35, np.float32) * (1 - hairy) * (1 - balls)
    if points is not None:
        albedo = features(albedo, points * FINER, person, UNIT_PX)
        hair = hair_colour(ids.shape, person, UNIT_PX)
        albedo = albedo + np.clip(hairy * 1.6, 0, 1)[..., None] * (hair - albedo)
        dressed = np.clip((5.55 + 0.2 * np.abs(place[..., 0]) - place[..., 1]) / 0.03, 0, 1)
        albedo = albedo + dressed[..., None] * (linear(CLOTH[person.seed % 4]) - albedo)
        gloss = gloss * (1 - dressed)
    if glasses and points is not None:
        frame = glasses_mask(points * FINER, ids.shape, UNIT_PX)
        albedo = albedo + frame[..., None] * (linear("16130f") - albedo)
    surface = np.stack([_occlusion(depth, ids), gloss], axis=2)
    there = (ids >= 0).astype(np.float32)
    return Look(np.asarray(albedo, np.float32), np.asarray(surface, np.float32), np.asarray(normal, np.float32), there)


def _occlusion(depth: F32, ids: np.ndarray[tuple[int, ...], np.dtype[np.int32]]) -> F32:
    """How open each place is, 0..1: by an unsharp mask of the depth (Luft et al. 2006)."""
    filled = np.where(ids >= 0, depth, 0.0).astype(np.float32)
    open_ = np.ones_like(filled)
    for sigma, strength in ((0.05, 2.0), (0.25, 0.3)):
        behind = cv2.GaussianBlur(filled, (0, 0), sigma * UNIT_PX) - filled
        open_ -= strength * np.clip(behind, 0.0, 0.35)
    return np.clip(open_, 0.25, 1.0).astype(np.float32)


def wall(rig: Rig, shape: tuple[int, ...]) -> F32:
    """The shop's wall and a shelf behind, out of focus."""
    wall = np.full((*shape, 3), linear("a9a59c"), np.float32)
    cv2.rectangle(wall, (0, shape[0] // 5), (shape[1] // 4, shape[0] // 2), linear("6d5b46").tolist(), -1)
    cv2.rectangle(wall, (3 * shape[1] // 4, shape[0] // 3), (shape[1], shape[0] // 2), linear("56656b").tolist(), -1)
    blurred = cv2.GaussianBlur(wall, (0, 0), 0.12 * UNIT_PX)
    mean = np.array(rig.ambient) + np.sum([colour for _, colour in rig.lamps], axis=0) * 0.5
    return np.asarray(blurred * mean, np.float32)


def _motion(shape: F32, person: Person, unit: int, found: Portrait) -> F32 | None:
    """Motion float32 [240, 320, 2] in pixels of `unit`, its largest part one inter-ocular distance."""
    every: Ints = triangles(shape)[0]
    at = project(shape)
    moved = project(shape + unit_motion(person, unit)) - at
    ids = paint_ids(at, shape[:, 2], every, (WIDTH * FINER, HEIGHT * FINER))
    fine = interpolate(ids, at, every, moved)
    field = cv2.resize(fine, (WIDTH, HEIGHT), interpolation=cv2.INTER_AREA)
    field = cv2.GaussianBlur(field, (0, 0), SPREAD * found.iod_px)
    largest = float(np.linalg.norm(field, axis=2).max())
    return None if largest == 0.0 else np.asarray(field * (found.iod_px / largest), np.float32)
