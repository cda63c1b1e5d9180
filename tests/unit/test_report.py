"""The page that the planted benchmark writes, and its intervals."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import cv2
import pytest

from models.report import poisson, wilson, write_report

SCORES = {"f1_iou": 0.5, "f1_apex": 0.75, "apex_median_frames": 0.4, "uar": 0.9}


def figures(told: list[dict[str, Any]]) -> dict[str, Any]:
    """One planted kind with 3 of 4 found, and 30 quiet minutes with `told`."""
    return {
        "first_seed": 5,
        "faces": 2,
        "planted": {"micro 60": {"planted": 4, "told": 4, "near": 3} | SCORES},
        "quiet": {"hands": {"minutes": 30, "events": len(told), "told": told}},
    }


def test_the_page_gives_each_figure_with_its_interval(tmp_path: Path) -> None:
    """The page on disk is the one returned, with recall's interval, the rate an hour, and a picture beside it."""
    page = write_report(figures([]), tmp_path)
    assert page == (tmp_path / "benchmark.md").read_text()
    assert "| micro 60 Hz | 4 (recall 0.75 [0.30, 0.95]) | 4 | **0.75** | 0.80 | 0.50 | 0.4 | 0.90 |" in page
    assert "| all | 30 | 0 | 0.0 [0.0, 6.0] |" in page
    assert "Told where nothing was shown" not in page
    assert cv2.imread(str(tmp_path / "benchmark.png")) is not None


def test_a_false_event_can_be_looked_up(tmp_path: Path) -> None:
    """Each false event is listed with its clip's seed and its apex, and counts into the rate."""
    page = write_report(figures([{"seed": 9, "apex_s": 25.6, "said": "sustained positive", "p": 0.99}]), tmp_path)
    assert "- hands, seed 9, 25.6 s: sustained positive, p 0.99" in page
    assert "| hands | 30 | 1 | 2.0 [0.0, 11.1] |" in page


def test_intervals_are_the_textbooks() -> None:
    """Wilson's for 8 of 10 and none of none; Byar's for 10 events; the rule of three for none."""
    assert wilson(8, 10) == pytest.approx((0.490, 0.943), abs=0.001)
    assert wilson(0, 0) == (0.0, 1.0)
    assert poisson(10) == pytest.approx((4.79, 18.39), abs=0.02)
    assert poisson(0) == (0.0, 3.0)
