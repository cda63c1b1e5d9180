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

    Raises:
        CameraMissing: picamera2 is not installed; on enter, when no camera answers.
    """

    def __init__(self, camera: Camera, clock: Clock) -> None:
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
        self.dropped = 0

    def __enter__(self) -> Self:
        try:
            self._device = self._driver()
        except (IndexError, RuntimeError) as error:  # what picamera2 raises with no camera, and with a busy one
            raise CameraMissing(
                f"picamera2: {error}", "Check the ribbon cable; `rpicam-hello` shows the camera."
            ) from error
        size = (self._camera.width, self._camera.height)
        # picamera2 names formats by bit order: its BGR888 is R, G, B in memory (Picamera2 manual, 4.2.2).
        main = {"size": size, "format": "BGR888"}
        configuration = self._device.create_video_configuration(main=main, controls={"FrameRate": self.rate_hz})
        self._device.configure(configuration)
        self._device.start()
        return self

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
