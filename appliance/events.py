"""The vocabulary both processes share: what may be said about a moment at the counter, and nothing more.

Every value is a small closed enum or a bounded number. The enum values are the codes of `records` on the
wire: never renumber, only append (`wire` refuses what it does not know).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, IntEnum


class Kind(IntEnum):
    """How long an expression lasted: micro up to 0.5 s, sustained longer (Yan et al. 2013)."""

    MICRO = 0
    SUSTAINED = 1


class Label(IntEnum):
    """The model's label for a facial movement, not a claim about a person."""

    NEGATIVE = 0
    POSITIVE = 1
    SURPRISE = 2


class Action(IntEnum):
    """Groups of action units (FACS) the model can tell apart."""

    BROW_LOWER = 0
    BROW_RAISE = 1
    NOSE_WRINKLE = 2
    LIP_CORNER_PULL = 3
    LIP_CORNER_DROP = 4
    LIP_PRESS = 5
    DIMPLE = 6
    JAW_DROP = 7


class NoReading(IntEnum):
    """Why a frame gave no reading; counted and published."""

    NO_FACE = 0
    TWO_FACES = 1
    TOO_DARK = 2
    TOO_FAR = 3
    TURNED = 4
    OCCLUDED = 5
    TOO_SLOW = 6
    TALKING = 7
    MOVING = 8
    SETTLING = 9
    PAUSED = 10
    LATE = 11


class Reason(IntEnum):
    """Why a decision was taken: the two cues, or why there was none."""

    CHECK_IN = 0
    STILL_HARD = 1
    BELOW_THRESHOLD = 2
    DWELL = 3
    REFRACTORY = 4
    BUDGET = 5
    VISIT_OVER = 6
    ONCE_A_VISIT = 7
    QUIET_HOURS = 8
    SNOOZED = 9
    SHADOW = 10
    SELF_OFF = 11
    PAUSED = 12
    NOT_A_CUE_LABEL = 13
    HELP = 14
    MODE_OFF = 15


class Button(IntEnum):
    """What a person pressed."""

    HELPED = 0
    NOT_NEEDED = 1
    HELP = 2
    SELF_REPORT = 3
    PAUSE = 4
    RESUME = 5


class Tally(IntEnum):
    """Things counted in a window: 0-63 no-reading seconds, 64-127 decisions, 128 and up the rest."""

    VISITS = 128
    FRAMES = 129
    FRAMES_DROPPED = 130
    FACE_SECONDS = 131
    OUTLET_DROPPED = 132
    HARD_MOMENTS = 133
    SELF_REPORTS = 134
    EXPRESSIONS = 135


class Gauge(IntEnum):
    """Present values of the sensing side, each 0..65535."""

    FPS = 0
    CAMERA = 1
    PAUSED = 2
    MODE = 3
    CUE_DEVICE = 4
    LOAD = 5
    LABELS = 6
    PRECISION_PERCENT = 7


class FaultCode(IntEnum):
    """Faults the sensing side can report."""

    CAMERA_MISSING = 0
    CAMERA_STALLED = 1
    CUE_PORT_MISSING = 2
    MASK_CHANGED = 3
    TOO_SLOW = 4
    BUTTON_STUCK = 5
    CUE_SELF_OFF = 6
    ACCELERATOR_FALLBACK = 7


class Mode(IntEnum):
    """How the device senses; the same topics in each."""

    OFF = 0
    BUTTONS_ONLY = 1
    OPT_IN = 2
    NOTICE = 3


class Light(IntEnum):
    """What the staff light says; `cue.pattern` gives each its colour and rhythm."""

    OFF = 0
    CHECK_IN = 1
    STILL_HARD = 2
    HELP = 3
    PAUSED = 4
    FAULT = 5
    RELIEF = 6
    READY = 7


class Availability(str, Enum):
    """The retained `status` of a device."""

    ONLINE = "online"
    STOPPED = "stopped"
    OFFLINE = "offline"


@dataclass(frozen=True, slots=True)
class Interval:
    """A spotted movement: onset <= apex <= offset, seconds on the frame clock."""

    onset_s: float
    apex_s: float
    offset_s: float

    @property
    def duration_s(self) -> float:
        """Offset minus onset, seconds."""
        return self.offset_s - self.onset_s


@dataclass(frozen=True, slots=True)
class Expression:
    """What the model saw in one interval.

    p is the calibrated probability of `label`, 0..1; intensity 0..1 is the movement's size against
    0.1 inter-ocular distances (about a full-strength action unit).
    """

    interval: Interval
    kind: Kind
    label: Label
    p: float
    intensity: float
    actions: frozenset[Action]


@dataclass(frozen=True, slots=True)
class Seen:
    """What one frame gave: a face or not, why there was no reading, and the expressions that ended with it."""

    at_s: float
    face: bool
    no_reading: NoReading | None
    expressions: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Decision:
    """What the policy did about one expression (None: about the passing of time) and why."""

    reason: Reason
    expression: Expression | None
