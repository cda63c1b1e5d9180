"""The report in Markdown: scores with intervals, confusion, a line a subject, and what was looked at. No picture."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from appliance.events import Kind
from models.licensed.measure import Recognised, Watched
from models.licensed.recording import LABELS, DataSet
from models.licensed.scores import Confusion, Spots, confusion, interval, strs, uar, uf1

T = TypeVar("T")

ANSWERS: tuple[tuple[str, str, Callable[[Recognised], int]], ...] = (
    (
        "shipped, forced",
        "the shipped net, likeliest of the three classes; all clips read as one set",
        lambda each: each.forced,
    ),
    (
        "shipped, may abstain",
        "the shipped net as the appliance uses it: none or unsure is an error",
        lambda each: each.said,
    ),
    ("new head", "logistic head on pooled flow, trained without the subject", lambda each: each.head),
)
HOW_TO_READ = """## How to read this

- UF1 and UAR: See et al. 2019 (MEGC2019), counts pooled over subjects. An event without a found face, or without a
  class, counts as missed. Chance UAR is .333.
- Every answer of the shipped net comes from its clip alone; the forced one is the mean of the motion and its mirror
  image, with what moves smoothly over the whole face taken out.
- The new head is fitted anew for every left-out subject with settings fixed beforehand; no epoch or setting is picked
  by looking at a left-out subject.
- Spotting: He et al. 2020 (MEGC2020): an interval counts if its overlap with a labelled one of the same kind is at
  least half of their union; "both" adds up the two kinds. STRS is spotting F1 times the F1 of the labels given to hits
  (Liong et al. 2023; MEGC2025, arXiv 2506.15298). Releases cut to the expression leave the chain no quiet face to
  settle on, so few of their events can be spotted.
- Intervals: 2.5 and 97.5 % points of 2000 draws of subjects with replacement.
- If a setting is now changed and this is run again, the second figure is no longer one on unseen people: say so.
- A label names a facial movement. It is no claim about what a person felt."""

KIND_NAMES = {Kind.MICRO: "micro", Kind.SUSTAINED: "macro"}


@dataclass(frozen=True, slots=True)
class Run:
    """One evaluation: the data, what was answered, and with what. when: ISO date; model: sha256; p_min: threshold."""

    data_set: DataSet
    recognised: Sequence[Recognised]
    watched: Sequence[Watched]
    when: str
    model: str
    p_min: float


def render(run: Run) -> str:
    """The whole report."""
    parts = [_looked_at(run)]
    parts += [_recognition(run, kind) for kind in Kind if any(each.kind is kind for each in run.recognised)]
    parts += [_spotting(run), _subjects(run), HOW_TO_READ]
    return "\n\n".join(parts) + "\n"


def _looked_at(run: Run) -> str:
    data_set = run.data_set
    events = [event for each in data_set.recordings for event in each.events]
    counts = Counter("others" if event.label is None else LABELS[event.label] for event in events)
    classes = ", ".join(f"{name} {counts[name]}" for name in (*LABELS, "others"))
    seconds = sum(each.seconds for each in run.watched)
    subjects = len({each.subject for each in data_set.recordings})
    return f"""# The shipped model on a data set in the layout `{data_set.layout}`

What was looked at in this run; how often before, only you can add:

- {run.when}; model sha256 `{run.model[:16]}`; it speaks from p = {run.p_min:g} on.
- {subjects} subjects, {len(data_set.recordings)} recordings, {seconds:.0f} s of frames.
- {len(events)} events: {classes}. Those labelled others are spotted but not recognised.
- {sum(event.apex is None for event in events)} events have no given apex: the frame that moved most was taken.
- Classes are merged as in the composite benchmark of MEGC2019. Subjects are named by the data set's own codes; no
  picture and nothing else of the data set is in this report."""


def _recognition(run: Run, kind: Kind) -> str:
    these = [each for each in run.recognised if each.kind is kind]
    lines = [
        f"## Recognition with given onset and apex: {KIND_NAMES[kind]}, n = {len(these)}",
        "",
        "| who answers | UF1 [95 %] | UAR [95 %] | no class |",
        "|---|---|---|---|",
    ]
    tables = []
    for name, meaning, answer in ANSWERS:
        groups = [_confusion(group, answer) for group in _by_subject(these)]
        whole = _total(groups)
        cells = [_with_interval(groups, score) for score in (uf1, uar)]
        lines.append(f"| {meaning} | {cells[0]} | {cells[1]} | {int(whole[:, -1].sum())} |")
        tables.append(_confusion_table(name, whole))
    return "\n".join(lines) + "\n\n" + "\n\n".join(tables)


def _spotting(run: Run) -> str:
    lines = [
        "## Spotting by the whole chain, IoU at least .5",
        "",
        "| kind | true | hits | false | missed | F1 [95 %] | STRS [95 %] |",
        "|---|---|---|---|---|---|---|",
    ]
    groups = _watched_by_subject(run)
    for name, kinds in (("micro", (Kind.MICRO,)), ("macro", (Kind.SUSTAINED,)), ("both", tuple(Kind))):
        pooled = [_pooled(group, kinds) for group in groups]
        spots = _sum_spots(pooled)
        if spots == Spots():
            continue
        f1 = _interval_text(spots.f1, pooled, lambda drawn: _sum_spots(drawn).f1)
        both = [(_pooled(group, kinds), _named(group, kinds)) for group in groups]
        score = _interval_text(_strs(both), both, _strs)
        lines.append(
            f"| {name} | {spots.hits + spots.missed} | {spots.hits} | {spots.false} | {spots.missed} | {f1} | {score} |"
        )
    seconds = sum(each.seconds for each in run.watched)
    silent: Counter[str] = Counter()
    for each in run.watched:
        silent.update(each.silent_s)
    reasons = ", ".join(f"{name} {share / seconds:.0%}" for name, share in silent.most_common())
    lines += ["", f"Of {seconds:.0f} s watched there was no reading for these reasons: {reasons or 'none'}."]
    return "\n".join(lines)


def _subjects(run: Run) -> str:
    lines = [
        "## A line a subject",
        "",
        "| subject | clips | " + " | ".join(f"right: {name}" for name, _, _ in ANSWERS) + " | hits | false | missed |",
        "|---|---|" + "---|" * len(ANSWERS) + "---|---|---|",
    ]
    groups = {group[0].subject: group for group in _watched_by_subject(run)}
    for subject, group in groups.items():
        own = [each for each in run.recognised if each.subject == subject]
        right = " | ".join(f"{sum(answer(each) == each.truth for each in own)}/{len(own)}" for _, _, answer in ANSWERS)
        spots = _pooled(group, tuple(Kind))
        lines.append(f"| {subject} | {len(group)} | {right} | {spots.hits} | {spots.false} | {spots.missed} |")
    return "\n".join(lines)


def _by_subject(these: Sequence[Recognised]) -> list[list[Recognised]]:
    return [[each for each in these if each.subject == name] for name in dict.fromkeys(each.subject for each in these)]


def _watched_by_subject(run: Run) -> list[list[Watched]]:
    names = dict.fromkeys(each.subject for each in run.watched)
    return [[each for each in run.watched if each.subject == name] for name in names]


def _confusion(group: Sequence[Recognised], answer: Callable[[Recognised], int]) -> Confusion:
    return confusion([each.truth for each in group], [answer(each) for each in group])


def _total(groups: Sequence[Confusion]) -> Confusion:
    whole: Confusion = np.sum(np.stack(groups), axis=0, dtype=np.int64)
    return whole


def _with_interval(groups: Sequence[Confusion], score: Callable[[Confusion], float]) -> str:
    return _interval_text(score(_total(groups)), groups, lambda drawn: score(_total(drawn)))


def _interval_text(value: float, groups: Sequence[T], score: Callable[[Sequence[T]], float]) -> str:
    low, high = interval(groups, score)
    return f"{value:.3f} [{low:.3f}, {high:.3f}]"


def _confusion_table(name: str, counts: Confusion) -> str:
    rows = [f"| {label} | " + " | ".join(str(int(n)) for n in counts[at]) + " |" for at, label in enumerate(LABELS)]
    head = f"| {name}: true \\ given | " + " | ".join((*LABELS, "no class")) + " |"
    return "\n".join([head, "|---|" + "---|" * (len(LABELS) + 1), *rows])


def _pooled(group: Sequence[Watched], kinds: Sequence[Kind]) -> Spots:
    return _sum_spots([each.spots[kind] for each in group for kind in kinds])


def _sum_spots(spots: Sequence[Spots]) -> Spots:
    return sum(spots, Spots())


def _named(group: Sequence[Watched], kinds: Sequence[Kind]) -> Confusion:
    pairs = [pair for each in group for kind in kinds for pair in each.named[kind]]
    return confusion([truth for truth, _ in pairs], [given for _, given in pairs])


def _strs(both: Sequence[tuple[Spots, Confusion]]) -> float:
    return strs(_sum_spots([spots for spots, _ in both]), _total([named for _, named in both]))
