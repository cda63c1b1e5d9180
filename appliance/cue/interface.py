"""What every cue device promises, and what it may declare it can do."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Protocol

from appliance.cue.pattern import Shown


@dataclass(frozen=True, slots=True)
class Abilities:
    """What a device can do.

    colours: names of its lamps, in the device's own words. levels: it can dim. sound: it can tick. acknowledges: it
    answers each command. buttons: it sends presses. watchdog: it shows fault by itself when the computer is silent.
    """

    colours: tuple[str, ...]
    levels: bool = False
    sound: bool = False
    acknowledges: bool = False
    buttons: bool = False
    watchdog: bool = False


class Switch(Enum):
    """A push button as wired, before anybody says what a press means."""

    ACK = "ack"
    HELP = "help"
    CUSTOMER = "customer"


@dataclass(frozen=True, slots=True)
class Edge:
    """`switch` went down or up."""

    switch: Switch
    down: bool


class CueDevice(Protocol):
    """A light on the staff side; opening one darkens it, whatever it showed before."""

    abilities: Abilities

    def write(self, shown: Shown) -> None:
        """Show `shown` from now on.

        Raises:
            CuePortMissing: the device went away.
        """
        ...

    def power_camera(self, *, on: bool) -> None:
        """Switch the wire that camera and customer lamp share, where the device has one; only `sense.lamp` calls this.

        Raises:
            CuePortMissing: the device went away.
        """
        ...

    def poll(self) -> tuple[Edge, ...]:
        """Button edges since the last poll, oldest first; also notices that the device went away.

        Raises:
            CuePortMissing: the device went away.
        """
        ...

    def close(self) -> None:
        """Darken and let go; never raises, may be called twice."""
        ...
