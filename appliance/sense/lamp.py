"""The customer lamp follows the camera's power: on before the first frame, off after the last.

On the reference box and on the pins, lamp and camera hang on one switched wire; for other cameras the lamp alone does.
"""

from __future__ import annotations

from typing import Protocol, Self

from appliance.sense.frame import Frame, FrameSource


class CameraPower(Protocol):
    """The switch that camera and customer lamp share."""

    def power_camera(self, *, on: bool) -> None:
        """Switch both."""
        ...


class LampedSource:
    """A camera that cannot be read while its lamp is dark; the only caller of `power_camera`.

    Args:
        source: the camera or clip.
        power: the switch.
    """

    def __init__(self, source: FrameSource, power: CameraPower) -> None:
        self._source = source
        self._power = power
        self.rate_hz = source.rate_hz

    @property
    def dropped(self) -> int:
        """Frames the source dropped because they were late."""
        return int(getattr(self._source, "dropped", 0))

    def __enter__(self) -> Self:
        self._power.power_camera(on=True)
        try:
            self._source.__enter__()
        except BaseException:
            self._power.power_camera(on=False)
            raise
        self.rate_hz = self._source.rate_hz
        return self

    def __exit__(self, *error: object) -> None:
        try:
            self._source.__exit__(*error)
        finally:
            self._power.power_camera(on=False)

    def read(self) -> Frame | None:
        """The next frame; None at the end of a clip."""
        return self._source.read()
