"""`make image`: from locked downloads to .cache/image/inkling.img, ready for `make vm` or `make flash`.

The parts stay beside it: system.img and boot.img are what `make bundle` signs.
"""

from __future__ import annotations

import argparse
import hashlib
import shutil
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from provisioning.device.bootslot import Boot
from provisioning.image import debian, kernel, rootfs
from provisioning.image.disk import (
    COMMAND_LINE,
    SLOT_LABEL,
    assemble,
    make_fat,
    make_persistent,
    make_system,
)
from provisioning.image.layout import size
from provisioning.tools import command_line

HERE = Path(__file__).resolve().parent
DEFAULT_FOLDER = rootfs.REPO / ".cache/image"


def boot_files(unpacked: Path, initrd: Path) -> dict[str, bytes]:
    """What both boot partitions hold: kernel, initrd, and a command line for each slot.

    The bundle's boot image goes to either slot, so it carries both lines; the loader takes the one of the partition
    it started from.
    """
    version = kernel.version_of(unpacked)
    lines = {f"cmdline-{slot}.txt": _line(slot) for slot in SLOT_LABEL}
    return {"vmlinuz": (unpacked / f"boot/vmlinuz-{version}").read_bytes(), "initrd": initrd.read_bytes(), **lines}


def _line(slot: str) -> bytes:
    return (COMMAND_LINE.format(label=SLOT_LABEL[slot], slot=slot) + "\n").encode()


def build(folder: Path, version: str, keyring: Path) -> Path:
    """Build the image of `version` in `folder`; updates are accepted from the owner of the key in `keyring`."""
    clock = _Steps()
    packages = debian.fetch(debian.read_lock(), folder / "debs")
    clock.done("packages")
    work = folder / "work"
    shutil.rmtree(work, ignore_errors=True)
    root, unpacked = work / "root", work / "kernel"
    is_kernel = [path for path in packages if path.name.startswith("linux-image-")]
    rootfs.unpack([path for path in packages if path not in is_kernel], root)
    rootfs.unpack(is_kernel, unpacked)
    kernel.index_modules(unpacked)
    clock.done("unpack")
    rootfs.configure(root)
    kernel.install_modules(unpacked, root)
    rootfs.vendor(folder / "wheels", HERE / "wheels.lock", sys.executable, root / "usr/lib/inkling/vendor")
    rootfs.overlay(root, keyring, version)
    rootfs.compile_python(root)
    clock.done("configure")
    kernel.build_initrd(unpacked, root / "usr/bin/busybox", HERE / "initrd/init", work / "initrd")
    make_system(folder / "system.img", root)
    clock.done("system")
    make_fat(folder / "boot.img", size("boot_a"), "boot", boot_files(unpacked, work / "initrd"))
    config = {"autoboot.txt": Boot("A", "B").text().encode(), "provision/README.txt": _README}
    make_fat(folder / "bootconfig.img", size("bootconfig"), "bootconfig", config)
    make_persistent(folder / "persistent.img", size("persistent"))
    image = folder / "inkling.img"
    assemble(image, {
        "bootconfig": folder / "bootconfig.img",
        "boot_a": folder / "boot.img",
        "boot_b": folder / "boot.img",
        "system_a": folder / "system.img",
        "persistent": folder / "persistent.img",
    })  # fmt: skip
    clock.done("disk")
    return image


_README = b"`make flash` puts the identity here; the first start moves it away.\r\n"


class _Steps:
    def __init__(self) -> None:
        self._last_s = time.monotonic()

    def done(self, name: str) -> None:
        now_s = time.monotonic()
        print(f"  {name:<10}{now_s - self._last_s:6.1f} s", flush=True)
        self._last_s = now_s


def main(arguments: Sequence[str]) -> int:
    """Build the image and print its hash; 0."""
    parser = argparse.ArgumentParser(prog="make image", description=__doc__)
    parser.add_argument("--folder", type=Path, default=DEFAULT_FOLDER)
    parser.add_argument("--version", default="0.0.0")
    parser.add_argument("--keyring", type=Path, required=True, help="certificate of the key that signs updates")
    options = parser.parse_args(arguments)
    image = build(options.folder, options.version, options.keyring)
    with image.open("rb") as file:
        print(f"{image}  sha256 {hashlib.file_digest(file, 'sha256').hexdigest()}")
    return 0


if __name__ == "__main__":
    sys.exit(command_line(main))
