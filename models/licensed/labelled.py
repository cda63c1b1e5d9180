"""From table rows to recordings, the same for every layout: rows of one clip gathered, numbers and frames checked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from appliance.events import Kind
from models.licensed.classes import actions_of, class_of
from models.licensed.frames import Frames, find_frames
from models.licensed.recording import DataSet, DataSetInvalid, Event, Recording
from models.licensed.table import frame_number


@dataclass(frozen=True, slots=True)
class Labelled:
    """One row in words: where it stands, whose clip it is, where its frames may lie, and its labels as text."""

    where: str
    subject: str
    clip: str
    places: tuple[Path, ...]
    onset: str
    apex: str
    offset: str
    emotion: str
    units: str
    kind: Kind = Kind.MICRO


def data_set(layout: str, table: Path, rows: Iterable[Labelled], rate_hz: float) -> DataSet:
    """The recordings of `rows`; every row that cannot be used becomes one line in `problems`.

    Raises:
        DataSetInvalid: no row can be used and none says why.
    """
    found: dict[tuple[str, str], tuple[Frames, list[Event]]] = {}
    problems = []
    for row in rows:
        try:
            key = (row.subject, row.clip)
            frames = found[key][0] if key in found else _frames(row)
            event = _event(row, frames)
            found.setdefault(key, (frames, []))[1].append(event)
        except ValueError as error:
            problems.append(f"{row.where}: {error}")
    recordings = tuple(
        Recording(subject, clip, frames, rate_hz, tuple(events)) for (subject, clip), (frames, events) in found.items()
    )
    if not recordings and not problems:
        raise DataSetInvalid(f"{table}: no labelled clip", f"Check that the folder is a {layout} data set.")
    return DataSet(layout, str(table), recordings, tuple(problems))


def _frames(row: Labelled) -> Frames:
    for place in row.places:
        frames = find_frames(place)
        if frames is not None:
            return frames
    tail = "/".join(row.places[-1].parts[-2:]) if row.places else f"{row.subject}/{row.clip}"
    raise ValueError(f"no frame folder or video {tail}")


def _event(row: Labelled, frames: Frames) -> Event:
    """The row's event; an offset of 0 means that the coder saw none, and the apex stands in, as in MEGC's code."""
    onset, apex, offset = (frame_number(text) for text in (row.onset, row.apex, row.offset))
    offset = offset or apex
    if onset is None or offset is None:
        raise ValueError(f"onset {row.onset!r} and offset {row.offset!r} are not both frame numbers")
    if not onset <= (apex or onset) <= offset:
        raise ValueError(f"apex {row.apex} lies outside onset {onset}..offset {offset}")
    there = set(frames.numbers())
    absent = [number for number in (onset, apex) if number is not None and number not in there]
    if absent:
        raise ValueError(f"frame {absent[0]} is not in {frames.where}")
    return Event(onset, apex, offset, class_of(row.emotion), row.kind, actions_of(row.units))


def under(levels: Iterable[Path], *parts: str) -> Iterator[Path]:
    """`parts` joined below each of `levels`."""
    return (level.joinpath(*parts) for level in levels)
