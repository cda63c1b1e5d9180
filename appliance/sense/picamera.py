"""The Raspberry Pi's own camera. picamera2 comes with Raspberry Pi OS (apt), never from an index."""

from __future__ import annotations

from typing import Any, Self

from appliance.clock import Clock
from appliance.errors import CameraMissing, CameraStalled
from appliance.sense.frame import Frame
from appliance.settings import Camera

LATE_FRAMES_MAX = 2
"""A frame more than two periods old is dropped; one period is ordinary scheduling jitter."""

REQUESTS_MAX = 4
"""libcamera's request queue: more late frames than this cannot wait in it."""

STALLED_S = 2.0


class PiCamera:
    """The camera on the ribbon cable; `at_s` is the sensor's own time stamp.

    Args:
        camera: width, height and rate asked for.
        clock: the monotonic clock the sensor's stamps are compared with.
        crop: left, top, right, bottom of what the sensor shall read out, shares of the picture; empty: all. Frames are
            then that much smaller, and nothing else ever reaches memory.

    Raises:
        CameraMissing: picamera2 is not installed; on enter, when no camera answers.
    """

    def __init__(self, camera: Camera, clock: Clock, crop: tuple[float, ...] = ()) -> None:
        try:
            from picamera2 import Picamera2  # noqa: PLC0415  # exists on a Raspberry Pi only
        except ImportError as error:
            raise CameraMissing(
                "picamera2: not installed", "On a Raspberry Pi: sudo apt install python3-picamera2."
            ) from error
        self._driver: Any = Picamera2
        self._device: Any = None
        self._camera = camera
        self._clock = clock
        self._index = 0
        self.rate_hz = float(camera.rate_hz)
        self.crop = crop
        self.dropped = 0

    def __enter__(self) -> Self:
        try:
            self._device = self._driver()
        except (IndexError, RuntimeError) as error:  # what picamera2 raises with no camera, and with a busy one
            raise CameraMissing(
                f"picamera2: {error}", "Check the ribbon cable; `rpicam-hello` shows the camera."
            ) from error
        left, top, right, bottom = self.crop or (0.0, 0.0, 1.0, 1.0)
        size = (_even(self._camera.width * (right - left)), _even(self._camera.height * (bottom - top)))
        # picamera2 names formats by bit order: its BGR888 is R, G, B in memory (Picamera2 manual, 4.2.2).
        main = {"size": size, "format": "BGR888"}
        configuration = self._device.create_video_configuration(main=main, controls={"FrameRate": self.rate_hz})
        self._device.configure(configuration)
        if self.crop:  # set before the start, so that no frame is read without it
            self._device.set_controls({"ScalerCrop": self._sensor_rectangle()})
        self._device.start()
        return self

    def _sensor_rectangle(self) -> tuple[int, int, int, int]:
        """x, y, width, height of the crop on the sensor, in the units of ScalerCropMaximum (Picamera2 manual, App. C).

        The whole picture is the largest one of its shape in the middle of that.
        """
        x, y, width, height = self._device.camera_properties["ScalerCropMaximum"]
        scale = min(width / self._camera.width, height / self._camera.height)
        whole = (scale * self._camera.width, scale * self._camera.height)
        x, y = x + (width - whole[0]) / 2, y + (height - whole[1]) / 2
        left, top, right, bottom = self.crop
        return (
            round(x + left * whole[0]),
            round(y + top * whole[1]),
            round((right - left) * whole[0]),
            round((bottom - top) * whole[1]),
        )

    def __exit__(self, *_: object) -> None:
        if self._device is not None:
            self._device.stop()
            self._device.close()

    def read(self) -> Frame:
        """The next frame that is not late.

        Raises:
            CameraStalled: no frame within two seconds.
        """
        for _ in range(REQUESTS_MAX + 1):
            frame = self._request()
            if self._clock.monotonic_s() - frame.at_s <= LATE_FRAMES_MAX / self.rate_hz:
                break
            self.dropped += 1
        return frame

    def _request(self) -> Frame:
        try:
            request = self._device.capture_request(wait=STALLED_S)
        except TimeoutError as error:
            raise CameraStalled("picamera2: no frame within 2 s", "Check the ribbon cable, then restart.") from error
        try:
            image = request.make_array("main")
            at_s = float(request.get_metadata()["SensorTimestamp"]) / 1e9
        finally:
            request.release()
        self._index += 1
        return Frame(image, at_s, self._index - 1)


def _even(pixels: float) -> int:
    """The nearest even number: what the camera's pipeline takes as a width or height."""
    return 2 * round(pixels / 2)
