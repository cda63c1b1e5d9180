"""Simulated customers and staff: what the first show, and how the second answer."""

from __future__ import annotations

import random
from collections import deque
from dataclasses import dataclass

from appliance.events import Button, Expression, Interval, Kind, Label

CUSTOMERS = 200
HARD_SHARE = 0.03
SHIFT_S = 8 * 3600.0
VISIT_MEDIAN_S, VISIT_SPREAD = 60.0, 0.5
"""Visits are log-normal, median a minute: own assumption for a shop counter; half of them last 43-84 s."""

HARD_MOVEMENTS_MEAN = 4.0
"""A hard moment shows in this many negative movements on average, at least one, spread over half a minute: own
assumption; people scowl in about a third of their angry moments (Barrett et al. 2019), so some show only one."""
HARD_SPREAD_S = 30.0
SUSTAINED_SHARE = 0.7

ANSWERS_START = 0.9
ANSWERS_REMEMBERED = 8
ANSWERS_LEAST = 0.1
"""Staff answer about as often as the light was right (probability matching, Bliss et al. 1995), by its last eight
cues; a tenth always answer."""
LABELS_SHARE = 0.8
"""Of those who answer, so many press a button."""


@dataclass(frozen=True, slots=True)
class Rates:
    """What the pipeline reports.

    false_per_min: false negative expressions per minute of an ordinary customer's face. hit: share of a hard customer's
    negative movements that are reported, 0..1. Both above the model's threshold. source: where they were measured.
    """

    false_per_min: float
    hit: float
    source: str


MEASURED = Rates(0.225, 0.5, "appliance.shift.measure: 7 false in 14 min of 7 kinds, weighted; hit assumed")
BAD = Rates(1.25, 0.5, "made so that the specificity per customer is .90")


@dataclass(frozen=True, slots=True)
class Customer:
    """One visit: seconds from the start of the shift, whether it holds a hard moment, and what gets reported."""

    arrives_s: float
    leaves_s: float
    hard: bool
    reported: tuple[Expression, ...]


def movement(draw: random.Random, at_s: float) -> Expression:
    """A negative expression with its apex at `at_s`; p is spread over what passes the default threshold of .8."""
    kind = Kind.SUSTAINED if draw.random() < SUSTAINED_SHARE else Kind.MICRO
    lasts_s = draw.uniform(0.6, 3.0) if kind is Kind.SUSTAINED else draw.uniform(0.15, 0.5)
    interval = Interval(at_s - lasts_s / 2, at_s, at_s + lasts_s / 2)
    return Expression(interval, kind, Label.NEGATIVE, draw.uniform(0.8, 1.0), 0.5, frozenset())


def customers(draw: random.Random, rates: Rates) -> list[Customer]:
    """One shift's customers, in order, none overlapping."""
    visits = [draw.lognormvariate(0.0, VISIT_SPREAD) * VISIT_MEDIAN_S for _ in range(CUSTOMERS)]
    free_s = max(0.0, SHIFT_S - sum(visits))
    gaps = [draw.expovariate(1.0) for _ in range(CUSTOMERS + 1)]
    scale = free_s / sum(gaps)
    out: list[Customer] = []
    now_s = 0.0
    for visit_s, gap in zip(visits, gaps, strict=False):
        now_s += gap * scale
        out.append(_customer(draw, rates, now_s, visit_s))
        now_s += visit_s
    return out


def _customer(draw: random.Random, rates: Rates, arrives_s: float, visit_s: float) -> Customer:
    times: list[float] = []
    at_s = draw.expovariate(1.0) * 60.0 / rates.false_per_min if rates.false_per_min else visit_s
    while at_s < visit_s:
        times.append(at_s)
        at_s += draw.expovariate(1.0) * 60.0 / rates.false_per_min
    hard = draw.random() < HARD_SHARE
    if hard:
        begins_s = draw.uniform(0.0, max(0.0, visit_s - HARD_SPREAD_S))
        shown = 1 + round(draw.expovariate(1.0 / (HARD_MOVEMENTS_MEAN - 1)))
        moments = [begins_s + draw.uniform(0.0, min(HARD_SPREAD_S, visit_s)) for _ in range(shown)]
        times += [moment for moment in moments if draw.random() < rates.hit]
    reported = tuple(movement(draw, arrives_s + each) for each in sorted(times))
    return Customer(arrives_s, arrives_s + visit_s, hard, reported)


class Staff:
    """Answers the light as often as it was right, and presses a button most of those times."""

    def __init__(self, draw: random.Random) -> None:
        self._draw = draw
        self._right: deque[bool] = deque(maxlen=ANSWERS_REMEMBERED)

    @property
    def answers(self) -> float:
        """The probability of answering the next cue, 0..1."""
        held = len(self._right)
        seen = sum(self._right) / held if held else ANSWERS_START
        weight = held / ANSWERS_REMEMBERED
        return max(ANSWERS_LEAST, weight * seen + (1 - weight) * ANSWERS_START)

    def press(self, *, right: bool) -> Button | None:
        """What is pressed after a cue: helped if it was right, not needed if not, None if nobody answers or presses."""
        answered = self._draw.random() < self.answers
        if answered:
            self._right.append(right)
        if not answered or self._draw.random() >= LABELS_SHARE:
            return None
        return Button.HELPED if right else Button.NOT_NEEDED
