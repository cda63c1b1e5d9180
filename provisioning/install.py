"""`python provisioning/install.py VENV LOCK`: install a hashed lock into VENV, with a progress bar for people.

Run by the Makefile with the venv's own Python; pip's output is shown only when it fails.
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

WIDTH = 30
LOCKED = re.compile(r"^[A-Za-z0-9][^\s=]*==", re.MULTILINE)


def bar(done: int, total: int, words: str) -> str:
    """One line of a progress bar, `words` cut to what a narrow terminal holds."""
    filled = WIDTH * min(done, total) // max(total, 1)
    return f"\r  [{'#' * filled}{'.' * (WIDTH - filled)}] {words[:40]:<40}"


def install(python: Path, lock: Path, show: bool) -> int:
    """Run pip with `--require-hashes`; its exit status. `show` draws the bar on stderr."""
    total = len(LOCKED.findall(lock.read_text()))
    command = [str(python), "-m", "pip", "install", "--no-input", "--require-hashes", "-r", str(lock)]
    said: list[str] = []
    done = 0
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as pip:
        for line in pip.stdout or ():
            said.append(line)
            if line.startswith(("Collecting ", "Requirement already", "Ignoring ")):
                done += 1
                words = line.split()[1].split("==")[0] if line.startswith("Collecting") else ""
            elif line.startswith("Installing collected"):
                words = "installing"
            else:
                continue
            if show:
                sys.stderr.write(bar(done, total, words))
                sys.stderr.flush()
    if show:
        sys.stderr.write("\r" + " " * (WIDTH + 46) + "\r")
    if pip.returncode:
        sys.stderr.write("".join(said[-20:]))
    return pip.returncode


if __name__ == "__main__":
    print(f"installing {sys.argv[2]} into {sys.argv[1]} ...", flush=True)
    sys.exit(install(Path(sys.argv[1]) / "bin" / "python", Path(sys.argv[2]), sys.stderr.isatty()))
