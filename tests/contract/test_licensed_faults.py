"""A broken data set is told in one clear line, and gets no score."""

from __future__ import annotations

import shutil
from pathlib import Path

import cv2
import numpy as np
import pytest

from models.licensed.__main__ import main
from models.licensed.layouts import LAYOUTS
from models.licensed.measure import recognise
from models.licensed.recording import DataSetInvalid
from tests.contract.licensed_miniatures import by_brow, own_copy


def test_a_picture_without_a_face_is_an_answer_missed(broken: Path) -> None:
    """Where the onset shows nobody the event counts with no class, in every column."""
    cv2.imwrite(str(own_copy(broken / "CASME2-RAW/sub01/EP01_01f/img46.jpg")), np.full((240, 240, 3), 128, np.uint8))
    first = recognise(LAYOUTS["casme2"](broken), by_brow, 0.5)[0]
    assert (-1, -1, -1) == (first.forced, first.said, first.head)


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ("ApexFrame", "Apex", "no column ApexFrame"),
        ("1,EP01_01f,46,56,66", "1,EP01_01f,46,99,66", "row 2: apex 99 lies outside onset 46..offset 66"),
        ("1,EP01_01f,46,56,66", "1,EP01_01f,46,40,66", "row 2: apex 40 lies outside onset 46..offset 66"),
        ("1,EP01_01f,46,56,66", "1,EP01_01f,66,56,46", "row 2: offset 46 is before onset 66"),
        ("1,EP01_01f,46,56,66", "1,EP01_01f,,56,66", "row 2: onset '' and offset '66' are not both frame numbers"),
        ("1,EP01_01f,46,56,66", "1,EP01_01f,20,56,66", "row 2: frame 20 is not in "),
        ("1,EP01_01f", "1,EP77_01f", "row 2: no frame folder or video sub01/EP77_01f"),
        ("disgust", "boredom", "row 2: emotion 'boredom' is none of "),
    ],
)
def test_a_broken_table_is_told_in_one_line(
    broken: Path, capsys: pytest.CaptureFixture[str], old: str, new: str, line: str
) -> None:
    """Each fault gives exit 2, its own line with place and bound, and no report."""
    table = broken / "CASME2-coding-20190701.csv"
    table.write_text(table.read_text().replace(old, new, 1))
    report = broken / "report.md"
    assert main(["--data", str(broken), "--layout", "casme2", "--report", str(report)]) == 2
    lines = capsys.readouterr().err.splitlines()
    assert line in lines[0]
    assert len(lines) <= 2
    assert not report.exists()


def test_every_bad_row_is_listed_at_once(broken: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Three bad rows give three lines, not three runs."""
    shutil.rmtree(broken / "CASME2-RAW/sub02")
    assert main(["--data", str(broken), "--layout", "casme2"]) == 2
    lines = capsys.readouterr().err.splitlines()
    assert [5, 6, 7] == [int(line.split("row ")[1].split(":")[0]) for line in lines[:-1]]
    assert lines[-1].endswith("3 problems; nothing was measured")


@pytest.mark.parametrize("layout", [name for name in LAYOUTS if name != "smic"])
def test_an_empty_folder_names_the_table_it_lacks(tmp_path: Path, layout: str) -> None:
    """Every layout with a table says which one it looked for."""
    with pytest.raises(DataSetInvalid, match=r"no table|no such file"):
        LAYOUTS[layout](tmp_path)


def test_smic_without_its_folders_is_refused(tmp_path: Path) -> None:
    """SMIC has no table, so its folders are what is missed."""
    with pytest.raises(DataSetInvalid, match=r"no folder s\*/micro"):
        LAYOUTS["smic"](tmp_path)


def test_an_unreadable_picture_is_named(broken: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A picture that is not one stops the run with exit 2 and one line that holds its path."""
    bad = own_copy(broken / "CASME2-RAW/sub01/EP02_01f/img56.jpg")
    bad.write_bytes(b"not a jpeg")
    assert main(["--data", str(broken), "--layout", "casme2"]) == 2
    (line,) = [each for each in capsys.readouterr().err.splitlines() if each.startswith("models.licensed")]
    assert "EP02_01f/img56.jpg: not a picture. " in line
