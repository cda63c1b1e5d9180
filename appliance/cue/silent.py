"""No light, by explicit choice: counts and events only."""

from __future__ import annotations

from appliance.cue.interface import Abilities, Edge
from appliance.cue.pattern import Shown


class Silent:
    """Shows nothing and never fails."""

    abilities = Abilities(colours=())

    def write(self, shown: Shown) -> None:
        """Nothing to show it on."""

    def power_camera(self, *, on: bool) -> None:
        """No customer lamp here; `inkling doctor` says so."""

    def poll(self) -> tuple[Edge, ...]:
        """No buttons."""
        return ()

    def close(self) -> None:
        """Nothing to let go."""
