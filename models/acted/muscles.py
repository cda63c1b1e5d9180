"""What each action unit does to a mesh, by muscles that pull skin towards bone (Waters 1987).

"A muscle model for animating three-dimensional facial expression", SIGGRAPH 1987: a linear muscle pulls what lies in a
cone round it towards its attachment, a sphincter draws an ellipse together. Where muscles run is anatomy's (Ekman,
Friesen, Hager 2002). Nothing here knows the table of fields that the net is trained on (`models.units`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from appliance.sense.frame import F32

Anchors = Callable[[int], F32]
"""Landmark index of the face mesh (canonical_face_model.obj) -> its place on the head, float32 [3], decimetres."""


@dataclass(frozen=True, slots=True)
class Linear:
    """From bone to skin: landmarks of the image-left side with their mirror on the other, and how wide it pulls.

    lift: where the bone end lies above its landmark, in eye distances (the forehead has few landmarks);
    cone_deg: half the opening of the cone; reach: how far beyond its insertion it pulls, in lengths of its own.
    """

    bone: tuple[int, int]
    skin: tuple[int, int]
    cone_deg: float
    reach: float
    lift: float = 0.0
    strength: float = 1.0


@dataclass(frozen=True, slots=True)
class Sphincter:
    """Two rings (or one, twice): centre between two landmarks, half axes in eye distances, which way it draws.

    below, above: how strongly the lower and the upper half are drawn up and down; inward: and to the middle.
    """

    centre: tuple[tuple[int, int], tuple[int, int]]
    across: float
    down: float
    below: float
    above: float
    inward: float = 0.0


UNIT_MUSCLES: dict[int, tuple[Linear | Sphincter, ...]] = {
    1: (Linear((107, 336), (107, 336), 50, 0.7, lift=0.75),),  # frontalis, inner part
    2: (Linear((105, 334), (70, 300), 45, 0.6, lift=0.75),),  # frontalis, outer part
    4: (  # corrugator and depressor supercilii
        Linear((168, 168), (105, 334), 60, 0.5, lift=-0.1),
        Linear((6, 6), (107, 336), 45, 0.5, strength=0.7),
    ),
    6: (Sphincter(((33, 133), (263, 362)), 0.52, 0.6, 1.0, 0.15, 0.3),),  # orbicularis oculi, outer part
    7: (Sphincter(((33, 133), (263, 362)), 0.36, 0.28, 1.0, 0.25, 0.1),),  # orbicularis oculi, inner part
    9: (Linear((133, 362), (129, 358), 28, 0.5),),  # levator labii superioris alaeque nasi
    10: (Linear((119, 348), (39, 269), 32, 0.35),),  # levator labii superioris
    12: (Linear((123, 352), (61, 291), 36, 0.35),),  # zygomatic major
    14: (Linear((177, 401), (61, 291), 22, 0.3),),  # buccinator
    15: (Linear((210, 430), (61, 291), 40, 0.4),),  # depressor anguli oris
    17: (Linear((17, 17), (199, 199), 60, 0.6),),  # mentalis
    20: (Linear((172, 397), (61, 291), 32, 0.3),),  # risorius
    24: (Sphincter(((61, 291), (61, 291)), 0.5, 0.28, 1.0, 0.8, 0.25),),  # orbicularis oris
}
"""Action unit -> its muscles. Jaw and lids move otherwise (`jaw`; the mesh's own lids)."""

JAW_HINGE = (234, 454)
"""Landmarks nearest the joints of the jaw."""
FRONT = 0.9
"""Eye distances behind its insertion within which a muscle finds skin; the back of the head has none of the face's."""


def displacement(shape: F32, unit: int, anchor: Anchors, eyes: float) -> F32:
    """Displacement float32 [n, 3] of the vertices `shape` by `unit`, its largest part one eye distance (`eyes`).

    Raises:
        KeyError: no muscle is known for `unit`.
    """
    if unit in (25, 26):
        moved = jaw(shape, anchor, eyes, lips_only=unit == 25)
    else:
        parts = [
            _linear(shape, each, anchor, eyes) if isinstance(each, Linear) else _sphincter(shape, each, anchor, eyes)
            for each in UNIT_MUSCLES[unit]
        ]
        moved = np.sum(parts, axis=0)
    return np.asarray(moved * (eyes / max(1e-9, float(np.linalg.norm(moved[:, :2], axis=1).max()))), np.float32)


def _linear(shape: F32, muscle: Linear, anchor: Anchors, eyes: float) -> F32:
    moved = np.zeros_like(shape)
    for bone_at, skin_at in zip(muscle.bone, muscle.skin, strict=True):
        bone, skin = anchor(bone_at) + np.array([0, muscle.lift * eyes, 0], np.float32), anchor(skin_at)
        along, way = skin - bone, shape - bone
        length, far = float(np.linalg.norm(along)), np.maximum(np.linalg.norm(way, axis=1), 1e-6)
        angle = np.degrees(np.arccos(np.clip(way @ along / (far * length), -1, 1)))
        cone = np.where(angle < muscle.cone_deg, np.cos(0.5 * np.pi * angle / muscle.cone_deg), 0.0)
        beyond = np.clip((far - length) / (muscle.reach * length), 0, 1)
        pull = np.where(far < length, np.sin(0.5 * np.pi * far / length), np.cos(0.5 * np.pi * beyond))
        front = shape[:, 2] > min(bone[2], skin[2]) - FRONT * eyes
        moved -= (muscle.strength * cone * pull * front / far)[:, None] * way
    return moved


def _sphincter(shape: F32, muscle: Sphincter, anchor: Anchors, eyes: float) -> F32:
    moved = np.zeros_like(shape)
    for one, other in dict.fromkeys(tuple(sorted(pair)) for pair in muscle.centre):
        centre = (anchor(one) + anchor(other)) / 2
        x, y = ((shape[:, axis] - centre[axis]) / eyes for axis in (0, 1))
        inside = np.clip(1.0 - np.hypot(x / muscle.across, y / muscle.down), 0, 1)
        # Drawn together most half-way out: in the middle there is nothing left to draw.
        ring = inside * np.minimum(1.0, np.abs(y) / (0.25 * muscle.down)) * (shape[:, 2] > centre[2] - FRONT * eyes)
        moved[:, 1] -= np.where(y < 0, muscle.below, muscle.above) * ring * np.sign(y)
        moved[:, 0] -= muscle.inward * ring * np.sign(x)
    return moved


def jaw(shape: F32, anchor: Anchors, eyes: float, *, lips_only: bool) -> F32:
    """What opening the jaw moves (or the lower lip alone), turned about the line through both joints, [n, 3]."""
    hinge = (anchor(JAW_HINGE[0]) + anchor(JAW_HINGE[1])) / 2
    corner, chin = (anchor(61) + anchor(291)) / 2, anchor(152)
    below = np.clip((corner[1] - shape[:, 1]) / (0.12 * eyes), 0, 1)
    aside = np.clip(1.0 - np.abs(shape[:, 0] - corner[0]) / (1.1 * eyes), 0, 1)
    if lips_only:
        lip = 0.45 * (corner[1] - chin[1])
        below = below * np.clip(1.0 - (corner[1] - shape[:, 1]) / lip, 0, 1)
        aside = np.clip(1.0 - np.abs(shape[:, 0] - corner[0]) / (0.55 * eyes), 0, 1)
    under = np.clip((shape[:, 1] - chin[1]) / (0.6 * eyes) + 1.0, 0, 1) * (shape[:, 2] > hinge[2] - 0.2 * eyes)
    weight = below * np.sqrt(aside) * under
    arm = shape - hinge
    moved = np.zeros_like(shape)
    moved[:, 1], moved[:, 2] = -weight * arm[:, 2], weight * arm[:, 1]
    return moved
