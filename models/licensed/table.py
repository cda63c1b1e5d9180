"""A data set's table as records of text: CSV or XLSX, whatever notes stand above the header."""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from models.licensed.recording import DataSetInvalid
from models.licensed.xlsx import read_workbook

ENDINGS = (".xlsx", ".csv")
DEPTH_MAX = 2
"""Tables and subject folders lie in the given folder or up to this many levels below (CASME2-RAW/, SMIC/HS/)."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row: where it stands ("file.xlsx row 7"), and its cells by the names that were asked for."""

    where: str
    cells: dict[str, str]


def find_table(root: Path, *patterns: str) -> Path:
    """The first table below `root` whose name without ending fits one of `patterns` (globs).

    Raises:
        DataSetInvalid: there is none.
    """
    for pattern in patterns:
        for level in levels(root):
            found = sorted(path for path in level.glob(f"{pattern}.*") if path.suffix.lower() in ENDINGS)
            if found:
                return found[0]
    wanted = " or ".join(f"{pattern}{ending}" for pattern in patterns for ending in ENDINGS)
    raise DataSetInvalid(f"{root}: no table {wanted}", "Give the folder the data set was unpacked to, and its LAYOUT.")


def levels(root: Path) -> list[Path]:
    """`root` and the folders up to `DEPTH_MAX` levels below it, nearest first.

    Raises:
        DataSetInvalid: `root` is not a folder.
    """
    if not root.is_dir():
        raise DataSetInvalid(f"{root}: no such folder", "Give the folder the data set was unpacked to.")
    found = [root]
    layer = [root]
    for _ in range(DEPTH_MAX):
        layer = [child for folder in layer for child in sorted(folder.iterdir()) if child.is_dir()]
        found += layer
    return found


def read_sheets(path: Path) -> dict[str, list[list[str]]]:
    """The sheets of an .xlsx, or a .csv as one sheet named "": rows of stripped cell texts.

    Raises:
        DataSetInvalid: the file cannot be read as what its ending says.
    """
    sheets = read_workbook(path) if path.suffix.lower() == ".xlsx" else {"": _read_csv(path)}
    return {name: [[cell.strip() for cell in row] for row in rows] for name, rows in sheets.items()}


def records(path: Path, rows: Sequence[Sequence[str]], columns: Sequence[str]) -> list[Row]:
    """The rows below the header, each as the cells under `columns`; rows with nothing there are left out.

    The header is the first row that holds every column; names compare without case, blanks and punctuation.

    Raises:
        DataSetInvalid: a column is missing, or no row is left.
    """
    wanted = [_plain(name) for name in columns]
    best: set[str] = set()
    for at, row in enumerate(rows):
        names = [_plain(cell) for cell in row]
        present = set(wanted) & set(names)
        if len(present) == len(wanted):
            places = {name: names.index(plain) for name, plain in zip(columns, wanted, strict=True)}
            return _below(path, rows, at, places)
        best = max(best, present, key=len)
    missing = [name for name, plain in zip(columns, wanted, strict=True) if plain not in best]
    if not any(any(row) for row in rows):
        raise DataSetInvalid(f"{path}: the table is empty", "Copy this file again from the data set.")
    raise DataSetInvalid(f"{path}: no column {', '.join(missing)}", "Keep the column names the data set ships with.")


def _below(path: Path, rows: Sequence[Sequence[str]], header: int, places: dict[str, int]) -> list[Row]:
    found = []
    for at in range(header + 1, len(rows)):
        cells = {name: rows[at][k] if k < len(rows[at]) else "" for name, k in places.items()}
        if any(cells.values()):
            found.append(Row(f"{path.name} row {at + 1}", cells))
    if not found:
        raise DataSetInvalid(f"{path}: the table is empty", "Copy this file again from the data set.")
    return found


def frame_number(text: str) -> int | None:
    """A frame number as tables hold it ("46", "46.0"), or None for a gap ("", "/", "0")."""
    number = re.fullmatch(r"(\d+)(?:\.0+)?", text)
    return int(number[1]) or None if number else None


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())


def _read_csv(path: Path) -> list[list[str]]:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise DataSetInvalid(f"{path}: not UTF-8 text", "Save the table as .csv in UTF-8, or as .xlsx.") from error
    delimiter = max(",;\t", key=text.count)
    return list(csv.reader(text.splitlines(), delimiter=delimiter))
