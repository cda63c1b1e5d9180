"""Runs the system's programs, and says in one line what is missing or what one of them refused."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

SBIN = ("/usr/local/sbin", "/usr/sbin", "/sbin")
"""Where Debian keeps sgdisk, mkfs and debugfs; not on an ordinary user's PATH."""


class Refused(Exception):
    """A fact that stopped the work, with one sentence of advice; printed as one line.

    Args:
        fact: what is wrong and where.
        advice: what the reader can do.
    """

    def __init__(self, fact: str, advice: str) -> None:
        super().__init__(f"{fact}. {advice}")


def find(program: str) -> str:
    """The full path of `program`.

    Raises:
        Refused: it is not installed.
    """
    path = shutil.which(program, path=os.pathsep.join([os.environ.get("PATH", ""), *SBIN]))
    if path is None:
        raise Refused(f"{program} is missing", f"Install it: sudo apt-get install {program}")
    return path


def run(
    *command: str | Path, input_text: str | None = None, env: Mapping[str, str] | None = None, cwd: Path | None = None
) -> str:
    """What `command` printed; `env` is added to the environment.

    Raises:
        Refused: the program is missing, or ended with an error (its last lines are the fact).
    """
    name, *arguments = map(str, command)
    done = subprocess.run(
        [find(name), *arguments],
        input=input_text,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, **(env or {})},
        cwd=cwd,
    )
    if done.returncode != 0:
        last = " / ".join((done.stderr or done.stdout).strip().splitlines()[-3:])
        raise Refused(f"{Path(name).name} {' '.join(arguments[:2])} failed: {last}", "Correct that and run it again.")
    return done.stdout


def command_line(main: Callable[[Sequence[str]], int]) -> int:
    """Run `main` with the process's arguments; a refusal is one line on stderr and status 2."""
    try:
        return main(sys.argv[1:])
    except Refused as error:
        print(f"{Path(sys.argv[0]).stem}: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("stopped", file=sys.stderr)
        return 130
