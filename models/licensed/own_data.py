"""Recordings made by the project's own protocol (docs/recording-protocol.md), for training and for evaluation.

labels.csv      subject, clip, rate_hz, onset, apex, offset, label, units: one row an expression or a quiet clip
withdrawn.txt   codes of subjects who took their consent back, one a line; they are never read again
clips/s01/c001  numbered pictures, or clips/s01/c001.mkv
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt

from appliance.events import Action
from appliance.sense.frame import F32
from appliance.sense.normalise import mirrored
from models.generate import Batch
from models.licensed.classes import class_of
from models.licensed.flow import OnsetApex
from models.licensed.labelled import NOTHING, Labelled, data_set, event_of, frames_of
from models.licensed.recording import DataSet, DataSetInvalid
from models.licensed.table import read_sheets, records

COLUMNS = ("subject", "clip", "rate_hz", "onset", "apex", "offset", "label", "units")

OWN_SHARE = 0.2
"""Share of a training batch that own recordings take. A choice, not a measurement: no such recordings exist yet."""

Recordings = tuple[F32, npt.NDArray[np.int64], npt.NDArray[np.uint8], tuple[str, ...]]


def own(root: Path) -> DataSet:
    """The recordings in `root`, without subjects who withdrew.

    Raises:
        DataSetInvalid: labels.csv is missing or is not such a table, or everybody withdrew.
    """
    return data_set("own", root / "labels.csv", _rows(root))


def load_recordings(root: Path) -> Recordings:
    """Every labelled clip in `root` as training data, in the form of `models.generate.Batch`.

    Returns:
        Motion from onset to apex float32 [n, 28, 28, 3] (u, v, strain; inter-ocular distances, not normalised);
        class int64 [n] into `models.fields.CLASSES` (0 none); action groups uint8 [n, 8] in the order of `Action`;
        n subject codes, for splits by subject.

    Raises:
        DataSetInvalid: as `own`; or a row cannot be used, or no face is found in it: nothing is left out silently.
    """
    flow = OnsetApex()
    images, labels, actions, subjects = [], [], [], []
    for row in _rows(root):
        try:
            label = None if row.emotion == NOTHING else class_of(row.emotion)
            frames = frames_of(row)
            event = event_of(row, frames, label)
            image = flow.image(frames, event)
        except ValueError as error:
            raise DataSetInvalid(f"{row.where}: {error}", "Correct or remove this row.") from error
        if image is None:
            raise DataSetInvalid(f"{row.where}: no face at frame {event.onset}", "Correct or remove this row.")
        if row.emotion != NOTHING and label is None:
            continue  # "others": an expression, but of no class the net has
        images.append(image)
        labels.append(0 if label is None else label + 1)
        actions.append([action in event.actions and label is not None for action in Action])
        subjects.append(row.subject)
    if not images:
        raise DataSetInvalid(f"{root}: only clips labelled others", "Label some of the classes.")
    return np.stack(images), np.array(labels, np.int64), np.array(actions, np.uint8), tuple(subjects)


def mix(batch: Batch, recordings: Recordings, seed: int) -> Batch:
    """`batch` with `OWN_SHARE` of its items, spread over it, replaced by own recordings or their mirror images."""
    images, labels, actions, _ = recordings
    rng = np.random.default_rng(seed)
    count = len(batch.images)
    places = rng.permutation(count)[: round(OWN_SHARE * count)]
    drawn = rng.integers(0, len(images), len(places))
    flipped = rng.random(len(places)) < 0.5
    mixed = Batch(batch.images.copy(), batch.labels.copy(), batch.actions.copy(), batch.nuisance.copy())
    mixed.images[places] = np.where(flipped[:, None, None, None], mirrored(images[drawn]), images[drawn])
    mixed.labels[places], mixed.actions[places], mixed.nuisance[places] = labels[drawn], actions[drawn], -1
    return mixed


def _rows(root: Path) -> list[Labelled]:
    table = root / "labels.csv"
    if not table.is_file():
        raise DataSetInvalid(f"{table}: no such file", "Lay the folder out as docs/recording-protocol.md says.")
    withdrawn = root / "withdrawn.txt"
    gone = set(withdrawn.read_text(encoding="utf-8").split()) if withdrawn.is_file() else set()
    rows = []
    for row in records(table, read_sheets(table)[""], COLUMNS):
        subject, clip, rate, onset, apex, offset, label, units = (row.cells[name] for name in COLUMNS)
        if subject in gone:
            continue
        try:
            rate_hz = float(rate)
        except ValueError as error:
            raise DataSetInvalid(f"{row.where}: rate_hz {rate!r}", "Give the frames a second.") from error
        place = root / "clips" / subject / clip
        rows.append(
            Labelled(row.where, subject, clip, (place,), onset, apex, offset, label.lower(), units, rate_hz, None)
        )
    if not rows:
        raise DataSetInvalid(f"{table}: nobody is left", "Every subject stands in withdrawn.txt.")
    return rows
