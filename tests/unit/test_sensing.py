"""The sensing loop: frames, presses and records, without a camera."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest

from appliance.clock import FakeClock
from appliance.cue.device import open_device
from appliance.cue.pattern import Shown
from appliance.events import (
    Decision,
    Expression,
    FaultCode,
    Gauge,
    Interval,
    Kind,
    Label,
    Mode,
    NoReading,
    Reason,
    Seen,
    Tally,
)
from appliance.records import ExpressionRecord, FaultRecord, GaugeRecord, Record, TallyRecord
from appliance.sense.desk import Desk
from appliance.sense.outlet import Outlet
from appliance.sense.sensing import Parts, Sensing, expression_record
from appliance.settings import Settings
from appliance.wire import DURATION_MAX_S, RECORD_BYTES, decode

FROWN = Expression(Interval(0.0, 0.5, 2.0), Kind.SUSTAINED, Label.NEGATIVE, 0.9, 0.6, frozenset())


class FakeEye:
    """Shows what it is told, one frame a step, 0.1 s apart."""

    def __init__(self, clock: FakeClock, shows: list[Seen]) -> None:
        self._clock = clock
        self._shows = shows
        self.faults: frozenset[FaultCode] = frozenset()
        self.dropped = 0
        self.ended = False
        self.asked: list[bool] = []

    def step(self, *, allowed: bool) -> Seen | None:
        """The next thing to show; the end after the last."""
        self.asked.append(allowed)
        self._clock.advance_s(0.1)
        if not self._shows:
            self.ended = True
            return None
        return replace(self._shows.pop(0), at_s=self._clock.monotonic_s())


Loop = Callable[[list[Seen], Mode], tuple[Sensing, FakeEye, FakeClock]]


@pytest.fixture
def link(tmp_path: Path) -> Iterator[tuple[Path, int]]:
    """A FIFO with its reading end."""
    path = tmp_path / "events"
    os.mkfifo(path)
    reader = os.open(path, os.O_RDWR | os.O_NONBLOCK)
    yield path, reader
    os.close(reader)


@pytest.fixture
def loop(link: tuple[Path, int]) -> Iterator[Loop]:
    """Builds a loop with a silent light and a fake eye."""
    outlet = Outlet(link[0], 2.0)
    settings = Settings()
    settings = replace(settings, cue=replace(settings.cue, device="silent"))

    with ExitStack() as stack:
        stack.callback(outlet.close)

        def build(shows: list[Seen], mode: Mode) -> tuple[Sensing, FakeEye, FakeClock]:
            clock = FakeClock(100.0)
            eye = FakeEye(clock, shows)
            desk = Desk(settings, mode, stack.enter_context(open_device(settings.cue, clock)), clock)
            return Sensing(Parts(eye, desk, outlet, None, mode is Mode.NOTICE), clock), eye, clock

        yield build


def records(reader: int) -> list[Record]:
    """Everything in the FIFO."""
    try:
        data = os.read(reader, 65536)
    except BlockingIOError:
        return []
    return [decode(data[at : at + RECORD_BYTES]) for at in range(0, len(data), RECORD_BYTES)]


def face(*expressions: Expression) -> Seen:
    """A frame with a face."""
    return Seen(0.0, True, None, expressions)


def test_an_expression_becomes_a_record(loop: Loop, link: tuple[Path, int]) -> None:
    """A sustained frown leaves as one record with its kind, label, rounded p and the policy's reason."""
    sensing, _, _ = loop([face(), face(FROWN), face()], Mode.NOTICE)
    while sensing.step():
        pass
    sensing.drain(3.0)
    bodies = [record.body for record in records(link[1]) if isinstance(record.body, ExpressionRecord)]
    assert [(Kind.SUSTAINED, Label.NEGATIVE, 0.9, 0.6, 2.0)] == [
        (body.kind, body.label, body.p, body.intensity, body.duration_s) for body in bodies
    ]


def test_a_minute_is_reported_in_counts(loop: Loop, link: tuple[Path, int]) -> None:
    """After a minute of an empty counter the frame rate and the seconds without a face leave as counts."""
    nobody = Seen(0.0, False, NoReading.NO_FACE, ())
    sensing, _, _ = loop([nobody] * 900, Mode.NOTICE)
    while sensing.step():
        pass
    sensing.drain(30.0)
    bodies = [record.body for record in records(link[1])]
    assert GaugeRecord(Gauge.FPS, 10) in bodies
    counted = {body.code: body.count for body in bodies if isinstance(body, TallyRecord)}
    assert 59 <= counted[int(NoReading.NO_FACE)] <= 60
    assert 600 <= counted[int(Tally.FRAMES)] <= 601


def test_opt_in_asks_for_no_frame_before_a_press(loop: Loop) -> None:
    """In opt-in mode the eye is told from the first round that reading is not allowed."""
    sensing, eye, _ = loop([face()] * 3, Mode.OPT_IN)
    while sensing.step():
        pass
    assert {False} == set(eye.asked)


def lights_of(sensing: Sensing, clock: FakeClock, seconds: float) -> list[float]:
    """When the light lit up, seconds from now, over so many rounds of a tenth of a second."""
    device = sensing._parts.desk._device
    lit: list[float] = []
    begin_s, before = clock.monotonic_s(), False
    write = device.write

    def note(shown: Shown) -> None:
        nonlocal before
        if shown.lit and not before:
            lit.append(round(clock.monotonic_s() - begin_s, 1))
        before = shown.lit
        write(shown)

    device.write = note  # type: ignore[method-assign]
    while clock.monotonic_s() - begin_s < seconds and sensing.step():
        pass
    return lit


def test_a_start_that_works_is_shown_once(loop: Loop) -> None:
    """Three short flashes from the first frame that went through, and never again."""
    sensing, _, clock = loop([face()] * 300, Mode.NOTICE)
    assert [0.2, 1.7, 3.2] == pytest.approx(lights_of(sensing, clock, 20.0), abs=0.2)


def test_a_start_without_camera_shows_no_word_of_success(loop: Loop) -> None:
    """With the camera missing the first light is the fault's, and the flashes come once it is there."""
    sensing, eye, clock = loop([face()] * 300, Mode.NOTICE)
    eye.faults = frozenset({FaultCode.CAMERA_MISSING})
    assert not sensing.well
    lights_of(sensing, clock, 3.0)
    assert not sensing.well
    eye.faults = frozenset()
    assert len(lights_of(sensing, clock, 10.0)) == 3


def test_a_camera_fault_is_told_once(loop: Loop, link: tuple[Path, int]) -> None:
    """A camera that stays away gives one fault record, not one a frame."""
    sensing, eye, _ = loop([face()] * 20, Mode.NOTICE)
    eye.faults = frozenset({FaultCode.CAMERA_MISSING})
    while sensing.step():
        pass
    sensing.drain(3.0)
    faults = [record.body for record in records(link[1]) if isinstance(record.body, FaultRecord)]
    assert [FaultRecord(FaultCode.CAMERA_MISSING, active=True)] == faults


def test_a_very_long_expression_fits_the_wire() -> None:
    """A frown of a minute is recorded with the longest duration the wire has."""
    long = replace(FROWN, interval=Interval(0.0, 1.0, 60.0))
    assert DURATION_MAX_S == expression_record(Decision(Reason.DWELL, long)).duration_s


def test_a_decision_about_nothing_is_no_record() -> None:
    """A decision without an expression cannot become an expression record."""
    with pytest.raises(ValueError, match="without an expression"):
        expression_record(Decision(Reason.HELP, None))
