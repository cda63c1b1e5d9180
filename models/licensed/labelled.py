"""From table rows to recordings, the same for every layout: rows of one clip gathered, numbers and frames checked."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from appliance.events import Kind
from models.licensed.classes import actions_of, class_of
from models.licensed.frames import Frames, find_frames
from models.licensed.recording import MICRO_MAX_S, DataSet, DataSetInvalid, Event, Recording
from models.licensed.table import frame_number

NOTHING = "none"


@dataclass(frozen=True, slots=True)
class Labelled:
    """One row in words: where it stands, whose clip it is, where its frames may lie and their rate, its labels as text.

    emotion: a word `class_of` knows, or `NOTHING` for a clip that was labelled as showing no expression; kind: None to
    tell by the duration.
    """

    where: str
    subject: str
    clip: str
    places: tuple[Path, ...]
    onset: str
    apex: str
    offset: str
    emotion: str
    units: str
    rate_hz: float
    kind: Kind | None = Kind.MICRO


def data_set(layout: str, table: Path, rows: Iterable[Labelled]) -> DataSet:
    """The recordings of `rows`; every row that cannot be used becomes one line in `problems`.

    Raises:
        DataSetInvalid: there is no row.
    """
    found: dict[tuple[str, str], Recording] = {}
    problems = []
    for row in rows:
        try:
            key = (row.subject, row.clip)
            old = found.get(key) or Recording(row.subject, row.clip, frames_of(row), row.rate_hz, ())
            events = () if row.emotion == NOTHING else (event_of(row, old.frames, class_of(row.emotion)),)
            found[key] = replace(old, events=old.events + events)
        except ValueError as error:
            problems.append(f"{row.where}: {error}")
    if not found and not problems:
        raise DataSetInvalid(f"{table}: no labelled clip", f"Check that the folder is a {layout} data set.")
    return DataSet(layout, str(table), tuple(found.values()), tuple(problems))


def frames_of(row: Labelled) -> Frames:
    """The frames of the row's clip.

    Raises:
        ValueError: there are none at any of its places, or the video cannot be opened.
    """
    for place in row.places:
        frames = find_frames(place)
        if frames is not None:
            return frames
    tail = "/".join(row.places[-1].parts[-2:]) if row.places else f"{row.subject}/{row.clip}"
    raise ValueError(f"no frame folder or video {tail}")


def event_of(row: Labelled, frames: Frames, label: int | None) -> Event:
    """The row's event; an offset of 0 means that the coder saw none, and the apex stands in, as in MEGC's code.

    Raises:
        ValueError: onset, apex and offset are not numbers in this order, or onset or apex are not among the frames.
    """
    onset, apex, offset = (frame_number(text) for text in (row.onset, row.apex, row.offset))
    offset = offset or apex
    if onset is None or offset is None:
        raise ValueError(f"onset {row.onset!r} and offset {row.offset!r} are not both frame numbers")
    if offset < onset:
        raise ValueError(f"offset {offset} is before onset {onset}")
    if not onset <= (apex or onset) <= offset:
        raise ValueError(f"apex {row.apex} lies outside onset {onset}..offset {offset}")
    there = set(frames.numbers())
    absent = [number for number in (onset, apex) if number is not None and number not in there]
    if absent:
        raise ValueError(f"frame {absent[0]} is not in {frames.where}")
    kind = row.kind
    if kind is None:
        kind = Kind.MICRO if offset - onset <= MICRO_MAX_S * row.rate_hz else Kind.SUSTAINED
    return Event(onset, apex, offset, label, kind, actions_of(row.units))


def under(levels: Iterable[Path], *parts: str) -> tuple[Path, ...]:
    """`parts` joined below each of `levels`."""
    return tuple(level.joinpath(*parts) for level in levels)
