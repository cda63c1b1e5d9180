"""The shipped int8 net gives the same integers in every runtime, and says what its card says."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import numpy as np
import pytest

from appliance.errors import ModelMismatch, ModelMissing
from appliance.sense.card import read_card
from appliance.sense.classify import Classifier
from appliance.sense.interpreter import Net
from appliance.sense.lock import PACKAGED_FOLDER
from appliance.sense.normalise import normalise
from models.generate import generate

GOLDEN = Path(__file__).with_name("expression_int8.json")
"""Outputs of tflite-runtime 2.14 on Python 3.11; `python -m tests.golden.test_expression_int8` records them again."""
SEED = 4
IMAGES = 64


def integers() -> list[list[int]]:
    """Raw outputs of the shipped net for 64 made images."""
    card = read_card(PACKAGED_FOLDER)
    net = Net(PACKAGED_FOLDER / card.file, card.sha256)
    images = normalise(generate(IMAGES, SEED).images)
    return [np.concatenate([head.ravel() for head in net.run_raw(image[None])]).tolist() for image in images]


def test_this_runtime_gives_the_recorded_integers() -> None:
    """Every one of 768 outputs equals what the other Python's runtime gave."""
    golden = json.loads(GOLDEN.read_text())
    assert read_card(PACKAGED_FOLDER).sha256 == golden["sha256"], "record the golden file again for the new model"
    assert golden["outputs"] == integers()


def test_the_shipped_net_is_int8_with_batch_one() -> None:
    """The net takes one int8 image of 28 x 28 x 3 and gives four class and eight action logits."""
    card = read_card(PACKAGED_FOLDER)
    net = Net(PACKAGED_FOLDER / card.file, card.sha256)
    assert ((1, 28, 28, 3), np.dtype(np.int8)) == (net.input_shape, net.input_dtype)
    assert [4, 8] == sorted(head.size for head in net.run(np.zeros((1, 28, 28, 3))))


def copied(folder: Path) -> Path:
    """The model's files, copied into `folder`."""
    for name in ("expression.toml", "expression.tflite"):
        (folder / name).write_bytes((PACKAGED_FOLDER / name).read_bytes())
    return folder


def test_a_changed_model_stops_the_start(tmp_path: Path) -> None:
    """One changed byte in the net is refused with both hashes."""
    path = copied(tmp_path) / "expression.tflite"
    data = bytearray(path.read_bytes())
    data[5000] ^= 1
    path.write_bytes(data)
    with pytest.raises(ModelMismatch, match=hashlib.sha256(data).hexdigest()[:12]):
        Classifier(tmp_path, 0.8)


def test_a_missing_model_is_named(tmp_path: Path) -> None:
    """A net that is not there is refused with its path."""
    (copied(tmp_path) / "expression.tflite").unlink()
    with pytest.raises(ModelMissing, match=r"expression\.tflite"):
        Classifier(tmp_path, 0.8)


def test_other_labels_stop_the_start(tmp_path: Path) -> None:
    """A card whose classes stand in another order is refused."""
    card = copied(tmp_path) / "expression.toml"
    card.write_text(card.read_text().replace('"negative", "positive"', '"positive", "negative"'))
    with pytest.raises(ModelMismatch, match="other classes"):
        Classifier(tmp_path, 0.8)


if __name__ == "__main__":
    GOLDEN.write_text(json.dumps({"sha256": read_card(PACKAGED_FOLDER).sha256, "outputs": integers()}) + "\n")
