"""What a head is painted with: skin, lips, brows, lashes, hair, eyes, clothes and glasses, all from formulas.

Colours are linear light. Lips, brows and lashes follow the face-mesh landmarks found on the bare head.
"""

from __future__ import annotations

import cv2
import numpy as np

from appliance.sense.frame import F32
from models.clips.lids import EYES
from models.render.light import linear
from models.render.person import Person

MONK = ("f6ede4", "f3e7db", "f7ead0", "eadaba", "d7bd96", "a07e56", "825c43", "604134", "3a312a", "292420")
"""The ten tones of the Monk Skin Tone Scale (Monk 2019, skintone.google), lightest first."""

LIPS = (61, 185, 40, 39, 37, 0, 267, 269, 270, 409, 291, 375, 321, 405, 314, 17, 84, 181, 91, 146)
MOUTH = (78, 191, 80, 81, 82, 13, 312, 311, 310, 415, 308, 324, 318, 402, 317, 14, 87, 178, 88, 95)
BROWS = ((70, 63, 105, 66, 107, 55, 65, 52, 53, 46), (300, 293, 334, 296, 336, 285, 295, 282, 283, 276))
"""Outlines in the face mesh's indices (canonical_face_model.obj)."""

HAIR = {"young": ("1a1512", "2e231c", "473529", "12100f"), "old": ("8c8783", "6b6662", "aaa59f", "575048")}
EYE = ("4a2e18", "3b2413", "5d6b70", "4f5a3a")
CLOTH = ("2f3d55", "5a2f33", "38443a", "6d6a66")


def noise(shape: tuple[int, ...], sigma_px: float, rng: np.random.Generator) -> F32:
    """Smooth noise float32 [h, w] of unit spread."""
    field = cv2.GaussianBlur(rng.standard_normal(shape).astype(np.float32), (0, 0), sigma_px)
    out: F32 = (field / max(1e-9, float(field.std()))).astype(np.float32)
    return out


def outline(points: F32, indices: tuple[int, ...], shape: tuple[int, ...], soft_px: float) -> F32:
    """Soft mask float32 [h, w] of the polygon of landmarks `indices`."""
    mask = np.zeros(shape, np.uint8)
    cv2.fillPoly(mask, [np.round(points[list(indices)] * 16).astype(np.int32)], (255,), cv2.LINE_AA, 4)
    return np.asarray(cv2.GaussianBlur(mask.astype(np.float32) / 255, (0, 0), soft_px), np.float32)


def skin(tone: int, person: Person, place: F32, unit_px: float) -> F32:
    """Albedo float32 [h, w, 3] of bare skin, `tone` 1..10: blood in cheeks and nose, mottling, freckles, age spots.

    place: the mesh's own coordinates [h, w, 3] at each pixel; unit_px: pixels of a decimetre.
    """
    rng = np.random.default_rng(person.seed)
    base = linear(MONK[tone - 1])
    albedo = np.broadcast_to(base, place.shape).astype(np.float32).copy()
    x, y = np.abs(place[..., 0]), place[..., 1]
    blood = np.exp(-(((x - 0.45) / 0.22) ** 2) - ((y - 6.45) / 0.2) ** 2) + 0.8 * np.exp(
        -((x / 0.13) ** 2) - ((y - 6.5) / 0.12) ** 2
    )
    flush = (0.35 * blood)[..., None] * np.array([0.1, -0.28, -0.22], np.float32)
    shape = place.shape[:2]
    mottle = 0.025 * noise(shape, 0.12 * unit_px, rng) + 0.025 * noise(shape, 0.03 * unit_px, rng)
    pores = 0.045 * noise(shape, 0.010 * unit_px, rng)
    spots = np.clip(noise(shape, 0.013 * unit_px, rng) - (1.9 if person.age == "old" else 2.6), 0, 1)
    return np.asarray(
        np.clip(albedo * (1 + flush) * (1 + mottle + pores - 0.4 * spots)[..., None], 0.004, 0.95), np.float32
    )


def features(albedo: F32, points: F32, person: Person, unit_px: float) -> F32:
    """`albedo` with lips, brows and lashes on it."""
    rng = np.random.default_rng(person.seed + 1)
    shape = albedo.shape[:2]
    lips = np.clip(outline(points, LIPS, shape, 0.02 * unit_px) - outline(points, MOUTH, shape, 0.012 * unit_px), 0, 1)
    tint = np.array([0.78, 0.47, 0.47], np.float32) if person.sex == "female" else np.array([0.88, 0.66, 0.64])
    out = albedo * (1 - lips[..., None] * (1 - tint) * 0.85)
    line = outline(points, MOUTH, shape, 0.012 * unit_px)
    out = out * (1 - 0.75 * line[..., None])
    hair = linear(HAIR[person.age][person.seed % 4])
    strands = cv2.blur(noise(shape, 0.6, rng), (1, max(3, round(0.05 * unit_px))))
    for brow in BROWS:
        mask = outline(points, brow, shape, 0.022 * unit_px) * np.clip(0.85 + 0.5 * strands, 0.5, 1.0)
        out = out + 0.85 * mask[..., None] * (hair - out)
    for upper, _ in EYES:
        lash = np.zeros(shape, np.uint8)
        curve = np.round(points[list(upper)] * 16).astype(np.int32)
        cv2.polylines(lash, [curve], False, (255,), max(1, round(0.022 * unit_px)), cv2.LINE_AA, 4)
        out = out * (1 - 0.85 * cv2.GaussianBlur(lash.astype(np.float32) / 255, (0, 0), 0.006 * unit_px)[..., None])
    return np.asarray(out, np.float32)


def scalp(place: F32) -> F32:
    """How much hair grows, 0..1, at the mesh's own coordinates [..., 3]: behind a hairline from temple to temple."""
    depth = [-0.8, 0.0, 0.25, 0.5, 0.75, 1.0, 1.2, 1.5]
    line = np.interp(place[..., 2], depth, [6.3, 6.8, 7.05, 7.15, 7.28, 7.5, 7.62, 7.66])
    ears = np.clip((0.98 - np.abs(place[..., 0])) / 0.06 + (place[..., 1] - 7.0) / 0.1, 0, 1)
    out: F32 = (ears * np.clip((place[..., 1] - line) / 0.16, 0, 1)).astype(np.float32)
    return out


def hair_colour(shape: tuple[int, ...], person: Person, unit_px: float) -> F32:
    """Strands float32 [h, w, 3] of the person's hair."""
    rng = np.random.default_rng(person.seed + 2)
    fine = cv2.GaussianBlur(noise(shape, 0.8, rng), (0, 0), sigmaX=0.008 * unit_px, sigmaY=0.12 * unit_px)
    shade = np.clip(1.0 + 0.28 * fine / max(1e-6, float(fine.std())), 0.4, 1.8)
    out: F32 = (linear(HAIR[person.age][person.seed % 4]) * shade[..., None]).astype(np.float32)
    return out


def eyeballs(albedo: F32, eyes: F32, centres: list[F32], person: Person, unit_px: float) -> F32:
    """`albedo` with sclera, iris and pupil where `eyes` [h, w] says so; centres: of the irises, pixels."""
    rows, columns = np.mgrid[0 : albedo.shape[0], 0 : albedo.shape[1]].astype(np.float32)
    out = albedo * (1 - eyes[..., None]) + eyes[..., None] * linear("e9e2dc")
    iris = linear(EYE[person.seed % 4 if person.descent == "caucasian" else 1])
    for x, y in centres:
        r = np.hypot(columns - x, rows - y) / unit_px
        for radius, colour in ((0.068, iris * 0.35), (0.060, iris * 1.4), (0.026, linear("050505"))):
            inside = np.clip((radius - r) / 0.008, 0, 1) * eyes
            out = out + inside[..., None] * (colour - out)
        glint = np.clip(
            (0.012 - np.hypot(columns - x - 0.02 * unit_px, rows - y + 0.025 * unit_px) / unit_px) / 0.004, 0, 1
        )
        out = out + (glint * eyes)[..., None] * (2.5 - out)
    return np.asarray(out, np.float32)


def glasses_mask(points: F32, shape: tuple[int, ...], unit_px: float) -> F32:
    """Frame of a pair of glasses, float32 [h, w] 0..1: two rims, a bridge and the temples."""
    mask = np.zeros(shape, np.uint8)
    thick = max(1, round(0.022 * unit_px))
    sides = []
    for upper, lower in EYES:
        x, y = points[list(upper + lower)].mean(axis=0)
        centre = (int(x), int(y + 0.03 * unit_px))
        cv2.ellipse(mask, centre, (int(0.27 * unit_px), int(0.2 * unit_px)), 0, 0, 360, (255,), thick, cv2.LINE_AA)
        sides.append(centre)
    reach = int(0.27 * unit_px)
    (left, y_left), (right, y_right) = sides
    cv2.line(mask, (left + reach, y_left), (right - reach, y_right), (255,), thick, cv2.LINE_AA)
    for x, y, out in ((left, y_left, -1), (right, y_right, 1)):
        cv2.line(mask, (x + out * reach, y), (x + out * int(0.48 * unit_px), y - thick), (255,), thick, cv2.LINE_AA)
    return np.asarray(mask / np.float32(255), np.float32)
