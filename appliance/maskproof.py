"""`inkling mask-proof`: shows that no face is found on the staff side, and writes the result to the audit log.

Somebody holds a printed face where staff stand. Without the mask it must be found there (otherwise nothing is shown),
with the mask never. It writes a file, so it stands outside `sense`.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from dataclasses import dataclass, replace
from pathlib import Path

from appliance.clock import Clock, SystemClock
from appliance.cue.device import open_device
from appliance.errors import ConfigInvalid
from appliance.sense.face import FaceFinder
from appliance.sense.frame import Frame, FrameSource
from appliance.sense.lamp import LampedSource
from appliance.sense.mask import Mask
from appliance.sense.nets import FACE_FINDER, models_folder, open_locked
from appliance.sense.source import open_source
from appliance.settings import Settings, View, load

SHOWN_MIN = 30
"""A printed face found in fewer frames than half a second's was not really held there."""
AUDIT_LOG = Path("/var/log/inkling/audit.jsonl")


@dataclass(slots=True)
class Proof:
    """Frames looked at; faces found on the staff side without and with the mask."""

    frames: int = 0
    unmasked: int = 0
    masked: int = 0

    @property
    def verdict(self) -> str:
        """`proven`, `failed`, or `nothing shown` when no face was held there."""
        if self.masked:
            return "failed"
        return "proven" if self.unmasked >= SHOWN_MIN else "nothing shown"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options of `inkling mask-proof`."""
    parser.add_argument("--config", type=Path, help="settings file (default: built-in defaults)")
    parser.add_argument("--seconds", type=float, default=20.0, help="how long to look (default 20)")
    parser.add_argument("--log", type=Path, default=AUDIT_LOG, help=f"audit log (default {AUDIT_LOG})")


def main(options: argparse.Namespace) -> int:
    """Look, print, log; 0 only if proven."""
    settings = load(options.config)
    clock = SystemClock()
    sys.stdout.write("Hold a printed face where staff stand, and move it about.\n")
    with (
        open_device(settings.cue, clock) as device,
        LampedSource(open_source(settings.camera, clock), device) as source,
    ):
        proof = prove(source, settings, clock.monotonic_s() + options.seconds, clock)
    append(options.log, settings, proof, clock.utc_s())
    sys.stdout.write(
        f"{proof.verdict}: {proof.frames} frames, a face on the staff side in {proof.unmasked} without the mask, "
        f"{proof.masked} with it; logged in {options.log}\n"
    )
    return 0 if proof.verdict == "proven" else 1


def prove(source: FrameSource, settings: Settings, end_s: float, clock: Clock) -> Proof:
    """Look for faces on the staff side, with and without the mask, until `end_s` or the end of the clip.

    Raises:
        ConfigInvalid: no staff side is configured.
    """
    mask, whole = Mask(settings.view), replace(settings.view, crop=())
    if mask.empty:
        raise ConfigInvalid("view.staff: no staff side is configured", "Give its corners first.")
    finder = FaceFinder(open_locked(models_folder(settings.model.folder), FACE_FINDER))
    proof = Proof()
    while clock.monotonic_s() < end_s and (frame := source.read()) is not None:
        bare = Frame(frame.image.copy(), frame.at_s, frame.index)
        proof.frames += 1
        proof.unmasked += _on_staff_side(finder, bare, mask)
        proof.masked += _on_staff_side(finder, Mask(whole).apply(frame), mask)
    return proof


def _on_staff_side(finder: FaceFinder, frame: Frame, mask: Mask) -> bool:
    height, width = frame.image.shape[:2]
    return any(
        mask.holds(box.left + box.width / 2, box.top + box.height / 2, width, height) for box in finder.find(frame)
    )


def append(log: Path, settings: Settings, proof: Proof, utc_s: float) -> None:
    """Add one line to the audit log; each line carries the hash of the one before, so that none can be taken out.

    Raises:
        ConfigInvalid: the log cannot be written.
    """
    try:
        log.parent.mkdir(parents=True, exist_ok=True)
        before = log.read_bytes() if log.exists() else b""
        line = {
            "utc_s": round(utc_s),
            "device": settings.site.device,
            "what": "mask-proof",
            "verdict": proof.verdict,
            "frames": proof.frames,
            "unmasked": proof.unmasked,
            "masked": proof.masked,
            "view": view_hash(settings.view),
            "before": hashlib.sha256(before.splitlines()[-1] if before else b"").hexdigest(),
        }
        with log.open("ab") as file:
            file.write(json.dumps(line).encode() + b"\n")
    except OSError as error:
        raise ConfigInvalid(f"{log}: {error.strerror}", "Run as root, or give --log.") from error


def view_hash(view: View) -> str:
    """SHA-256 of the view's settings: a proof holds for one mask only."""
    return hashlib.sha256(repr((view.crop, view.staff)).encode()).hexdigest()
