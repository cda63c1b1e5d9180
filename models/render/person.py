"""Who is rendered: sex, age and ethnicity as the mesh's own morphs, and what their action units do to it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from appliance.sense.frame import F32
from models.render.raster import Ints
from models.render.wheel import mesh, morph

UNIT_TARGETS: dict[int, tuple[str, ...]] = {
    1: ("eyebrows-left-inner-up", "eyebrows-right-inner-up"),
    2: ("eyebrows-left-extern-up", "eyebrows-right-extern-up"),
    4: ("eyebrows-left-down", "eyebrows-right-down"),
    5: ("eye-left-opened-up", "eye-right-opened-up"),
    7: ("eye-left-slit", "eye-right-slit"),
    9: ("nose-left-elevation", "nose-right-elevation"),
    10: ("mouth-elevation",),
    12: ("mouth-corner-puller",),
    15: ("mouth-depression",),
    20: ("mouth-retraction",),
    25: ("mouth-part-later",),
    26: ("mouth-open",),
}
"""Action unit -> the expression targets that show it (MakeHuman's face units); others have none and stay analytic."""

LOWEST_DM = 4.2
"""Decimetres below the crown that are still in the picture: to the chest."""


@dataclass(frozen=True, slots=True)
class Person:
    """Sex, age and descent are the mesh's labels; seed draws the shape of head, nose and eyes beyond them."""

    sex: Literal["female", "male"] = "female"
    age: Literal["young", "old"] = "young"
    descent: Literal["african", "asian", "caucasian"] = "caucasian"
    seed: int = 0


SHAPES = (
    ("head/head-oval", ""),
    ("head/head-round", ""),
    ("head/head-square", ""),
    ("forehead/forehead-nubian-decr", "forehead/forehead-nubian-incr"),
    ("forehead/forehead-scale-vert-decr", "forehead/forehead-scale-vert-incr"),
    ("eyes/l-eye-trans-in", "eyes/l-eye-trans-out"),
    ("eyes/r-eye-trans-in", "eyes/r-eye-trans-out"),
    ("eyebrows/eyebrows-trans-down", "eyebrows/eyebrows-trans-up"),
)
"""Pairs of opposite targets that identity draws between; both eyes are drawn alike."""

SHAPE_SIZE = 0.35


def person_of(seed: int) -> Person:
    """A person whose sex, age and descent take turns with the seed."""
    descent: tuple[Literal["caucasian", "african", "asian"], ...] = ("caucasian", "african", "asian")
    return Person("male" if seed % 2 else "female", "old" if seed % 4 == 3 else "young", descent[seed % 3], seed)


def vertices(person: Person) -> F32:
    """Vertices float32 [19158, 3] of `person` at rest, decimetres."""
    kind = f"{person.sex}-{person.age}"
    shape = mesh()[0] + morph(f"macrodetails/{person.descent}-{kind}")
    shape = shape + morph(f"macrodetails/universal-{kind}-averagemuscle-averageweight")
    drawn = np.random.default_rng(person.seed).uniform(-SHAPE_SIZE, SHAPE_SIZE, len(SHAPES))
    drawn[6] = drawn[5]
    for size, (less, more) in zip(drawn, SHAPES, strict=True):
        target = more if size > 0 else less
        if target:
            shape = shape + np.float32(abs(size)) * morph(target)
    return shape.astype(np.float32)


def unit_motion(person: Person, unit: int) -> F32:
    """Displacement float32 [19158, 3] of action unit `unit` at full strength.

    Raises:
        KeyError: the mesh has no target for it.
    """
    parts = [morph(f"expression/units/{person.descent}/{name}") for name in UNIT_TARGETS[unit]]
    return np.asarray(np.sum(parts, axis=0), np.float32)


def triangles(shape: F32) -> tuple[Ints, Ints, Ints]:
    """Triangles [n, 3] of skin, eyeballs and teeth from the chest up."""
    lowest = shape[np.unique(mesh()[1]["body"]), 1].max() - LOWEST_DM
    parts = (("body",), ("helper-l-eye", "helper-r-eye"), ("helper-upper-teeth", "helper-lower-teeth"))
    found = []
    for names in parts:
        quads = np.concatenate([mesh()[1][name] for name in names])
        both = np.concatenate([quads[:, [0, 1, 2]], quads[:, [0, 2, 3]]])
        found.append(both[(shape[both][:, :, 1] > lowest).all(axis=1)])
    return found[0], found[1], found[2]
