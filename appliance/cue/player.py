"""Plays a light's rhythm on a device: fade and blink in software, one write for each change."""

from __future__ import annotations

from dataclasses import replace

from appliance.clock import Clock
from appliance.cue.interface import CueDevice
from appliance.cue.pattern import DARK, FLASH_GAP_S, Shown, shown
from appliance.events import Light


class Player:
    """Keeps one device showing one light.

    Args:
        device: where to show it.
        clock: for the moment a light begins.
        sound: whether the soft tick may sound.
    """

    def __init__(self, device: CueDevice, clock: Clock, *, sound: bool = False) -> None:
        self._device = device
        self._clock = clock
        self._sound = sound
        self._light = Light.OFF
        self._since_s = clock.monotonic_s()
        self._lit_s = float("-inf")
        self._shown = DARK

    def show(self, light: Light) -> None:
        """Begin `light` now; the same light again changes nothing."""
        if light != self._light:
            self._light = light
            self._since_s = self._clock.monotonic_s()
            self.tick(self._since_s)

    def tick(self, now_s: float) -> None:
        """Write what the light looks like at `now_s` (seconds on the clock) if that differs from what is shown.

        Whatever the lights asked for, the device never lights up twice within FLASH_GAP_S.
        """
        wanted = shown(self._light, max(0.0, now_s - self._since_s))
        if wanted.lit and not self._shown.lit and now_s - self._lit_s < FLASH_GAP_S:
            wanted = DARK
        if not self._sound:
            wanted = replace(wanted, tick=False)
        if wanted == self._shown:
            return
        if wanted.lit and not self._shown.lit:
            self._lit_s = now_s
        self._write(wanted)

    def _write(self, wanted: Shown) -> None:
        self._device.write(wanted)
        self._shown = wanted

    def close(self) -> None:
        """Leave the device dark and closed."""
        self._light, self._shown = Light.OFF, DARK
        self._device.close()
