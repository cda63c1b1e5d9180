"""What a Pi's firmware does, for a machine that has none: read autoboot.txt, take kernel and words from a slot."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from provisioning.device.bootslot import Boot
from provisioning.image.layout import offset
from provisioning.tools import run


@dataclass(frozen=True, slots=True)
class Start:
    """What to start: the slot ("A" or "B"), its kernel and initrd as files, its command line."""

    slot: str
    kernel: Path
    initrd: Path
    command_line: str


def choose(disk: Path, tryboot: bool, folder: Path) -> Start:
    """What the firmware would start from the raw image `disk`; files are put into `folder`."""
    boot = Boot.parse(_read(disk, "bootconfig", "autoboot.txt", folder / "autoboot.txt").read_text())
    slot = boot.trial if tryboot else boot.good
    partition = f"boot_{slot.lower()}"
    kernel = _read(disk, partition, "vmlinuz", folder / f"vmlinuz-{slot}")
    initrd = _read(disk, partition, "initrd", folder / f"initrd-{slot}")
    line = _read(disk, partition, f"cmdline-{slot}.txt", folder / f"cmdline-{slot}.txt").read_text()
    return Start(slot, kernel, initrd, line.strip())


def _read(disk: Path, partition: str, name: str, target: Path) -> Path:
    run("mcopy", "-n", "-o", "-i", f"{disk}@@{offset(partition)}", f"::{name}", target, env={"MTOOLS_SKIP_CHECK": "1"})
    return target
