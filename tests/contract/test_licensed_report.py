"""The licensed evaluation end to end: the shipped net, the whole chain, and a report without the data set's content."""

from __future__ import annotations

from pathlib import Path

import pytest

from appliance.sense.card import read_card
from appliance.sense.lock import PACKAGED_FOLDER
from appliance.settings import load
from models.licensed.__main__ import main
from models.licensed.miniature import main as draw
from tests.contract.licensed_miniatures import Miniature


@pytest.fixture(scope="module")
def report(miniature: Miniature, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report on CAS(ME)^2's miniature, as the command writes it into an empty folder."""
    path = tmp_path_factory.mktemp("report") / "deep" / "licensed.md"
    assert main(["--data", str(miniature("casme_squared")), "--layout", "casme_squared", "--report", str(path)]) == 0
    return path


def test_the_whole_chain_finds_what_was_planted(report: Path) -> None:
    """In two films at 30 frames a second all four micro- and both macro-expressions are hit, and nothing else."""
    rows = [line for line in report.read_text().splitlines() if line.startswith(("| micro |", "| macro |"))]
    assert ["| micro | 4 | 4 | 0 | 0 | 1.000 ", "| macro | 2 | 2 | 0 | 0 | 1.000 "] == [
        row.split("[")[0] for row in rows
    ]


def test_the_shipped_net_reads_the_planted_movements(report: Path) -> None:
    """Forced to a class, the shipped net gives the planted one for every event of both subjects."""
    lines = [line for line in report.read_text().splitlines() if line.startswith("| s1")]
    assert ["| s15 | 1 | 3/3", "| s16 | 1 | 3/3"] == [" | ".join(line.split(" | ")[:3]) for line in lines]


def test_the_report_holds_nothing_of_the_data_set(report: Path) -> None:
    """One text file is written, without a picture, a clip's name, a path or a frame number."""
    assert [report] == [path for path in report.parent.parent.rglob("*") if path.is_file()]
    text = report.read_text()
    assert [] == [
        word for word in ("![", "<img", "base64", "0101", "made1", ".jpg", "rawpic", str(report.parent)) if word in text
    ]


def test_the_report_says_what_was_looked_at(report: Path) -> None:
    """Subjects, films, seconds, events of each class, the net's hash and the threshold stand at its head."""
    head = report.read_text().split("\n## ")[0]
    assert "- 2 subjects, 2 recordings, 14 s of frames." in head
    assert "- 6 events: negative 2, positive 2, surprise 2, others 0." in head
    assert read_card(PACKAGED_FOLDER).sha256[:16] in head
    assert f"p = {load(None).model.p_min:g}" in head


def test_the_appliance_knows_nothing_of_it() -> None:
    """No file of the appliance names the licensed evaluation."""
    sources = (PACKAGED_FOLDER.parent / "appliance").rglob("*.py")
    assert [] == [path for path in sources if "models.licensed" in path.read_text()]


def test_a_full_folder_gets_no_miniature(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What lies in a folder already is not mixed with made-up data."""
    (tmp_path / "precious.txt").touch()
    assert draw([str(tmp_path), "smic"]) == 2
    assert "not empty" in capsys.readouterr().err
    assert ["precious.txt"] == [path.name for path in tmp_path.iterdir()]
