"""`make shift`: a thousand shifts with the pipeline's measured error rates, and what a bad model would do."""

from __future__ import annotations

import argparse
import random
import sys
from pathlib import Path

from appliance import settings
from appliance.sense.policy import Policy
from appliance.shift.day import Day, Shift
from appliance.shift.people import BAD, MEASURED, Rates, Staff, customers
from appliance.shift.report import Summary, plot, summary_lines

SEED = 20261123
BAD_SHIFTS = 3
"""The bad model has three shifts to be found out in (the bar)."""
PLOT = Path(".cache/reports/shift.svg")


def simulate(rates: Rates, runs: int, shifts: int, seed: int = SEED) -> list[list[Shift]]:
    """`runs` counters, each through `shifts` shifts in a row, by one policy and one staff each."""
    out = []
    for number in range(runs):
        draw = random.Random(f"{seed} {number}")
        staff = Staff(draw)
        day = Day(Policy(settings.Policy(shadow=False)), staff)
        played = [day.play(customers(draw, rates)) for _ in range(shifts)]
        played[-1].answers = staff.answers
        out.append(played)
    return out


def main() -> int:
    """Print both tables, write the plot; 0 if every bar is met."""
    parser = argparse.ArgumentParser(prog="make shift", description=__doc__)
    parser.add_argument("--shifts", type=int, default=1000, help="how many of each (default 1000)")
    parser.add_argument("--plot", type=Path, default=PLOT, help=f"where the plot goes (default {PLOT})")
    options = parser.parse_args()
    good = Summary.of(simulate(MEASURED, options.shifts, 1))
    bad = Summary.of(simulate(BAD, options.shifts, BAD_SHIFTS))
    for name, rates, found in (("measured", MEASURED, good), ("bad model", BAD, bad)):
        sys.stdout.write("\n".join(summary_lines(name, rates, found)) + "\n")
    met = good.false_median <= 1 and good.precision >= 0.7 and bad.off_share >= 0.95
    sys.stdout.write(f"bars: {'met' if met else 'NOT met'}\n")
    options.plot.parent.mkdir(parents=True, exist_ok=True)
    options.plot.write_text(plot(good, bad))
    sys.stdout.write(f"plot: {options.plot}\n")
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main())
