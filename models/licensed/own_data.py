"""Recordings made by the project's own protocol (docs/recording-protocol.md), for training and for evaluation.

`python -m models.licensed.own_data DIR FILE.npz` writes what `load_recordings` gives, for `mixing.read_apart`.

labels.csv      subject, clip, rate_hz, onset, apex, offset, label, units: one row an expression or a quiet clip
withdrawn.txt   codes of subjects who took their consent back, one a line; they are never read again
clips/s01/c001  numbered pictures, or clips/s01/c001.mkv
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from appliance.errors import InklingError
from appliance.events import Action
from models.licensed.classes import class_of
from models.licensed.flow import OnsetApex
from models.licensed.labelled import NOTHING, Labelled, data_set, event_of, frames_of
from models.licensed.mixing import Recordings
from models.licensed.recording import DataSet, DataSetInvalid
from models.licensed.table import read_sheets, records

COLUMNS = ("subject", "clip", "rate_hz", "onset", "apex", "offset", "label", "units")


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


def main(arguments: Sequence[str]) -> int:
    """Load arguments[0] into arguments[1]; 0, or 2 with one line on stderr."""
    try:
        images, labels, actions, subjects = load_recordings(Path(arguments[0]))
    except InklingError as error:
        print(error, file=sys.stderr)
        return 2
    np.savez(arguments[1], images=images, labels=labels, actions=actions, subjects=np.array(subjects))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
