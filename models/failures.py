"""`python -m models.failures`: what the model card's known failures look like, as one picture beside the card.

Reads the false events that runs of the benchmark named, and paints the moment of each beside the face two seconds
before; below them the two lights in which the audit loses most, on light and dark skin.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from itertools import islice
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from appliance.sense.frame import U8
from appliance.sense.lock import PACKAGED_FOLDER
from models.audit import FIRST_SEED, PEOPLE, in_light
from models.benchmark import PEOPLE_SET_ASIDE, REPORTS, stages
from models.clips.portrait import Portrait
from models.clips.sets import SET_ASIDE, Clip, planted_clip, quiet_clip
from models.clips.stream import FilmSource
from models.render.head import head

SHOWN_MAX = 5
BEFORE_S = 2.0
CAPTION_PX = 22
HARD_LIGHT = (("dim", 1), ("dim", 10), ("window", 1), ("window", 10))
"""Light and Monk tone."""


def moment(clip: Clip, stage: Portrait, at_s: float) -> U8:
    """The frame of `clip` at `at_s`, uint8 [240, 320, 3] RGB."""
    (frame,) = islice(FilmSource(clip, stage), round(at_s * clip.rate_hz), round(at_s * clip.rate_hz) + 1)
    return frame.image


def captioned(picture: U8, text: str) -> U8:
    """`picture` with a line of text below it."""
    line = np.full((CAPTION_PX, picture.shape[1], 3), 255, np.uint8)
    cv2.putText(line, text, (6, 15), cv2.FONT_HERSHEY_SIMPLEX, 0.42, (30, 30, 30), 1, cv2.LINE_AA)
    return np.concatenate([picture, line])


def false_events(figures: dict[str, Any]) -> list[list[U8]]:
    """A row of two pictures for each of the first SHOWN_MAX false events in a benchmark's `figures`."""
    first = int(figures["first_seed"])
    faces = stages(int(figures["faces"]) - 1, PEOPLE_SET_ASIDE if first >= SET_ASIDE else 0)
    rows = []
    told = [(kind, each) for kind, row in figures["quiet"].items() for each in row["told"]]
    for kind, each in told[:SHOWN_MAX]:
        clip, stage = quiet_clip(kind, each["seed"]), faces[(each["seed"] - first) % len(faces)]
        before, apex = (moment(clip, stage, max(0.0, each["apex_s"] - by_s)) for by_s in (BEFORE_S, 0.0))
        said = f"{kind}: told as {each['said']}, p {each['p']}"
        rows.append([captioned(before, f"seed {each['seed']}, two seconds before"), captioned(apex, said)])
    return rows


def hard_light() -> list[list[U8]]:
    """Rows of two pictures, light and dark skin, in each of the lights that lose most."""
    pictures = []
    for light, tone in HARD_LIGHT:
        clip = in_light(planted_clip("micro 60", FIRST_SEED), light)
        picture = moment(clip, head(PEOPLE[0], tone, light), 1.0)
        pictures.append(captioned(picture, f"{light} light, Monk {tone}"))
    return [pictures[:2], pictures[2:]]


def sheet(rows: Sequence[Sequence[U8]]) -> U8:
    """All pictures as one."""
    return np.concatenate([np.concatenate(row, axis=1) for row in rows])


def main() -> None:
    """Paint them."""
    parser = argparse.ArgumentParser(description=__doc__)
    left = [REPORTS / "benchmark.json"]
    parser.add_argument("--figures", type=Path, nargs="+", default=left, help="what runs of the benchmark left")
    parser.add_argument("--out", type=Path, default=PACKAGED_FOLDER / "failures.jpg", help="the picture")
    options = parser.parse_args()
    events = [row for figures in options.figures for row in false_events(json.loads(figures.read_text()))]
    picture = sheet([*events, *hard_light()])
    cv2.imwrite(str(options.out), picture[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, 80])
    print(f"{options.out}: {picture.shape[1]} x {picture.shape[0]}")


if __name__ == "__main__":
    main()
