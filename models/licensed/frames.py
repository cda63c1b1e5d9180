"""The frames of one recording: a folder of numbered pictures, or a video file."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import cv2
import numpy as np

from appliance.errors import ClipInvalid
from appliance.sense.clip import ClipSource
from appliance.sense.frame import U8
from appliance.sense.pixels import rgb

PICTURES = (".jpg", ".jpeg", ".png", ".bmp")
VIDEOS = (".avi", ".mp4", ".mkv", ".mov", ".webm")
_LAST_NUMBER = re.compile(r"(\d+)\D*$")


class Frames(Protocol):
    """Numbered frames; `where` is what an error names."""

    @property
    def where(self) -> Path:
        """The folder or file."""
        ...

    def numbers(self) -> tuple[int, ...]:
        """The frame numbers, rising."""
        ...

    def read(self, number: int) -> U8:
        """Frame `number`, uint8 [h, w, 3] RGB.

        Raises:
            ClipInvalid: there is no such frame, or it cannot be read.
        """
        ...

    def all(self) -> Iterator[tuple[int, U8]]:
        """Every frame with its number, in order; raises as `read`."""
        ...


@dataclass(frozen=True, slots=True)
class FrameFolder:
    """Pictures whose names end in the frame's number, as the data sets ship them (img46.jpg, 006_05562.jpg)."""

    where: Path
    paths: dict[int, Path]

    def numbers(self) -> tuple[int, ...]:
        """The frame numbers, rising."""
        return tuple(self.paths)

    def read(self, number: int) -> U8:
        """Frame `number`, uint8 [h, w, 3] RGB; raises as `Frames.read`."""
        path = self.paths.get(number)
        if path is None:
            raise _no_frame(self.where, number)
        image = cv2.imdecode(np.frombuffer(path.read_bytes() or b"\0", np.uint8), cv2.IMREAD_COLOR)
        if image is None:
            raise ClipInvalid(f"{path}: not a picture", "Copy this file again from the data set.")
        return rgb(np.asarray(image, np.uint8))

    def all(self) -> Iterator[tuple[int, U8]]:
        """Every frame with its number, in order; raises as `Frames.read`."""
        return ((number, self.read(number)) for number in self.paths)


@dataclass(frozen=True, slots=True)
class FrameVideo:
    """A video file, its frames counted from 1 as in the data sets' tables.

    It is always decoded from the start: seeking is inexact in most containers.
    """

    where: Path
    count: int

    def numbers(self) -> tuple[int, ...]:
        """The frame numbers, 1 to the count that the file's index states."""
        return tuple(range(1, self.count + 1))

    def read(self, number: int) -> U8:
        """Frame `number`, uint8 [h, w, 3] RGB; raises as `Frames.read`."""
        for found, image in self.all():
            if found == number:
                return image
        raise _no_frame(self.where, number)

    def all(self) -> Iterator[tuple[int, U8]]:
        """Every frame with its number, in order; raises as `Frames.read`."""
        with ClipSource(self.where) as source:
            while (frame := source.read()) is not None:
                yield frame.index + 1, frame.image


def find_frames(stem: Path) -> Frames | None:
    """The frames at `stem`: the folder of that name, or the video of that name with any known ending; None if neither.

    Raises:
        ClipInvalid: the video cannot be opened.
    """
    if stem.is_dir():
        return frame_folder(stem)
    for ending in VIDEOS:
        path = stem.with_name(stem.name + ending)
        if path.is_file():
            with ClipSource(path) as source:
                return FrameVideo(path, source.frame_count)
    return None


def frame_folder(folder: Path) -> FrameFolder | None:
    """The numbered pictures of `folder`, or None if it holds none."""
    found = {}
    for path in folder.iterdir():
        number = _LAST_NUMBER.search(path.stem)
        if path.suffix.lower() in PICTURES and number:
            found[int(number[1])] = path
    return FrameFolder(folder, dict(sorted(found.items()))) if found else None


def _no_frame(where: Path, number: int) -> ClipInvalid:
    return ClipInvalid(f"{where}: no frame {number}", "Check that the folder is complete and the table is its own.")
