"""Alignment and motion: what the face did, with what the head did taken out."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from appliance.errors import ModelMismatch, ModelMissing
from appliance.events import Interval
from appliance.sense import ahead, head
from appliance.sense.align import BROW_LINE, BROWS, MOUTH, MOUTH_LINE, SHIFT_MAX, Aligner, fit_similarity, shift_between
from appliance.sense.fields import Fields
from appliance.sense.frame import CROP_PX, F32, Aligned
from appliance.sense.head import CELLS
from appliance.sense.motion import MotionMeter, without_head
from appliance.sense.pixels import gray
from appliance.sense.regions import NAMES, SLIT, WEIGHTS, pool
from models.head import FILE, estimator
from models.units import UNITS
from tests.unit.faces import Picture, mesh, picture

FULL_ACTION = 0.1
"""Size of a full action unit in eye distances."""


def aligned(image: Picture, aligner: Aligner | None = None) -> Aligned:
    """The crop of the face in `image`; with an aligner, under its lock."""
    aligner = aligner or Aligner()
    landmarks = mesh(image)
    aligner.lock(landmarks)
    return aligner.cut(gray(image), 0.0, landmarks)


def warped(crop: Aligned, x: float, y: float, spread: float, du: float, dv: float) -> Aligned:
    """`crop` with the skin round (x, y) (shares of the side) moved by (du, dv) eye distances."""
    side = (np.arange(CROP_PX, dtype=np.float32) + 0.5) / CROP_PX
    bump = np.exp(-0.5 * (((side[None, :] - x) / spread) ** 2 + ((side[:, None] - y) / spread) ** 2))
    columns, rows = np.meshgrid(np.arange(CROP_PX), np.arange(CROP_PX))
    from_x = (columns - du * crop.iod_px * bump).astype(np.float32)
    from_y = (rows - dv * crop.iod_px * bump).astype(np.float32)
    moved = cv2.remap(crop.gray, from_x, from_y, cv2.INTER_CUBIC)
    return Aligned(np.asarray(moved, np.float32), crop.to_crop, crop.iod_px, crop.points, crop.at_s)


def test_a_similarity_is_found_again() -> None:
    """Points turned by 10 degrees, scaled by 1.3 and shifted give back that transform."""
    points = np.random.default_rng(0).normal(size=(9, 2)).astype(np.float32)
    cos, sin = 1.3 * np.cos(np.pi / 18), 1.3 * np.sin(np.pi / 18)
    truth = np.array([[cos, -sin, 4.0], [sin, cos, -2.0]], np.float32)
    found = fit_similarity(points, points @ truth[:, :2].T + truth[:, 2])
    assert truth == pytest.approx(found, abs=1e-5)


@pytest.mark.parametrize(("x", "y", "scale", "turn"), [(320, 240, 1.6, 0), (250, 200, 1.1, 15), (400, 260, 2.0, -10)])
def test_every_face_lands_in_the_same_place(x: float, y: float, scale: float, turn: float) -> None:
    """Wherever the face is, its brows lie at .17 and its midline at .5 of the crop; a smiling mouth lies above .77."""
    points = aligned(picture(x, y, scale, turn)).points / CROP_PX
    brows, mouth = points[list(BROWS)].mean(axis=0), points[list(MOUTH)].mean(axis=0)
    assert [0.5, BROW_LINE] == pytest.approx(brows.tolist(), abs=0.02)
    assert [0.5, MOUTH_LINE] == pytest.approx(mouth.tolist(), abs=0.06)


def test_the_lock_holds_for_small_motion_and_gives_way_to_large() -> None:
    """A face 2 % of a crop away keeps the transform; one much further away gets a new one, on the same reference."""
    aligner = Aligner()
    assert aligner.lock(mesh(picture()))
    locks = []
    for x in (320, 323, 360):
        assert not aligner.lock(mesh(picture(x, 240))) or x == 320
        locks.append(aligner.cut(gray(picture(x, 240)), 0.0, mesh(picture(x, 240))).to_crop)
    assert locks[0].tolist() == locks[1].tolist()
    assert shift_between(locks[1], locks[2]) > SHIFT_MAX


def test_a_new_lock_stays_comparable_with_the_reference() -> None:
    """After the head has moved far, tilted and come nearer, the face lies where it lay in the reference crop."""
    aligner = Aligner()
    reference = aligned(picture(), aligner)
    moved = aligned(picture(380, 250, 1.7, 5.0), aligner)
    assert reference.points == pytest.approx(moved.points, abs=0.04 * reference.iod_px)


def test_a_shift_is_told_in_crop_sides() -> None:
    """A transform that looks 0.1 crop sides further right lies 0.1 away."""
    one = np.array([[1, 0, 0], [0, 1, 0]], np.float32)
    other = np.array([[1, 0, 0.1 * CROP_PX], [0, 1, 0]], np.float32)
    assert shift_between(one, other) == pytest.approx(0.1)
    assert SHIFT_MAX < 0.1


def test_cutting_before_a_lock_is_refused() -> None:
    """A crop without a lock is an error of the caller, not a picture."""
    with pytest.raises(LookupError, match="lock"):
        Aligner().cut(gray(picture()), 0.0, mesh(picture()))


@pytest.mark.parametrize("share", [0.15, 0.35, 1.0])
def test_a_brow_that_lowers_is_measured(share: float) -> None:
    """A frown from 15 % of a full action unit on is measured where it is: at least half its size, never more."""
    crop = aligned(picture())
    meter = MotionMeter()
    meter.refer_to(crop)
    moved = warped(warped(crop, 0.36, 0.18, 0.1, 0, share * FULL_ACTION), 0.64, 0.18, 0.1, 0, share * FULL_ACTION)
    regions = pool(meter.measure(moved).field)
    frown = regions[[NAMES.index("frown_left"), NAMES.index("frown_right")], 1]
    truth = pool(blob(share * FULL_ACTION))[[NAMES.index("frown_left"), NAMES.index("frown_right")], 1]
    assert (frown / truth).min() > 0.5
    assert (frown / truth).max() < 1.1
    assert np.abs(regions[[name.startswith("mouth") for name in NAMES]]).max() < 0.3 * frown.min()


def blob(dv: float) -> F32:
    """The field float32 [2, 28, 28] that `warped` makes on both frown places."""
    side = (np.arange(CELLS) + 0.5) / CELLS
    field = np.zeros((2, CELLS, CELLS), np.float32)
    for x in (0.36, 0.64):
        field[1] += dv * np.exp(-0.5 * (((side[None, :] - x) / 0.1) ** 2 + ((side[:, None] - 0.18) / 0.1) ** 2))
    return field


def test_the_heads_own_motion_is_taken_out() -> None:
    """A head that shifts, tilts and comes nearer leaves less than 0.6 % of the eye distance in every region."""
    meter, aligner = MotionMeter(), Aligner()
    meter.refer_to(aligned(picture(), aligner))
    motion = meter.measure(aligned(picture(324, 243, 1.61, 1.0), aligner))
    assert motion.head > 0.04
    assert np.abs(pool(motion.field)).max() < 0.006


def test_sensor_noise_is_not_motion() -> None:
    """Two noisy pictures of a still face differ by less than 0.2 % of the eye distance in every region."""
    rng = np.random.default_rng(1)
    meter, aligner = MotionMeter(), Aligner()
    still = picture().astype(np.float32)
    noisy = [np.clip(still + rng.normal(0, 3, still.shape), 0, 255).astype(np.uint8) for _ in range(2)]
    meter.refer_to(aligned(noisy[0], aligner))
    assert np.abs(pool(meter.measure(aligned(noisy[1], aligner)).field)).max() < 0.002


def unit_field(units: tuple[int, ...]) -> F32:
    """Displacements float32 [784, 2] of action units at .05 inter-ocular distances, on both sides of the face."""
    side = (np.arange(CELLS) + 0.5) / CELLS
    x, y = (grid.ravel() for grid in np.meshgrid(side, side))
    field = np.zeros((CELLS * CELLS, 2), np.float32)
    for bx, by, sx, sy, du, dv in (blob for unit in units for blob in UNITS[unit]):
        for centre, way in ((bx, du), (1.0 - bx, -du)):
            shape = np.exp(-0.5 * (((x - centre) / sx) ** 2 + ((y - by) / sy) ** 2))
            field += 0.05 * shape[:, None] * np.array((way, dv))
    return field


@pytest.mark.parametrize(
    ("units", "share"),
    [((12,), 0.9), ((6, 12), 0.75), ((4,), 0.9), ((1, 2), 0.85), ((15,), 0.9), ((26,), 0.9), ((9,), 0.5)],
)
def test_an_expression_does_not_pass_for_the_head(units: tuple[int, ...], share: float) -> None:
    """That share of a planted unit is left beside a shift and a tilt of the head, which leave nothing."""
    side = (np.arange(CELLS) + 0.5) / CELLS - 0.5
    x, y = (grid.ravel() for grid in np.meshgrid(side, side))
    planted = unit_field(units)
    head = np.stack([0.05 - 0.02 * y, 0.02 * x - 0.03], axis=1).astype(np.float32)
    left = without_head(planted + head, 0.0).field.reshape(2, -1).T
    strongest = np.hypot(*planted.T) > 0.5 * np.hypot(*planted.T).max()
    kept = (left * planted)[strongest].sum() / (planted[strongest] ** 2).sum()
    assert kept > share
    assert np.abs(without_head(head, 0.0).field).max() < 1e-4


def test_the_shipped_estimate_is_the_one_its_code_makes() -> None:
    """models/head.npy, read by the device, is what `python -m models.head` writes from the unit table."""
    assert np.load(FILE) == pytest.approx(estimator(), abs=1e-5)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "No such file"),
        (b"", "not a NumPy array"),
        (b"junk", "not a NumPy array"),
        ("few", r"float32 \[2, 3\] is"),
    ],
)
def test_a_bad_estimate_is_told_in_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: bytes | str | None, said: str
) -> None:
    """A missing, empty, foreign or wrongly shaped head.npy is named with what is wrong and what to do."""
    if isinstance(content, bytes):
        (tmp_path / "head.npy").write_bytes(content)
    elif content:
        np.save(tmp_path / "head.npy", np.zeros((2, 3), np.float32))
    monkeypatch.setattr(ahead, "PACKAGED_FOLDER", tmp_path)
    with pytest.raises((ModelMissing, ModelMismatch), match=rf"head\.npy: .*{said}.*Restore the file"):
        head._estimator.__wrapped__()


def test_a_turning_head_is_taken_out() -> None:
    """A head that turns and nods leaves an eighth of its motion at most, though its face has another shape."""
    side = (np.arange(CELLS) + 0.5) / CELLS - 0.5
    x, y = (grid.ravel() for grid in np.meshgrid(side, side))
    nose = 0.35 * np.exp(-((x / 0.1) ** 2) - (y / 0.2) ** 2)
    depth = np.sqrt(np.maximum(0.0, 1.0 - (x / 0.55) ** 2 - (y / 0.7) ** 2)) + nose
    moved = np.stack([0.04 * depth, -0.03 * depth], axis=1).astype(np.float32)
    assert np.abs(pool(without_head(moved, 0.0).field)).max() < np.abs(moved).max() / 8


def test_measuring_without_a_reference_is_refused() -> None:
    """Motion from nothing is an error of the caller."""
    with pytest.raises(LookupError, match="refer_to"):
        MotionMeter().measure(aligned(picture()))


def test_regions_are_means() -> None:
    """A field that is the same everywhere has that value in every region but the slit, a difference, which has none."""
    share = np.where(SLIT, 0.0, 1.0)
    assert share == pytest.approx(WEIGHTS.sum(axis=1), abs=1e-6)
    assert 0.25 * share[:, None] == pytest.approx(pool(np.full((2, CELLS, CELLS), 0.25, np.float32))[:, :1], abs=1e-6)


def test_fields_go_on_across_a_new_reference() -> None:
    """After a change of the reference the motion since the old one is kept: 0.1 then 0.05 more make 0.15."""
    fields = Fields(10.0)
    fields.add(0.0, np.zeros((2, CELLS, CELLS), np.float32))
    fields.add(1.0, np.full((2, CELLS, CELLS), 0.1, np.float32))
    fields.rebase()
    fields.add(2.0, np.full((2, CELLS, CELLS), 0.05, np.float32))
    assert fields.change(0.0, 2.0) == pytest.approx(np.full((2, CELLS, CELLS), 0.15), abs=1e-3)


def rising(noise: float, at_s: Interval, drift: float = 0.0) -> Fields:
    """Two seconds at 60 Hz in which one cell goes down by .02 within `at_s`; each field has a `noise` of its own."""
    rng = np.random.default_rng(7)
    feet = (at_s.onset_s, at_s.apex_s, at_s.offset_s)
    fields = Fields(10.0)
    for t in np.arange(0.0, 2.0, 1 / 60):
        field = (noise * rng.standard_normal((2, CELLS, CELLS)) + drift).astype(np.float32)
        field[1, 20, 9] += 0.02 * (0.5 - 0.5 * np.cos(np.pi * np.interp(t, feet, (0, 1, 0))))
        fields.add(float(t), field)
    return fields


@pytest.mark.parametrize("lasts_s", [0.15, 0.3, 0.5])
def test_a_brief_movement_is_read_from_all_its_frames(lasts_s: float) -> None:
    """Its height is found whatever the face was like before, and with less noise than two moments' difference has."""
    at_s = Interval(1.0, 1.0 + 0.4 * lasts_s, 1.0 + lasts_s)
    assert rising(0.0, at_s, 0.3).movement(at_s)[1, 20, 9] == pytest.approx(0.02, abs=6e-4)
    noisy = rising(0.002, at_s)
    assert noisy.movement(at_s).std() < 0.95 * noisy.change(at_s.onset_s, at_s.apex_s).std()


def test_a_movement_that_hardly_a_frame_shows_is_a_difference() -> None:
    """Where one field is left of a movement, it is what lies between onset and apex; where none is, that is said."""
    fields = Fields(10.0)
    with pytest.raises(LookupError, match="no field"):
        fields.movement(Interval(0.0, 0.1, 0.2))
    fields.add(0.1, np.full((2, CELLS, CELLS), 0.1, np.float32))
    assert np.abs(fields.movement(Interval(0.0, 0.1, 0.2))).max() == 0.0


@pytest.mark.parametrize("phase", [0.0, 2.0, 4.0])
def test_a_flickering_lamp_is_hardly_motion(phase: float) -> None:
    """Bands of 12 % on the rows move no region by .0095 (.017 if left alone) and change a frown by less than that."""
    crop = aligned(picture())
    dim = replace(crop, gray=(0.8 * crop.gray).astype(np.float32))
    bands = 1.0 + 0.12 * np.sin(2 * np.pi * 1.7 * np.arange(CROP_PX) / CROP_PX + phase)[:, None]

    def seen(one: Aligned, gain: np.ndarray[tuple[int, ...], np.dtype[np.float64]]) -> F32:
        lit = np.clip(one.gray * gain, 0, 255).astype(np.float32)
        return pool(meter.measure(replace(one, gray=lit)).field)

    meter = MotionMeter()
    meter.refer_to(dim)
    assert float(np.hypot(*seen(dim, bands).T).max()) < 0.0095
    frown = warped(dim, 0.36, 0.17, 0.08, 0.0, 0.03)
    assert float(np.hypot(*(seen(frown, bands) - seen(frown, np.ones_like(bands))).T).max()) < 0.0095


def test_bands_about_a_hundredth_do_not_come_and_go() -> None:
    """Bands that a swaying head makes, .9 and 1.1 % in turn, move no region by .0007: with a bound between .002."""
    crop = aligned(picture())
    shape = np.cos(2 * np.pi * 1.3 * np.arange(CROP_PX) / CROP_PX)[:, None]
    meter = MotionMeter()
    meter.refer_to(replace(crop, gray=(0.8 * crop.gray).astype(np.float32)))
    seen = []
    for n in range(12):
        gray = 0.8 * crop.gray * (1.0 + (0.009, 0.011)[n % 2] * shape)
        seen.append(pool(meter.measure(replace(crop, gray=gray.astype(np.float32), at_s=n / 60)).field))
    assert float(np.hypot(*np.moveaxis(np.diff(seen, axis=0), -1, 0)).max()) < 0.0007


@pytest.mark.parametrize(("first", "cells", "crossed"), [(400, 9, False), (400, 12, True), (0, 5, False)])
def test_much_that_moves_far_is_no_micro_expression(first: int, cells: int, *, crossed: bool) -> None:
    """Twelve cells that move by a fifth of the eye distance cross the face; nine do not, nor fifteen in a corner."""
    planted = np.zeros((CELLS * CELLS, 2), np.float32)
    for row in range(3):
        planted[first + row * CELLS :][: cells if first == 0 else cells // 3, 0] = 0.2
    assert crossed is without_head(planted, 0.0).crossed


def test_a_crop_prepared_ahead_gives_the_same_motion() -> None:
    """Measured from what `lit` gave beforehand, a frown is the same to the last bit as measured at once."""
    crop = aligned(picture(320, 240, 1.6))
    moved = replace(warped(crop, 0.33, 0.17, 0.08, 0.0, 0.02), at_s=0.02)
    fields = []
    for prepared in (False, True):
        meter = MotionMeter()
        meter.refer_to(crop)
        fields.append(meter.measure(moved, meter.lit(moved) if prepared else None).field)
    assert np.abs(fields[0]).max() > 0.005
    assert np.array_equal(*fields)
