"""Rendered heads: that pixels are where the mesh says, and that only what was asked for changes."""

from __future__ import annotations

import numpy as np
import pytest

from models.clips.portrait import Portrait
from models.render.head import head
from models.render.light import RIGS, exposed
from models.render.person import Person
from models.render.raster import interpolate, normals, paint_ids

SOMEONE = Person("female", "young", "asian", 3)


@pytest.fixture(scope="module")
def tones() -> list[Portrait]:
    """One person in three tones, lightest first."""
    return [head(SOMEONE, tone) for tone in (1, 5, 10)]


def test_a_triangle_carries_its_corners_values() -> None:
    """Values are linear over a triangle, pixels outside stay empty, and a triangle facing away is left out."""
    points = np.array([[0, 0], [0, 30], [30, 0]], np.float32)
    one, away = np.array([[0, 1, 2]]), np.array([[0, 2, 1]])
    ids = paint_ids(points, np.zeros(3, np.float32), one, (40, 40))
    got = interpolate(ids, points, one, np.array([[0.0], [30.0], [0.0]], np.float32))
    assert pytest.approx(10.0, abs=0.01) == float(got[10, 5, 0])
    assert ids[35, 35] == -1
    assert (paint_ids(points, np.zeros(3, np.float32), away, (40, 40)) == -1).all()


def test_the_nearer_triangle_is_seen() -> None:
    """Of two triangles on the same pixels the one with the larger depth is painted."""
    points = np.array([[0, 0], [0, 30], [30, 0]] * 2, np.float32)
    both = np.array([[0, 1, 2], [3, 4, 5]])
    assert paint_ids(points, np.array([2, 2, 2, 1, 1, 1], np.float32), both, (40, 40))[5, 5] == 0


def test_normals_stand_on_the_surface() -> None:
    """A flat triangle in the picture's plane has the normal (0, 0, 1)."""
    flat = np.array([[0, 0, 0], [1, 0, 0], [0, 1, 0]], np.float32)
    assert np.allclose(normals(flat, np.array([[0, 1, 2]])), [0, 0, 1])


def test_only_the_tone_changes(tones: list[Portrait]) -> None:
    """Darker tones give darker cheeks, and the same landmarks and motion to the last digit."""
    cheek = tones[0].points[[50, 280]].mean(axis=0).astype(int)
    levels = [float(each.image[cheek[1] - 3 : cheek[1] + 3, :][:, 130:190].mean()) for each in tones]
    assert levels[0] > levels[1] > levels[2]
    assert all(np.array_equal(tones[0].points, each.points) for each in tones)
    assert all(np.array_equal(tones[0].motions[4], each.motions[4]) for each in tones)


@pytest.mark.parametrize(("unit", "landmarks", "down"), [(4, (107, 336), 1), (1, (107, 336), -1), (12, (61, 291), -1)])
def test_units_move_what_they_name(tones: list[Portrait], unit: int, landmarks: tuple[int, ...], down: int) -> None:
    """Brow-lowering moves the inner brows down, raising up, a lip-corner pull the corners up; the largest is 1."""
    field = tones[0].unit_field(unit)
    size = np.linalg.norm(field, axis=2)
    assert pytest.approx(tones[0].iod_px, rel=0.01) == float(size.max())
    for x, y in tones[0].points[list(landmarks)].astype(int):
        assert down * field[y, x, 1] > 0.1 * tones[0].iod_px
    assert float(size[:10].max()) < 0.01 * tones[0].iod_px


def test_glasses_do_not_move_with_the_skin() -> None:
    """With glasses the picture differs round the eyes, and the motion under the rims is gone."""
    bare, worn = head(SOMEONE, 4), head(SOMEONE, 4, glasses=True)
    changed = np.abs(bare.image.astype(int) - worn.image).mean(axis=2)
    assert changed.max() > 60
    rim = changed > 60
    assert (
        np.linalg.norm(worn.motions[4], axis=2)[rim].mean() < 0.5 * np.linalg.norm(bare.motions[4], axis=2)[rim].mean()
    )


def test_the_camera_evens_out_the_light() -> None:
    """Half the light gives nearly the same picture, until the gain's end."""
    light = np.full((8, 8, 3), 0.2, np.float32)
    assert abs(int(exposed(light, RIGS["shop"])[0, 0, 0]) - int(exposed(light / 2, RIGS["shop"])[0, 0, 0])) <= 1
    assert exposed(light / 100, RIGS["shop"])[0, 0, 0] < 60
