"""`python -m models.audit`: the same movements and seeds, with one thing about the person changed (counterfactual).

Rendered heads (models.render) with only tone, light, sex, age or glasses changed play the same scripts into the whole
chain. It audits this pipeline, not society: painted skin is no measured reflectance.
"""

from __future__ import annotations

import argparse
import json
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass, replace
from multiprocessing import get_context
from pathlib import Path

import cv2

from appliance.events import Expression
from appliance.sense.lock import PACKAGED_FOLDER
from models.audit_report import write_audit
from models.benchmark import REPORTS, Tally, compare, watch
from models.clips.portrait import Portrait
from models.clips.progress import Progress
from models.clips.sets import SET_ASIDE, Clip, planted_clip, quiet_clip
from models.render.head import head
from models.render.light import RIGS
from models.render.person import Person

PEOPLE = (
    Person("female", "young", "caucasian", 701),
    Person("male", "young", "african", 702),
    Person("female", "old", "asian", 703),
    Person("male", "young", "caucasian", 704),
)
"""Heads that nothing else uses (`models.benchmark`, `models.live`)."""

FIRST_SEED = SET_ASIDE + 50_500
"""Scripts that nothing was chosen on: of earlier ones the false events were looked at (0090, 0095)."""

TONE = 4
"""Where tone is not what changes."""
SECONDS, QUIET_SECONDS = 22.0, 8.0
ROUNDS = 6
"""Scripts for each group: 37 movements and four minutes."""
TONE_ROUNDS = 18
"""Scripts for each tone, whose bars are the narrowest: of 37 movements, tones that do not differ already stay within
.08 by chance only, in dim light within .13, of 73 still within .07 in shop light (`models.audit_report.chance_gap`),
where .05 is the bar. Three quarters of an hour for all groups."""

FOLDER = PACKAGED_FOLDER / "audit"


@dataclass(frozen=True, slots=True)
class Cell:
    """One group of an axis: who, in which tone and light, with or without glasses."""

    axis: str
    group: str
    people: tuple[Person, ...]
    tone: int = TONE
    light: str = "shop"
    glasses: bool = False
    rounds: int = ROUNDS


def cells() -> list[Cell]:
    """Every group of every axis."""
    every = [Cell("tone, shop light", f"Monk {tone}", PEOPLE, tone, rounds=TONE_ROUNDS) for tone in range(1, 11)]
    every += [Cell("tone, dim light", f"Monk {tone}", PEOPLE, tone, "dim", rounds=TONE_ROUNDS) for tone in (1, 4, 10)]
    every += [Cell("light", light, PEOPLE, TONE, light) for light in RIGS]
    for sex in ("female", "male"):
        every.append(Cell("sex", sex, tuple(replace(each, sex=sex) for each in PEOPLE)))
    for age in ("young", "old"):
        every.append(Cell("age", age, tuple(replace(each, age=age) for each in PEOPLE)))
    return [*every, Cell("glasses", "without", PEOPLE), Cell("glasses", "with", PEOPLE, glasses=True)]


def measure(cell: Cell, first_seed: int) -> dict[str, object]:
    """What `cell` gave: movements planted, found and which, false events beside them and on quiet footage, mean p."""
    cv2.setNumThreads(1)
    tally, probabilities, hits, false = Tally(), list[float](), list[bool](), 0
    stages = [head(each, cell.tone, cell.light, glasses=cell.glasses) for each in cell.people[: cell.rounds]]
    for n in range(cell.rounds):
        stage = stages[n % len(stages)]
        clip = in_light(planted_clip("micro 60", first_seed + n, SECONDS), cell.light)
        told = watch(clip, stage)
        hits += compare(tally, clip.script.expressions, told, clip.rate_hz)
        probabilities += [each.p for each in told]
        false += len(_quiet(first_seed + n, cell.light, stage))
    return {
        "planted": tally.planted,
        "found": tally.near,
        "hits": hits,
        "false_events": tally.told - tally.near + false,
        "minutes": cell.rounds * (SECONDS + 2 * QUIET_SECONDS) / 60,
        "mean_p": sum(probabilities) / max(1, len(probabilities)),
        "uar": tally.uar(),
    }


def _quiet(seed: int, light: str, stage: Portrait) -> list[Expression]:
    """What was told of blinks and of speech, during which nothing was shown."""
    clips = [in_light(quiet_clip(kind, seed, QUIET_SECONDS), light) for kind in ("blinks", "speech")]
    return [each for clip in clips for each in watch(clip, stage)]


def in_light(clip: Clip, light: str) -> Clip:
    """`clip` with the noise that the camera's gain gives in `light`; the exposure is already in the picture."""
    return replace(clip, script=replace(clip.script, gain=1.0, noise=RIGS[light].noise))


def main() -> None:
    """Measure every cell; write the page, its plot and the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, help="scripts for every group, one a person in turn")
    parser.add_argument("--folder", type=Path, default=FOLDER, help="where the report goes")
    options = parser.parse_args()
    for folder in (options.folder, REPORTS):
        folder.mkdir(parents=True, exist_ok=True)
    asked = [replace(each, rounds=options.rounds or each.rounds) for each in cells()]
    alike = {cell: replace(cell, axis="", group="") for cell in asked}  # some groups stand on several axes
    once = list(dict.fromkeys(alike.values()))
    with ProcessPoolExecutor(mp_context=get_context("spawn")) as pool, Progress("audit", len(once)) as bar:
        measuring = {each: pool.submit(measure, each, FIRST_SEED) for each in once}
        for each in as_completed(measuring.values()):
            each.result()
            bar.step()
    rows = [measuring[same].result() | {"axis": cell.axis, "group": cell.group} for cell, same in alike.items()]
    (REPORTS / "audit.json").write_text(json.dumps(rows, indent=1) + "\n")
    print(write_audit(rows, options.folder))


if __name__ == "__main__":
    main()
