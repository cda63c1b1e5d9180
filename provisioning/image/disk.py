"""The disk image, from files, without root, mount or loop device; the same input gives the same bytes."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from provisioning.image.layout import MIB, disk_bytes, offset, sgdisk_arguments, size
from provisioning.tools import Refused, run

BUILD_EPOCH = 1_764_547_200
"""2025-12-01 UTC: the time every file in the image bears, so that two builds give the same bytes."""
COMMAND_LINE = (
    "root=PARTLABEL={label} ro rauc.slot={slot} console=ttyAMA0 quiet loglevel=4 panic=5 fsck.repair=yes "
    "systemd.show_status=no watchdog_disarm=0"
)
"""watchdog_disarm=0: Raspberry Pi OS's initramfs switches the firmware's watchdog off without it."""
SLOT_LABEL = {"A": "system_a", "B": "system_b"}
_FIXED = {"SOURCE_DATE_EPOCH": str(BUILD_EPOCH), "E2FSPROGS_FAKE_TIME": str(BUILD_EPOCH), "MTOOLS_SKIP_CHECK": "1"}


def make_fat(target: Path, bytes_: int, label: str, files: Mapping[str, bytes]) -> None:
    """A FAT file system of `bytes_` holding `files` (path below the root -> content)."""
    sized(target, bytes_)
    serial = f"{sum(label.encode()) * 0x01010101 & 0xFFFFFFFF:08x}"
    run("mkfs.vfat", "--invariant", "-i", serial, "-n", label[:11].upper(), target)
    made: set[str] = set()
    for name, content in sorted(files.items()):
        folder = name.rpartition("/")[0]
        if folder and folder not in made:
            run("mmd", "-i", target, f"::{folder}", env=_FIXED)
            made.add(folder)
        part = target.with_suffix(".part")
        part.write_bytes(content)
        os.utime(part, (BUILD_EPOCH, BUILD_EPOCH))
        run("mcopy", "-m", "-o", "-i", target, part, f"::{name}", env=_FIXED)
        part.unlink()


def make_system(target: Path, root: Path) -> None:
    """A read-only erofs of `root`, everything owned by root and of one date.

    Raises:
        Refused: it does not fit the slot.
    """
    target.unlink(missing_ok=True)
    run("mkfs.erofs", "--quiet", "-zlz4", f"-T{BUILD_EPOCH}", "-U5d1b2a70-6a0e-4e53-8f0b-1d6b9c4e7a02",
        "--all-root", "-x-1", target, root)  # fmt: skip
    if target.stat().st_size > size("system_a"):
        raise Refused(
            f"the system has {target.stat().st_size / MIB:.0f} MiB, the slot {size('system_a') // MIB}",
            "Drop packages.",
        )


def make_persistent(target: Path, bytes_: int) -> None:
    """An empty ext4 for identity, settings and outbox."""
    sized(target, bytes_)
    unique = "5d1b2a70-6a0e-4e53-8f0b-1d6b9c4e7a03"
    run("mke2fs", "-q", "-F", "-t", "ext4", "-U", unique, "-L", "persistent", "-m0", "-I256", "-O", "^resize_inode",
        "-E", f"hash_seed={unique},root_owner=0:0,lazy_itable_init=0,lazy_journal_init=0",
        target, env=_FIXED)  # fmt: skip


def sized(target: Path, bytes_: int) -> None:
    """An empty file of `bytes_`, with holes."""
    target.unlink(missing_ok=True)
    with target.open("wb") as file:
        file.truncate(bytes_)


def assemble(target: Path, parts: Mapping[str, Path]) -> None:
    """The whole disk in `target`: the table, then each part (partition name -> file) where it belongs."""
    sized(target, disk_bytes())
    run("sgdisk", *sgdisk_arguments(), target)
    for name, part in parts.items():
        place(target, name, part)


def place(disk: Path, name: str, part: Path) -> None:
    """Write the file `part` into the partition `name` of `disk`, leaving holes where it is zero."""
    if part.stat().st_size > size(name):
        raise Refused(f"{part.name} is larger than the partition {name}", "Enlarge it in layout.py.")
    with disk.open("r+b") as target, part.open("rb") as source:
        at = offset(name)
        while chunk := source.read(MIB):
            if chunk.count(0) != len(chunk):
                target.seek(at)
                target.write(chunk)
            at += len(chunk)
