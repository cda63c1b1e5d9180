"""Tables of licensed data sets: workbooks, CSV, headers, and what is said about broken ones."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from appliance.events import Action
from models.licensed.classes import actions_of, class_of
from models.licensed.recording import DataSetInvalid
from models.licensed.table import find_table, frame_number, levels, read_sheets, records
from models.licensed.workbook import write_workbook
from models.licensed.xlsx import read_workbook

MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'


def test_a_workbook_comes_back_as_it_was_written(tmp_path: Path) -> None:
    """Texts, numbers, gaps and empty rows keep their places, sheet by sheet."""
    path = tmp_path / "t.xlsx"
    write_workbook(path, {"A & B": [["Subject", "", "On <set>"], [1, "006", 46], [], ["é", "x"]], "two": [["y"]]})
    expected = {"A & B": [["Subject", "", "On <set>"], ["1", "006", "46"], [], ["é", "x"]], "two": [["y"]]}
    assert expected == read_workbook(path)


def test_inline_and_rich_strings_are_read(tmp_path: Path) -> None:
    """A string inside its cell, runs of formatted text, and a skipped column and row are understood."""
    path = tmp_path / "t.xlsx"
    write_workbook(path, {"one": [["replaced"]]})
    sheet = (
        f'<worksheet {MAIN}><sheetData><row r="2"><c r="B2" t="inlineStr"><is><t>in</t></is></c>'
        '<c r="C2" t="s"><v>0</v></c></row></sheetData></worksheet>'
    )
    strings = f"<sst {MAIN}><si><r><t>ri</t></r><r><t>ch</t></r><rPh><t>no</t></rPh></si></sst>"
    with zipfile.ZipFile(path) as old:
        parts = {name: old.read(name) for name in old.namelist()}
    with zipfile.ZipFile(path, "w") as new:
        for name, content in parts.items():
            new.writestr(name, {"xl/worksheets/sheet1.xml": sheet, "xl/sharedStrings.xml": strings}.get(name, content))
    assert {"one": [[], ["", "in", "rich"]]} == read_workbook(path)


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"\xd0\xcf\x11\xe0 an old .xls"])
def test_what_is_no_workbook_is_refused_in_one_line(tmp_path: Path, content: bytes) -> None:
    """An empty, a cut and an old binary file each give one line that names the file."""
    path = tmp_path / "CASME2-coding.xlsx"
    path.write_bytes(content)
    with pytest.raises(DataSetInvalid, match=r"CASME2-coding\.xlsx: not an \.xlsx workbook") as refused:
        read_workbook(path)
    assert "\n" not in str(refused.value)


def test_a_reference_beyond_any_sheet_is_refused(tmp_path: Path) -> None:
    """Column ZZZZZZ does not make a row of 300 million cells."""
    path = tmp_path / "t.xlsx"
    write_workbook(path, {"one": [["x"]]})
    with zipfile.ZipFile(path, "a") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr(
            "xl/worksheets/sheet1.xml",
            f'<worksheet {MAIN}><sheetData><row r="1"><c r="ZZZZZZ1"><v>1</v></c></row></sheetData></worksheet>',
        )
    with pytest.raises(DataSetInvalid, match="ZZZZZZ1"):
        read_workbook(path)


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_a_csv_is_read_with_its_own_delimiter(tmp_path: Path, delimiter: str) -> None:
    """Comma, semicolon and tab all work, with a byte order mark and notes above the header."""
    path = tmp_path / "t.csv"
    lines = ["some notes", "", delimiter.join(["Subject", "On Set Frame"]), delimiter.join(["6", " 46 "])]
    path.write_text("\n".join(lines), encoding="utf-8-sig")
    found = records(path, read_sheets(path)[""], ("Subject", "OnsetFrame"))
    assert [("t.csv row 4", {"Subject": "6", "OnsetFrame": "46"})] == [(row.where, row.cells) for row in found]


def test_a_missing_column_is_named() -> None:
    """The message names the column that is not there and none that is."""
    rows = [["Subject", "Filename", "OnsetFrame"], ["1", "a", "2"]]
    with pytest.raises(DataSetInvalid, match=r"t\.csv: no column ApexFrame\. "):
        records(Path("t.csv"), rows, ("Subject", "OnsetFrame", "ApexFrame"))


@pytest.mark.parametrize("rows", [[], [["", ""]], [["Subject"]], [["Subject"], [""]]])
def test_an_empty_table_is_said_to_be_empty(rows: list[list[str]]) -> None:
    """No rows at all, and a header with nothing below it, are the same fault."""
    with pytest.raises(DataSetInvalid, match=r"t\.csv: the table is empty"):
        records(Path("t.csv"), rows, ("Subject",))


def test_a_table_is_found_two_levels_down_and_no_deeper(tmp_path: Path) -> None:
    """A table in root/a/b is found; one in root/a/b/c is not."""
    deep = tmp_path / "a" / "b" / "c"
    deep.mkdir(parents=True)
    (deep / "coding.csv").touch()
    with pytest.raises(DataSetInvalid, match="no table coding"):
        find_table(tmp_path, "coding*")
    (deep.parent / "coding-2.csv").touch()
    assert deep.parent / "coding-2.csv" == find_table(tmp_path, "coding*")


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    """The first thing said about a wrong path is that it is no folder."""
    with pytest.raises(DataSetInvalid, match="nowhere: no such folder"):
        levels(tmp_path / "nowhere")


@pytest.mark.parametrize(
    ("text", "number"), [("46", 46), ("46.0", 46), ("0", None), ("/", None), ("", None), ("46.5", None), ("-3", None)]
)
def test_frame_numbers(text: str, number: int | None) -> None:
    """Whole positive numbers count, also as spreadsheets write them; gaps and zero are none."""
    assert number == frame_number(text)


def test_emotion_words_follow_the_composite_benchmark() -> None:
    """Repression and contempt are negative, happiness positive, others left out, and a new word is an error."""
    words = ("Repression", "contempt", "Happiness", "surprise", "Other")
    assert [0, 0, 1, 2, None] == [class_of(word) for word in words]
    with pytest.raises(ValueError, match="'boredom'"):
        class_of("boredom")


def test_action_units_lose_side_and_grade() -> None:
    """R12B and L4 count as 12 and 4; a unit of no group counts nothing."""
    assert {Action.LIP_CORNER_PULL, Action.BROW_LOWER} == actions_of("R12B + AU L4 or 43")
    assert not actions_of("")
