"""A clip straight into whoever reads frames: nothing touches the disk."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Self

from appliance.sense.frame import Frame
from models.clips.portrait import Portrait
from models.clips.sets import Clip


class FilmSource:
    """A clip as a frame source (appliance.sense.frame.FrameSource), each frame made when it is read.

    Args:
        clip: what to play.
        face: on whom.
    """

    def __init__(self, clip: Clip, face: Portrait) -> None:
        self.rate_hz = clip.rate_hz
        self._images = enumerate(clip.frames(face))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        return None

    def read(self) -> Frame | None:
        """The next frame, or None at the end."""
        index, image = next(self._images, (0, None))
        return None if image is None else Frame(image, index / self.rate_hz, index)

    def __iter__(self) -> Iterator[Frame]:
        while (frame := self.read()) is not None:
            yield frame
