"""Adafruit 5125 USB tower light: CH340 serial, 9600 8N1, one byte a command.

Bytes from the product page's table (adafruit.com/product/5125): command in the high nibble (1 on, 2 off, 4 blink), lamp
in the low one (1 red, 2 yellow, 4 green, 8 buzzer). The tower keeps its state when the computer goes, so opening sends
all four off bytes. Its own blink rate is not documented, so we blink in software. Its buzzer can pull the port down
(same page, field notes), so it is never used.
"""

from __future__ import annotations

from contextlib import suppress

from appliance.cue.interface import Abilities, Edge
from appliance.cue.pattern import DARK, Shown
from appliance.cue.serial_port import SerialPort
from appliance.errors import CuePortMissing

BAUD = 9600
ALL_OFF = bytes((0x21, 0x22, 0x24, 0x28))
YELLOW_ON, YELLOW_OFF = 0x12, 0x22
GREEN_ON, GREEN_OFF = 0x14, 0x24


class Tower:
    """Amber shows on the yellow lamp. The tower has no blue: blue shows on the green lamp, never on red.

    Args:
        port: its serial port.

    Raises:
        CuePortMissing: see SerialPort.
    """

    abilities = Abilities(colours=("yellow", "green"))

    def __init__(self, port: str) -> None:
        self._port = SerialPort(port, BAUD)
        self._port.write(ALL_OFF)
        self._shown = DARK

    def write(self, shown: Shown) -> None:
        """Switch what differs from what is shown; any level above 0 is on."""
        amber, blue = shown.amber > 0, shown.blue > 0
        changes = bytearray()
        if amber != (self._shown.amber > 0):
            changes.append(YELLOW_ON if amber else YELLOW_OFF)
        if blue != (self._shown.blue > 0):
            changes.append(GREEN_ON if blue else GREEN_OFF)
        if changes:
            self._port.write(bytes(changes))
        self._shown = shown

    def power_camera(self, *, on: bool) -> None:
        """No customer lamp here; `inkling doctor` says so."""

    def poll(self) -> tuple[Edge, ...]:
        """No buttons; what comes in is thrown away."""
        self._port.read()
        return ()

    def close(self) -> None:
        """All lamps off, port closed."""
        with suppress(CuePortMissing):
            self._port.write(ALL_OFF)
        self._port.close()
