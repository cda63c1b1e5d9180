"""One virtual counter: QEMU's arm64 `virt` board with a card, a network, a serial light, eight pins and a watchdog.

There is no Pi firmware in it: `firmware.choose` stands in for it at every start.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from provisioning.tools import find
from provisioning.vm.firmware import Start

GPIO_DATA = 0x09030000 + (0xFF << 2)
"""The PL061 of `-M virt` lies at 0x09030000; the data register behind a mask of all eight (ARM DDI 0190B, 3.2.1)."""
MEMORY_MIB = 1024
CPUS = 2


@dataclass(slots=True)
class Wiring:
    """What is plugged in, beside the card (a raw file's path, or an `nbd+unix:` address).

    media: raw disks given read-only; credentials: name -> content, given to systemd (systemd.system-credentials(7));
    capture: file for the packets, None for none; own_time: the guest's clock counts its instructions, a nanosecond
    each (QEMU's -icount), so that a guest that is slow to emulate is late for nothing.
    """

    card: str
    media: Sequence[Path] = ()
    credentials: Mapping[str, str] = field(default_factory=dict)
    capture: Path | None = None
    own_time: bool = False


class Machine:
    """A running virtual counter; leaves its sockets and its console in `folder`.

    Args:
        folder: an empty folder, its path short enough for sockets (108 bytes, unix(7)).
        wiring: what is plugged in.
    """

    def __init__(self, folder: Path, wiring: Wiring) -> None:
        self.folder = folder
        self._wiring = wiring
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def console(self) -> Path:
        """What the guest's kernel and systemd printed."""
        return self.folder / "console.log"

    @property
    def tower(self) -> Path:
        """The other end of the serial light's cable, a Unix socket."""
        return self.folder / "tower.sock"

    @property
    def agent(self) -> Path:
        """The host's end of the tests' port into the guest, a Unix socket."""
        return self.folder / "agent.sock"

    def start(self, start: Start) -> None:
        """Power on and run `start`."""
        for stale in self.folder.glob("*.sock"):
            stale.unlink()
        log = (self.folder / "qemu.log").open("ab")
        self._process = subprocess.Popen(self.command(start), stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        log.close()

    def command(self, start: Start) -> list[str]:
        """QEMU's command line for `start`."""
        wiring = self._wiring
        words = [
            find("qemu-system-aarch64"),
            "-M",
            "virt",
            "-cpu",
            "cortex-a72",
            "-smp",
            str(CPUS),
            "-m",
            str(MEMORY_MIB),
        ]
        if wiring.own_time:
            words += ["-accel", "tcg,thread=single", "-icount", "shift=0,sleep=on"]
        else:
            words += ["-accel", "tcg,thread=multi"]
        words += ["-display", "none", "-monitor", "none", "-no-reboot", "-no-user-config"]
        words += ["-kernel", str(start.kernel), "-initrd", str(start.initrd), "-append", start.command_line]
        words += ["-chardev", f"file,id=console,path={self.console},append=on", "-serial", "chardev:console"]
        words += ["-qmp", f"unix:{self.folder / 'qmp.sock'},server=on,wait=off"]
        words += ["-drive", f"if=none,id=card,file={wiring.card},format=raw", "-device", "virtio-blk-pci,drive=card"]
        for number, path in enumerate(wiring.media):
            words += ["-drive", f"if=none,id=media{number},file={path},format=raw,readonly=on"]
            words += ["-device", f"virtio-blk-pci,drive=media{number}"]
        words += ["-netdev", "user,id=net,ipv6=off", "-device", "virtio-net-pci,netdev=net,romfile="]
        if wiring.capture:
            words += ["-object", f"filter-dump,id=dump,netdev=net,file={wiring.capture}"]
        words += ["-device", "qemu-xhci", "-device", "usb-serial,chardev=tower"]
        words += ["-chardev", f"socket,id=tower,path={self.tower},server=on,wait=off"]
        words += ["-device", "virtio-serial-pci", "-device", "virtserialport,chardev=agent,name=inkling.agent"]
        words += ["-chardev", f"socket,id=agent,path={self.agent},server=on,wait=off"]
        words += ["-device", "i6300esb", "-action", "watchdog=reset", "-device", "virtio-rng-pci"]
        for name, content in wiring.credentials.items():
            path = self.folder / name.replace("/", "_")
            path.write_text(content)
            words += ["-fw_cfg", f"name=opt/io.systemd.credentials/{name},file={path}"]
        return words

    def pins(self) -> int:
        """The levels of the eight GPIO pins, bit 0 for line 0, read from outside the guest."""
        answer = self.query("human-monitor-command", {"command-line": f"xp /1wx {GPIO_DATA:#x}"})
        return int(str(answer).split(":")[1].split()[0], 16) & 0xFF

    def query(self, command: str, arguments: Mapping[str, Any] | None = None) -> object:
        """QEMU's answer to one command (QEMU Machine Protocol)."""
        with socket.socket(socket.AF_UNIX) as sock:
            sock.settimeout(10)
            sock.connect(str(self.folder / "qmp.sock"))
            with sock.makefile("rw") as lines:
                lines.readline()
                for each in ({"execute": "qmp_capabilities"}, {"execute": command, "arguments": dict(arguments or {})}):
                    lines.write(json.dumps(each) + "\n")
                    lines.flush()
                    answer = json.loads(lines.readline())
                    while "event" in answer:
                        answer = json.loads(lines.readline())
        return answer["return"]

    def ended(self, timeout_s: float) -> bool:
        """Whether the guest restarted or switched itself off within `timeout_s`."""
        if self._process is None:
            return True
        try:
            self._process.wait(timeout_s)
        except subprocess.TimeoutExpired:
            return False
        return True

    def cut(self) -> None:
        """Take the power away, at once; nothing is flushed."""
        if self._process is not None and self._process.poll() is None:
            os.kill(self._process.pid, signal.SIGKILL)
            self._process.wait()
        self._process = None
