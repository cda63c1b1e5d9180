"""Clips as a frame source: every frame, with the container's own time stamps."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Self

import cv2

from appliance.errors import ClipInvalid
from appliance.sense.frame import Frame
from appliance.sense.pixels import rgb

# One clear line of ours instead of OpenCV's and FFmpeg's own; the second is read at the first clip (AV_LOG_QUIET).
cv2.setLogLevel(0)
os.environ.setdefault("OPENCV_FFMPEG_LOGLEVEL", "-8")

MISSING_SHARE_MAX = 0.05
"""Variable-rate containers were seen to count 3 % more frames than they give; more missing means cut short."""

RATE_UNKNOWN_HZ = 30.0
"""Assumed when a container states no rate; time stamps, not this, place the frames."""


class ClipSource:
    """The frames of one video file, none left out; `at_s` counts from 0 at the container's first time stamp.

    Args:
        path: the file.

    Raises:
        ClipInvalid: on enter, when the file is missing or not a video; on read, when it ends early.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._capture = cv2.VideoCapture()
        self._read = 0
        self._first_s = 0.0
        self._last_s = -1.0
        self.rate_hz = RATE_UNKNOWN_HZ
        self.frame_count = 0

    def __enter__(self) -> Self:
        if not self._path.is_file():
            raise ClipInvalid(f"{self._path}: no such clip", "Give the path of a video file.")
        if not self._capture.open(str(self._path), cv2.CAP_FFMPEG):
            raise ClipInvalid(
                f"{self._path}: not a video, or cut short", "Give a whole mp4, mov, avi, mkv or webm file."
            )
        self.rate_hz = float(self._capture.get(cv2.CAP_PROP_FPS)) or RATE_UNKNOWN_HZ
        self.frame_count = max(0, int(self._capture.get(cv2.CAP_PROP_FRAME_COUNT)))
        return self

    def __exit__(self, *_: object) -> None:
        self._capture.release()

    def read(self) -> Frame | None:
        """The next frame, or None at the end.

        Raises:
            ClipInvalid: the clip holds no frame, or clearly fewer than its index says.
        """
        good, image = self._capture.read()
        if not good:
            self._check_whole()
            return None
        stamp_s = float(self._capture.get(cv2.CAP_PROP_POS_MSEC)) / 1000.0
        if self._read == 0:
            self._first_s = stamp_s
        at_s = max(stamp_s - self._first_s, self._last_s)
        frame = Frame(rgb(image), at_s, self._read)
        self._last_s = at_s
        self._read += 1
        return frame

    def _check_whole(self) -> None:
        if self._read == 0 or self._read < self.frame_count * (1.0 - MISSING_SHARE_MAX):
            raise ClipInvalid(
                f"{self._path}: ends after {self._read} of {self.frame_count} frames", "Give a whole video file."
            )


def clip_seconds(path: Path) -> float:
    """How long the clip at `path` plays by its own index, seconds.

    Raises:
        ClipInvalid: as `ClipSource` on enter.
    """
    with ClipSource(path) as clip:
        return clip.frame_count / clip.rate_hz
