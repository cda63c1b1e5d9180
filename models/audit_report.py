"""The audit's figures as a page of Markdown with one plot."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import cv2
import numpy as np

from models.report import bars, wilson

GAP_MAX = {"tone, shop light": 0.05, "tone, dim light": 0.10}
"""Largest recall gap between two groups that was set as the bar before the audit was first run."""

SHUFFLES, CHANCE_PERCENT = 2_000, 95


def chance_gap(hits: list[list[bool]]) -> float:
    """The largest recall gap that groups which do not differ stay within in 95 of 100 cases.

    hits: for each group, which of the same movements were found. A permutation test: within each movement it is
    shuffled which groups found it (Good 2005, "Permutation, parametric, and bootstrap tests of hypotheses").
    """
    rng, found = np.random.default_rng(0), np.array(hits, np.float64)
    recalls = np.array([rng.permuted(found, axis=0).mean(axis=1) for _ in range(SHUFFLES)])
    return float(np.percentile(np.ptp(recalls, axis=1), CHANCE_PERCENT))


def write_audit(rows: list[dict[str, Any]], folder: Path) -> str:
    """The page; also written to folder/README.md with folder/recall.png."""
    lines = [
        "# Audit: the same movements, one thing changed",
        "",
        "Micro-expressions at 60 Hz on rendered heads, the same scripts and seeds in every group; false events are",
        "those told beside them and in blinks and speech. Intervals are 95 % (Wilson). It audits this pipeline on",
        "painted skin, not society; few movements a group mean wide intervals. *By chance* is the gap that groups",
        "without any difference stay within in 95 of 100 cases (groups shuffled within each movement).",
        "",
        "| axis | group | n | recall [95 %] | false events (minutes) | mean p | class UAR |",
        "|---|---|---|---|---|---|---|",
    ]
    for row in rows:
        low, high = wilson(row["found"], row["planted"])
        recall = f"{row['found'] / max(1, row['planted']):.2f} [{low:.2f}, {high:.2f}]"
        false = f"{row['false_events']} ({row['minutes']:.1f})"
        lines.append(
            f"| {row['axis']} | {row['group']} | {row['planted']} | {recall} | {false} "
            f"| {row['mean_p']:.2f} | {row['uar']:.2f} |"
        )
    lines += ["", "| axis | largest recall gap | by chance | bar | false events: most, least (bar: 1.25 times) |"]
    lines += ["|---|---|---|---|---|"]
    for axis in dict.fromkeys(row["axis"] for row in rows):
        same = [row for row in rows if row["axis"] == axis]
        recalls = [row["found"] / max(1, row["planted"]) for row in same]
        counts = [row["false_events"] for row in same]
        chance = chance_gap([row["hits"] for row in same])
        gap = f"{max(recalls) - min(recalls):.3f} | {chance:.3f} | {GAP_MAX.get(axis, 'none set')}"
        lines.append(f"| {axis} | {gap} | {max(counts)}, {min(counts)} |")
    lines += ["", "![recall by group](recall.png)", ""]
    page = "\n".join(lines)
    (folder / "README.md").write_text(page)
    drawn = [
        (f"{row['group']}{' dim' if 'dim' in row['axis'] else ''}", row["found"] / max(1, row["planted"]), 1.0)
        for row in rows
    ]
    cv2.imwrite(str(folder / "recall.png"), bars(drawn))
    return page
