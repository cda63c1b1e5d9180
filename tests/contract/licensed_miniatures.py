"""Miniature data sets for the tests of the licensed evaluation, each drawn once a session."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from appliance.sense.frame import F32
from models.licensed.miniature import WRITERS

Miniature = Callable[[str], Path]


@pytest.fixture(scope="session")
def miniature(tmp_path_factory: pytest.TempPathFactory) -> Miniature:
    """Miniatures by layout, each drawn once."""
    made: dict[str, Path] = {}

    def get(layout: str) -> Path:
        if layout not in made:
            made[layout] = tmp_path_factory.mktemp(layout)
            WRITERS[layout](made[layout])
        return made[layout]

    return get


@pytest.fixture
def broken(miniature: Miniature, tmp_path: Path) -> Path:
    """A CASME II miniature that a test may break: the table as CSV, the pictures linked."""
    source = miniature("casme2")
    shutil.copytree(source / "CASME2-RAW", tmp_path / "CASME2-RAW", copy_function=link)
    rows = ["Subject,Filename,OnsetFrame,ApexFrame,OffsetFrame,Action Units,Estimated Emotion"]
    rows += [f"{who},EP{at:02d}_01f,46,56,66,4,{word}" for who in (1, 2, 3) for at, word in enumerate(WORDS, 1)]
    (tmp_path / "CASME2-coding-20190701.csv").write_text("\n".join(rows))
    return tmp_path


WORDS = ("disgust", "happiness", "surprise")


def link(source: str, target: str) -> None:
    Path(target).symlink_to(source)


def by_brow(images: F32) -> tuple[F32, F32]:
    """A rule, not a net: brows down is negative, brows up surprise, else positive."""
    brow = images[:, 3:7, 6:22, 1].mean(axis=(1, 2))
    p = np.stack([brow > 0.012, abs(brow) <= 0.012, brow < -0.012], axis=1).astype(np.float32)
    return p, np.concatenate([np.zeros((len(p), 1), np.float32), p], axis=1)


def own_copy(path: Path) -> Path:
    """The path with its link replaced by nothing, ready to be written."""
    path.unlink()
    return path
