"""At each start, before anything of ours: take over an identity that `make flash` left, and open the way to the broker.

The identity comes on the FAT partition, which any computer can read, so it is moved to the data partition and erased.
A power cut at any point leaves a state from which the next start goes on: until the copy is whole and in place the
original is untouched, and the list of hashes is the first thing erased, so a half-erased original is never read again.
Erasing overwrites first; on flash memory that is best effort, for the card may keep old blocks.
"""

from __future__ import annotations

import hashlib
import ipaddress
import os
import shutil
import subprocess
import sys
from pathlib import Path

SOURCE = Path("/boot/config/provision")
PERSISTENT = Path("/persistent")
SUMS = "SHA256SUMS"
SETTINGS = "inkling.toml"
BROKER = "broker.txt"
"""Addresses publish may reach, one a line; written by `make identity` from the settings."""
KEPT = ("README.txt",)
BYTES_MAX = 65536
"""Certificates, keys and settings are a few KiB each."""


def is_whole(source: Path) -> bool:
    """Whether `source` holds a list of hashes and every file on it, unchanged."""
    sums = source / SUMS
    if not sums.is_file():
        return False
    lines = [line.split("  ", 1) for line in sums.read_text().splitlines()]
    return bool(lines) and all(
        len(line) == 2 and (source / line[1]).is_file() and _sha256(source / line[1]) == line[0] for line in lines
    )


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()[: BYTES_MAX + 1]).hexdigest()


def names(source: Path) -> list[str]:
    """The files on the list of hashes."""
    return [line.split("  ", 1)[1] for line in (source / SUMS).read_text().splitlines()]


def take_over(source: Path, persistent: Path) -> None:
    """Copy a whole identity from `source` to persistent/identity and its settings to persistent/config."""
    fresh, home, old = (persistent / name for name in ("identity.new", "identity", "identity.old"))
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(mode=0o700)
    for name in names(source):
        write_through(fresh / name, (source / name).read_bytes(), 0o600)
    _sync_folder(fresh)
    settings = persistent / "config" / SETTINGS
    write_through(settings.with_suffix(".new"), (source / SETTINGS).read_bytes(), 0o644)
    settings.with_suffix(".new").replace(settings)
    _sync_folder(settings.parent)
    shutil.rmtree(old, ignore_errors=True)
    if home.exists():
        home.rename(old)
    fresh.rename(home)
    _sync_folder(persistent)
    shutil.rmtree(old, ignore_errors=True)


def erase(source: Path) -> None:
    """Overwrite and remove everything in `source` but its read-me, the list of hashes first."""
    left = [path for path in source.iterdir() if path.is_file() and path.name not in KEPT]
    for path in sorted(left, key=lambda path: path.name != SUMS):
        with path.open("r+b") as file:
            file.write(b"\0" * path.stat().st_size)
            file.flush()
            os.fsync(file.fileno())
        path.unlink()
        _sync_folder(source)


def write_through(path: Path, content: bytes, mode: int) -> None:
    """Write `content` to `path` with `mode`; it is on the card on return."""
    with open(path, "wb", opener=lambda name, flags: os.open(name, flags, mode)) as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def first_boot(source: Path, persistent: Path) -> bool:
    """Bring `persistent` to the state the device runs from; whether an identity is there."""
    for name, mode in (("config", 0o755), ("state", 0o700), ("rauc", 0o700)):
        (persistent / name).mkdir(mode=mode, exist_ok=True)
    if source.is_dir():
        if is_whole(source):
            take_over(source, persistent)
        if (persistent / "identity").is_dir():
            erase(source)
    return (persistent / "identity").is_dir()


def allowed(identity: Path) -> list[str]:
    """The networks publish may reach: this machine, and the broker's.

    Raises:
        ValueError: a line of broker.txt is not an address or a network.
    """
    lines = (identity / BROKER).read_text().split()
    return ["127.0.0.0/8", "::1/128", *(str(ipaddress.ip_network(line)) for line in lines)]


def main() -> int:
    """Take over, erase, open the way to the broker; 0 also when there is no identity yet."""
    if first_boot(SOURCE, PERSISTENT):
        networks = " ".join(allowed(PERSISTENT / "identity"))
        command = ["systemctl", "set-property", "--runtime", "inkling-publish.service", f"IPAddressAllow={networks}"]
        subprocess.run(command, check=True)
    else:
        print("no identity yet: use make flash with ID=")
    return 0


if __name__ == "__main__":
    sys.exit(main())
