"""Where frames come from: clips read whole, cameras that are missing, stalled or too fast."""

from __future__ import annotations

import sys
import types
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from appliance.clock import FakeClock
from appliance.errors import CameraMissing, CameraStalled, ClipInvalid
from appliance.sense import camera as camera_module
from appliance.sense.clip import ClipSource, clip_seconds
from appliance.sense.paced import PacedSource
from appliance.sense.source import is_cropped, open_source
from appliance.settings import Camera

RATE_HZ = 25.0


def film(path: Path, frames: int) -> Path:
    """A clip whose frame k is all of grey level 6 k."""
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"mp4v"), RATE_HZ, (64, 48))
    for k in range(frames):
        writer.write(np.full((48, 64, 3), 6 * k, np.uint8))
    writer.release()
    return path


def read_all(path: Path) -> list[float]:
    """Times of every frame of the clip."""
    times = []
    with ClipSource(path) as clip:
        while (frame := clip.read()) is not None:
            times.append(frame.at_s)
    return times


def test_a_clip_gives_every_frame_with_its_time(tmp_path: Path) -> None:
    """Ten frames come as ten, 40 ms apart from 0, in order and in RGB."""
    path = film(tmp_path / "a.mp4", 10)
    assert [k / RATE_HZ for k in range(10)] == pytest.approx(read_all(path), abs=1e-3)
    assert 10 / RATE_HZ == pytest.approx(clip_seconds(path))
    with ClipSource(path) as clip:
        levels = [float(frame.image.mean()) for _ in range(10) if (frame := clip.read()) is not None]
    assert [6.0 * k for k in range(10)] == pytest.approx(levels, abs=5)


def test_a_missing_clip_is_one_line(tmp_path: Path) -> None:
    """A path without a file stops with the path."""
    with pytest.raises(ClipInvalid, match=r"gone\.mp4: no such clip"):
        read_all(tmp_path / "gone.mp4")


def test_a_text_file_is_no_clip(tmp_path: Path) -> None:
    """Text named .mp4 is refused before the first frame."""
    path = tmp_path / "text.mp4"
    path.write_text("not a video\n" * 1000)
    with pytest.raises(ClipInvalid, match="not a video"):
        read_all(path)


@pytest.mark.parametrize("share", [0.3, 0.7])
def test_a_truncated_clip_is_told(tmp_path: Path, share: float) -> None:
    """A clip cut short, wherever its index lies, ends in an error and not in silence."""
    path = film(tmp_path / "a.mp4", 40)
    content = path.read_bytes()
    path.write_bytes(content[: int(share * len(content))])
    with pytest.raises(ClipInvalid):
        read_all(path)


@pytest.mark.parametrize(("source", "kind"), [("/dev/video7", camera_module.UsbCamera), ("a.mp4", PacedSource)])
def test_the_setting_chooses_the_source(source: str, kind: type) -> None:
    """A device path opens a USB camera, a file name a clip at its own speed."""
    assert isinstance(open_source(Camera(source=source), FakeClock()), kind)


def test_a_missing_camera_is_one_line() -> None:
    """A device that is not there is named."""
    with (
        pytest.raises(CameraMissing, match="/dev/video99: no such device"),
        open_source(Camera(source="/dev/video99"), FakeClock()),
    ):
        pass


class Driver:
    """V4L2's part of cv2.VideoCapture: frames stamped at the times given, then nothing."""

    def __init__(self, stamps_s: list[float]) -> None:
        self._stamps_s = stamps_s
        self._at = -1

    def open(self, *_: object) -> bool:
        """It is there."""
        return True

    def set(self, *_: object) -> bool:
        """It takes any setting."""
        return True

    def get(self, what: int) -> float:
        """The stamp of the frame grabbed last, or the rate."""
        return 1000.0 * self._stamps_s[self._at] if what == cv2.CAP_PROP_POS_MSEC else 50.0

    def grab(self) -> bool:
        """The next frame, if one comes."""
        self._at += 1
        return self._at < len(self._stamps_s)

    def retrieve(self) -> tuple[bool, Any]:
        """A frame in B, G, R: blue."""
        return True, np.full((48, 64, 3), (255, 0, 0), np.uint8)

    def release(self) -> None:
        """Nothing to give back."""


def usb(monkeypatch: pytest.MonkeyPatch, stamps_s: list[float], now_s: float) -> camera_module.UsbCamera:
    """A USB camera whose driver has frames of these times waiting at `now_s`."""
    monkeypatch.setattr(camera_module.cv2, "VideoCapture", lambda: Driver(stamps_s))
    return camera_module.UsbCamera(Camera(source="/dev/null"), FakeClock(monotonic_s=now_s))


def test_late_frames_are_dropped_and_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of frames 100, 80 and 10 ms old at 50 Hz the first two are dropped; the index counts them too."""
    with usb(monkeypatch, [9.90, 9.92, 9.99], 10.0) as camera:
        frame = camera.read()
    assert (9.99, 2, 2) == (pytest.approx(frame.at_s), frame.index, camera.dropped)
    assert [0, 0, 255] == frame.image[0, 0].tolist()


def test_a_stalled_camera_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """A camera that gives no more frames raises CameraStalled, with its path."""
    with usb(monkeypatch, [], 10.0) as camera, pytest.raises(CameraStalled, match="/dev/null: no frame within 2 s"):
        camera.read()


class FakePicamera2:
    """picamera2's documented surface (Picamera2 manual, 6.3): requests with an array and metadata."""

    stamps_s = (9.90, 9.99)
    camera_properties = {"ScalerCropMaximum": (16, 0, 4608, 2592)}  # noqa: RUF012  # as the camera module 3 has it
    log: list[str] = []  # noqa: RUF012  # one camera, one log

    def __init__(self) -> None:
        self._next = 0

    def create_video_configuration(self, **parts: Any) -> dict[str, Any]:
        """Keep what was asked for."""
        return parts

    def configure(self, configuration: dict[str, Any]) -> None:
        """Note size, format and rate."""
        main = configuration["main"]
        self.log.append(f"{main['size']} {main['format']} {configuration['controls']['FrameRate']}")

    def set_controls(self, controls: dict[str, Any]) -> None:
        """Note it."""
        self.log.append(str(controls))

    def start(self) -> None:
        """Note it."""
        self.log.append("start")

    def stop(self) -> None:
        """Note it."""
        self.log.append("stop")

    def close(self) -> None:
        """Note it."""
        self.log.append("close")

    def capture_request(self, wait: float) -> FakePicamera2:  # noqa: ARG002  # named by the real one
        """The next request; TimeoutError when none comes."""
        if self._next == len(self.stamps_s):
            raise TimeoutError
        self._next += 1
        return self

    def make_array(self, _: str) -> Any:
        """A picture."""
        return np.zeros((48, 64, 3), np.uint8)

    def get_metadata(self) -> dict[str, int]:
        """The sensor's stamp in nanoseconds."""
        return {"SensorTimestamp": int(self.stamps_s[self._next - 1] * 1e9)}

    def release(self) -> None:
        """Note it."""
        self.log.append("release")


def test_the_pi_camera_speaks_picamera2(monkeypatch: pytest.MonkeyPatch) -> None:
    """RGB at the size and rate asked for; each request is given back; a late frame is dropped; silence is a stall."""
    module = types.ModuleType("picamera2")
    module.Picamera2 = FakePicamera2  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "picamera2", module)
    FakePicamera2.log.clear()
    with open_source(Camera(source="picamera2", rate_hz=60), FakeClock(monotonic_s=10.0)) as camera:
        frame = camera.read()
        assert frame is not None
        assert (9.99, 1) == (pytest.approx(frame.at_s), frame.index)
        with pytest.raises(CameraStalled, match="no frame within 2 s"):
            camera.read()
    assert ["(640, 480) BGR888 60.0", "start", "release", "release", "stop", "close"] == FakePicamera2.log


def test_the_pi_camera_reads_only_the_crop_out_of_its_sensor(monkeypatch: pytest.MonkeyPatch) -> None:
    """The crop is set on the sensor before the start, in the middle 4:3 of it, and frames are that much smaller."""
    module = types.ModuleType("picamera2")
    module.Picamera2 = FakePicamera2  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "picamera2", module)
    FakePicamera2.log.clear()
    with open_source(Camera(source="picamera2", rate_hz=60), FakeClock(), (0.25, 0.0, 1.0, 0.5)) as camera:
        assert is_cropped(camera)
    # 4:3 of 2592 rows is 3456 columns, from 16 + 576 on; a quarter of them is left out.
    assert ["(480, 240) BGR888 60.0", "{'ScalerCrop': (1456, 0, 2592, 1296)}", "start"] == FakePicamera2.log[:3]


def test_without_picamera2_the_advice_is_apt(monkeypatch: pytest.MonkeyPatch) -> None:
    """Off a Pi the setting picamera2 stops with the package to install."""
    monkeypatch.setitem(sys.modules, "picamera2", None)
    with pytest.raises(CameraMissing, match="apt install python3-picamera2"):
        open_source(Camera(source="picamera2"), FakeClock())
