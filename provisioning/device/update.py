"""An update from the stick named INKLING: RAUC checks its signature, writes the other slot, and it starts on trial."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from provisioning.device import bootslot

STICK = Path("/dev/disk/by-label/INKLING")
MOUNTED = Path("/run/inkling-stick")


def choose(folder: Path) -> Path | None:
    """The bundle on the stick: the last by name, None if there is none."""
    found = sorted(folder.glob("*.raucb"))
    return found[-1] if found else None


def install(bundle: Path) -> int:
    """Install `bundle` into the slot that does not run and restart into it; refused while this slot is on trial.

    A second update now would overwrite the only slot known to work.
    """
    if bootslot.on_trial(bootslot.read(), bootslot.running()):
        print("refused: this version is still on trial; put the stick in again once it is kept", file=sys.stderr)
        return 3
    done = subprocess.run(["rauc", "install", str(bundle)], check=False)
    if done.returncode == 0:
        subprocess.run(["systemctl", "reboot"], check=True)
    return done.returncode


def main(_: Sequence[str]) -> int:
    """Mount the stick read-only, install its bundle; RAUC's status, or 2 without a bundle."""
    MOUNTED.mkdir(exist_ok=True)
    subprocess.run(["mount", "-o", "ro,nodev,nosuid,noexec", str(STICK), str(MOUNTED)], check=True)
    try:
        bundle = choose(MOUNTED)
        if bundle is None:
            print("no bundle (*.raucb) on the stick", file=sys.stderr)
            return 2
        return install(bundle)
    finally:
        subprocess.run(["umount", "--lazy", str(MOUNTED)], check=False)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
