"""`python -m models.clips [--clips N]`: the demo clip and the planted development set as files, each with its truth."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import cv2

from models.clips.demo import FOLDER, demo_clip
from models.clips.portrait import Portrait
from models.clips.progress import Progress
from models.clips.sets import DEVELOPMENT, PLANTED, QUIET, Clip, face, planted_clip, quiet_clip


def main() -> None:
    """Write the clips under .cache/clips; those that are there stay."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, default=FOLDER, help="where to write")
    parser.add_argument("--clips", type=int, default=1, help="clips of each kind")
    options = parser.parse_args()
    print(demo_clip(options.folder))
    cv2.setNumThreads(1)
    seeds = range(DEVELOPMENT, DEVELOPMENT + options.clips)
    clips = [planted_clip(kind, seed) for kind in PLANTED for seed in seeds]
    clips += [quiet_clip(kind, seed) for kind in QUIET for seed in seeds]
    stage = face()
    for clip in clips:
        path = options.folder / f"{clip.kind.replace(' ', '-')}-{clip.seed}.avi"
        if not path.with_suffix(".json").exists():
            write(path, clip, stage)
        print(path)


def write(path: Path, clip: Clip, stage: Portrait) -> None:
    """`clip` on `stage` without any coding loss (FFV1) at `path`, its truth beside it as .json."""
    height, width = stage.image.shape[:2]
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"FFV1"), clip.rate_hz, (width, height))
    total = round(clip.script.seconds * clip.rate_hz)
    with Progress(path.name, total) as bar:
        for image in clip.frames(stage):
            writer.write(cv2.cvtColor(image, cv2.COLOR_RGB2BGR))
            bar.step()
    writer.release()
    truth = {
        "fps": clip.rate_hz,
        "frames": total,
        "size": [width, height],
        "kind": clip.kind,
        "seed": clip.seed,
        "expressions": [each.truth() for each in clip.script.expressions],
        "blinks_s": list(clip.script.blinks_s),
    }
    path.with_suffix(".json").write_text(json.dumps(truth, indent=1) + "\n")


if __name__ == "__main__":
    main()
