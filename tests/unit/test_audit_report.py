"""The audit's page, from rows with known gaps."""

from __future__ import annotations

from pathlib import Path

from models.audit_report import write_audit


def row(axis: str, group: str, found: int, false_events: int) -> dict[str, object]:
    """A group with twenty movements."""
    counted = {"planted": 20, "found": found, "false_events": false_events, "minutes": 2.0}
    return {"axis": axis, "group": group, "mean_p": 0.9, "uar": 1.0} | counted


def test_the_page_says_the_largest_gap_of_each_axis(tmp_path: Path) -> None:
    """Recalls of .9, .8 and .85 are a gap of .10, and the most and fewest false events of a group stand beside it."""
    rows = [row("sex", "a", 18, 3), row("sex", "b", 16, 0), row("sex", "c", 17, 1), row("age", "d", 20, 0)]
    page = write_audit(rows, tmp_path)
    assert "| sex | 0.10 | none set | 3, 0 |" in page
    assert "| age | 0.00 | none set | 0, 0 |" in page
    assert page == (tmp_path / "README.md").read_text()
    assert (tmp_path / "recall.png").stat().st_size > 0
