"""What a data set is to this tool: recordings of subjects, and the expressions labelled in them."""

from __future__ import annotations

from dataclasses import dataclass

from appliance.errors import InklingError
from appliance.events import Action, Kind
from models.licensed.frames import Frames

LABELS = ("negative", "positive", "surprise")
"""The three classes of the composite benchmark (See et al. 2019, "MEGC 2019 - The Second Facial Micro-Expressions
Grand Challenge"), in the order of `appliance.events.Label`."""

MICRO_MAX_S = 0.5
"""Longer expressions are macro-expressions (Yan et al. 2013, "How fast are the leaked facial expressions")."""


class DataSetInvalid(InklingError, ValueError):
    """A folder, table, row or picture of the data set is not what its layout says."""


@dataclass(frozen=True, slots=True)
class Event:
    """One labelled expression, in the recording's own frame numbers.

    onset <= apex <= offset; apex is None where the data set gives none; label is an index into `LABELS`, or None for
    an expression outside the three classes ("others"); actions are the groups its action units belong to.
    """

    onset: int
    apex: int | None
    offset: int
    label: int | None
    kind: Kind
    actions: frozenset[Action] = frozenset()


@dataclass(frozen=True, slots=True)
class Recording:
    """One continuous sequence of frames of one subject, and every expression labelled in it."""

    subject: str
    name: str
    frames: Frames
    rate_hz: float
    events: tuple[Event, ...]


@dataclass(frozen=True, slots=True)
class DataSet:
    """A loaded data set; `problems` holds one line for each row or folder that cannot be used."""

    layout: str
    table: str
    recordings: tuple[Recording, ...]
    problems: tuple[str, ...]
