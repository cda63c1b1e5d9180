"""`python -m models.benchmark [--set-aside]`: how well the whole chain spots planted movements and keeps quiet.

Frames are made in memory and go straight into `Chain`. Planted clips give recall, precision and F1 (a movement is found
when an expression overlaps it with an intersection over union of at least .5, as in the spotting challenges MEGC2020
and later, and, beside it, when its apex lies within 100 ms), the apex's error and the class recall on what was found;
quiet clips give false events an hour. Nothing is chosen on the seeds set aside.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass, field
from functools import partial
from pathlib import Path

import cv2
import numpy as np

from appliance.events import Expression
from appliance.sense.frame import Frame
from appliance.sense.lock import PACKAGED_FOLDER
from appliance.sense.pipeline import Chain
from appliance.settings import Settings
from models.clips.portrait import Portrait
from models.clips.progress import Progress
from models.clips.script import Planted
from models.clips.sets import DEVELOPMENT, PLANTED, QUIET, SET_ASIDE, Clip, face, planted_clip, quiet_clip
from models.clips.stream import FilmSource
from models.render.head import head
from models.render.person import person_of
from models.report import write_report

IOU_MIN = 0.5
APEX_MAX_S = 0.1
PEOPLE_SET_ASIDE = 500
"""Heads that are neither in the development clips (from 0) nor in the training motion (`models.live`, from 1000)."""
REPORTS = PACKAGED_FOLDER.parent / ".cache" / "reports"


@dataclass(slots=True)
class Tally:
    """What a kind of planted clip gave, added up over clips.

    planted, told: movements planted and expressions told; overlapping, near: movements found by overlap and by apex;
    apex_frames: error of each near one's apex in frames; truths, guesses: labels of those; kinds_right: of those.
    """

    planted: int = 0
    told: int = 0
    overlapping: int = 0
    near: int = 0
    kinds_right: int = 0
    apex_frames: list[float] = field(default_factory=list)
    truths: list[str] = field(default_factory=list)
    guesses: list[str] = field(default_factory=list)

    def f1(self, found: int) -> float:
        """2 found / (planted + told)."""
        return 2 * found / max(1, self.planted + self.told)

    def uar(self) -> float:
        """Mean over the labels of the share named right, among movements whose apex was found; 0 when none was."""
        right = np.array(self.truths) == np.array(self.guesses)
        recalls = [right[np.array(self.truths) == label].mean() for label in sorted(set(self.truths))]
        return float(np.mean(recalls)) if recalls else 0.0


def iou(one: Planted, other: Expression) -> float:
    """Overlap in time over joint extent, 0..1."""
    both = min(one.offset_s, other.interval.offset_s) - max(one.onset_s, other.interval.onset_s)
    either = max(one.offset_s, other.interval.offset_s) - min(one.onset_s, other.interval.onset_s)
    return max(0.0, both) / either


def apex_error_s(one: Planted, other: Expression) -> float:
    """How far the told apex lies from the planted one, seconds; anywhere in a held apex is right."""
    return max(one.apex_s - other.interval.apex_s, other.interval.apex_s - one.apex_s - one.hold_s, 0.0)


def compare(tally: Tally, planted: tuple[Planted, ...], told: list[Expression], rate_hz: float) -> list[bool]:
    """Add one clip to `tally`; each expression stands for one movement at most, the nearest first.

    Which of `planted` were found by their apex.
    """
    found = [False] * len(planted)
    tally.planted += len(planted)
    tally.told += len(told)
    tally.overlapping += len(_pairs([[iou(p, t) - IOU_MIN for t in told] for p in planted]))
    for p, t in _pairs([[APEX_MAX_S - apex_error_s(p, t) for t in told] for p in planted]):
        found[p] = True
        tally.near += 1
        tally.apex_frames.append(apex_error_s(planted[p], told[t]) * rate_hz)
        tally.truths.append(planted[p].label)
        tally.guesses.append(told[t].label.name.lower())
        tally.kinds_right += planted[p].kind == told[t].kind.name.lower()
    return found


def _pairs(fit: list[list[float]]) -> list[tuple[int, int]]:
    """Pairs of row and column whose fit is not negative, the best first, none used twice."""
    ranked = sorted(
        ((value, p, t) for p, row in enumerate(fit) for t, value in enumerate(row) if value >= 0), reverse=True
    )
    pairs: list[tuple[int, int]] = []
    for _, p, t in ranked:
        if all(p != q and t != u for q, u in pairs):
            pairs.append((p, t))
    return pairs


def watch(clip: Clip, stage: Portrait) -> list[Expression]:
    """Every expression the chain tells of `clip`, played on `stage`."""
    return told(FilmSource(clip, stage))


Player = Callable[[Clip], Iterable[Frame]]
"""Plays a clip on one face."""


def told(frames: Iterable[Frame]) -> list[Expression]:
    """Every expression that a new chain tells of `frames`."""
    chain = Chain(Settings())
    return [each for frame in frames for each in chain.step(frame).expressions]


def measure(first_seed: int, planted: int, quiet: int, players: list[Player]) -> Iterator[dict[str, object]]:
    """After each seed, the tallies so far: of `planted` clips and `quiet` minutes of each kind, from `first_seed` on.

    players: the faces, used in turn.
    """
    seeds = range(first_seed, first_seed + max(planted, quiet))
    tallies = {kind: Tally() for kind in PLANTED}
    false: dict[str, list[dict[str, object]]] = {kind: [] for kind in QUIET}
    with Progress("planted benchmark", planted * len(PLANTED) + quiet * len(QUIET)) as bar:
        for n, seed in enumerate(seeds):
            player = players[n % len(players)]
            for kind in PLANTED if n < planted else ():
                clip = planted_clip(kind, seed)
                compare(tallies[kind], clip.script.expressions, told(player(clip)), clip.rate_hz)
                bar.step()
            for kind in QUIET if n < quiet else ():
                false[kind] += [_named(seed, each) for each in told(player(quiet_clip(kind, seed)))]
                bar.step()
            yield {
                "first_seed": first_seed,
                "faces": len(players),
                "planted": {kind: asdict(tally) | _scores(tally) for kind, tally in tallies.items()},
                "quiet": {
                    kind: {"minutes": min(n + 1, quiet), "events": len(said), "told": said}
                    for kind, said in false.items()
                },
            }


def _named(seed: int, told: Expression) -> dict[str, object]:
    """Where to look at a false event: its clip's seed, when, and what was said."""
    said = f"{told.kind.name} {told.label.name}".lower()
    return {"seed": seed, "apex_s": round(told.interval.apex_s, 2), "said": said, "p": round(told.p, 2)}


def _scores(tally: Tally) -> dict[str, float]:
    return {
        "f1_iou": tally.f1(tally.overlapping),
        "f1_apex": tally.f1(tally.near),
        "apex_median_frames": float(np.median(tally.apex_frames)) if tally.apex_frames else float("nan"),
        "uar": tally.uar(),
    }


def stages(heads: int, first_person: int = 0) -> list[Portrait]:
    """The portrait and `heads` rendered heads, from `first_person` on, of differing sex, age, descent and tone."""
    people = range(first_person, first_person + heads)
    return [face(), *(head(person_of(seed), 1 + 3 * seed % 10) for seed in people)]


def acted(actors: int, first_person: int = 0) -> list[Player]:
    """`actors` heads that another hand moves and draws (models.acted), the same people and tones as `stages` has.

    Raises:
        DriverMissing: nothing can draw them here.
    """
    from models.acted.actor import Actor  # noqa: PLC0415  # a graphics driver is asked for only by whoever wants one
    from models.acted.film import frames  # noqa: PLC0415

    people = range(first_person, first_person + actors)
    return [partial(frames, actor=Actor(person_of(seed), 1 + 3 * seed % 10)) for seed in people]


def main() -> None:
    """Measure, print the report, and leave it with its plot and figures under .cache/reports."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--set-aside", action="store_true", help="use the seeds that no choice was made on")
    parser.add_argument("--planted", type=int, default=3, help="clips of 40 s of each planted kind")
    parser.add_argument("--quiet", type=int, default=2, help="minutes of each quiet kind")
    parser.add_argument("--heads", type=int, default=0, help="rendered heads beside the portrait, used in turn")
    parser.add_argument("--acted", type=int, default=0, help="heads that another hand moves and draws, instead")
    parser.add_argument("--skip", type=int, default=0, help="seeds left out at the start: seen before or run elsewhere")
    parser.add_argument("--reports", type=Path, default=REPORTS, help="where to write")
    options = parser.parse_args()
    cv2.setNumThreads(1)
    seed = (SET_ASIDE if options.set_aside else DEVELOPMENT) + options.skip
    person = PEOPLE_SET_ASIDE if options.set_aside else 0
    faces: list[Player] = (
        acted(options.acted, person)
        if options.acted
        else [partial(FilmSource, face=stage) for stage in stages(options.heads, person)]
    )
    options.reports.mkdir(parents=True, exist_ok=True)
    page = ""
    for figures in measure(seed, options.planted, options.quiet, faces):
        (options.reports / "benchmark.json").write_text(json.dumps(figures, indent=1) + "\n")
        page = write_report(figures, options.reports)
    print(page)


if __name__ == "__main__":
    main()
