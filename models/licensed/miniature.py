"""`python -m models.licensed.miniature DIR LAYOUT`: a tiny data set in a published layout, from our own moved portrait.

For tests, and to see the evaluation run without a licence. It shows that the tool reads a layout, nothing about people.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from models.licensed.layouts import CASME2_COLUMNS
from models.licensed.portrait import PEOPLE, Person
from models.licensed.recording import LABELS
from models.licensed.workbook import Rows, write_workbook

SHARE = 0.35
"""Size at the apex, share of full strength."""

UNITS = {"negative": (4, 7), "positive": (6, 12), "surprise": (1, 2)}
"""Action units of the one movement that stands for each class here."""


@dataclass(frozen=True, slots=True)
class Made:
    """One movement to draw: class word, and its frame numbers."""

    label: str
    onset: int
    apex: int
    offset: int

    def share(self, number: int) -> float:
        """Strength at frame `number`: a raised cosine up to the apex and down again."""
        if not self.onset <= number <= self.offset:
            return 0.0
        length = self.apex - self.onset if number <= self.apex else self.offset - self.apex
        return SHARE * float(0.5 + 0.5 * np.cos(np.pi * (number - self.apex) / max(length, 1)))


def casme2(root: Path) -> None:
    """Three subjects with a clip of each class, 200 frames a second, one of them labelled others."""
    rows: list[list[str | int]] = [["Subject", "Filename", "", *CASME2_COLUMNS[2:5], "", *CASME2_COLUMNS[5:]]]
    words = {"negative": "disgust", "positive": "happiness", "surprise": "surprise"}
    for who in range(len(PEOPLE)):
        for at, label in enumerate(LABELS):
            made = Made(label, 46 + 2 * at, 56 + 2 * at, 66 + 2 * at)
            clip = f"EP{at + 1:02d}_01f"
            _draw(who, [made], range(44, 70), root / "CASME2-RAW" / f"sub{who + 1:02d}" / clip, "img{}.jpg")
            word = "others" if (who, at) == (2, 0) else words[label]
            rows.append(
                [who + 1, clip, "", made.onset, made.apex, made.offset, "", "+".join(map(str, UNITS[label])), word]
            )
    write_workbook(root / "CASME2-coding-20140508.xlsx", {"Sheet1": rows})


def samm(root: Path) -> None:
    """Three subjects with a clip of each class, 200 frames a second, numbered as frames of a longer film."""
    head = ["Subject", "Filename", "Inducement Code", "Onset Frame", "Apex Frame", "Offset Frame", "Duration", "Micro",
            "Action Units", "Estimated Emotion", "Objective Classes", "Notes"]  # fmt: skip
    words = {"negative": "Contempt", "positive": "Happiness", "surprise": "Surprise"}
    rows: list[list[str | int]] = [["SAMM Micro-Movements"], *([] for _ in range(12)), [*head]]
    for who in range(len(PEOPLE)):
        subject = f"{who + 6:03d}"
        for at, label in enumerate(LABELS):
            made = Made(label, 5562, 5572, 5584)
            clip = f"{subject}_{at + 1}_1"
            _draw(who, [made], range(5560, 5588), root / "SAMM" / subject / clip, subject + "_{:05d}.jpg")
            rows.append([who + 6, clip, at + 1, made.onset, made.apex, made.offset, 22, "Micro - 1/2",
                         "+".join(f"{unit}B" for unit in UNITS[label]), words[label], 1])  # fmt: skip
    write_workbook(root / "SAMM_Micro_FACS_Codes_v2.xlsx", {"MICRO ONLY": rows})


def smic(root: Path) -> None:
    """Three subjects with a clip of each class, 100 frames a second, from onset to offset, without a table."""
    short = {"negative": "ne", "positive": "po", "surprise": "sur"}
    for who in range(len(PEOPLE)):
        for label in LABELS:
            folder = root / "HS" / f"s{who + 1}" / "micro" / label / f"s{who + 1}_{short[label]}_01"
            _draw(who, [Made(label, 1001, 1011, 1021)], range(1001, 1022), folder, "image{:06d}.bmp")


def casme_squared(root: Path) -> None:
    """Three subjects with one film of 7 s at 30 frames a second: a micro-expression and a macro-expression."""
    rows: list[list[str | int]] = []
    subjects: list[list[str | int]] = []
    films: list[list[str | int]] = []
    for who in range(len(PEOPLE)):
        number, film, name = who + 15, f"0{who + 1}02", f"film{who + 1}"
        first, second = LABELS[who], LABELS[(who + 1) % len(LABELS)]
        events = [Made(first, 100, 105, 110), Made(second, 140, 152, 176)]
        _draw(who, events, range(1, 211), root / "rawpic" / f"s{number}" / f"{number}_{film}made", "img{}.jpg")
        for at, made in enumerate(events):
            kind = "macro-expression" if at else "micro-expression"
            units = "+".join(map(str, UNITS[made.label]))
            rows.append([who + 1, f"{name}_{at + 1}", made.onset, made.apex, made.offset, units, made.label, kind])
        subjects.append([number, f"s{number}", who + 1])
        films.append([film, name])
    sheets: dict[str, Rows] = {"CASFEcode_final": rows, "naming rule1": subjects, "naming rule2": films}
    write_workbook(root / "CAS(ME)^2code_final.xlsx", sheets)


WRITERS: dict[str, Callable[[Path], None]] = {
    "casme2": casme2,
    "samm": samm,
    "smic": smic,
    "casme_squared": casme_squared,
}


def _draw(who: int, events: Sequence[Made], numbers: range, folder: Path, name: str) -> None:
    """Write the frames `numbers` of a subject into `folder`, named by `name` with the number put in."""
    folder.mkdir(parents=True)
    person = Person(who)
    for number in numbers:
        shares = [(event.share(number), UNITS[event.label]) for event in events]
        share, units = max(shares)
        picture = cv2.cvtColor(person.picture(units, share), cv2.COLOR_RGB2BGR)
        _, encoded = cv2.imencode(Path(name).suffix, picture, [cv2.IMWRITE_JPEG_QUALITY, 95])
        (folder / name.format(number)).write_bytes(encoded.tobytes())


def main(arguments: Sequence[str] | None = None) -> int:
    """Write one miniature; 0."""
    parser = argparse.ArgumentParser(prog="python -m models.licensed.miniature", description=__doc__)
    parser.add_argument("folder", type=Path, metavar="DIR", help="an empty or new folder")
    parser.add_argument("layout", choices=WRITERS)
    options = parser.parse_args(arguments)
    options.folder.mkdir(parents=True, exist_ok=True)
    WRITERS[options.layout](options.folder)
    return 0


if __name__ == "__main__":
    sys.exit(main())
