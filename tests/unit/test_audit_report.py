"""The audit's page, from rows with known gaps."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from models.audit import cells
from models.audit_report import chance_gap, write_audit


def row(axis: str, group: str, found: int, false_events: int) -> dict[str, object]:
    """A group with twenty movements."""
    hits = [n < found for n in range(20)]
    counted = {"planted": 20, "found": found, "hits": hits, "false_events": false_events, "minutes": 2.0}
    return {"axis": axis, "group": group, "mean_p": 0.9, "uar": 1.0} | counted


def test_the_page_says_the_largest_gap_of_each_axis(tmp_path: Path) -> None:
    """Recalls of .9, .8 and .85 are a gap of .10, and the most and fewest false events of a group stand beside it."""
    rows = [row("sex", "a", 18, 3), row("sex", "b", 16, 0), row("sex", "c", 17, 1), row("age", "d", 20, 0)]
    page = write_audit(rows, tmp_path)
    assert "| sex | 0.100 | 0.100 | none set | 3, 0 |" in page
    assert "| age | 0.000 | 0.000 | none set | 0, 0 |" in page
    assert page == (tmp_path / "README.md").read_text()
    assert (tmp_path / "recall.png").stat().st_size > 0


def test_chance_stays_below_a_real_gap_and_above_none() -> None:
    """Nine groups that find 90 of 100 and one that finds 60 differ by more than chance; ten that find 90 do not."""
    rng = np.random.default_rng(5)
    found = rng.random((10, 100)) < np.array([0.9] * 9 + [0.6])[:, None]
    alike = rng.random((10, 100)) < 0.9
    assert np.ptp(found.mean(axis=1)) > chance_gap(found.tolist()) > 0.05
    assert np.ptp(alike.mean(axis=1)) <= chance_gap(alike.tolist())


def test_what_all_groups_miss_alike_is_no_gap() -> None:
    """Movements that every group misses, or every group finds, leave no gap by chance."""
    assert 0.0 == chance_gap([[True, False, True]] * 4)


def test_groups_of_an_axis_play_as_many_scripts() -> None:
    """Within an axis every group has equally many scripts and people, so that their movements can be compared."""
    for axis in {cell.axis for cell in cells()}:
        assert 1 == len({(cell.rounds, len(cell.people)) for cell in cells() if cell.axis == axis})
