"""The camera and the chain while reading is allowed, dark and closed while not; imported only by modes that read."""

from __future__ import annotations

from collections.abc import Callable

from appliance.clock import Clock
from appliance.errors import CameraMissing, CameraStalled
from appliance.events import FaultCode, Seen
from appliance.sense.frame import Frame, FrameSource
from appliance.sense.lamp import CameraPower
from appliance.sense.pipeline import Chain
from appliance.sense.signature import Scene, moved
from appliance.sense.view import open_view
from appliance.settings import Settings

RETRY_S = 2.0
"""A camera that went away is looked for this often; opening one takes most of a second."""
SCENE_EVERY_S = 1.0
SCENE_FRAMES = 30
"""Half a minute of empty scene, one frame a second, is averaged before the view is compared."""


class Reading:
    """Gives what each frame shows.

    Args:
        settings: the device's settings.
        power: the switch that camera and customer lamp share.
        clock: where time comes from.
        allowed: whether reading is allowed at the start; then the camera is opened at once.

    Raises:
        InklingError: a model, the clip or the camera is missing at the start.
    """

    def __init__(self, settings: Settings, power: CameraPower, clock: Clock, *, allowed: bool) -> None:
        self._chain = Chain(settings)
        self._open: Callable[[], FrameSource] = lambda: open_view(settings, power, clock)
        self._clock = clock
        self._source: FrameSource | None = None
        self._retry_s = 0.0
        self._signature = bytes.fromhex(settings.view.signature)
        self._scene = Scene()
        self._scene_frames = 0
        self._scene_s = float("-inf")
        self._camera_fault: FaultCode | None = None
        self._moved = False
        self.ended = False
        if allowed:
            self._power_up()

    @property
    def faults(self) -> frozenset[FaultCode]:
        """What is wrong with the camera or its view at present."""
        found = {self._camera_fault, FaultCode.MASK_CHANGED if self._moved else None}
        return frozenset(code for code in found if code is not None)

    @property
    def dropped(self) -> int:
        """Frames the present source dropped because they were late."""
        return int(getattr(self._source, "dropped", 0))

    def step(self, *, allowed: bool) -> Seen | None:
        """What the next frame shows; None while reading is not allowed, the camera is away, or the clip has ended."""
        if not allowed or self.ended:
            self.close()
            return None
        try:
            if self._source is None:
                if self._clock.monotonic_s() < self._retry_s:
                    return None
                self._power_up()
            frame = self._source.read() if self._source else None
        except (CameraMissing, CameraStalled) as error:
            self._lose(error)
            return None
        if frame is None:
            self.ended = True
            self.close()
            return None
        seen = self._chain.step(frame)
        self._watch_view(frame, seen)
        return seen

    def _power_up(self) -> None:
        self._source = self._open().__enter__()
        self._camera_fault = None

    def _lose(self, error: Exception) -> None:
        self.close()
        self._camera_fault = FaultCode.CAMERA_STALLED if isinstance(error, CameraStalled) else FaultCode.CAMERA_MISSING
        self._retry_s = self._clock.monotonic_s() + RETRY_S

    def _watch_view(self, frame: Frame, seen: Seen) -> None:
        """Compare the empty scene with the one the installer confirmed, if there is one."""
        if not self._signature or seen.face or seen.at_s - self._scene_s < SCENE_EVERY_S:
            return
        self._scene_s = seen.at_s
        self._scene.add(frame)
        self._scene_frames += 1
        if self._scene_frames == SCENE_FRAMES:
            self._moved = moved(self._signature, self._scene.signature())
            self._scene, self._scene_frames = Scene(), 0

    def close(self) -> None:
        """Power the camera down; the next allowed step powers it up again."""
        if self._source is not None:
            self._source.__exit__(None, None, None)
            self._source = None
