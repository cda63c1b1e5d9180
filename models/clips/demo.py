"""The demo clip: half a minute of planted expressions on the portrait, made in seconds, cached, never committed."""

from __future__ import annotations

import json
from pathlib import Path

import cv2

from appliance.errors import InklingError
from appliance.sense.lock import PACKAGED_FOLDER
from models.clips.film import film
from models.clips.portrait import Portrait, portrait
from models.clips.progress import Progress
from models.clips.script import Planted, Script

RATE_HZ = 60
"""The working rate for micro-expressions (model.md)."""
QUALITY = 92
"""MJPEG quality: at 92 the coding noise stays below the sensor noise planted in the clip."""
SEED = 7
FOLDER = PACKAGED_FOLDER.parent / ".cache" / "clips"

DEMO = Script(
    seconds=26.0,
    expressions=(
        Planted((4,), 4.00, 4.17, 4.40, 0.035),
        Planted((12,), 8.00, 8.20, 8.44, 0.035),
        Planted((4, 7), 12.00, 12.80, 14.60, 0.060),
        Planted((1, 2), 18.00, 18.15, 18.40, 0.035),
        Planted((4,), 22.00, 22.18, 22.42, 0.035),
    ),
    blinks_s=(2.6, 6.2, 10.3, 16.5, 20.2, 24.4),
    sway_px=4.0,
)
"""Micro sizes are about a third of a full action unit (0.1 inter-ocular distances); blinks stand between them."""


class ClipUnwritten(InklingError, OSError):
    """The clip could not be written."""


def demo_clip(folder: Path = FOLDER) -> Path:
    """The demo clip with its truth beside it (.json); made if it is not there yet.

    Raises:
        ModelMissing: the portrait has not been fetched.
        ClipUnwritten: no room, or no right to write.
    """
    clip = folder / "demo.avi"
    if not clip.with_suffix(".json").exists():
        folder.mkdir(parents=True, exist_ok=True)
        write(clip, DEMO, RATE_HZ, portrait())
    return clip


def write(clip: Path, script: Script, rate_hz: int, stage: Portrait) -> None:
    """Write `script`, played on `stage`, as MJPEG to `clip` and its truth beside it; a bar on a terminal's stderr."""
    height, width = stage.image.shape[:2]
    writer = cv2.VideoWriter(str(clip), cv2.VideoWriter.fourcc(*"MJPG"), rate_hz, (width, height))
    writer.set(cv2.VIDEOWRITER_PROP_QUALITY, QUALITY)
    if not writer.isOpened():
        raise ClipUnwritten(f"{clip}: cannot be written", "Free some disk space, or clone where you may write.")
    total = round(script.seconds * rate_hz)
    with Progress("making the demo clip", total) as bar:
        for image in film(stage, script, rate_hz, SEED):
            writer.write(cv2.cvtColor(image, cv2.COLOR_RGB2BGR))
            bar.step()
    writer.release()
    truth = {
        "fps": rate_hz,
        "frames": total,
        "size": [width, height],
        "expressions": [each.truth() for each in script.expressions],
        "blinks_s": list(script.blinks_s),
    }
    clip.with_suffix(".json").write_text(json.dumps(truth, indent=1) + "\n")
