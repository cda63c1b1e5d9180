"""`make flash DEV=/dev/sdX ID=counter-0001`: write the image to a card, read it back, put the identity on it."""

from __future__ import annotations

import argparse
import hashlib
import os
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from provisioning.card import Target, check, confirm, look
from provisioning.device.firstboot import SUMS, is_whole, names
from provisioning.image.build import DEFAULT_FOLDER
from provisioning.image.layout import MIB, offset
from provisioning.tools import Refused, command_line, run

CHUNK = 4 * MIB
BAR = 40
Progress = Callable[[str, int, int], None]


def write(image: Path, target: Path, progress: Progress) -> str:
    """Copy `image` over the start of `target`; the sha256 of what was written, on the card on return."""
    whole, done, seen = image.stat().st_size, 0, hashlib.sha256()
    with image.open("rb") as source, target.open("r+b") as disk:
        while chunk := source.read(CHUNK):
            disk.write(chunk)
            seen.update(chunk)
            done += len(chunk)
            progress("writing", done, whole)
        disk.flush()
        os.fsync(disk.fileno())
    return seen.hexdigest()


def read_back(target: Path, whole: int, progress: Progress) -> str:
    """The sha256 of the first `whole` bytes of `target`, read from the medium, not from this computer's memory."""
    done, seen = 0, hashlib.sha256()
    with target.open("rb") as disk:
        os.posix_fadvise(disk.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
        while done < whole and (chunk := disk.read(min(CHUNK, whole - done))):
            seen.update(chunk)
            done += len(chunk)
            progress("checking", done, whole)
    return seen.hexdigest()


def put_identity(identity: Path, target: Path) -> None:
    """Copy the sealed `identity` to the FAT partition of `target` and compare it there; the list of hashes goes last.

    Raises:
        Refused: the identity is not whole, or does not read back the same.
    """
    if not is_whole(identity):
        raise Refused(f"{identity} is not a whole identity", "Make it first: make identity ID=...")
    fat = f"{target}@@{offset('bootconfig')}"
    quiet = {"MTOOLS_SKIP_CHECK": "1"}
    wanted = [*names(identity), SUMS]
    for name in wanted:
        run("mcopy", "-o", "-i", fat, identity / name, f"::provision/{name}", env=quiet)
    with tempfile.TemporaryDirectory(prefix="inkling-flash-") as folder:
        for name in wanted:
            run("mcopy", "-n", "-i", fat, f"::provision/{name}", Path(folder) / name, env=quiet)
        if not is_whole(Path(folder)):
            raise Refused(f"the identity on {target} does not read back the same", "Use another card.")


def bar(out: Callable[[str], object]) -> Progress:
    """A progress bar with speed, written with `out`, a new bar for each step."""
    begun: dict[str, float] = {}

    def show(step: str, done: int, whole: int) -> None:
        start_s = begun.setdefault(step, time.monotonic())
        rate = done / MIB / max(time.monotonic() - start_s, 1e-3)
        full = BAR * done // whole
        end = "\n" if done == whole else ""
        out(f"\r{step:<9}[{'#' * full}{'.' * (BAR - full)}] {100 * done // whole:3d} %  {rate:5.0f} MiB/s{end}")

    return show


def flash(image: Path, target: Target, identity: Path | None, progress: Progress) -> str:
    """Write, read back, put the identity; the sha256 of the image.

    Raises:
        Refused: the card does not give back what was written.
    """
    if target.kind == "file":
        with target.path.open("r+b") as file:
            file.truncate(image.stat().st_size)
    written = write(image, target.path, progress)
    if read_back(target.path, image.stat().st_size, progress) != written:
        raise Refused(f"{target.path} gave back other bytes than were written", "The card is worn out; use another.")
    if identity:
        put_identity(identity, target.path)
    return written


def main(arguments: Sequence[str]) -> int:
    """Flash one card after a person typed its name; 0."""
    parser = argparse.ArgumentParser(prog="make flash", description=__doc__)
    parser.add_argument("--dev", type=Path, required=True, help="whole disk, or a plain file")
    parser.add_argument("--id", default="", help="identity in secrets/; empty: none")
    parser.add_argument("--image", type=Path, default=DEFAULT_FOLDER / "inkling.img")
    parser.add_argument("--secrets", type=Path, default=Path("secrets"))
    options = parser.parse_args(arguments)
    if not options.image.exists():
        raise Refused(f"{options.image}: no such image", "Build it (make image) or take it from the release.")
    identity = options.secrets / options.id if options.id else None
    if identity and not is_whole(identity):
        raise Refused(f"{identity} is not a whole identity", f"Make it first: make identity ID={options.id}")
    target = look(options.dev)
    check(target, options.image.stat().st_size)
    print(f"target  {target}\nimage   {options.image}\nEverything on the target is overwritten.")
    confirm(target, input(f"Type {target.path.name} to go on: "))
    found = flash(options.image, target, identity, bar(lambda text: print(text, end="", flush=True)))
    note = f"{time.strftime('%Y-%m-%dT%H:%M:%SZ', time.gmtime())} {options.id or '-'} {target.path} {found}\n"
    options.secrets.mkdir(mode=0o700, exist_ok=True)
    with (options.secrets / "flashed.log").open("a") as log:
        log.write(note)
    print(f"done: {target.path} holds image {found[:12]}, read back the same; identity: {options.id or 'none'}")
    return 0


if __name__ == "__main__":
    sys.exit(command_line(main))
