"""Planted truth against what came back through the broker."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from appliance.demo.state import Arrived

MATCH_AFTER_S = 3.0
"""An event comes after its offset: the spotter waits for the return to quiet, the channel lets two a second through."""


@dataclass(frozen=True, slots=True)
class Planted:
    """One planted expression; times in seconds from the first frame."""

    onset_s: float
    apex_s: float
    offset_s: float
    kind: str
    label: str
    actions: tuple[str, ...]


def read_truth(clip: Path) -> list[Planted]:
    """The truth beside `clip` (same name, .json), empty when there is none."""
    path = clip.with_suffix(".json")
    if not path.exists():
        return []
    planted: list[dict[str, Any]] = json.loads(path.read_text())["expressions"]
    return [
        Planted(each["onset_s"], each["apex_s"], each["offset_s"], each["kind"], each["label"], tuple(each["actions"]))
        for each in planted
    ]


def match(planted: list[Planted], events: list[Arrived]) -> tuple[list[tuple[Planted, Arrived | None]], list[Arrived]]:
    """Each planted expression with the first event from its apex to 3 s after its offset (or None), and the rest.

    Matching is by time alone: kind and label are shown side by side, right or wrong.
    """
    left = list(events)
    pairs: list[tuple[Planted, Arrived | None]] = []
    for truth in planted:
        hit = next((each for each in left if truth.apex_s <= each.at_s <= truth.offset_s + MATCH_AFTER_S), None)
        if hit is not None:
            left.remove(hit)
        pairs.append((truth, hit))
    return pairs, left
