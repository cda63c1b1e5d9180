"""Own recordings in a training batch; imports no TFLite runtime, which does not share a process with TensorFlow."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import numpy.typing as npt

from appliance.sense.frame import F32
from appliance.sense.normalise import mirrored
from models.generate import Batch
from models.licensed.recording import DataSetInvalid

OWN_SHARE = 0.2
"""Share of a training batch that own recordings take. A choice, not a measurement: no such recordings exist yet."""

Recordings = tuple[F32, npt.NDArray[np.int64], npt.NDArray[np.uint8], tuple[str, ...]]
"""Motion images, classes, action groups and subjects, as `own_data.load_recordings` says."""


def read_apart(root: Path) -> Recordings:
    """`own_data.load_recordings(root)`, run in a process of its own.

    Raises:
        DataSetInvalid: as there.
    """
    with tempfile.TemporaryDirectory(prefix="inkling-own-") as folder:
        file = Path(folder) / "recordings.npz"
        command = [sys.executable, "-m", "models.licensed.own_data", str(root), str(file)]
        done = subprocess.run(command, check=False, capture_output=True, text=True)  # noqa: S603  # our own module
        if done.returncode:
            reason = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
            raise DataSetInvalid(reason.rstrip("."), "See docs/recording-protocol.md for the layout.")
        with np.load(file) as data:
            return data["images"], data["labels"], data["actions"], tuple(data["subjects"].tolist())


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
