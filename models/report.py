"""The benchmark's figures as a page of Markdown with one picture, drawn without a plotting library."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import cv2
import numpy as np

BAR_PX, WIDTH_PX, LEFT_PX = 26, 560, 150
INK, FILL, GOAL = (40, 40, 40), (170, 140, 60), (60, 60, 200)

F1_GOALS = {"micro 60": 0.80, "micro 120": 0.85, "micro 30": 0.60, "sustained 30": 0.90}
"""The bars set for the benchmark before it was first run."""


def write_report(figures: dict[str, Any], folder: Path) -> str:
    """The page; also written to folder/benchmark.md, with folder/benchmark.png."""
    lines = [
        f"Planted benchmark, seeds from {figures['first_seed']}, {figures['faces']} face(s).",
        "",
        "| planted | n | told | F1 (apex within 100 ms) | goal | F1 (IoU .5) | apex error, median frames | class UAR |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for kind, row in figures["planted"].items():
        if not row["planted"]:
            continue
        low, high = wilson(row["near"], row["planted"])
        recall = f"{row['near'] / max(1, row['planted']):.2f} [{low:.2f}, {high:.2f}]"
        lines.append(
            f"| {kind} Hz | {row['planted']} (recall {recall}) "
            f"| {row['told']} | **{row['f1_apex']:.2f}** | {F1_GOALS[kind]:.2f} | {row['f1_iou']:.2f} "
            f"| {row['apex_median_frames']:.1f} | {row['uar']:.2f} |"
        )
    lines += ["", "| quiet | minutes | events | an hour [95 %] |", "|---|---|---|---|"]
    rows = [(kind, row) for kind, row in figures["quiet"].items() if row["minutes"]]
    total = {"minutes": sum(r["minutes"] for _, r in rows), "events": sum(r["events"] for _, r in rows)}
    for kind, row in [*rows, ("all", total)] if rows else ():
        hours = row["minutes"] / 60
        low, high = poisson(row["events"])
        rate = f"{row['events'] / hours:.1f} [{low / hours:.1f}, {high / hours:.1f}]"
        lines.append(f"| {kind} | {row['minutes']} | {row['events']} | {rate} |")
    false = [(kind, told) for kind, row in rows for told in row["told"]]
    lines += ["", "Told where nothing was shown:", ""] if false else []
    lines += [f"- {kind}, seed {one['seed']}, {one['apex_s']} s: {one['said']}, p {one['p']}" for kind, one in false]
    lines += ["", "![F1 by kind](benchmark.png)", ""]
    page = "\n".join(lines)
    (folder / "benchmark.md").write_text(page)
    rows_drawn = [(kind, row["f1_apex"], F1_GOALS[kind]) for kind, row in figures["planted"].items()]
    cv2.imwrite(str(folder / "benchmark.png"), bars(rows_drawn))
    return page


def wilson(found: int, of: int) -> tuple[float, float]:
    """95 % interval of a share (Wilson 1927)."""
    if of == 0:
        return 0.0, 1.0
    z = 1.96
    centre, spread = (
        found / of + z * z / (2 * of),
        z * np.sqrt(found / of * (1 - found / of) / of + (z / (2 * of)) ** 2),
    )
    return float((centre - spread) / (1 + z * z / of)), float((centre + spread) / (1 + z * z / of))


def poisson(count: int) -> tuple[float, float]:
    """95 % interval of a count's mean (Byar's approximation; Breslow and Day 1987); for 0 the rule of three."""
    if count == 0:
        return 0.0, 3.0
    low = count * (1 - 1 / (9 * count) - 1.96 / (3 * np.sqrt(count))) ** 3
    more = count + 1
    return float(low), float(more * (1 - 1 / (9 * more) + 1.96 / (3 * np.sqrt(more))) ** 3)


def bars(rows: list[tuple[str, float, float]]) -> np.ndarray[tuple[int, int, int], np.dtype[np.uint8]]:
    """A picture uint8 [h, 560, 3] BGR: a bar 0..1 for each (name, value, goal), the goal as a red line."""
    picture = np.full((BAR_PX * (len(rows) + 1), WIDTH_PX, 3), 255, np.uint8)
    span = WIDTH_PX - LEFT_PX - 60
    for n, (name, value, goal) in enumerate(rows):
        top = BAR_PX // 2 + n * BAR_PX
        cv2.rectangle(picture, (LEFT_PX, top + 3), (LEFT_PX + int(span * value), top + BAR_PX - 5), FILL, -1)
        at = LEFT_PX + int(span * goal)
        cv2.line(picture, (at, top), (at, top + BAR_PX - 2), GOAL, 2)
        for text, x in ((name, 8), (f"{value:.2f}", LEFT_PX + span + 10)):
            cv2.putText(picture, text, (x, top + 17), cv2.FONT_HERSHEY_SIMPLEX, 0.45, INK, 1, cv2.LINE_AA)
    return picture
