"""The light as words: gives each state to whoever draws it (the demo's terminal, `inkling cue`)."""

from __future__ import annotations

from collections.abc import Callable

from appliance.cue.interface import Abilities, Edge
from appliance.cue.pattern import DARK, Shown


class Console:
    """A light in a terminal.

    Args:
        draw: called with each new state, dark ones too.
    """

    abilities = Abilities(colours=("amber", "blue"), levels=True)

    def __init__(self, draw: Callable[[Shown], None]) -> None:
        self._draw = draw
        self._shown = DARK
        draw(DARK)

    def write(self, shown: Shown) -> None:
        """Draw `shown` if it differs from what is drawn."""
        if shown != self._shown:
            self._shown = shown
            self._draw(shown)

    def power_camera(self, *, on: bool) -> None:
        """No customer lamp here; `inkling doctor` says so."""

    def poll(self) -> tuple[Edge, ...]:
        """No buttons."""
        return ()

    def close(self) -> None:
        """Draw the dark light."""
        self.write(DARK)
