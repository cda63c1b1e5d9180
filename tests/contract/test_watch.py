"""`inkling watch` on real clips and on bad ones: what it writes, and how it stops."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from appliance.sense.lock import PACKAGED_FOLDER
from tests.unit.faces import picture

CLIPS = Path(os.environ.get("INKLING_SHARED", "../shared")) / "clips"
needs_clips = pytest.mark.skipif(not CLIPS.is_dir(), reason=f"real clips are not at {CLIPS}; set INKLING_SHARED")


def run_watch(*arguments: str) -> subprocess.CompletedProcess[str]:
    """`inkling watch` as a user starts it."""
    command = [sys.executable, "-m", "appliance.cli", "watch", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def watched(*clips: Path) -> dict[str, tuple[list[dict[str, Any]], dict[str, Any]]]:
    """Per clip name: its events and its closing object."""
    done = run_watch(*(part for clip in clips for part in ("--clip", str(clip))), "--events", "-")
    assert 0 == done.returncode, done.stderr
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    found: dict[str, tuple[list[dict[str, Any]], dict[str, Any]]] = {}
    for clip in clips:
        mine = [line for line in lines if line["clip"] == str(clip)]
        found[clip.name] = ([line for line in mine if "end" not in line], mine[-1])
    return found


@needs_clips
def test_real_clips_give_faces_and_events_only_where_a_face_is() -> None:
    """A face in 95 % of the portrait clip's frames and an event there; no event while nobody is in the picture."""
    names = ("WolfgangLanger_Pexels.mp4", "no_face.mp4", "face_noface.mov", "noface_face.mov")
    found = watched(*(CLIPS / name for name in names))
    events, end = found["WolfgangLanger_Pexels.mp4"]
    assert end["face_frames"] >= 0.95 * end["frames"]
    assert events
    assert "too_slow" in end["no_reading"]
    assert (0, []) == (found["no_face.mp4"][1]["face_frames"], found["no_face.mp4"][0])
    for name in ("face_noface.mov", "noface_face.mov"):
        events, end = found[name]
        assert end["no_reading"]["no_face"] > 80
        assert 0 < end["face_frames"] < end["frames"]
        assert [] == events


def test_the_closing_object_counts_every_frame(tmp_path: Path) -> None:
    """Forty frames at 25 Hz of a still face: forty counted, all with a face, 1.6 s, no event."""
    path = tmp_path / "still.mp4"
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"mp4v"), 25.0, (640, 480))
    for _ in range(40):
        writer.write(picture()[..., ::-1])
    writer.release()
    out = tmp_path / "events.jsonl"
    assert 0 == run_watch("--clip", str(path), "--events", str(out)).returncode
    (end,) = (json.loads(line) for line in out.read_text().splitlines())
    assert {"clip", "end", "frames", "fps", "seconds", "face_frames", "no_reading", "dropped"} == end.keys()
    assert (40, 25.0, 1.6, 40, 0) == (end["frames"], end["fps"], end["seconds"], end["face_frames"], end["dropped"])


def stops(*arguments: str) -> str:
    """The one line with which `inkling watch` refuses; the runtime's own INFO lines apart."""
    done = run_watch(*arguments)
    assert done.returncode not in (0, 1)
    assert "" == done.stdout
    (line,) = (line for line in done.stderr.splitlines() if not line.startswith(("INFO:", "W0000", "I0000")))
    return line


def test_a_missing_clip_is_one_line(tmp_path: Path) -> None:
    """No such file: its path, and what to do."""
    assert "gone.mp4: no such clip. Give the path" in stops("--clip", str(tmp_path / "gone.mp4"), "--events", "-")


def test_a_text_file_is_one_line(tmp_path: Path) -> None:
    """Text named .mp4 is no video."""
    path = tmp_path / "text.mp4"
    path.write_text("not a video\n")
    assert "text.mp4: not a video, or cut short" in stops("--clip", str(path), "--events", "-")


def test_a_truncated_clip_is_one_line(tmp_path: Path) -> None:
    """Half an mp4 whose index lies at its end cannot be opened, and says so."""
    path = tmp_path / "half.mp4"
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"mp4v"), 25.0, (640, 480))
    rng = np.random.default_rng(0)
    for _ in range(20):
        writer.write(rng.integers(0, 255, (480, 640, 3)).astype(np.uint8))
    writer.release()
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    assert "half.mp4: not a video, or cut short" in stops("--clip", str(path), "--events", "-")


def test_a_report_that_cannot_be_written_is_one_line(tmp_path: Path) -> None:
    """A folder that does not exist is named before any clip is read."""
    line = stops("--clip", "a.mp4", "--events", str(tmp_path / "gone" / "events.jsonl"))
    assert "No such file or directory" in line


def config_with_models(tmp_path: Path) -> tuple[Path, Path, Path]:
    """A settings file that points at a copy of the models folder, that copy, and a clip."""
    models = tmp_path / "models"
    shutil.copytree(PACKAGED_FOLDER, models, ignore=shutil.ignore_patterns("*.py", "__pycache__", "clips", "*.png"))
    config = tmp_path / "inkling.toml"
    config.write_text(f'[model]\nfolder = "{models}"\n')
    clip = tmp_path / "one.mp4"
    writer = cv2.VideoWriter(str(clip), cv2.VideoWriter.fourcc(*"mp4v"), 25.0, (64, 48))
    writer.write(np.zeros((48, 64, 3), np.uint8))
    writer.release()
    return config, models, clip


@pytest.mark.parametrize(
    "file", ["fetched/face_landmark.tflite", "expression.tflite", "expression.toml", "face.lock.toml"]
)
def test_a_missing_model_is_one_line(tmp_path: Path, file: str) -> None:
    """Whichever model file is missing, it is named and the start stops."""
    config, models, clip = config_with_models(tmp_path)
    (models / file).unlink()
    line = stops("--clip", str(clip), "--events", "-", "--config", str(config))
    assert f"{models / file}: No such file" in line


@pytest.mark.parametrize("file", ["fetched/face_detection_short_range.tflite", "expression.tflite"])
def test_a_changed_model_is_one_line(tmp_path: Path, file: str) -> None:
    """One flipped bit in a net stops the start with both hashes."""
    config, models, clip = config_with_models(tmp_path)
    content = bytearray((models / file).read_bytes())
    content[len(content) // 2] ^= 1
    (models / file).write_bytes(content)
    line = stops("--clip", str(clip), "--events", "-", "--config", str(config))
    assert f"{models / file}: sha256" in line
    assert "is not the recorded" in line


def test_other_labels_are_refused(tmp_path: Path) -> None:
    """A card whose classes this version does not know stops the start."""
    config, models, clip = config_with_models(tmp_path)
    card = models / "expression.toml"
    card.write_text(card.read_text().replace('"surprise"', '"wonder"'))
    line = stops("--clip", str(clip), "--events", "-", "--config", str(config))
    assert "other classes or actions than this version knows" in line
