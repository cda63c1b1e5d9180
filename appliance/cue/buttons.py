"""What a press means: short or long on each switch, and a switch that never lets go is a fault."""

from __future__ import annotations

from appliance.cue.interface import Edge, Switch
from appliance.events import Button

LONG_S = 1.0
"""A press of a second or more is long; usual for two-function keys, and told by the light going out."""

STUCK_S = 10.0
"""Nobody holds a button for ten seconds; a cup on it does."""

SHORT = {Switch.ACK: Button.HELPED, Switch.HELP: Button.HELP}
LONG = {Switch.ACK: Button.NOT_NEEDED, Switch.HELP: Button.SELF_REPORT}
"""The customer's switch has one meaning, whatever its length, and acts when it goes down."""


class Buttons:
    """Turns edges into presses; each press is told once, a long one as soon as it is long."""

    def __init__(self) -> None:
        self._down_s: dict[Switch, float] = {}
        self._told: set[Switch] = set()

    def take(self, now_s: float, edges: tuple[Edge, ...], *, paused: bool) -> tuple[Button, ...]:
        """Presses completed by `now_s` (seconds), oldest first; `paused` says which way the pause goes."""
        presses: list[Button] = []
        for edge in edges:
            if edge.down and edge.switch not in self._down_s:
                self._down_s[edge.switch] = now_s
                if edge.switch is Switch.CUSTOMER:
                    presses.append(Button.RESUME if paused else Button.PAUSE)
                    self._told.add(edge.switch)
            if not edge.down and self._down_s.pop(edge.switch, None) is not None:
                if edge.switch not in self._told:
                    presses.append(SHORT[edge.switch])
                self._told.discard(edge.switch)
        for switch, down_s in self._down_s.items():
            if now_s - down_s >= LONG_S and switch not in self._told:
                presses.append(LONG[switch])
                self._told.add(switch)
        return tuple(presses)

    def release(self) -> None:
        """Forget what is held: the device went away, and its switches with it."""
        self._down_s.clear()
        self._told.clear()

    def stuck(self, now_s: float) -> bool:
        """True while a switch has been down for STUCK_S."""
        return any(now_s - down_s >= STUCK_S for down_s in self._down_s.values())
