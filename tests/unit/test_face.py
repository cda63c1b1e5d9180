"""Finding a face and following its landmarks, on a real portrait."""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path

import numpy as np
import pytest

from appliance.errors import ModelMismatch, ModelMissing
from appliance.events import NoReading
from appliance.sense.face import anchors, decode, suppress
from appliance.sense.follow import FINDER_GAP_S, LANDMARK_GAP_S, Follower
from appliance.sense.landmark import inter_ocular_px
from appliance.sense.lock import PACKAGED_FOLDER
from appliance.sense.nets import FACE_FINDER, open_locked
from tests.unit.faces import finder, frame, mesh, picture, tracker

NOBODY = np.full((480, 640, 3), 90, np.uint8)


def two_people() -> np.ndarray:
    """Two faces of the same size side by side."""
    return np.hstack([picture(scale=1.2)[:, 160:480], picture(scale=1.2)[:, 160:480]])


def test_anchors_are_the_nets() -> None:
    """There are 896 anchors, the first two at the middle of the first of 16 x 16 cells, the last of 8 x 8."""
    centres = anchors()
    assert (896, 2) == centres.shape
    assert [[1 / 32, 1 / 32]] * 2 == centres[:2].tolist()
    assert [15 / 16, 15 / 16] == centres[-1].tolist()


def test_decoding_places_a_box_round_its_anchor() -> None:
    """A raw output of half the input at anchor (1/32, 1/32) is a box of half the square, centred there."""
    raw = np.zeros((896, 16), np.float32)
    raw[0, 2:4] = 64
    scores = np.full(896, -5.0, np.float32)
    scores[0] = 3.0
    boxes, sure = decode(raw, scores, anchors())
    assert [1 / 32 - 0.25, 1 / 32 - 0.25, 0.5, 0.5] == pytest.approx(boxes[0, :4].tolist())
    assert [1 / (1 + np.exp(-3.0))] == pytest.approx(sure.tolist())


def test_overlapping_boxes_become_one() -> None:
    """Two boxes that overlap by more than .3 give their mean by score; a far one stays."""
    box = np.zeros((3, 16), np.float32)
    box[:, :4] = [[0.1, 0.1, 0.2, 0.2], [0.12, 0.1, 0.2, 0.2], [0.7, 0.7, 0.2, 0.2]]
    faces = suppress(box, np.array([0.9, 0.9, 0.6], np.float32))
    assert [0.11, 0.7] == pytest.approx([float(face[0]) for face, _ in faces])


@pytest.mark.parametrize(("x", "y", "scale"), [(320, 240, 1.6), (180, 200, 0.9), (450, 260, 1.2)])
def test_the_face_is_found_where_it_is(x: float, y: float, scale: float) -> None:
    """One face is found, its box round the place the portrait was put, wherever that is."""
    (face,) = finder().find(frame(picture(x, y, scale)))
    assert face.left < x < face.left + face.width
    assert face.top < y < face.top + face.height
    assert face.score > 0.7


def test_two_people_are_two_faces() -> None:
    """Two faces of equal size are both found."""
    assert 2 == len(finder().find(frame(two_people())))


def test_a_grey_wall_has_no_face() -> None:
    """Nothing is found in an even picture."""
    assert [] == finder().find(frame(NOBODY))


def test_landmarks_move_with_the_face() -> None:
    """Moving the picture by 12 and 7 pixels moves the landmarks by as much, to 1 % of the eye distance."""
    here, there = mesh(picture()), mesh(picture(332, 247))
    moved = np.median(there.points[:, :2] - here.points[:, :2], axis=0)
    assert [12, 7] == pytest.approx(moved.tolist(), abs=0.01 * inter_ocular_px(here))


def test_a_turned_head_keeps_its_eye_distance() -> None:
    """A head tilted by 20 degrees has the same eye distance as an upright one, to 3 %."""
    assert inter_ocular_px(mesh(picture())) == pytest.approx(inter_ocular_px(mesh(picture(turn_deg=20))), rel=0.03)


def test_the_follower_rests_the_nets() -> None:
    """Landmarks are renewed at most 12 times a second and the finder looks only twice a second."""
    follower = Follower(finder(), tracker())
    fresh = [follower.step(frame(picture(), k / 50)).fresh for k in range(12)]
    assert [True, *[False] * 3, True, *[False] * 3, True, *[False] * 3] == fresh
    assert FINDER_GAP_S > 5 * LANDMARK_GAP_S


def test_no_frame_pays_for_both_nets() -> None:
    """At 30 frames a second landmarks are not renewed in the frame of the finder's second look but in the next."""
    follower = Follower(finder(), tracker())
    fresh = [follower.step(frame(picture(), k / 30)).fresh for k in range(18)]
    assert [False, True] == fresh[15:17]


def test_slow_frames_are_followed_too() -> None:
    """At two frames a second, where the finder looks in each frame, landmarks are renewed in each."""
    follower = Follower(finder(), tracker())
    assert all(follower.step(frame(picture(), k * FINDER_GAP_S)).fresh for k in range(3))


def test_a_second_person_is_noticed() -> None:
    """When a second person comes, reading stops within half a second and the reason is TWO_FACES."""
    follower = Follower(finder(), tracker())
    follower.step(frame(picture(160, 240, 1.2), 0.0))
    assert NoReading.TWO_FACES is follower.step(frame(two_people(), FINDER_GAP_S)).reason


def test_a_person_who_leaves_is_gone() -> None:
    """An empty picture after a face gives OCCLUDED at once and NO_FACE from then on."""
    follower = Follower(finder(), tracker())
    follower.step(frame(picture(), 0.0))
    reasons = [follower.step(frame(NOBODY, k)).reason for k in (0.1, 0.2, 0.3)]
    assert [NoReading.OCCLUDED, NoReading.NO_FACE, NoReading.NO_FACE] == reasons


def test_a_missing_net_is_one_line(tmp_path: Path) -> None:
    """Without the fetched file the start stops and names file and command."""
    shutil.copy(PACKAGED_FOLDER / "face.lock.toml", tmp_path)
    with pytest.raises(ModelMissing, match=r"face_detection_short_range\.tflite: No such file.*make setup"):
        open_locked(tmp_path, FACE_FINDER)


def test_a_changed_net_is_refused(tmp_path: Path) -> None:
    """A net of which one byte was changed is refused by its hash."""
    shutil.copy(PACKAGED_FOLDER / "face.lock.toml", tmp_path)
    (tmp_path / "fetched").mkdir()
    content = bytearray((PACKAGED_FOLDER / "fetched" / FACE_FINDER).read_bytes())
    content[5000] ^= 1
    (tmp_path / "fetched" / FACE_FINDER).write_bytes(content)
    with pytest.raises(ModelMismatch, match=hashlib.sha256(content).hexdigest()[:12]):
        open_locked(tmp_path, FACE_FINDER)
