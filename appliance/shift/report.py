"""The simulated shifts in numbers and as a picture."""

from __future__ import annotations

import statistics
from collections import Counter
from dataclasses import dataclass

from appliance.drawing import box, sheet, text
from appliance.sense.precision import wilson
from appliance.shift.day import Shift
from appliance.shift.people import Rates

Z_95 = 1.96
"""Normal quantile of .975."""


@dataclass(frozen=True, slots=True)
class Summary:
    """What many runs gave: per shift counts of cues, and per run the end."""

    false: list[int]
    true: list[int]
    specificity: float
    sensitivity: float
    labels: int
    labels_right: int
    answers: float
    off_runs: int
    runs: int

    @classmethod
    def of(cls, played: list[list[Shift]]) -> Summary:
        """The summary of runs of shifts."""
        shifts = [shift for run in played for shift in run]
        last = [run[-1] for run in played]
        return cls(
            [shift.false_cues for shift in shifts],
            [shift.true_cues for shift in shifts],
            1 - sum(shift.ordinary_asked for shift in shifts) / max(1, sum(shift.ordinary for shift in shifts)),
            sum(shift.hard_asked for shift in shifts) / max(1, sum(shift.hard for shift in shifts)),
            sum(shift.labels for shift in shifts),
            sum(shift.labels_right for shift in shifts),
            statistics.mean(shift.answers for shift in last),
            sum(shift.self_off for shift in last),
            len(played),
        )

    @property
    def false_median(self) -> float:
        """Median of false cues a shift."""
        return statistics.median(self.false)

    @property
    def precision(self) -> float:
        """True cues over all cues."""
        return sum(self.true) / max(1, sum(self.true) + sum(self.false))

    @property
    def off_share(self) -> float:
        """Share of runs that ended with the cue switched off by itself."""
        return self.off_runs / self.runs


def summary_lines(name: str, rates: Rates, found: Summary) -> list[str]:
    """The table of one set of runs, intervals 95 % Wilson."""
    cues = sum(found.true) + sum(found.false)
    low, high = wilson(sum(found.true), cues, Z_95)
    off_low, off_high = wilson(found.off_runs, found.runs, Z_95)
    staff_low, staff_high = wilson(found.labels_right, found.labels, Z_95)
    staff = found.labels_right / max(1, found.labels)
    return [
        f"{name}: {rates.false_per_min:g} false negative expressions a minute, {rates.hit:.0%} of hard ones hit",
        f"  ({rates.source})",
        f"  per customer: specificity {found.specificity:.4f}, sensitivity {found.sensitivity:.2f}",
        f"  false cues a shift: median {found.false_median:g}, mean {statistics.mean(found.false):.2f}",
        f"  true cues a shift: median {statistics.median(found.true):g}, mean {statistics.mean(found.true):.2f}",
        f"  precision {found.precision:.3f} ({low:.3f}-{high:.3f})",
        f"  as staff label it {staff:.3f} ({staff_low:.3f}-{staff_high:.3f}), {found.labels} labels",
        f"  response it has earned in the end {found.answers:.2f}",
        f"  switched itself off {found.off_runs} of {found.runs} ({off_low:.3f}-{off_high:.3f})",
    ]


WIDTH, HEIGHT, LEFT, BOTTOM, PANEL = 180.0, 80.0, 15.0, 60.0, 70.0
COLOURS = {"true": "#1f6fff", "false": "#ffb000"}
CUES_SHOWN = 9


def plot(good: Summary, bad: Summary) -> str:
    """Two histograms of cues a shift, true and false side by side: the measured rates and the bad model."""
    shapes: list[str] = []
    for number, (name, found) in enumerate((("measured rates", good), ("bad model", bad))):
        left = LEFT + number * (PANEL + 18)
        shapes.append(text(left, 10, f"{name}: precision {found.precision:.2f}", 4, bold=True))
        for place, (kind, counts) in enumerate((("true", found.true), ("false", found.false))):
            shapes += _bars(left, place, COLOURS[kind], counts)
            shapes += [
                box(left + 40, 14 + 6 * place, 4, 4, COLOURS[kind]),
                text(left + 46, 17.5 + 6 * place, kind, 3.5),
            ]
        shapes.append(text(left + PANEL / 2, BOTTOM + 12, "cues a shift", 3.5, anchor="middle"))
        shapes.append(text(left - 2, 16, "share of shifts", 3))
    return sheet(WIDTH, HEIGHT, shapes)


def _bars(left: float, place: int, colour: str, counts: list[int]) -> list[str]:
    held = Counter(min(count, CUES_SHOWN) for count in counts)
    step = PANEL / (CUES_SHOWN + 1)
    shapes: list[str] = []
    for cues in range(CUES_SHOWN + 1):
        tall = 40.0 * held[cues] / len(counts)
        x = left + step * cues + place * step * 0.42
        shapes.append(box(x, BOTTOM - tall, step * 0.4, tall, colour))
        if place == 0:
            label = f"{cues}+" if cues == CUES_SHOWN else str(cues)
            shapes.append(text(left + step * (cues + 0.4), BOTTOM + 5, label, 3, anchor="middle"))
    return shapes
