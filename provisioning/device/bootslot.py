"""Which slot starts: the one place that reads and writes autoboot.txt, and RAUC's "custom" boot loader backend.

autoboot.txt (Raspberry Pi documentation, "autoboot.txt") names two boot partitions: [all] starts always, [tryboot] once
after a restart with the argument "0 tryboot". So [all] is the slot known to work, and [tryboot] the one on trial.
A trial that never calls itself good is over with the next restart, whatever caused it.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

BOOT_PARTITION = {"A": 2, "B": 3}
"""Slot -> number of its boot partition, as `provisioning.image.layout` numbers them."""
AUTOBOOT = Path("/boot/config/autoboot.txt")
COMMAND_LINE = Path("/proc/cmdline")
REBOOT_PARAM = Path("/run/systemd/reboot-param")
"""systemd-reboot(8): passed to the kernel's reboot call, and so to the firmware."""
TRYBOOT = "0 tryboot"
BAD = Path("/persistent/rauc/bad")
"""Holds the names of slots RAUC is writing, or that failed their trial."""
SLOT_OF = {number: slot for slot, number in BOOT_PARTITION.items()}


@dataclass(frozen=True, slots=True)
class Boot:
    """What autoboot.txt says: the slot that always starts, and the one that starts on trial; "A" or "B"."""

    good: str
    trial: str

    @classmethod
    def parse(cls, text: str) -> Boot:
        """The content of autoboot.txt; a missing or unknown number is a ValueError."""
        section, numbers = "", {}
        for line in text.splitlines():
            if line.startswith("["):
                section = line.strip("[] \r")
            elif line.startswith("boot_partition="):
                numbers[section] = int(line.partition("=")[2])
        try:
            return cls(SLOT_OF[numbers["all"]], SLOT_OF[numbers["tryboot"]])
        except KeyError as error:
            raise ValueError(f"autoboot.txt names no known partition for {error}") from error

    def text(self) -> str:
        """The content of autoboot.txt."""
        good, trial = BOOT_PARTITION[self.good], BOOT_PARTITION[self.trial]
        return f"[all]\ntryboot_a_b=1\nboot_partition={good}\n[tryboot]\nboot_partition={trial}\n"


def other(slot: str) -> str:
    """B for A and A for B."""
    return "B" if slot == "A" else "A"


def booted(command_line: str) -> str:
    """The slot this kernel was started from, by its command line."""
    words = dict(word.partition("=")[::2] for word in command_line.split())
    return words["rauc.slot"]


def on_trial(boot: Boot, running: str) -> bool:
    """Whether the running slot has not yet been called good."""
    return running != boot.good


def read() -> Boot:
    """autoboot.txt as it stands."""
    return Boot.parse(AUTOBOOT.read_text())


def running() -> str:
    """The slot that runs."""
    return booted(COMMAND_LINE.read_text())


def write_through(path: Path, text: str) -> None:
    """Replace `path` so that after a power cut it holds the old or the new text, and is on the card on return."""
    new = path.with_suffix(".new")
    with new.open("w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    new.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def arm(slot: str) -> None:
    """Let `slot`, now whole, start at the next restart: for good if it is the good one, else on trial."""
    boot = read()
    judge(slot, "whole")
    if slot == boot.good:
        REBOOT_PARAM.unlink(missing_ok=True)
        return
    write_through(AUTOBOOT, Boot(boot.good, slot).text())
    REBOOT_PARAM.parent.mkdir(parents=True, exist_ok=True)
    REBOOT_PARAM.write_text(TRYBOOT)


def judge(slot: str, state: str) -> None:
    """Keep what RAUC says about `slot`: "good" from the slot on trial makes it the one that always starts."""
    bad = _bad() - {slot} | ({slot} if state == "bad" else set())
    BAD.parent.mkdir(parents=True, exist_ok=True)
    write_through(BAD, " ".join(sorted(bad)))
    if state == "good" and slot == running() and on_trial(read(), slot):
        write_through(AUTOBOOT, Boot(slot, other(slot)).text())


def _bad() -> set[str]:
    return set(BAD.read_text().split()) if BAD.exists() else set()


def main(arguments: Sequence[str]) -> int:
    """Answer RAUC (its reference, "Custom Bootloader Backend"): get-/set-primary, get-/set-state, get-current."""
    match list(arguments):
        case ["get-primary"]:
            armed = REBOOT_PARAM.exists() and REBOOT_PARAM.read_text() == TRYBOOT
            print(read().trial if armed else read().good)
        case ["set-primary", slot]:
            arm(slot)
        case ["get-state", slot]:
            print("bad" if slot in _bad() else "good")
        case ["set-state", slot, state]:
            judge(slot, state)
        case ["get-current"]:
            print(running())
        case _:
            return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
