"""A device whose port may vanish and return: found again within a second, dark first, then what should be shown."""

from __future__ import annotations

from collections.abc import Callable

from appliance.clock import Clock
from appliance.cue.interface import CueDevice, Edge
from appliance.cue.pattern import DARK, Shown
from appliance.errors import CuePortMissing

RETRY_S = 1.0
"""The bar is recovery within 2 s; one try a second costs nothing and leaves one second for the port to settle."""

DOUBT_S = 0.6
"""A port that opens again counts as found once its device has had time to answer (the box gives up after 0.5 s)."""


class Replugged:
    """A CueDevice that never raises after its first opening; `missing` tells whether it is away.

    Args:
        open_port: opens the real device.
        clock: for the time between tries.

    Raises:
        CuePortMissing: it is not there at the start.
    """

    def __init__(self, open_port: Callable[[], CueDevice], clock: Clock) -> None:
        self._open_port = open_port
        self._clock = clock
        self._device: CueDevice | None = open_port()
        self.abilities = self._device.abilities
        self._shown = DARK
        self._camera = False
        self._retry_s = 0.0
        self._doubted_until_s = float("-inf")

    @property
    def missing(self) -> bool:
        """True while the device is away, or just found and not yet heard of."""
        return self._device is None or self._clock.monotonic_s() < self._doubted_until_s

    def write(self, shown: Shown) -> None:
        """Show `shown`, now or as soon as the device is back."""
        self._shown = shown
        self._restore()

    def power_camera(self, *, on: bool) -> None:
        """Switch camera and lamp, now or as soon as the device is back."""
        self._camera = on
        self._restore()

    def _restore(self) -> None:
        """Bring the device to what should be; it may turn out to be away."""
        if self._device is None:
            return
        try:
            self._device.power_camera(on=self._camera)
            self._device.write(self._shown)
        except CuePortMissing:
            self._lose()

    def poll(self) -> tuple[Edge, ...]:
        """Button edges since the last poll; while the device is away, a try to find it again, once a second."""
        if self._device is None:
            self._find()
        if self._device is None:
            return ()
        try:
            return self._device.poll()
        except CuePortMissing:
            self._lose()
            return ()

    def _lose(self) -> None:
        if self._device is not None:
            self._device.close()
        self._device = None
        self._retry_s = self._clock.monotonic_s() + RETRY_S

    def _find(self) -> None:
        if self._clock.monotonic_s() < self._retry_s:
            return
        self._retry_s = self._clock.monotonic_s() + RETRY_S
        try:
            self._device = self._open_port()
        except CuePortMissing:
            return
        self._doubted_until_s = self._clock.monotonic_s() + DOUBT_S
        self._restore()

    def close(self) -> None:
        """Darken and let go."""
        if self._device is not None:
            self._device.close()
        self._device = None
