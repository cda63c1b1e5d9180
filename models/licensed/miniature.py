"""`python -m models.licensed.miniature DIR LAYOUT`: a tiny data set in a published layout, from the planted portrait.

For tests, and to see the evaluation run without a licence. Three made-up subjects are the one portrait mirrored,
stretched and tinted: figures from it show that a layout is read, and nothing about people.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import cv2
import numpy as np

from appliance.sense.frame import U8
from models.clips.film import film
from models.clips.portrait import portrait
from models.clips.script import Planted, Script
from models.licensed.layouts import CASME2_COLUMNS
from models.licensed.own_data import COLUMNS
from models.licensed.recording import LABELS
from models.licensed.workbook import Rows, write_workbook

UNITS = {"negative": (4, 7), "positive": (12,), "surprise": (1, 2)}
"""Action units of the one movement that stands for each class here."""
SIZE = 0.035
"""At the apex, inter-ocular distances: a third of a full action unit."""
SEED = 11

PEOPLE = ((False, 1.0, (1.0, 1.0, 1.0)), (True, 1.06, (1.0, 0.93, 0.85)), (False, 0.94, (0.7, 0.7, 0.72)))
"""Mirrored, stretch across, tint (red, green, blue) of each made-up subject."""
SIDE_PX = 320
WIDE_PX = 352
"""Frames are drawn this wide, so that a stretched one can be cut to a square."""
SCALE = 1.3
"""Puts the eyes 50 pixels apart."""


def casme2(root: Path) -> None:
    """A clip of each class for each subject, 200 frames a second; one is labelled others."""
    rows: list[list[str | int]] = [["Subject", "Filename", "", *CASME2_COLUMNS[2:5], "", *CASME2_COLUMNS[5:]]]
    words = {"negative": "disgust", "positive": "happiness", "surprise": "surprise"}
    for at, label in enumerate(LABELS):
        frames = _film(label, 26, (2, 12, 22), 200)
        for who in range(len(PEOPLE)):
            clip, units = f"EP{at + 1:02d}_01f", "+".join(map(str, UNITS[label]))
            word = "others" if (who, at) == (2, 0) else words[label]
            _write(who, frames, 44, root / "CASME2-RAW" / f"sub{who + 1:02d}" / clip, "img{}.jpg")
            rows.append([who + 1, clip, "", 46, 56, 66, "", units, word])
    write_workbook(root / "CASME2-coding-20140508.xlsx", {"Sheet1": rows})


def samm(root: Path) -> None:
    """A clip of each class for each subject, 200 frames a second, numbered as frames of a longer film."""
    head = ["Subject", "Filename", "Inducement Code", "Onset Frame", "Apex Frame", "Offset Frame", "Duration", "Micro",
            "Action Units", "Estimated Emotion", "Objective Classes", "Notes"]  # fmt: skip
    words = {"negative": "Contempt", "positive": "Happiness", "surprise": "Surprise"}
    rows: list[list[str | int]] = [["SAMM Micro-Movements"], *([] for _ in range(12)), [*head]]
    for at, label in enumerate(LABELS):
        frames = _film(label, 28, (2, 12, 24), 200)
        for who in range(len(PEOPLE)):
            subject, units = f"{who + 6:03d}", "+".join(f"{unit}B" for unit in UNITS[label])
            clip = f"{subject}_{at + 1}_1"
            _write(who, frames, 5560, root / "SAMM" / subject / clip, subject + "_{:05d}.jpg")
            rows.append([who + 6, clip, at + 1, 5562, 5572, 5584, 23, "Micro - 1/2", units, words[label], 1])
    write_workbook(root / "SAMM_Micro_FACS_Codes_v2.xlsx", {"MICRO ONLY": rows})


def smic(root: Path) -> None:
    """A clip of each class for each subject, 100 frames a second, from onset to offset, without a table."""
    for label, short in zip(LABELS, ("ne", "po", "sur"), strict=True):
        frames = _film(label, 21, (0, 10, 20), 100)
        for who in range(len(PEOPLE)):
            folder = root / "HS" / f"s{who + 1}" / "micro" / label / f"s{who + 1}_{short}_01"
            _write(who, frames, 1001, folder, "image{:06d}.bmp")


def casme_squared(root: Path) -> None:
    """One film of 7 s at 30 frames a second for each of two subjects: two micro-expressions and a macro-expression."""
    events = (
        ("negative", "micro-expression", 76, 81, 86),
        ("surprise", "micro-expression", 112, 117, 122),
        ("positive", "macro-expression", 148, 158, 183),
    )
    planted = tuple(
        Planted(UNITS[label], (onset - 1) / 30, (apex - 1) / 30, (offset - 1) / 30, SIZE)
        for label, _, onset, apex, offset in events
    )
    frames = list(film(portrait(WIDE_PX, SIDE_PX, SCALE), Script(7.0, planted), 30, SEED))
    rows: list[list[str | int]] = []
    for who in range(2):
        _write(who, frames, 1, root / "rawpic" / f"s{who + 15}" / f"{who + 15}_0101made", "img{}.jpg")
        for at, (label, kind, *numbers) in enumerate(events, 1):
            rows.append([who + 1, f"made1_{at}", *numbers, "+".join(map(str, UNITS[label])), label, kind])
    subjects: Rows = [[who + 15, f"s{who + 15}", who + 1] for who in range(2)]
    films: Rows = [["0101", "made1"]]
    sheets = {"CASFEcode_final": rows, "naming rule1": subjects, "naming rule2": films}
    write_workbook(root / "CAS(ME)^2code_final.xlsx", sheets)


def own(root: Path) -> None:
    """Our own layout: a clip of each class for each subject, 60 frames a second, a quiet stretch in the first."""
    lines = [",".join(COLUMNS)]
    for label in LABELS:
        frames = _film(label, 24, (6, 14, 22), 60)
        for who in range(len(PEOPLE)):
            _write(who, frames, 1, root / "clips" / f"s{who + 1:02d}" / label, "{:06d}.png")
            lines.append(f"s{who + 1:02d},{label},60,7,15,23,{label},{'+'.join(map(str, UNITS[label]))}")
    lines.append(f"s01,{LABELS[0]},60,1,4,7,none,")
    (root / "labels.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")


WRITERS: dict[str, Callable[[Path], None]] = {
    "casme2": casme2,
    "samm": samm,
    "smic": smic,
    "casme_squared": casme_squared,
    "own": own,
}


def _film(label: str, count: int, places: tuple[int, int, int], rate_hz: int) -> list[U8]:
    """`count` frames of the portrait with the movement of a class, onset, apex and offset at the indices `places`."""
    onset, apex, offset = (place / rate_hz for place in places)
    script = Script(count / rate_hz, (Planted(UNITS[label], onset, apex, offset, SIZE),))
    return list(film(portrait(WIDE_PX, SIDE_PX, SCALE), script, rate_hz, SEED))


def _write(who: int, frames: Sequence[U8], first: int, folder: Path, name: str) -> None:
    """Write `frames` as pictures of a subject into `folder`, named by `name` with numbers from `first` on put in."""
    mirrored, across, tint = PEOPLE[who]
    folder.mkdir(parents=True)
    side = round(SIDE_PX * across)
    left = (WIDE_PX - side) // 2
    for number, frame in enumerate(frames, first):
        square = frame[:, left : left + side]
        picture = cv2.resize(square[:, ::-1] if mirrored else square, (SIDE_PX, SIDE_PX), interpolation=cv2.INTER_AREA)
        tinted = np.clip(picture * np.array(tint), 0, 255).astype(np.uint8)
        quality = [cv2.IMWRITE_JPEG_QUALITY, 95]
        _, encoded = cv2.imencode(Path(name).suffix, cv2.cvtColor(tinted, cv2.COLOR_RGB2BGR), quality)
        (folder / name.format(number)).write_bytes(encoded.tobytes())


def main(arguments: Sequence[str] | None = None) -> int:
    """Write one miniature; 0."""
    parser = argparse.ArgumentParser(prog="python -m models.licensed.miniature", description=__doc__)
    parser.add_argument("folder", type=Path, metavar="DIR", help="an empty or new folder")
    parser.add_argument("layout", choices=WRITERS)
    options = parser.parse_args(arguments)
    options.folder.mkdir(parents=True, exist_ok=True)
    if any(options.folder.iterdir()):
        print(f"models.licensed.miniature: {options.folder}: not empty. Give a new folder.", file=sys.stderr)
        return 2
    WRITERS[options.layout](options.folder)
    return 0


if __name__ == "__main__":
    sys.exit(main())
