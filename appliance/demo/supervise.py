"""Starts a process, notices when it dies, and starts it again: systemd's part, for `inkling run`."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Sequence
from threading import Thread
from typing import IO

RESTARTS_MAX = 5
"""After that many deaths the fault is not passing; systemd's StartLimitBurst has the same default."""
STOP_WAIT_S = 5.0


class Child:
    """One supervised process.

    Args:
        name: shown to people.
        command: program and arguments.
        on_line: called with each line the process prints, from a reader thread; None: not read.
    """

    def __init__(self, name: str, command: Sequence[str], on_line: Callable[[str], None] | None = None) -> None:
        self.name = name
        self.restarts = 0
        self._command = list(command)
        self._on_line = on_line
        self._process: subprocess.Popen[str] | None = None
        self._readers: list[Thread] = []

    @property
    def pid(self) -> int:
        """Process id of the running process, 0 before the start."""
        return self._process.pid if self._process else 0

    def start(self) -> None:
        """Start the process."""
        self._process = subprocess.Popen(  # noqa: S603  # our own interpreter with our own module
            self._command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE if self._on_line else subprocess.DEVNULL,
            stderr=subprocess.PIPE if self._on_line else None,
            text=True,
            start_new_session=True,  # Ctrl-C reaches the runner alone, which then stops its children in order
        )
        if self._on_line:
            for stream in (self._process.stdout, self._process.stderr):
                self._read(stream, self._on_line)

    def _read(self, stream: IO[str] | None, on_line: Callable[[str], None]) -> None:
        def follow(lines: IO[str]) -> None:
            for line in lines:
                on_line(line.rstrip("\n"))

        if stream is not None:
            reader = Thread(target=follow, args=(stream,), daemon=True)
            reader.start()
            self._readers.append(reader)

    def check(self) -> int | None:
        """None while it runs; the exit status once it ended well (0 or 2); a crash is restarted, counted and told.

        Status 2 is "bad input" (`cli.main`): starting again would not help.
        """
        if self._process is None or (status := self._process.poll()) is None:
            return None
        if status in (0, 2) or self.restarts >= RESTARTS_MAX:
            return status
        self.restarts += 1
        if self._on_line:
            self._on_line(f"{self.name} died (status {status}) and was started again")
        self.start()
        return None

    def stop(self) -> int:
        """Ask the process to end, insist after five seconds, and give its exit status."""
        if self._process is None:
            return 0
        if self._process.poll() is None:
            self._process.terminate()
            try:
                self._process.wait(STOP_WAIT_S)
            except subprocess.TimeoutExpired:
                self._process.kill()
        status = self._process.wait()
        for reader in self._readers:
            reader.join(STOP_WAIT_S)
        for stream in (self._process.stdout, self._process.stderr):
            if stream is not None:
                stream.close()
        return status
