"""A virtual counter under test: a flashed card, the firmware's stand-in, and a way to ask the guest."""

from __future__ import annotations

import contextlib
import dataclasses
import json
import os
import re
import shutil
import socket
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from provisioning.flash import put_identity
from provisioning.vm import firmware
from provisioning.vm.machine import Machine, Wiring

HERE = Path(__file__).resolve().parent
BOOT_S = 600
"""A boot took 21 s on a quiet machine and 212 s on one with a load of 7; past this it hangs."""
AGENT_UNIT = """[Unit]
DefaultDependencies=no
After=systemd-udev-trigger.service
Before=inkling-sense.service
Conflicts=shutdown.target
Before=shutdown.target
[Service]
ImportCredential=inkling.agent
ExecStartPre=/bin/sh -c 'until [ -e /dev/virtio-ports/inkling.agent ]; do sleep 0.2; done'
ExecStart=/usr/bin/python3 ${CREDENTIALS_DIRECTORY}/inkling.agent
Restart=on-failure
"""
AGENT = {"inkling.agent": (HERE / "guest/agent.py").read_text(), "systemd.extra-unit.a.service": AGENT_UNIT}
"""Given to systemd by the machine's firmware interface, so that the image under test is not changed by a byte.

QEMU's names have at most 55 letters (docs/specs/fw_cfg): hence the short name of the unit.
"""
WANTED = "systemd.wants=a.service"

OWN_TIME = 10.0
"""A frame of the chain costs an emulated processor about seven times what it may on its own clock (measured)."""

LIVE = """
[camera]
source = "/dev/video0"
rate_hz = 10
[cue]
device = "tower"
port = "/dev/ttyUSB0"
[policy]
shadow = false
"""
"""Settings of a counter with vivid as its camera, the tower on the USB serial line, and its light on."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a command in the guest gave."""

    rc: int
    out: str


def until(seen: Callable[[], object], deadline_s: float, what: str) -> object:
    """The first true value of `seen` within `deadline_s`; a failed assertion after that."""
    end = time.monotonic() + deadline_s
    event = threading.Event()
    while not (value := seen()):
        assert time.monotonic() < end, f"not within {deadline_s:.0f} s: {what}"
        event.wait(0.3)
    return value


class Counter:
    """A card in a virtual machine.

    Args:
        image: the built image; a copy is used.
        folder: where the card and everything else of this counter lies.
        identity: put on the card as `make flash` does; None: none.
    """

    def __init__(self, image: Path, folder: Path, identity: Path | None) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.card = folder / "card.img"
        self.folder = folder
        copy_sparse(image, self.card)
        if identity:
            put_identity(identity, self.card)
        self._short = Path(tempfile.mkdtemp(prefix="ink-", dir="/tmp"))  # socket paths have at most 108 bytes
        self._socket: socket.socket | None = None
        self._patience = 1.0
        self._buffer = b""
        self._tower: list[bytes] = []
        self.machine: Machine | None = None
        self.ending = ""

    def boot(
        self,
        *,
        tryboot: bool = False,
        media: Sequence[Path] = (),
        capture: Path | None = None,
        drive: str = "",
        agent_wanted: bool = True,
        own_time: bool = False,
    ) -> str:
        """Power on; the slot the firmware chose. With `agent_wanted`, wait until the guest answers.

        own_time: the guest's clock follows its own instructions; everything is then waited for OWN_TIME times longer.
        """
        self._patience = OWN_TIME if own_time else 1.0
        start = firmware.choose(self.card, tryboot, self.folder)
        start = dataclasses.replace(start, command_line=f"{start.command_line} {WANTED}")
        wiring = Wiring(drive or str(self.card), media, AGENT, capture, own_time)
        self.machine = Machine(self._short, wiring)
        self.machine.start(start)
        self._buffer, self.ending = b"", ""
        self._tower = []
        threading.Thread(target=self._listen, args=(self.machine.tower, self._tower), daemon=True).start()
        self._socket = connect(self.machine.agent)
        if agent_wanted:
            assert self._line(BOOT_S).get("ready"), self.console()
            if media:
                label = "/dev/disk/by-label/MEDIA"
                self.check(
                    f"until [ -e {label} ]; do sleep 0.3; done; mkdir -p /run/media; mount -o ro {label} /run/media",
                    120,
                )
        return start.slot

    def _listen(self, path: Path, into: list[bytes]) -> None:
        with contextlib.suppress(OSError), connect(path) as sock:
            while data := sock.recv(4096):
                into.append(data)

    @property
    def tower(self) -> bytes:
        """Every byte that came down the serial light's cable since the start."""
        return b"".join(self._tower)

    def console(self, *, whole: bool = False) -> str:
        """The end, or the `whole`, of what the guest printed."""
        log = self._short / "console.log"
        text = log.read_text(errors="replace") if log.exists() else ""
        return re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", text if whole else text[-3000:])

    def _line(self, timeout_s: float) -> dict[str, object]:
        assert self._socket is not None
        timeout_s *= self._patience
        end = time.monotonic() + timeout_s
        while b"\n" not in self._buffer:
            left = end - time.monotonic()
            assert left > 0, f"the guest did not answer within {timeout_s:.0f} s: {self.console()}"
            self._socket.settimeout(left)
            try:
                data = self._socket.recv(65536)
            except TimeoutError:
                continue
            if not data:
                return {"ended": True}
            self._buffer += data
        line, self._buffer = self._buffer.split(b"\n", 1)
        answer: dict[str, object] = json.loads(line)
        self.ending = str(answer.get("ending", self.ending))
        return answer

    def ask(self, command: str, timeout_s: float = 60.0) -> Answer:
        """The answer of the guest's shell, as root."""
        assert self._socket is not None
        self._socket.sendall(json.dumps({"run": command, "timeout_s": timeout_s}).encode() + b"\n")
        answer = self._line(timeout_s + 30)
        assert "rc" in answer, f"{command}: the guest went away ({answer})"
        return Answer(int(str(answer["rc"])), str(answer["out"]))

    def check(self, command: str, timeout_s: float = 60.0) -> str:
        """What `command` printed in the guest; it must succeed."""
        answer = self.ask(command, timeout_s)
        assert answer.rc == 0, f"{command}: {answer.rc}: {answer.out}"
        return answer.out.strip()

    def send(self, command: str) -> None:
        """Start `command` in the guest and do not wait."""
        assert self._socket is not None
        self._socket.sendall(json.dumps({"run": command, "timeout_s": 3600}).encode() + b"\n")

    def wait_restart(self, timeout_s: float) -> bool:
        """Wait until the guest restarts or ends; whether the firmware would start the slot on trial."""
        assert self.machine is not None
        while True:
            answer = self._line(timeout_s)
            if "ended" in answer:
                break
        assert self.machine.ended(30)
        self.off()
        return self.ending == "0 tryboot"

    def off(self) -> None:
        """Take the power away."""
        if self.machine is not None:
            self.machine.cut()
        if self._socket is not None:
            self._socket.close()
        self._socket = None

    def close(self) -> None:
        """Power off and remove the sockets' folder."""
        self.off()
        shutil.rmtree(self._short, ignore_errors=True)


def connect(path: Path) -> socket.socket:
    """A connection to the Unix socket at `path`, as soon as somebody listens there."""
    sock = socket.socket(socket.AF_UNIX)
    until(lambda: _try_connect(sock, path), 20, f"{path.name} listens")
    return sock


def _try_connect(sock: socket.socket, path: Path) -> bool:
    try:
        sock.connect(str(path))
    except OSError:
        return False
    return True


def copy_sparse(source: Path, target: Path) -> None:
    """Copy a disk image, holes as holes."""
    with source.open("rb") as a, target.open("wb") as b:
        size = os.fstat(a.fileno()).st_size
        b.truncate(size)
        at = 0
        while at < size:
            try:
                begin = os.lseek(a.fileno(), at, os.SEEK_DATA)
            except OSError:
                return
            at = os.lseek(a.fileno(), begin, os.SEEK_HOLE)
            while begin < at:
                begin += os.copy_file_range(a.fileno(), b.fileno(), at - begin, begin, begin)
