"""`make vm`: start the built image with its console in this terminal; end it with Ctrl-C."""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from provisioning.image.build import DEFAULT_FOLDER
from provisioning.tools import Refused, command_line
from provisioning.vm import firmware
from provisioning.vm.machine import Machine, Wiring


def main(arguments: Sequence[str]) -> int:
    """Run a copy of the image named in `arguments` (default: the one built last) until Ctrl-C or power-off; 0."""
    image = Path(arguments[0]) if arguments else DEFAULT_FOLDER / "inkling.img"
    if not image.exists():
        raise Refused(f"{image}: no such image", "Build it first: make image")
    with tempfile.TemporaryDirectory(prefix="inkling-vm-") as name:
        folder = Path(name)
        card = folder / "card.img"
        shutil.copyfile(image, card)
        machine = Machine(folder, Wiring(str(card)))
        start = firmware.choose(card, tryboot=False, folder=folder)
        print(f"slot {start.slot} of {image}; Ctrl-C ends it")
        shown = 0
        machine.start(start)
        try:
            while not machine.ended(0.2):
                text = machine.console.read_bytes() if machine.console.exists() else b""
                sys.stdout.buffer.write(text[shown:])
                sys.stdout.flush()
                shown = len(text)
        finally:
            machine.cut()
    return 0


if __name__ == "__main__":
    sys.exit(command_line(main))
