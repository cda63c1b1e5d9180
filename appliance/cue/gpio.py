"""Lights, piezo and switches on the Raspberry Pi's own pins (gpiozero); the only file that touches pins.

Wiring, BCM numbers: 17 amber, 27 blue, 22 piezo, 23 camera power with the customer lamp on the same wire,
5 acknowledge, 6 help, 13 customer's pause; switches to ground, pulled up inside. None is an SPI, I2C or UART pin.
"""

from __future__ import annotations

from collections import deque
from functools import partial
from typing import Any

import gpiozero
from gpiozero.exc import GPIOZeroError

from appliance.cue.interface import Abilities, Edge, Switch
from appliance.cue.pattern import Shown
from appliance.errors import CuePortMissing

AMBER, BLUE, PIEZO, CAMERA = 17, 27, 22, 23
SWITCHES = {Switch.ACK: 5, Switch.HELP: 6, Switch.CUSTOMER: 13}
BOUNCE_S = 0.02
"""Contacts of small switches bounce for less than 20 ms."""
EDGES_MAX = 64
"""More than anybody presses between two polls; beyond it the oldest is dropped."""


class Gpio:
    """LEDs on pins, dimmed by software PWM.

    Args:
        pin_factory: gpiozero's pins; None for the machine's own, a mock in tests.

    Raises:
        CuePortMissing: no pins on this machine, or they are taken.
    """

    abilities = Abilities(("amber", "blue", "white"), levels=True, sound=True, buttons=True)

    def __init__(self, pin_factory: Any = None) -> None:
        self._edges: deque[Edge] = deque(maxlen=EDGES_MAX)
        try:
            self._amber = gpiozero.PWMLED(AMBER, pin_factory=pin_factory)
            self._blue = gpiozero.PWMLED(BLUE, pin_factory=pin_factory)
            self._piezo = gpiozero.OutputDevice(PIEZO, pin_factory=pin_factory)
            self._camera = gpiozero.OutputDevice(CAMERA, pin_factory=pin_factory)
            self._switches = [self._switch(switch, pin, pin_factory) for switch, pin in SWITCHES.items()]
        except (GPIOZeroError, OSError) as error:
            raise CuePortMissing(
                f"cue.device: the pins cannot be used ({error})",
                "Run on a Raspberry Pi with python3-lgpio, and stop whatever else uses the pins.",
            ) from error

    def _switch(self, switch: Switch, pin: int, pin_factory: Any) -> Any:
        button = gpiozero.Button(pin, bounce_time=BOUNCE_S, pin_factory=pin_factory)
        button.when_pressed = partial(self._edges.append, Edge(switch, down=True))
        button.when_released = partial(self._edges.append, Edge(switch, down=False))
        return button

    def write(self, shown: Shown) -> None:
        """Set both LEDs and the piezo."""
        self._amber.value, self._blue.value, self._piezo.value = shown.amber, shown.blue, shown.tick

    def power_camera(self, *, on: bool) -> None:
        """Switch the camera's wire; the customer lamp hangs on it. Only the camera's adapter calls this."""
        self._camera.value = on

    def poll(self) -> tuple[Edge, ...]:
        """Edges since the last poll, as gpiozero's own thread saw them."""
        return tuple(self._edges.popleft() for _ in range(len(self._edges)))

    def close(self) -> None:
        """All dark, pins given back."""
        for part in (self._amber, self._blue, self._piezo, self._camera, *self._switches):
            part.close()
