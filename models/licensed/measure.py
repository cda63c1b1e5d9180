"""Runs the shipped model and the whole chain over a data set; what they gave, as numbers only."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from appliance.events import Expression, Kind, Label
from appliance.sense.frame import F32, Frame
from appliance.sense.normalise import normalise
from appliance.sense.pipeline import Chain
from appliance.settings import Settings
from models.licensed.flow import OnsetApex
from models.licensed.head import leave_one_subject_out
from models.licensed.recording import DataSet, Recording
from models.licensed.scores import Spots, match

NO_CLASS = -1

Predict = Callable[[F32], tuple[F32, F32]]
"""Motion images float32 [n, 28, 28, 3] (u, v, strain) to probabilities float32: [n, 3] of the three classes when one of
them is known to be there, and [n, 4] with none first, as the appliance reads them."""


@dataclass(frozen=True, slots=True)
class Recognised:
    """One event with given onset (and apex where the data set gives one): the true class and three answers.

    forced: the likeliest of the three classes; said: the same unless the model answers none or is below p_min;
    head: the class of the head trained without this subject. `NO_CLASS` where there is none, or no face was found.
    """

    subject: str
    kind: Kind
    truth: int
    forced: int
    said: int
    head: int


@dataclass(frozen=True, slots=True)
class Watched:
    """What the chain made of one recording: spotting counts a kind, (truth, label) of each hit with a class, and time.

    silent_s: seconds without a reading, by reason.
    """

    subject: str
    spots: dict[Kind, Spots]
    named: dict[Kind, tuple[tuple[int, int], ...]]
    seconds: float
    silent_s: dict[str, float]


def recognise(data_set: DataSet, predict: Predict, p_min: float) -> list[Recognised]:
    """Every event of the three classes, read from its onset and apex frames.

    Raises:
        ClipInvalid: a frame cannot be read.
    """
    flow = OnsetApex()
    events = [(each, event) for each in data_set.recordings for event in each.events if event.label is not None]
    images = [flow.image(recording.frames, event) for recording, event in events]
    seen = [at for at, image in enumerate(images) if image is not None]
    forced, said, head = (np.full(len(events), NO_CLASS) for _ in range(3))
    if seen:
        batch = np.stack([image for image in images if image is not None])
        three, four = predict(batch)
        forced[seen] = three.argmax(axis=1)
        sure = (four.argmax(axis=1) > 0) & (four.max(axis=1) >= p_min)
        said[seen] = np.where(sure, four.argmax(axis=1) - 1, NO_CLASS)
        for kind in Kind:
            these = [k for k, at in enumerate(seen) if events[at][1].kind is kind]
            truth = [events[seen[k]][1].label or 0 for k in these]
            who = [events[seen[k]][0].subject for k in these]
            if these:
                head[[seen[k] for k in these]] = leave_one_subject_out(normalise(batch[these]), truth, who)
    return [
        Recognised(recording.subject, event.kind, event.label or 0, int(forced[at]), int(said[at]), int(head[at]))
        for at, (recording, event) in enumerate(events)
    ]


def watch(recording: Recording, settings: Settings) -> Watched:
    """The appliance's chain over every frame of `recording`, against its events.

    Raises:
        ClipInvalid: a frame cannot be read.
    """
    chain = Chain(settings)
    first = recording.frames.numbers()[0]
    found: list[Expression] = []
    silent: Counter[str] = Counter()
    count = 0
    for index, (number, image) in enumerate(recording.frames.all()):
        seen = chain.step(Frame(image, (number - first) / recording.rate_hz, index))
        found += seen.expressions
        count += 1
        if seen.no_reading is not None:
            silent[seen.no_reading.name.lower()] += 1
    spots, named = {}, {}
    for kind in Kind:
        truth = [event for event in recording.events if event.kind is kind]
        given = [each for each in found if each.kind is kind]
        places = [_frames(each.interval.onset_s, each.interval.offset_s, first, recording.rate_hz) for each in given]
        hits = match([(event.onset, event.offset) for event in truth], places)
        spots[kind] = Spots(len(hits), len(given) - len(hits), len(truth) - len(hits))
        pairs = ((truth[j].label, Label(given[i].label)) for i, j in hits.items())
        named[kind] = tuple((label, int(said)) for label, said in pairs if label is not None)
    rate = recording.rate_hz
    return Watched(recording.subject, spots, named, count / rate, {name: n / rate for name, n in silent.items()})


def _frames(onset_s: float, offset_s: float, first: int, rate_hz: float) -> tuple[float, float]:
    return first + onset_s * rate_hz, first + offset_s * rate_hz
