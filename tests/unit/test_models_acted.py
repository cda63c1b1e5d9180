"""Acted heads: that muscles move what anatomy says, and that the device's own nets see it in what is drawn."""

from __future__ import annotations

import moderngl
import numpy as np
import pytest

from appliance.sense.frame import F32, U8
from models.acted.actor import Actor
from models.acted.film import frames
from models.acted.muscles import UNIT_MUSCLES
from models.acted.stage import DriverMissing
from models.benchmark import told
from models.clips.portrait import with_landmarks
from models.clips.script import Planted, Script
from models.clips.sets import Clip
from models.render.person import Person

SOMEONE = Person("male", "young", "african", 5)
CORNERS, INNER_BROWS, LOWER_LIP = (61, 291), (107, 336), (17,)
UP, DOWN = -1, 1


@pytest.fixture(scope="module")
def actor() -> Actor:
    """A person in shop light."""
    return Actor(SOMEONE, 6)


def seen(picture: U8, indices: tuple[int, ...]) -> F32:
    """Where the device's nets see landmarks in `picture`, in eye distances."""
    face = with_landmarks(picture)
    return np.asarray(face.points[list(indices)] / face.iod_px, np.float32)


@pytest.mark.parametrize(
    ("unit", "indices", "way"),
    [
        (1, INNER_BROWS, UP),
        (4, INNER_BROWS, DOWN),
        (12, CORNERS, UP),
        (15, CORNERS, DOWN),
        (26, LOWER_LIP, DOWN),
    ],
)
def test_the_devices_nets_see_each_muscle_at_work(actor: Actor, unit: int, indices: tuple[int, ...], way: int) -> None:
    """A unit of .15 eye distances moves its landmarks its way by at least a tenth of that, in a drawn picture."""
    moved = seen(actor.picture({unit: 0.15}), indices) - seen(actor.picture({}), indices)
    assert way * float(moved[:, 1].mean()) > 0.015


def test_a_smile_widens_the_mouth_and_a_stretch_does_not_raise_it(actor: Actor) -> None:
    """Zygomatic major pulls the corners apart and up, risorius apart alone."""
    rest, smile, stretch = (seen(actor.picture(sizes), CORNERS) for sizes in ({}, {12: 0.15}, {20: 0.15}))
    width = [float(np.ptp(each[:, 0])) for each in (rest, smile, stretch)]
    assert min(width[1:]) > width[0] + 0.02
    assert float((stretch - rest)[:, 1].mean()) > float((smile - rest)[:, 1].mean()) + 0.02


@pytest.mark.parametrize("unit", sorted(UNIT_MUSCLES))
def test_the_largest_motion_of_a_unit_is_one_eye_distance(actor: Actor, unit: int) -> None:
    """Sizes mean the same for every unit: eye distances of its most moved skin, across the picture."""
    moved, _ = actor._move(unit)
    assert pytest.approx(actor._eyes_dm, rel=1e-3) == float(np.linalg.norm(moved[:, :2], axis=1).max())


def test_the_same_pose_gives_the_same_picture_and_shut_eyes_another(actor: Actor) -> None:
    """Nothing is remembered from picture to picture; closing the lids changes the eyes and leaves the chin."""
    rest = actor.picture({})
    shut = actor.picture({}, closed=1.0)
    assert np.array_equal(rest, actor.picture({}))
    changed = (rest.astype(int) != shut).any(axis=2)
    eyes = actor.face.points[[33, 263], 1].mean()
    rows = np.flatnonzero(changed.any(axis=1))
    assert len(rows) > 0
    assert abs(rows - eyes).max() < 0.8 * actor.face.iod_px


def test_two_actors_do_not_draw_each_other(actor: Actor) -> None:
    """A second actor made meanwhile leaves the first one's picture as it was."""
    rest = actor.picture({})
    other = Actor(Person("female", "old", "asian", 6), 2)
    assert not np.array_equal(rest, other.picture({}))
    assert np.array_equal(rest, actor.picture({}))


def test_a_turned_head_is_seen_in_perspective(actor: Actor) -> None:
    """Turned to the right of the picture by .3 rad, the nose lies right of the middle of the eyes."""
    tip, left, right = seen(actor.picture({}, turned=(0.3, 0.0, 0.0)), (4, 33, 263))
    assert tip[0] > (left[0] + right[0]) / 2 + 0.05
    assert pytest.approx(actor.face.iod_px, rel=0.1) == with_landmarks(actor.picture({})).iod_px


def test_the_chain_tells_a_frown_that_muscles_made(actor: Actor) -> None:
    """One frown of a third of a full action unit in six seconds is told once, as negative, within 0.1 s."""
    frown = Planted((4,), 4.0, 4.2, 4.4, 0.03)
    clip = Clip("micro 30", 1, 30.0, Script(6.0, (frown,), sway_px=1.0, noise=1.5))
    heard = told(frames(clip, actor))
    assert ["NEGATIVE"] == [each.label.name for each in heard]
    assert abs(heard[0].interval.apex_s - frown.apex_s) < 0.1


def test_no_driver_is_one_line_with_advice(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where EGL cannot be loaded, drawing says so and names the packages."""

    def refused(**_: object) -> None:
        raise Exception("(eglInitialize) failed")  # noqa: TRY002  # what moderngl itself raises

    monkeypatch.setattr(moderngl, "create_context", refused)
    with pytest.raises(DriverMissing, match="no EGL driver") as caught:
        Actor(SOMEONE, 6)
    assert "libegl" in caught.value.advice
