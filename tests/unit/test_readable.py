"""Whether a face can be read, and what lids and lips do."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from appliance.events import NoReading
from appliance.sense.frame import Landmarks
from appliance.sense.landmark import inter_ocular_px
from appliance.sense.readable import LIDS, LIPS, NOSE_TIP, BlinkWatch, SpeechWatch, TurnWatch, not_readable, too_dark
from tests.unit.faces import mesh, picture

FACE = mesh(picture())


def scaled(share: float) -> Landmarks:
    """The same face at `share` of its size."""
    return replace(FACE, points=FACE.points * np.float32(share))


def moved(points: tuple[int, ...], right: float = 0.0, down: float = 0.0) -> Landmarks:
    """The face with some points moved, in eye distances."""
    changed = FACE.points.copy()
    changed[list(points), :2] += np.array([right, down], np.float32) * np.float32(inter_ocular_px(FACE))
    return replace(FACE, points=changed)


def closed(share: float) -> Landmarks:
    """The face with its lids `share` of the way to closed."""
    changed = FACE.points.copy()
    for upper, lower in LIDS:
        changed[upper, :2] += np.float32(share) * (changed[lower, :2] - changed[upper, :2])
    return replace(FACE, points=changed)


@pytest.mark.parametrize(
    ("landmarks", "expected"),
    [(FACE, None), (scaled(0.3), NoReading.TOO_FAR), (moved((NOSE_TIP,), right=0.5), NoReading.TURNED)],
)
def test_reasons_not_to_read(landmarks: Landmarks, expected: NoReading | None) -> None:
    """A near frontal face is read, one with eyes 20 pixels apart is too far, one in half profile is turned."""
    assert expected is not_readable(landmarks)


def test_only_the_customer_place_is_read() -> None:
    """A face whose eye distance lies outside the configured range is too far from the customer place on either side."""
    here_px = inter_ocular_px(FACE)
    assert not_readable(FACE, here_px - 1, here_px + 1) is None
    assert NoReading.TOO_FAR is not_readable(FACE, here_px + 1, here_px + 9)
    assert NoReading.TOO_FAR is not_readable(FACE, here_px - 9, here_px - 1)


def test_darkness_is_told() -> None:
    """A crop of grey level 10 is too dark, one of 60 is not."""
    assert too_dark(np.full((224, 224), 10, np.float32))
    assert not too_dark(np.full((224, 224), 60, np.float32))


def test_a_blink_is_seen_against_the_usual_opening() -> None:
    """Lids closed by a fifth are a blink after a second of open ones, by a tenth they are none."""
    watch = BlinkWatch()
    assert not any(watch.step(FACE, k / 12) for k in range(12))
    assert watch.step(closed(0.2), 1.0)
    assert not watch.step(closed(0.1), 1.1)


def test_lids_that_stay_narrow_are_no_blink() -> None:
    """Lids half closed are a blink for half a second and none after it; the next closing is one again."""
    watch = BlinkWatch()
    assert not any(watch.step(FACE, k / 12) for k in range(30))
    narrow = [watch.step(closed(0.5), 2.5 + k / 12) for k in range(12)]
    assert all(narrow[:5])
    assert not any(narrow[6:])
    assert not watch.step(FACE, 3.5)
    assert watch.step(closed(0.5), 3.6)


@pytest.mark.parametrize(("far", "turning"), [(0.03, False), (0.1, True)])
@pytest.mark.parametrize("way", ["right", "down"])
def test_a_nose_that_goes_far_is_a_turning_head(far: float, way: str, *, turning: bool) -> None:
    """A nose that goes 10 % of the eye distance aside or down within half a second turns, 3 % is noise."""
    watch = TurnWatch()
    steps = [watch.step(moved((NOSE_TIP,), **{way: far * k / 6}), k / 12, 0.0) for k in range(7)]
    assert turning is steps[-1]
    assert not any(watch.step(moved((NOSE_TIP,), **{way: far}), 1.0 + k / 12, 0.0) for k in range(6))


@pytest.mark.parametrize(("way", "head", "turning"), [("down", 0.0, False), ("down", 0.05, True), ("right", 0.0, True)])
def test_a_nose_that_wrinkles_is_no_nod(way: str, head: float, *, turning: bool) -> None:
    """A nose that goes down by 7 % nods if the head goes 5 % in the flow, and not if it rests; aside it turns."""
    watch = TurnWatch()
    steps = [watch.step(moved((NOSE_TIP,), **{way: 0.07 * k / 6}), k / 12, head * k / 6) for k in range(7)]
    assert turning is steps[-1]


def test_lips_that_open_again_and_again_are_speech() -> None:
    """Lips opening by 8 % of the eye distance four times a second are speech; one smile is not, silence ends it."""
    watch = SpeechWatch()
    speech = [watch.step(moved(LIPS[1:], down=0.08 * (k % 3 == 0)), k / 12) for k in range(24)]
    assert speech[-1]
    assert not any(watch.step(FACE, 3.6 + k / 12) for k in range(12))
    smile = SpeechWatch()
    assert not any(smile.step(moved(LIPS[1:], down=0.1 * min(1.0, k / 6)), k / 12) for k in range(24))
