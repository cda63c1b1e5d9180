"""Cells of an .xlsx workbook as text: the few parts of ECMA-376 that the data sets' tables use.

A workbook is a zip of XML parts (ECMA-376 part 1: 18.2 workbook, 18.3 sheets, 18.4 shared strings). Styles, formulas
and dates are left alone: a cell's stored value is its text.
"""

from __future__ import annotations

import re
import zipfile
from pathlib import Path
from xml.etree import ElementTree as ET

from models.licensed.recording import DataSetInvalid

_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_PART_BYTES_MAX = 64 << 20
"""A table of a few thousand rows takes about one MB; a part far beyond that is not one."""

ROWS_MAX, COLUMNS_MAX = 1_048_576, 16_384
"""The size of a sheet in the programs that write these files; a reference beyond it is no workbook of theirs."""


def read_workbook(path: Path) -> dict[str, list[list[str]]]:
    """The sheets of `path` in order: name -> rows of cell texts, ragged, empty cells "".

    Raises:
        DataSetInvalid: the file is not an .xlsx workbook.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            strings = _shared_strings(archive)
            targets = {part.get("Id"): part.get("Target", "") for part in _xml(archive, "xl/_rels/workbook.xml.rels")}
            sheets = {}
            for sheet in _xml(archive, "xl/workbook.xml").iter(f"{_MAIN}sheet"):
                target = targets[sheet.get(_RELATION)].removeprefix("/xl/")
                sheets[sheet.get("name", "")] = _rows(_xml(archive, f"xl/{target}"), strings)
            return sheets
    except (zipfile.BadZipFile, KeyError, IndexError, ValueError, ET.ParseError) as error:
        raise DataSetInvalid(f"{path}: not an .xlsx workbook ({error})", "Save the table as .xlsx or .csv.") from error


def _xml(archive: zipfile.ZipFile, name: str) -> ET.Element:
    if archive.getinfo(name).file_size > _PART_BYTES_MAX:
        raise ValueError(f"{name} is over {_PART_BYTES_MAX >> 20} MB")
    return ET.fromstring(archive.read(name))  # noqa: S314  expat 2.4 bounds entity growth; the size is bounded


def _shared_strings(archive: zipfile.ZipFile) -> list[str]:
    if "xl/sharedStrings.xml" not in archive.namelist():
        return []
    return [_text(item) for item in _xml(archive, "xl/sharedStrings.xml").iter(f"{_MAIN}si")]


def _text(item: ET.Element) -> str:
    """A string item's runs joined; phonetic runs (rPh, in East Asian workbooks) are not part of the text."""
    plain = item.find(f"{_MAIN}t")
    if plain is not None:
        return plain.text or ""
    return "".join(run.findtext(f"{_MAIN}t") or "" for run in item.iter(f"{_MAIN}r"))


def _rows(sheet: ET.Element, strings: list[str]) -> list[list[str]]:
    rows: list[list[str]] = []
    for row in sheet.iter(f"{_MAIN}row"):
        number = int(row.get("r", len(rows) + 1))
        if number > ROWS_MAX:
            raise ValueError(f"row {number}")
        rows += [[] for _ in range(number - 1 - len(rows))]
        cells: list[str] = []
        for cell in row.iter(f"{_MAIN}c"):
            reference = cell.get("r")
            at = _column(reference) if reference else len(cells)
            cells += [""] * (at - len(cells)) + [_value(cell, strings)]
        rows.append(cells)
    return rows


def _column(reference: str) -> int:
    """Index of the column of a reference such as "AB12" (18.3.1.4): letters are digits to the base 26."""
    letters = re.match("[A-Z]+", reference)
    if letters is None:
        raise ValueError(f"cell reference {reference!r}")
    at = 0
    for letter in letters[0]:
        at = at * 26 + ord(letter) - ord("A") + 1
    if at > COLUMNS_MAX:
        raise ValueError(f"cell reference {reference!r}")
    return at - 1


def _value(cell: ET.Element, strings: list[str]) -> str:
    if cell.get("t") == "inlineStr":
        inline = cell.find(f"{_MAIN}is")
        return "" if inline is None else _text(inline)
    value = cell.findtext(f"{_MAIN}v") or ""
    return strings[int(value)] if cell.get("t") == "s" else value
