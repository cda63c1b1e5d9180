"""A person drawn anew in every frame: the mesh moved by muscles, turned, lit, and seen in perspective."""

from __future__ import annotations

from functools import cached_property

import cv2
import numpy as np

from appliance.sense.frame import F32, U8
from models.acted.muscles import displacement
from models.acted.stage import Lens, Solid, Stage
from models.clips.lids import EYES
from models.render.head import DISTANCE_DM, EYE_LINE, FINER, HAIR_DM, HEIGHT, UNIT_PX, WIDTH, bare, look, project, wall
from models.render.light import RIGS, linear
from models.render.paint import EYE, scalp
from models.render.person import Person, triangles, vertices
from models.render.raster import normals, paint_ids
from models.render.wheel import mesh, morph

SMALL = 0.05
"""Share of a displacement at which the turn of the normals is measured."""
NECK_DM = (0.0, -1.3, -0.9)
"""What the head turns about, from the middle of the eyes: the top of the spine."""
LIDS_RAISED, LIDS_SHUT = 5, 45
LID_UNITS = {LIDS_RAISED: "opened-up", 7: "slit", LIDS_SHUT: "closure"}
"""Units in which the mesh's own lids move (MakeHuman's face units), besides or instead of muscles."""


RIM_PX = 9.0
"""Width of the rim that is stretched round the head's sides."""


class Actor:
    """`person` with Monk `tone` in the light of a rig, ready to be drawn.

    Args:
        person: who.
        tone: 1..10.
        light: a rig's name.

    face: at rest, without hair and brows, as the device's own nets find it.

    Raises:
        DriverMissing: no graphics driver.
    """

    def __init__(self, person: Person, tone: int, light: str = "shop") -> None:
        self._person = person
        shape = vertices(person)
        self.face = bare(shape, person)
        shut = shape + self._lids(LIDS_SHUT)
        paint = look(shut, person, tone, _lashes_down(self.face.points), eyes=False)
        parts = triangles(shape)
        every = np.concatenate(parts)
        grown = scalp(mesh()[0])
        hair = HAIR_DM * grown[:, None] * normals(shape, every)
        self._rest = (shape + hair).astype(np.float32)
        self._used, compact = np.unique(every, return_inverse=True)
        self._every = compact.reshape(-1, 3)
        eyes = [np.unique(mesh()[1][name]) for name in ("helper-l-eye", "helper-r-eye")]
        self._eyes_dm = float(np.linalg.norm(shape[eyes[0]].mean(axis=0) - shape[eyes[1]].mean(axis=0)))
        self._origin = shape[eyes[0]].mean(axis=0) * np.array([0, 1, 1], np.float32)
        kinds = np.zeros_like(shape)
        for each in eyes:
            kinds[each] = shape[each] - shape[each].mean(axis=0)
            kinds[each] /= np.linalg.norm(kinds[each], axis=1, keepdims=True)
        kinds[np.unique(parts[2])] = (-9.0, 0.0, 0.0)
        self._anchor_places = self._anchors(shape, parts[0])
        iris = linear(EYE[person.seed % 4 if person.descent == "caucasian" else 1])
        size = np.array([WIDTH * FINER, HEIGHT * FINER], np.float32)
        spots: F32 = (project(np.asarray(shut + hair, np.float32)) / size).astype(np.float32)
        rig = RIGS[light]
        albedo, surface = (filled(each, paint.there) for each in (paint.albedo, paint.surface))
        solid = Solid(self._every, spots[self._used], kinds[self._used], albedo, surface, iris)
        behind = np.asarray(cv2.resize(wall(rig, paint.there.shape), (WIDTH, HEIGHT)), np.float32)
        self._stage = Stage(solid, rig, behind, Lens((WIDTH / 2, EYE_LINE * HEIGHT), UNIT_PX / FINER, DISTANCE_DM))
        self._moves: dict[int, tuple[F32, F32]] = {}
        self._places = (self._rest - self._origin)[self._used]
        self._normals = normals(self._places, self._every)
        self._stage.meter(self._places, self._normals)

    def _anchors(self, shape: F32, skin: np.ndarray[tuple[int, ...], np.dtype[np.int64]]) -> F32:
        """Places float32 [468, 3] of the landmarks on the head: the seen vertex nearest to each."""
        at = project(shape)
        ids = paint_ids(at, shape[:, 2], skin, (WIDTH * FINER, HEIGHT * FINER))
        seen = np.unique(skin[np.unique(ids[ids >= 0])])
        there = self.face.points * FINER
        nearest = [int(np.argmin(((at[seen] - point) ** 2).sum(axis=1))) for point in there]
        return np.asarray(shape[seen[nearest]], np.float32)

    @cached_property
    def _skin(self) -> F32:
        """How far muscles move each vertex, 0..1: not eyeballs and upper teeth, and little what lies on an eyeball."""
        free = np.ones(len(self._rest), np.float32)
        for name in ("helper-l-eye", "helper-r-eye"):
            ball = self._rest[np.unique(mesh()[1][name])]
            centre = ball.mean(axis=0)
            radius = float(np.linalg.norm(ball - centre, axis=1).max())
            free = np.minimum(free, np.clip((np.linalg.norm(self._rest - centre, axis=1) / radius - 1.0) / 0.6, 0, 1))
        free[np.unique(mesh()[1]["helper-upper-teeth"])] = 0
        return np.asarray(free[:, None], np.float32)

    def _lids(self, unit: int) -> F32:
        """What `unit` does to the mesh's own lids, [n, 3] decimetres."""
        name = LID_UNITS.get(unit)
        if name is None:
            return np.zeros_like(mesh()[0])
        sides = [morph(f"expression/units/{self._person.descent}/eye-{side}-{name}") for side in ("left", "right")]
        return sides[0] + sides[1]

    def _move(self, unit: int) -> tuple[F32, F32]:
        """Displacement and turn of the normals of `unit`, [used, 3] each, largest displacement one eye distance."""
        if unit not in self._moves:
            moved = self._lids(unit)
            if unit not in (LIDS_SHUT, LIDS_RAISED):
                pulled = displacement(self._rest, unit, lambda k: self._anchor_places[k], self._eyes_dm)
                moved = moved + pulled * (1 if unit in LID_UNITS else self._skin)
            moved = moved[self._used]
            if unit != LIDS_SHUT:  # lids close by as much as they are open; all else is measured in eye distances
                moved = moved * (self._eyes_dm / float(np.linalg.norm(moved[:, :2], axis=1).max()))
            turned = (normals(self._places + SMALL * moved, self._every) - self._normals) / SMALL
            self._moves[unit] = (moved.astype(np.float32), turned.astype(np.float32))
        return self._moves[unit]

    def picture(
        self,
        sizes: dict[int, float],
        closed: float = 0.0,
        gaze: tuple[float, float] = (0.0, 0.0),
        turned: tuple[float, float, float] = (0.0, 0.0, 0.0),
        shift_px: tuple[float, float] = (0.0, 0.0),
    ) -> U8:
        """The picture uint8 [240, 320, 3].

        sizes: action unit -> size in eye distances; closed: lids, 0..1; gaze: radians right and up in the picture;
        turned: radians the head is turned to the picture's right, nodded down and tilted; shift_px: right and down.
        """
        places, faces = self._places, self._normals
        for unit, size in (*sizes.items(), (LIDS_SHUT, closed)):
            if size:
                move, turn = self._move(unit)
                places, faces = places + np.float32(size) * move, faces + np.float32(size) * turn
        pose = _rotation(*turned)
        pivot = np.array(NECK_DM, np.float32)
        places = (places - pivot) @ pose.T + pivot
        per_px = 1.0 / (UNIT_PX / FINER)
        moved: F32 = (places + np.array([shift_px[0] * per_px, -shift_px[1] * per_px, 0.0])).astype(np.float32)
        return self._stage.picture(moved, faces @ pose.T, gaze)


def _lashes_down(points: F32) -> F32:
    """`points` [468, 2] with each upper lid on its lower one: the skin is painted with the eyes shut."""
    shut = points.copy()
    for upper, lower in EYES:
        shut[list(upper)] = points[list(lower)]
    return shut


def filled(texture: F32, there: F32) -> F32:
    """`texture` [h, w, c] with what lies beyond the head filled from its rim, for places that turn into view."""
    near = cv2.GaussianBlur(texture * there[..., None], (0, 0), RIM_PX)
    weight = cv2.GaussianBlur(there, (0, 0), RIM_PX)
    rim = near / np.maximum(weight, 1e-6)[..., None]
    return np.where(there[..., None] > 0, texture, rim).astype(np.float32)


def _rotation(right: float, down: float, tilt: float) -> F32:
    """The rotation float32 [3, 3] by angles in radians: about y, then x, then z."""
    (cr, sr), (cd, sd), (ct, st) = ((np.cos(a), np.sin(a)) for a in (right, down, tilt))
    about_y = np.array([[cr, 0, sr], [0, 1, 0], [-sr, 0, cr]])
    about_x = np.array([[1, 0, 0], [0, cd, -sd], [0, sd, cd]])
    about_z = np.array([[ct, st, 0], [-st, ct, 0], [0, 0, 1]])
    return np.asarray(about_z @ about_x @ about_y, np.float32)
