"""`inkling watch`: spot expressions in clips, every frame, as fast as this machine can; for measuring.

It opens the report file, so it stands outside `sense`, where nothing opens a file for writing.
"""

from __future__ import annotations

import argparse
import json
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import Any, TextIO

import cv2

from appliance.errors import ConfigInvalid
from appliance.sense.clip import ClipSource
from appliance.sense.pipeline import Chain
from appliance.sense.spoken import ClipCount, expression_line
from appliance.settings import Settings, load


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options of `inkling watch`."""
    parser.add_argument("--clip", type=Path, action="append", required=True, metavar="FILE", help="a clip; may repeat")
    parser.add_argument("--events", required=True, metavar="FILE|-", help="where the JSON lines go; - is stdout")
    parser.add_argument("--config", type=Path, help="settings file (default: built-in defaults)")


def main(options: argparse.Namespace) -> int:
    """Watch every clip; 0, or an InklingError at the first that cannot be read."""
    settings = load(options.config)
    cv2.setNumThreads(1)
    with ExitStack() as stack:
        out = sys.stdout if options.events == "-" else stack.enter_context(_open_for_writing(Path(options.events)))
        for path in options.clip:
            watch(path, settings, out)
    return 0


def watch(path: Path, settings: Settings, out: TextIO) -> None:
    """Write the expressions of the clip at `path`, then its closing object, to `out`.

    Raises:
        ClipInvalid: the clip is missing, not a video, or cut short.
        ModelMissing, ModelMismatch: as `Chain`.
    """
    count = ClipCount()
    with ClipSource(path) as clip:
        chain = Chain(settings)
        while (frame := clip.read()) is not None:
            seen = chain.step(frame)
            count.add(seen)
            for expression in seen.expressions:
                _write(out, expression_line(str(path), expression))
        _write(out, count.line(str(path), clip.rate_hz))


def _write(out: TextIO, line: dict[str, Any]) -> None:
    out.write(json.dumps(line) + "\n")
    out.flush()


def _open_for_writing(path: Path) -> TextIO:
    try:
        return path.open("w", encoding="utf-8")
    except OSError as error:
        raise ConfigInvalid(f"--events {path}: {error.strerror}", "Give a file in a folder that exists.") from error
