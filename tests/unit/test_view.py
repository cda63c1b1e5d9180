"""The staff side is cut out before anything looks, the lamp follows the camera, a moved camera is noticed.

INKLING_MASK_FRAMES sets how many planted frames are tried; the bar is run with 10000.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Self

import cv2
import numpy as np
import pytest

from appliance import maskproof
from appliance.clock import FakeClock
from appliance.errors import CameraMissing, ConfigInvalid
from appliance.sense.frame import Frame
from appliance.sense.lamp import LampedSource
from appliance.sense.mask import Mask, MaskedSource
from appliance.sense.pipeline import Chain
from appliance.sense.signature import MOVED_BITS, Scene, differing, moved
from appliance.settings import Settings, View
from tests.boundary.source import ROOT, python_files
from tests.unit.faces import Picture, finder, frame, picture

FRAMES = int(os.environ.get("INKLING_MASK_FRAMES", "300"))
LEFT_HALF = (0.0, 0.0, 0.55, 0.0, 0.55, 1.0, 0.0, 1.0)


class Roll:
    """A camera that shows a roll of pictures and notes what happens to it in `diary`."""

    rate_hz = 60.0

    def __init__(self, pictures: list[Picture], diary: list[str] | None = None, *, missing: bool = False) -> None:
        self._pictures = iter(pictures)
        self._diary = [] if diary is None else diary
        self._missing = missing
        self._index = 0

    def __enter__(self) -> Self:
        if self._missing:
            raise CameraMissing("no camera", "Plug it in.")
        self._diary.append("camera on")
        return self

    def __exit__(self, *_: object) -> None:
        self._diary.append("camera off")

    def read(self) -> Frame | None:
        """The next picture."""
        shown = next(self._pictures, None)
        if shown is None:
            return None
        self._diary.append("frame")
        self._index += 1
        return Frame(shown, self._index / self.rate_hz, self._index - 1)


class Lamp:
    """The switch, noting into the same diary."""

    def __init__(self, diary: list[str]) -> None:
        self._diary = diary

    def power_camera(self, *, on: bool) -> None:
        """Note it."""
        self._diary.append("lamp on" if on else "lamp off")


def planted(number: int) -> Picture:
    """A face somewhere well inside the left half, of changing size and turn."""
    draw = np.random.default_rng(number)
    shown = picture(draw.uniform(120, 220), draw.uniform(160, 320), draw.uniform(1.0, 1.5), draw.uniform(-15, 15))
    shown[:, 352:] = 90
    return shown


def test_faces_behind_the_mask_are_never_found() -> None:
    """Faces planted on the staff side are found without the mask and never with it, and the chain reports nothing."""
    chain, mask = Chain(Settings()), Mask(View(staff=LEFT_HALF))
    bare = sum(bool(finder().find(frame(planted(number)))) for number in range(20))
    assert bare >= 15
    with MaskedSource(Roll([]), mask) as source:
        assert source.read() is None
    for number in range(FRAMES):
        seen = mask.apply(frame(planted(number % 200), number / 60))
        assert [] == finder().find(seen)
        step = chain.step(seen)
        assert not step.face
        assert () == step.expressions


def test_a_customer_is_still_found_beside_the_mask() -> None:
    """A face on the customer side is found with the mask in place."""
    assert finder().find(Mask(View(staff=(0.0, 0.0, 0.25, 0.0, 0.25, 1.0, 0.0, 1.0))).apply(frame(picture(440))))


def test_masked_pixels_are_gone_in_place() -> None:
    """The given picture itself is black on the staff side: no copy of it is left anywhere."""
    shown = picture()
    Mask(View(staff=LEFT_HALF)).apply(frame(shown))
    assert 0 == shown[:, :350].max()
    assert shown[:, 360:].max() > 0


def test_a_crop_keeps_its_part_only() -> None:
    """A crop gives exactly that part of the picture."""
    shown = picture()
    kept = Mask(View(crop=(0.25, 0.5, 1.0, 1.0))).apply(frame(shown)).image
    assert np.array_equal(shown[240:, 160:], kept)


def test_a_crop_in_the_sensor_masks_the_same_place() -> None:
    """A frame cropped by the sensor and one cropped here show the same pixels, black in the same place."""
    view = View(crop=(0.25, 0.0, 1.0, 0.5), staff=(0.2, 0.0, 0.5, 0.0, 0.5, 0.4, 0.2, 0.4))
    whole = picture()
    height, width = whole.shape[:2]
    here = Mask(view).apply(frame(whole.copy())).image
    there = Mask(view, cropped=True).apply(frame(np.ascontiguousarray(whole[: height // 2, width // 4 :]))).image
    assert np.array_equal(here, there)
    assert not np.array_equal(here, whole[: height // 2, width // 4 :])


@pytest.mark.parametrize(
    "view", [View(staff=(0.1, 0.1, 0.9)), View(staff=(0.1, 0.1, 0.9, 0.9)), View(crop=(0.5, 0, 0.5, 1))]
)
def test_a_view_without_area_is_refused(view: View) -> None:
    """A polygon of fewer than three corners and an empty crop stop the start."""
    with pytest.raises(ConfigInvalid, match=r"^view\."):
        Mask(view)


def test_the_lamp_is_lit_before_the_camera_and_dark_after_it() -> None:
    """The lamp is on before the camera has power and off only when it has none."""
    diary: list[str] = []
    with LampedSource(Roll([picture()], diary), Lamp(diary)) as source:
        source.read()
    assert ["lamp on", "camera on", "frame", "camera off", "lamp off"] == diary


def test_a_camera_that_does_not_open_leaves_the_lamp_dark() -> None:
    """When the camera is missing the lamp goes off again."""
    diary: list[str] = []
    with pytest.raises(CameraMissing), LampedSource(Roll([], missing=True), Lamp(diary)):
        pass
    assert ["lamp on", "lamp off"] == diary


def test_only_the_cameras_adapter_lights_the_lamp() -> None:
    """Outside the light's own adapters, `power_camera` is called in sense/lamp.py alone."""
    callers = {
        path.relative_to(ROOT / "appliance").as_posix()
        for path in python_files("appliance")
        if re.search(r"\.power_camera\(", path.read_text())
    }
    assert {"sense/lamp.py", "cue/replugged.py"} == callers


def room(shift_px: int = 0, light: float = 1.0, seed: int = 3) -> Picture:
    """A drawn room with shelves, door and counter, seen from a camera shifted by some pixels."""
    draw = np.random.default_rng(seed)
    canvas = np.full((700, 900, 3), 120, np.uint8)
    for _ in range(60):
        x, y = draw.integers(0, 860), draw.integers(0, 660)
        corner = (int(x + draw.integers(20, 140)), int(y + draw.integers(20, 140)))
        cv2.rectangle(canvas, (int(x), int(y)), corner, [int(grey) for grey in draw.integers(30, 220, 3)], -1)
    seen = canvas[100 : 100 + 480, 100 + shift_px : 740 + shift_px]
    return np.clip(seen * light, 0, 255).astype(np.uint8)


def signature(picture_of: Picture, noise_seed: int) -> bytes:
    """The signature of ten noisy frames."""
    draw, scene = np.random.default_rng(noise_seed), Scene()
    for _ in range(10):
        noisy = np.clip(picture_of + draw.normal(0, 3, picture_of.shape), 0, 255).astype(np.uint8)
        scene.add(frame(noisy))
    return scene.signature()


@pytest.mark.parametrize("seed", range(3, 9))
def test_a_moved_camera_is_noticed_and_dusk_is_not(seed: int) -> None:
    """A view shifted by a tenth of its width is another one; noise and 40 % less light are not."""
    stored = signature(room(seed=seed), 0)
    assert 12 == len(stored)
    assert differing(stored, signature(room(light=0.6, seed=seed), 1)) <= MOVED_BITS
    assert moved(stored, signature(room(shift_px=64, seed=seed), 2))


def test_the_proof_is_logged_with_the_hash_of_the_line_before(tmp_path: Path) -> None:
    """A proven mask writes one chained line; a changed line breaks the chain of the next."""
    settings = Settings(view=View(staff=LEFT_HALF))
    log = tmp_path / "audit.jsonl"
    for _ in range(2):
        proof = maskproof.prove(Roll([planted(number) for number in range(50)]), settings, 1.0, FakeClock())
        maskproof.append(log, settings, proof, 1_795_000_000.0)
    assert ("proven", 50, 0) == (proof.verdict, proof.frames, proof.masked)
    first, second = log.read_text().splitlines()
    assert maskproof.hashlib.sha256(first.encode()).hexdigest() in second


def test_a_proof_without_a_face_proves_nothing() -> None:
    """Nobody on the staff side is `nothing shown`, not a proof."""
    empty = [np.full((480, 640, 3), 90, np.uint8) for _ in range(40)]
    settings = Settings(view=View(staff=LEFT_HALF))
    assert "nothing shown" == maskproof.prove(Roll(empty), settings, 1.0, FakeClock()).verdict
