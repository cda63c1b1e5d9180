"""The licensed evaluation reads the published layouts, and sees in them what was planted."""

from __future__ import annotations

import shutil
from pathlib import Path

import cv2
import numpy as np
import pytest

from appliance.events import Action, Kind
from models.licensed.flow import OnsetApex
from models.licensed.frames import FrameVideo
from models.licensed.layouts import LAYOUTS
from models.licensed.measure import recognise
from models.licensed.miniature import SIDE_PX
from models.licensed.recording import DataSet
from tests.contract.licensed_miniatures import Miniature, by_brow


def shape(data_set: DataSet) -> tuple[int, int, int]:
    """Subjects, recordings, events."""
    events = sum(len(each.events) for each in data_set.recordings)
    return len({each.subject for each in data_set.recordings}), len(data_set.recordings), events


@pytest.mark.parametrize(
    ("layout", "expected", "rate_hz"),
    [("casme2", (3, 9, 9), 200), ("samm", (3, 9, 9), 200), ("smic", (3, 9, 9), 100), ("casme_squared", (2, 2, 6), 30),
     ("own", (3, 9, 9), 60)],
)  # fmt: skip
def test_every_layout_is_read_whole(
    miniature: Miniature, layout: str, expected: tuple[int, int, int], rate_hz: float
) -> None:
    """All subjects, recordings and events of a layout are found, without a problem, at its published rate."""
    data_set = LAYOUTS[layout](miniature(layout))
    assert () == data_set.problems
    assert expected == shape(data_set)
    assert {rate_hz} == {each.rate_hz for each in data_set.recordings}


def test_labels_and_numbers_come_from_the_table(miniature: Miniature) -> None:
    """SAMM's first clip keeps its zeros, its film's frame numbers, its class and its graded action units."""
    first = LAYOUTS["samm"](miniature("samm")).recordings[0]
    (event,) = first.events
    assert ("006", "006_1_1") == (first.subject, first.name)
    assert (5562, 5572, 5584, 0, Kind.MICRO) == (event.onset, event.apex, event.offset, event.label, event.kind)
    assert {Action.BROW_LOWER} == event.actions
    assert (5560, 5587) == (first.frames.numbers()[0], first.frames.numbers()[-1])


def test_others_keep_their_event_and_lose_their_class(miniature: Miniature) -> None:
    """CASME II's clip labelled others is there to be spotted and not to be recognised."""
    data_set = LAYOUTS["casme2"](miniature("casme2"))
    assert 1 == sum(event.label is None for each in data_set.recordings for event in each.events)
    assert 8 == len(recognise(data_set, by_brow, 0.5))


def test_macro_and_micro_are_told_apart_by_the_table(miniature: Miniature) -> None:
    """CAS(ME)^2's film holds two micro- and one macro-expression in its own numbers."""
    first = LAYOUTS["casme_squared"](miniature("casme_squared")).recordings[0]
    assert [Kind.MICRO, Kind.MICRO, Kind.SUSTAINED] == [event.kind for event in first.events]
    assert [81, 117, 158] == [event.apex for event in first.events]
    assert ("s15", "15_0101", 210) == (first.subject, first.name, len(first.frames.numbers()))


@pytest.mark.parametrize("layout", ["casme2", "samm", "smic", "casme_squared"])
def test_the_planted_movement_is_what_the_flow_shows(miniature: Miniature, layout: str) -> None:
    """From onset to apex our own alignment and flow see brows go down, up, or stay, as planted, for every event."""
    answers = recognise(LAYOUTS[layout](miniature(layout)), by_brow, 0.5)
    assert [each.truth for each in answers] == [each.forced for each in answers]
    assert [each.forced for each in answers] == [each.said for each in answers]


def test_a_head_from_two_people_reads_the_third(miniature: Miniature) -> None:
    """With the same movements planted in everybody the left-out subject is read without a fault."""
    answers = recognise(LAYOUTS["samm"](miniature("samm")), by_brow, 0.5)
    assert [each.truth for each in answers] == [each.head for each in answers]


def test_the_apex_is_found_where_none_is_given(miniature: Miniature) -> None:
    """SMIC gives no apex: the motion taken is within a tenth of that at the planted apex."""
    recording = LAYOUTS["smic"](miniature("smic")).recordings[0]
    (event,) = recording.events
    assert event.apex is None
    flow = OnsetApex()
    found = flow.image(recording.frames, event)
    given = flow.image(recording.frames, type(event)(1001, 1011, 1021, event.label, event.kind))
    assert found is not None
    assert given is not None
    assert np.abs(given[..., 1]).max() == pytest.approx(np.abs(found[..., 1]).max(), rel=0.1)


def test_a_tightly_cropped_face_is_found(miniature: Miniature) -> None:
    """Releases cut the face to its edges; the motion is still read from them."""

    class Cropped:
        """The frames of a recording, cut to brows and chin."""

        where = Path("cropped")

        def numbers(self) -> tuple[int, ...]:
            return inner.numbers()

        def read(self, number: int) -> np.ndarray:
            whole = inner.read(number)
            return np.ascontiguousarray(
                whole[int(SIDE_PX * 0.33) : int(SIDE_PX * 0.73), int(SIDE_PX * 0.3) : int(SIDE_PX * 0.7)]
            )

        def all(self) -> object:
            raise NotImplementedError

    recording = LAYOUTS["samm"](miniature("samm")).recordings[0]
    inner = recording.frames
    image = OnsetApex().image(Cropped(), recording.events[0])  # type: ignore[arg-type]
    assert image is not None
    assert 0 == by_brow(image[None])[0].argmax()


def test_a_video_stands_in_for_a_folder(broken: Path) -> None:
    """A clip that is shipped as a film is read with frames counted from 1."""
    folder = broken / "CASME2-RAW/sub01/EP01_01f"
    writer = cv2.VideoWriter(str(folder) + ".avi", cv2.VideoWriter.fourcc(*"MJPG"), 200, (SIDE_PX, SIDE_PX))
    for path in sorted(folder.iterdir()):
        writer.write(cv2.imread(str(path)))
    writer.release()
    shutil.rmtree(folder)
    table = broken / "CASME2-coding-20190701.csv"
    table.write_text(table.read_text().replace("1,EP01_01f,46,56,66", "1,EP01_01f,3,13,23", 1))
    first = LAYOUTS["casme2"](broken).recordings[0]
    assert isinstance(first.frames, FrameVideo)
    assert tuple(range(1, 27)) == first.frames.numbers()
    image = OnsetApex().image(first.frames, first.events[0])
    assert image is not None
    assert 0 == by_brow(image[None])[0].argmax()
