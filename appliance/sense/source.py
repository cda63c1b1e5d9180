"""Where frames come from, by the setting `camera.source`; each device's adapter is imported only when asked for."""

from __future__ import annotations

from pathlib import Path

from appliance.clock import Clock
from appliance.sense.clip import ClipSource
from appliance.sense.frame import FrameSource
from appliance.sense.paced import PacedSource
from appliance.settings import Camera


def open_source(camera: Camera, clock: Clock) -> FrameSource:
    """The camera, or the clip played at its own speed; opened when entered.

    Raises:
        CameraMissing: picamera2 is not installed here.
    """
    if camera.source == "picamera2":
        from appliance.sense.picamera import PiCamera  # noqa: PLC0415  # exists on a Raspberry Pi only

        return PiCamera(camera, clock)
    if camera.source.startswith("/dev/video"):
        from appliance.sense.camera import UsbCamera  # noqa: PLC0415  # a clip needs no camera driver

        return UsbCamera(camera, clock)
    return PacedSource(ClipSource(Path(camera.source)), clock)
