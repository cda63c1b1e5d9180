"""USB cameras through V4L2. Frames that waited too long in the driver are dropped and counted."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Self

import cv2

from appliance.clock import Clock
from appliance.errors import CameraMissing, CameraStalled
from appliance.sense.frame import Frame
from appliance.sense.pixels import rgb
from appliance.settings import Camera

# A frame that has not come after two seconds means a stalled camera; OpenCV would wait ten and then complain itself.
os.environ.setdefault("OPENCV_VIDEOIO_V4L_SELECT_TIMEOUT", "2")
cv2.setLogLevel(0)

LATE_FRAMES_MAX = 2
"""A frame more than two periods old is dropped; one period is ordinary scheduling jitter."""

BUFFERS = 4
"""OpenCV's V4L2 buffers: more late frames than this cannot wait in the driver."""


class UsbCamera:
    """One V4L2 camera; `at_s` is the driver's monotonic time stamp.

    Args:
        camera: source (/dev/videoN), width, height and rate asked for; the driver takes its nearest.
        clock: the monotonic clock the driver's stamps are compared with.

    Raises:
        CameraMissing: on enter, when the device is not there or cannot be opened.
    """

    def __init__(self, camera: Camera, clock: Clock) -> None:
        self._camera = camera
        self._clock = clock
        self._capture = cv2.VideoCapture()
        self._index = 0
        self.rate_hz = float(camera.rate_hz)
        self.dropped = 0

    def __enter__(self) -> Self:
        source = self._camera.source
        if not Path(source).exists():
            raise CameraMissing(
                f"{source}: no such device", "Plug the camera in; `ls /dev/video*` lists what is there."
            )
        if not self._capture.open(source, cv2.CAP_V4L2):
            raise CameraMissing(
                f"{source}: cannot be opened", "Check that it is a camera and that no program holds it."
            )
        # Motion JPEG: uncompressed frames at 60 Hz exceed what USB 2 carries.
        self._capture.set(cv2.CAP_PROP_FOURCC, cv2.VideoWriter.fourcc(*"MJPG"))
        self._capture.set(cv2.CAP_PROP_FRAME_WIDTH, self._camera.width)
        self._capture.set(cv2.CAP_PROP_FRAME_HEIGHT, self._camera.height)
        self._capture.set(cv2.CAP_PROP_FPS, self._camera.rate_hz)
        self.rate_hz = float(self._capture.get(cv2.CAP_PROP_FPS)) or self.rate_hz
        return self

    def __exit__(self, *_: object) -> None:
        self._capture.release()

    def read(self) -> Frame:
        """The next frame that is not late.

        Raises:
            CameraStalled: no frame within two seconds.
        """
        for _ in range(BUFFERS + 1):
            at_s = self._grab()
            if self._clock.monotonic_s() - at_s <= LATE_FRAMES_MAX / self.rate_hz:
                break
            self.dropped += 1
        good, image = self._capture.retrieve()
        if not good:
            raise CameraStalled(f"{self._camera.source}: a frame could not be decoded", "Check the cable.")
        if image.shape[0] == 1:  # OpenCV hands over a driver's own BGR, such as the kernel's vivid gives, as one row
            image = image.reshape(int(self._capture.get(cv2.CAP_PROP_FRAME_HEIGHT)), -1, 3)
        return Frame(rgb(image), at_s, self._index - 1)

    def _grab(self) -> float:
        if not self._capture.grab():
            raise CameraStalled(f"{self._camera.source}: no frame within 2 s", "Check the cable, then the camera.")
        self._index += 1
        stamp_s = float(self._capture.get(cv2.CAP_PROP_POS_MSEC)) / 1000.0
        return stamp_s if stamp_s > 0 else self._clock.monotonic_s()
