"""Own recordings: loaded for training, kept apart when somebody withdraws, mixed into a batch."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from appliance.events import Action, Kind
from models.fields import CLASSES
from models.generate import generate
from models.licensed.layouts import LAYOUTS
from models.licensed.mixing import OWN_SHARE, mix, read_apart
from models.licensed.own_data import load_recordings
from models.licensed.recording import DataSetInvalid
from tests.contract.licensed_miniatures import Miniature


def test_long_own_expressions_are_macro(miniature: Miniature, tmp_path: Path) -> None:
    """In our own layout the duration tells the kind: 16 frames at 60 a second are micro, at 30 a second macro."""
    (tmp_path / "clips").symlink_to(miniature("own") / "clips")
    table = (miniature("own") / "labels.csv").read_text().splitlines()
    (tmp_path / "labels.csv").write_text("\n".join([table[0], table[1], table[2].replace(",60,", ",30,")]))
    kinds = [event.kind for each in LAYOUTS["own"](tmp_path).recordings for event in each.events]
    assert [Kind.MICRO, Kind.SUSTAINED] == kinds


def test_own_recordings_load_as_training_data(miniature: Miniature) -> None:
    """Ten labelled clips give ten motion images, with the quiet one as class none and no action."""
    images, labels, actions, subjects = load_recordings(miniature("own"))
    assert ((10, 28, 28, 3), np.float32) == (images.shape, images.dtype)
    assert {"none": 1, "negative": 3, "positive": 3, "surprise": 3} == {
        name: int((labels == at).sum()) for at, name in enumerate(CLASSES)
    }
    assert ((10, len(Action)), np.uint8) == (actions.shape, actions.dtype)
    assert [0] * len(Action) == actions[labels == 0][0].tolist()
    assert 1 == actions[labels == 3][0][Action.BROW_RAISE]
    assert {"s01", "s02", "s03"} == set(subjects)


def test_who_withdrew_is_not_read_again(miniature: Miniature, tmp_path: Path) -> None:
    """A code in withdrawn.txt leaves neither a recording nor an image, even if its files are still there."""
    source = miniature("own")
    (tmp_path / "clips").symlink_to(source / "clips")
    shutil.copy(source / "labels.csv", tmp_path)
    (tmp_path / "withdrawn.txt").write_text("s02\n")
    assert {"s01", "s03"} == {each.subject for each in LAYOUTS["own"](tmp_path).recordings}
    assert "s02" not in load_recordings(tmp_path)[3]
    (tmp_path / "withdrawn.txt").write_text("s01\ns02\ns03\n")
    with pytest.raises(DataSetInvalid, match="nobody is left"):
        load_recordings(tmp_path)


def test_a_bad_own_row_stops_training(miniature: Miniature, tmp_path: Path) -> None:
    """A row whose frames are not there is named, not left out."""
    (tmp_path / "labels.csv").write_text((miniature("own") / "labels.csv").read_text())
    with pytest.raises(DataSetInvalid, match=r"labels\.csv row 2: no frame folder or video s01/negative"):
        load_recordings(tmp_path)


def test_training_is_told_what_is_wrong(tmp_path: Path) -> None:
    """The process that reads for training passes its one line on."""
    with pytest.raises(DataSetInvalid, match=r"labels\.csv: no such file"):
        read_apart(tmp_path)


def test_mixing_needs_no_tflite_runtime() -> None:
    """What training imports beside TensorFlow loads neither runtime, whose symbols clash with it."""
    code = "import sys, models.licensed.mixing; print({'tflite_runtime', 'ai_edge_litert'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


def test_a_fifth_of_a_batch_becomes_own_recordings(miniature: Miniature) -> None:
    """Mixing replaces that share, labels with images, and leaves the given batch as it was."""
    batch = generate(200, seed=1)
    before = batch.images.copy()
    mixed = mix(batch, read_apart(miniature("own")), seed=2)
    changed = (mixed.images != batch.images).any(axis=(1, 2, 3))
    assert round(OWN_SHARE * 200) == changed.sum()
    assert (batch.labels[~changed] == mixed.labels[~changed]).all()
    assert (mixed.nuisance[changed] == -1).all()
    assert (before == batch.images).all()
