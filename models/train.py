"""`python -m models.train`: from a seed to models/expression.tflite, its float twin and expression.toml.

Half of the images are drawn (`models.drawn`), half are measured by the device's own front end on painted people
(`models.live`). Three nets are trained on three seeds, the third on the averaged probabilities of two (Hinton et al.
2015, "Distilling the knowledge in a neural network"); twice so, on people whom different hands move, and the two nets
that come of it ship side by side in one file (decision 0089).
"""

from __future__ import annotations

import argparse
import hashlib
import subprocess
import sys
import tempfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import tensorflow as tf

from appliance.errors import InklingError
from appliance.sense.card import ACTIONS, CLASSES
from appliance.sense.frame import F32
from appliance.sense.normalise import normalise
from models.calibrate import softmax
from models.drawn import drawn
from models.generate import Batch, joined
from models.licensed.mixing import mix, read_apart
from models.network import build, fit, operators, side_by_side, to_tflite

SEED = 20261123
TEACHERS = 2
IMAGES = 24_000
LIVE = 7_000
LIVE_TIMES = 2
"""How often each measured image is shown in an epoch: once was too little for the live path (decisions 0033, 0077)."""
EVENNESS = 0.5
EVEN_SEEDS = (777, 778)
"""Beside LIVE images by the plain rules, as many of each of these seeds, whatever `--seed`, with rare movements drawn
more often: units 14, 20 and 25 alone were a hundredth of the images each, and the net stayed in doubt about them
(decision 0077)."""
DRAWN_SHARES = (0.0, 0.5)
"""Of the units of those images, how many move as drawn blobs that stray: a net that had learnt the mesh's exact fields
told fewer smiles of heads that other code moves, and doubted a real one (decision 0080), but read published flow
better. Each share teaches a net of its own."""
EPOCHS = 6
REPRESENTATIVE = 500
ACTION_P_MIN = 0.5
"""Even odds: the action head is trained on plain cross-entropy."""
FOLDER = Path(__file__).parent


def soft_targets(teachers: list[tf.keras.Model], images: F32) -> F32:
    """Mean class probabilities [n, 4] of the teachers."""
    logits = [teacher.predict(images, batch_size=512, verbose=0)[0] for teacher in teachers]
    mean: F32 = np.mean([softmax(each) for each in logits], axis=0).astype(np.float32)
    return mean


def measured_apart(count: int, seed: int) -> list[Batch]:
    """For each of DRAWN_SHARES `models.live.live` of `count` images by the plain rules and as many of each EVEN_SEEDS.

    Each in a process of its own, which uses the TFLite runtime; two at a time.
    """
    print("motion through the device's own alignment and flow", flush=True)
    with tempfile.TemporaryDirectory(prefix="inkling-live-") as folder, ThreadPoolExecutor(2) as pool:

        def paint(some: int, evenness: float, drawn_share: float) -> Batch:
            file = Path(folder) / f"{some}-{evenness}-{drawn_share}.npz"
            command = [sys.executable, "-m", "models.live", "--out", str(file), "--count", str(count)]
            command += ["--seed", str(some), "--evenness", str(evenness), "--drawn-share", str(drawn_share)]
            subprocess.run(command, check=True)  # noqa: S603  # our own module
            with np.load(file) as data:
                return Batch(*(data[name] for name in Batch.__slots__))

        even = [(each, EVENNESS, share) for share in DRAWN_SHARES for each in EVEN_SEEDS]
        plain, *painted = pool.map(paint, *zip((seed, 1.0, 0.0), *even, strict=True))
    times = len(EVEN_SEEDS)
    return [joined([plain, *painted[n * times : (n + 1) * times]]) for n in range(len(DRAWN_SHARES))]


def train(seed: int, images: int, own: Path | None = None) -> tuple[tf.keras.Model, F32]:
    """The net that ships and normalised images of all that it learnt from; the same seed gives the same data.

    own: a folder of own recordings to mix in (docs/recording-protocol.md); what ships is trained without.
    """
    recordings = None if own is None else read_apart(own)
    nets, shown = [], []
    for live in measured_apart(round(images * LIVE / IMAGES), seed):

        def draw(at: int, live: Batch = live) -> Batch:
            batch = joined([drawn(images, at), *[live] * LIVE_TIMES])
            return batch if recordings is None else mix(batch, recordings, at)

        net, inputs = taught(seed, draw)
        nets.append(net)
        shown.append(inputs[:: max(1, len(DRAWN_SHARES) * len(inputs) // REPRESENTATIVE)])
    return side_by_side(nets), np.concatenate(shown)


def taught(seed: int, draw: Callable[[int], Batch]) -> tuple[tf.keras.Model, F32]:
    """A net that TEACHERS others taught, and the normalised images it learnt from; `draw` gives a batch of a seed."""
    teachers = []
    for n in range(TEACHERS):
        print(f"teacher {n + 1} of {TEACHERS}", flush=True)
        tf.keras.utils.set_random_seed(seed + n)
        batch = draw(seed + n)
        teachers.append(build())
        fit(teachers[-1], normalise(batch.images), batch.labels, batch.actions, EPOCHS)
    print("a net that ships", flush=True)
    tf.keras.utils.set_random_seed(seed)
    batch = draw(seed + TEACHERS)
    inputs = normalise(batch.images)
    net = build()
    fit(net, inputs, soft_targets(teachers, inputs), batch.actions, EPOCHS)
    return net, inputs


def temperature_of(model: Path, seed: int) -> float:
    """The temperature that calibrates the .tflite `model` on held-out images of `seed`.

    In a process of its own: TensorFlow and the TFLite runtime carry the same symbols and do not share one.
    """
    command = [sys.executable, "-m", "models.calibrate", str(model), "--seed", str(seed)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603  # our own module
    return float(done.stdout)


def write(folder: Path, net: tf.keras.Model, representative: F32, seed: int, command: str) -> None:
    """Write the int8 model, its float twin and the card into `folder`; the card names the `command` that made them.

    representative: normalised images that set the ranges of the int8 model.
    """
    quantised = to_tflite(net, representative)
    twin = to_tflite(net, None)
    (folder / "expression.tflite").write_bytes(quantised)
    (folder / "expression_float.tflite").write_bytes(twin)
    lines = {
        "file": "expression.tflite",
        "sha256": hashlib.sha256(quantised).hexdigest(),
        "float_file": "expression_float.tflite",
        "float_sha256": hashlib.sha256(twin).hexdigest(),
        "classes": list(CLASSES),
        "actions": list(ACTIONS),
        "temperature": temperature_of(folder / "expression.tflite", seed + 1000),
        "action_p_min": ACTION_P_MIN,
        "operators": operators(quantised),
        "command": command,
    }
    text = "# Written by models/train.py; checked at every start (appliance/sense/card.py).\n"
    text += "".join(f"{key} = {_toml(value)}\n" for key, value in lines.items())
    (folder / "expression.toml").write_text(text)


def _toml(value: object) -> str:
    if isinstance(value, list):
        return "[" + ", ".join(f'"{each}"' for each in value) + "]"
    return f'"{value}"' if isinstance(value, str) else str(value)


def main() -> None:
    """Train and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    tf.config.experimental.enable_op_determinism()
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--images", type=int, default=IMAGES, help="training images per net")
    parser.add_argument(
        "--data", type=Path, metavar="DIR", help="own recordings, laid out as docs/recording-protocol.md"
    )
    parser.add_argument("--out", type=Path, default=FOLDER, help="folder for the three files")
    options = parser.parse_args()
    try:
        net, representative = train(options.seed, options.images, options.data)
    except InklingError as error:
        sys.exit(f"models.train: {error}")
    command = f"python -m models.train --seed {options.seed} --images {options.images}"
    write(
        options.out, net, representative, options.seed, command + (" --data (own recordings)" if options.data else "")
    )
    print(f"wrote {options.out}/expression.tflite; measure it with `make evaluate`")


if __name__ == "__main__":
    main()
