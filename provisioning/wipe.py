"""`make wipe DEV=/dev/sdX`: before a card leaves the shop, overwrite identity, settings, outbox and the table."""

from __future__ import annotations

import argparse
import os
import re
import sys
from collections.abc import Sequence
from pathlib import Path

from provisioning.card import Target, check, confirm, look
from provisioning.flash import CHUNK, Progress, bar
from provisioning.image.layout import PARTITIONS, SECTOR
from provisioning.tools import Refused, command_line, run

PRIVATE = ("bootconfig", "persistent")


def ranges(target: Path) -> list[tuple[int, int]]:
    """First byte and length of the partitions that may hold something private, as the card's own table has them.

    Raises:
        Refused: the card is not one of ours.
    """
    found = []
    for partition in PARTITIONS:
        if partition.name in PRIVATE:
            shown = run("sgdisk", f"--info={partition.number}", target)
            numbers = re.findall(r"^(?:First|Last) sector: (\d+)", shown, re.MULTILINE)
            if f"'{partition.name}'" not in shown or len(numbers) != 2:
                raise Refused(f"{target} has no partition {partition.name}", "Give a card that `make flash` wrote.")
            first, last = map(int, numbers)
            found.append((first * SECTOR, (last - first + 1) * SECTOR))
    return found


def wipe(target: Target, progress: Progress) -> None:
    """Overwrite the private partitions of `target` with zeros and clear its table."""
    zeros = b"\0" * CHUNK
    for start, length in ranges(target.path):
        with target.path.open("r+b") as disk:
            disk.seek(start)
            for done in range(0, length, CHUNK):
                disk.write(zeros[: min(CHUNK, length - done)])
                progress(f"wiping {start}", min(done + CHUNK, length), length)
            disk.flush()
            os.fsync(disk.fileno())
    run("sgdisk", "--zap-all", target.path)


def main(arguments: Sequence[str]) -> int:
    """Wipe one card after a person typed its name; 0."""
    parser = argparse.ArgumentParser(prog="make wipe", description=__doc__)
    parser.add_argument("--dev", type=Path, required=True)
    target = look(parser.parse_args(arguments).dev)
    check(target, 0)
    print(f"target  {target}\nIts identity, settings and outbox are overwritten; the card must be flashed again.")
    confirm(target, input(f"Type {target.path.name} to go on: "))
    wipe(target, bar(lambda text: print(text, end="", flush=True)))
    print("wiped; flash cards may keep old blocks: also take the certificate off the broker's access list")
    return 0


if __name__ == "__main__":
    sys.exit(command_line(main))
