"""Where frames come from, by the setting `camera.source`; each device's adapter is imported only when asked for."""

from __future__ import annotations

from pathlib import Path

from appliance.clock import Clock
from appliance.sense.clip import ClipSource
from appliance.sense.frame import FrameSource
from appliance.sense.paced import PacedSource
from appliance.settings import Camera


def open_source(camera: Camera, clock: Clock, crop: tuple[float, ...] = ()) -> FrameSource:
    """The camera, or the clip played at its own speed; opened when entered.

    crop: left, top, right, bottom of what a camera that can shall read out of its sensor, shares of the picture.

    Raises:
        CameraMissing: picamera2 is not installed here.
    """
    if camera.source == "picamera2":
        from appliance.sense.picamera import PiCamera  # noqa: PLC0415  # exists on a Raspberry Pi only

        return PiCamera(camera, clock, crop)
    if camera.source.startswith("/dev/video"):
        from appliance.sense.camera import UsbCamera  # noqa: PLC0415  # a clip needs no camera driver

        return UsbCamera(camera, clock)
    return PacedSource(ClipSource(Path(camera.source)), clock)


def is_cropped(source: FrameSource) -> bool:
    """Whether the sensor itself leaves the rest of the picture out, so that it is never in memory."""
    return bool(getattr(source, "crop", ()))
