"""Bad input to the sensing process: one clear line, a status that is not 0, no traceback."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from appliance.config import render
from appliance.sense.lock import PACKAGED_FOLDER
from appliance.settings import Settings

Change = Callable[[Settings, Path], Settings]


def models(folder: Path) -> Path:
    """The shipped models, copied."""
    target = folder / "models"
    shutil.copytree(PACKAGED_FOLDER / "fetched", target / "fetched")
    for name in ("expression.toml", "expression.tflite", "face.lock.toml"):
        shutil.copy(PACKAGED_FOLDER / name, target)
    return target


def missing_model(settings: Settings, folder: Path) -> Settings:
    """The expression net is not there."""
    target = models(folder)
    (target / "expression.tflite").unlink()
    return replace(settings, model=replace(settings.model, folder=str(target)))


def changed_model(settings: Settings, folder: Path) -> Settings:
    """One byte of the face finder differs."""
    target = models(folder)
    path = target / "fetched" / "face_detection_short_range.tflite"
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(data)
    return replace(settings, model=replace(settings.model, folder=str(target)))


def unplugged_light(settings: Settings, folder: Path) -> Settings:
    """The tower's port is not there."""
    return replace(settings, cue=replace(settings.cue, device="tower", port=str(folder / "ttyUSB9")))


def missing_camera(settings: Settings, folder: Path) -> Settings:
    """No such V4L2 device."""
    return replace(settings, camera=replace(settings.camera, source="/dev/video63"))


def missing_clip(settings: Settings, folder: Path) -> Settings:
    """No such clip."""
    return replace(settings, camera=replace(settings.camera, source=str(folder / "none.mp4")))


def missing_link(settings: Settings, folder: Path) -> Settings:
    """Nobody holds the channel open."""
    return replace(settings, link=replace(settings.link, fifo=str(folder / "none")))


def sense(config: Path, folder: Path) -> subprocess.CompletedProcess[str]:
    """The sensing process on `config`, with its channel held open."""
    fifo = folder / "events"
    os.mkfifo(fifo)
    held = os.open(fifo, os.O_RDWR | os.O_NONBLOCK)
    command = [sys.executable, "-m", "appliance.sense", "--config", str(config)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    os.close(held)
    return done


@pytest.mark.parametrize(
    ("change", "fact"),
    [
        (missing_model, "expression.tflite: No such file"),
        (changed_model, "is not the recorded"),
        (unplugged_light, "cue.port"),
        (missing_camera, "/dev/video63"),
        (missing_clip, "no such clip"),
        (missing_link, "No such file"),
    ],
    ids=lambda value: getattr(value, "__name__", None),
)
def test_what_is_missing_is_named_in_one_line(change: Change, fact: str, tmp_path: Path) -> None:
    """A missing or changed model, light, camera, clip or channel ends the start with status 2 and one line."""
    base = Settings()
    base = replace(base, cue=replace(base.cue, device="silent"), link=replace(base.link, fifo=str(tmp_path / "events")))
    config = tmp_path / "inkling.toml"
    config.write_text(render(change(base, tmp_path)))
    done = sense(config, tmp_path)
    assert (2, 1) == (done.returncode, len(done.stderr.splitlines()))
    assert fact in done.stderr


@pytest.mark.parametrize(
    ("text", "fact"),
    [
        ("[camera]\nrate_hz = 900\n", "camera.rate_hz: 900 is outside 5..200"),
        ("[camera]\nzoom = 2\n", "camera.zoom: unknown key"),
        ("[camera\n", "not TOML"),
    ],
)
@pytest.mark.parametrize("process", ["sense", "publish"])
def test_a_wrong_setting_stops_both_processes(process: str, text: str, fact: str, tmp_path: Path) -> None:
    """An unknown key, a value out of bounds and a broken file stop either process with status 2 and one line."""
    config = tmp_path / "inkling.toml"
    config.write_text(text)
    command = [sys.executable, "-m", f"appliance.{process}", "--config", str(config)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert (2, 1) == (done.returncode, len(done.stderr.splitlines()))
    assert fact in done.stderr
