"""A bar on stderr for what takes more than a second; silent when stderr is no terminal."""

from __future__ import annotations

import sys
from typing import Self

WIDTH = 30


class Progress:
    """A bar named `name` of `total` steps, gone when the block ends."""

    def __init__(self, name: str, total: int) -> None:
        self._name, self._total, self._done, self._drawn = name, max(1, total), 0, -1
        self._shown = sys.stderr.isatty()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._shown:
            sys.stderr.write("\r\033[K")

    def step(self) -> None:
        """One more is done; drawn again only when the bar gets longer."""
        self._done += 1
        filled = WIDTH * self._done // self._total
        if self._shown and filled != self._drawn:
            self._drawn = filled
            sys.stderr.write(f"\r{self._name} [{'#' * filled}{'.' * (WIDTH - filled)}] {self._done}/{self._total}")
            sys.stderr.flush()
