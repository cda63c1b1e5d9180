"""Which files the nets of the face chain are, opened and checked."""

from __future__ import annotations

from pathlib import Path

from appliance.sense.interpreter import Net
from appliance.sense.lock import PACKAGED_FOLDER, read_lock

FACE_FINDER = "face_detection_short_range.tflite"
FACE_LANDMARK = "face_landmark.tflite"


def models_folder(folder: str) -> Path:
    """The folder of a `model.folder` setting; empty means the packaged one."""
    return Path(folder) if folder else PACKAGED_FOLDER


def open_locked(folder: Path, name: str) -> Net:
    """The fetched net `name`, its hash checked against folder/face.lock.toml.

    Raises:
        ModelMissing: the lock or the file is not there.
        ModelMismatch: the file differs from the lock.
    """
    entry = read_lock(folder)[name]
    return Net(folder / "fetched" / name, entry.sha256)
