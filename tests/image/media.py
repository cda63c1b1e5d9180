"""A small disk labelled MEDIA (or as told) with the tests' own files, given to the guest read-only."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from provisioning.image.disk import make_fat
from provisioning.image.layout import MIB


def make_media(target: Path, files: Mapping[str, bytes], label: str = "MEDIA") -> Path:
    """A FAT disk at `target` with `files` in its root."""
    total = sum(len(content) for content in files.values())
    make_fat(target, (total // MIB + 16) * MIB, label, files)
    return target
