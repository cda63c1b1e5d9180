"""What a card or disk is, and whether it may be written: facts from lsblk, refusals apart from effects."""

from __future__ import annotations

import json
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from provisioning.tools import Refused, run

GB = 1_000_000_000
CARD_BYTES_MAX = 512 * GB
"""A counter needs 8 GB, and SDXC cards are seldom larger than this; a larger disk is somebody's data."""


@dataclass(frozen=True, slots=True)
class Target:
    """Where to write: path, size in bytes, model, kind ("file", "disk", "part" ...), what of it is in use and where."""

    path: Path
    bytes_: int
    model: str
    kind: str
    read_only: bool
    in_use: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.path}  {self.model or self.kind}  {self.bytes_ / GB:.1f} GB"


def look(path: Path) -> Target:
    """The facts of `path`, a block device or a plain file.

    Raises:
        Refused: it is not there, or is neither.
    """
    if not path.exists():
        raise Refused(f"{path} is not there", "Put the card in, and see `lsblk` for its name.")
    real = path.resolve()
    mode = real.stat().st_mode
    if stat.S_ISREG(mode):
        return Target(real, real.stat().st_size, "", "file", read_only=False, in_use=())
    if not stat.S_ISBLK(mode):
        raise Refused(f"{path} is neither a disk nor a plain file", "Give a whole disk such as /dev/sdb.")
    columns = "NAME,SIZE,MODEL,TYPE,RO,MOUNTPOINTS"
    return from_lsblk(real, json.loads(run("lsblk", "--json", "--bytes", "--paths", "--output", columns, real)))


def from_lsblk(path: Path, listing: dict[str, Any]) -> Target:
    """The facts of `path` in the answer of `lsblk --json`."""
    (disk,) = listing["blockdevices"]
    used = tuple(point for each in _tree(disk) for point in each.get("mountpoints") or [] if point)
    return Target(path, int(disk["size"]), (disk["model"] or "").strip(), disk["type"], bool(disk["ro"]), used)


def _tree(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield node
    for child in node.get("children", []):
        yield from _tree(child)


def check(target: Target, needed: int) -> None:
    """Nothing if `target` may be overwritten with `needed` bytes.

    Raises:
        Refused: it is a partition, mounted, the system's own disk, write protected, too small or too large.
    """
    if target.kind == "file":
        return
    if target.kind != "disk":
        raise Refused(f"{target.path} is a {target.kind}, not a whole disk", "Give the disk, such as /dev/sdb.")
    system = [point for point in target.in_use if point in {"/", "/boot", "/boot/efi", "/usr", "/home", "[SWAP]"}]
    if system:
        raise Refused(f"{target.path} holds this computer's {system[0]}", "Give the card, not this computer's disk.")
    if target.in_use:
        raise Refused(f"{target.path} is mounted at {target.in_use[0]}", f"Unmount it: sudo umount {target.in_use[0]}")
    if target.read_only:
        raise Refused(f"{target.path} is write protected", "Move the small slide on the card's side.")
    if target.bytes_ < needed:
        raise Refused(f"{target} is smaller than the image ({needed / GB:.1f} GB)", "Use a card of 8 GB or more.")
    if target.bytes_ > CARD_BYTES_MAX:
        raise Refused(f"{target} is larger than any card ({CARD_BYTES_MAX / GB:.0f} GB)", "Give the card.")


def confirm(target: Target, answer: str) -> None:
    """Nothing if `answer` is the name of `target`, typed by a person.

    Raises:
        Refused: it is anything else.
    """
    if answer.strip() != target.path.name:
        raise Refused(f"{answer.strip()!r} is not {target.path.name!r}", "Nothing was written.")
