"""The stand-in's kernel: only the modules the virtual machine and the light use, and a tiny initrd of our own."""

from __future__ import annotations

import gzip
import io
import shutil
from collections.abc import Iterator
from pathlib import Path

from provisioning.tools import Refused, run

INITRD_MODULES = ("virtio_pci", "virtio_mmio", "virtio_blk", "crc32c_generic", "erofs", "qemu_fw_cfg", "i6300esb")
"""crc32c_generic before erofs, which asks for it by an alias that insmod does not know."""
SYSTEM_MODULES = (
    *("virtio_net", "virtio_console", "virtio_rng", "vfat", "nls_cp437", "nls_ascii", "nls_iso8859-1", "ext4"),
    *("vivid", "uvcvideo", "ftdi_sio", "cp210x", "cdc_acm", "xhci_pci", "usb_storage", "uas", "sd_mod"),
    *("gpio_pl061", "loop", "dm_verity", "squashfs", "softdog", "sch_fq_codel", "autofs4"),
)
"""vivid is the virtual camera; ftdi_sio, cp210x and cdc_acm are the chips of serial lights; dm_verity is RAUC's."""


def version_of(unpacked: Path) -> str:
    """The release name of the kernel unpacked in `unpacked`.

    Raises:
        Refused: there is not exactly one.
    """
    found = sorted(path.name for path in (unpacked / "usr/lib/modules").iterdir())
    if len(found) != 1:
        raise Refused(f"{len(found)} kernels were unpacked", "Correct packages.txt; it takes one kernel.")
    return found[0]


def index_modules(unpacked: Path) -> None:
    """Write the index of all modules; depmod looks for them below /lib, which is a link on Debian."""
    (unpacked / "lib").symlink_to("usr/lib")
    run("depmod", "-b", unpacked, version_of(unpacked))


def module_files(unpacked: Path, names: tuple[str, ...]) -> list[Path]:
    """The files of the modules `names` and of all they need, in the order they load, without doubles.

    A name that is built into the kernel, or that this kernel does not have, gives none.
    """
    version = version_of(unpacked)
    folder = unpacked / "usr/lib/modules" / version
    known = _index(folder)
    files: dict[Path, None] = {}
    for name in names:
        for path in _needs(folder, known, name):
            files[path] = None
    return list(files)


def _index(folder: Path) -> dict[str, tuple[Path, list[Path]]]:
    entries = {}
    for line in (folder / "modules.dep").read_text().splitlines():
        path, _, needed = line.partition(":")
        name = path.rsplit("/", 1)[-1].split(".", 1)[0].replace("-", "_")
        entries[name] = (folder / path, [folder / each for each in needed.split()])
    return entries


def _needs(folder: Path, known: dict[str, tuple[Path, list[Path]]], name: str) -> Iterator[Path]:
    soft = [
        line.split() for line in (folder / "modules.softdep").read_text().splitlines() if line.startswith("softdep")
    ]
    entry = known.get(name.replace("-", "_"))
    if entry is None:
        return
    for words in soft:
        if words[1].replace("-", "_") == name.replace("-", "_"):
            for each in words[2:]:
                if not each.endswith(":"):
                    yield from _needs(folder, known, each)
    path, needed = entry
    yield from reversed(needed)
    yield path


def install_modules(unpacked: Path, root: Path) -> None:
    """Put the chosen modules into `root` with their index."""
    version = version_of(unpacked)
    for path in module_files(unpacked, INITRD_MODULES + SYSTEM_MODULES):
        target = root / path.relative_to(unpacked)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, target)
    for name in ("modules.order", "modules.builtin", "modules.builtin.modinfo"):
        shutil.copyfile(unpacked / "usr/lib/modules" / version / name, root / "usr/lib/modules" / version / name)
    run("depmod", "-b", root, version)


def build_initrd(unpacked: Path, busybox: Path, init: Path, target: Path) -> None:
    """Write the initrd: busybox, `init`, and the modules that reach the root, loaded in the order of a list."""
    modules = module_files(unpacked, INITRD_MODULES)
    archive = io.BytesIO()
    for folder in ("bin", "dev", "proc", "sys", "lib", "root"):
        _entry(archive, folder, 0o040755, b"")
    _entry(archive, "bin/busybox", 0o100755, busybox.read_bytes())
    _entry(archive, "init", 0o100755, init.read_bytes())
    for path in modules:
        _entry(archive, f"lib/{path.name.removesuffix('.xz')}", 0o100644, _plain(path))
    names = "\n".join(path.name.removesuffix(".xz") for path in modules) + "\n"
    _entry(archive, "lib/order", 0o100644, names.encode())
    _entry(archive, "TRAILER!!!", 0, b"")
    target.write_bytes(gzip.compress(archive.getvalue(), 6, mtime=0))


def _plain(path: Path) -> bytes:
    import lzma  # noqa: PLC0415  # only here, and absent from some builds of Python

    return lzma.decompress(path.read_bytes()) if path.suffix == ".xz" else path.read_bytes()


def _entry(archive: io.BytesIO, name: str, mode: int, content: bytes) -> None:
    """Append one file in the "newc" form (Linux, Documentation/driver-api/early-userspace/buffer-format.rst)."""
    fields = [archive.tell() + 1, mode, 0, 0, 1, 0, len(content), 0, 0, 0, 0, len(name) + 1, 0]
    archive.write(b"070701" + b"".join(b"%08x" % each for each in fields) + name.encode() + b"\0")
    archive.write(b"\0" * (-archive.tell() % 4))
    archive.write(content)
    archive.write(b"\0" * (-archive.tell() % 4))
