"""The licensed evaluation on miniatures in the published layouts: read, recognised, and refused when broken."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest

from appliance.events import Action, Kind
from appliance.sense.card import read_card
from appliance.sense.frame import F32
from appliance.sense.lock import PACKAGED_FOLDER
from appliance.settings import load
from models.fields import CLASSES
from models.generate import generate
from models.licensed.__main__ import main
from models.licensed.flow import OnsetApex
from models.licensed.frames import FrameVideo
from models.licensed.layouts import LAYOUTS
from models.licensed.measure import recognise
from models.licensed.miniature import SIDE_PX, WRITERS
from models.licensed.miniature import main as draw
from models.licensed.mixing import OWN_SHARE, mix, read_apart
from models.licensed.own_data import load_recordings
from models.licensed.recording import DataSet, DataSetInvalid

Miniature = Callable[[str], Path]


@pytest.fixture(scope="module")
def miniature(tmp_path_factory: pytest.TempPathFactory) -> Miniature:
    """Miniatures by layout, each drawn once."""
    made: dict[str, Path] = {}

    def get(layout: str) -> Path:
        if layout not in made:
            made[layout] = tmp_path_factory.mktemp(layout)
            WRITERS[layout](made[layout])
        return made[layout]

    return get


@pytest.fixture
def broken(miniature: Miniature, tmp_path: Path) -> Path:
    """A CASME II miniature that a test may break: the table as CSV, the pictures linked."""
    source = miniature("casme2")
    shutil.copytree(source / "CASME2-RAW", tmp_path / "CASME2-RAW", copy_function=_link)
    rows = ["Subject,Filename,OnsetFrame,ApexFrame,OffsetFrame,Action Units,Estimated Emotion"]
    rows += [f"{who},EP{at:02d}_01f,46,56,66,4,{word}" for who in (1, 2, 3) for at, word in enumerate(WORDS, 1)]
    (tmp_path / "CASME2-coding-20190701.csv").write_text("\n".join(rows))
    return tmp_path


WORDS = ("disgust", "happiness", "surprise")


def _link(source: str, target: str) -> None:
    Path(target).symlink_to(source)


def by_brow(images: F32) -> tuple[F32, F32]:
    """A rule, not a net: brows down is negative, brows up surprise, else positive."""
    brow = images[:, 3:7, 6:22, 1].mean(axis=(1, 2))
    p = np.stack([brow > 0.012, abs(brow) <= 0.012, brow < -0.012], axis=1).astype(np.float32)
    return p, np.concatenate([np.zeros((len(p), 1), np.float32), p], axis=1)


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


def test_a_picture_without_a_face_is_an_answer_missed(broken: Path) -> None:
    """Where the onset shows nobody the event counts with no class, in every column."""
    cv2.imwrite(str(_own_copy(broken / "CASME2-RAW/sub01/EP01_01f/img46.jpg")), np.full((240, 240, 3), 128, np.uint8))
    first = recognise(LAYOUTS["casme2"](broken), by_brow, 0.5)[0]
    assert (-1, -1, -1) == (first.forced, first.said, first.head)


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


def _own_copy(path: Path) -> Path:
    """The path with its link replaced by nothing, ready to be written."""
    path.unlink()
    return path


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ("ApexFrame", "Apex", "no column ApexFrame"),
        ("1,EP01_01f,46,56,66", "1,EP01_01f,46,99,66", "row 2: apex 99 lies outside onset 46..offset 66"),
        ("1,EP01_01f,46,56,66", "1,EP01_01f,46,40,66", "row 2: apex 40 lies outside onset 46..offset 66"),
        ("1,EP01_01f,46,56,66", "1,EP01_01f,66,56,46", "row 2: offset 46 is before onset 66"),
        ("1,EP01_01f,46,56,66", "1,EP01_01f,,56,66", "row 2: onset '' and offset '66' are not both frame numbers"),
        ("1,EP01_01f,46,56,66", "1,EP01_01f,20,56,66", "row 2: frame 20 is not in "),
        ("1,EP01_01f", "1,EP77_01f", "row 2: no frame folder or video sub01/EP77_01f"),
        ("disgust", "boredom", "row 2: emotion 'boredom' is none of "),
    ],
)
def test_a_broken_table_is_told_in_one_line(
    broken: Path, capsys: pytest.CaptureFixture[str], old: str, new: str, line: str
) -> None:
    """Each fault gives exit 2, its own line with place and bound, and no report."""
    table = broken / "CASME2-coding-20190701.csv"
    table.write_text(table.read_text().replace(old, new, 1))
    report = broken / "report.md"
    assert main(["--data", str(broken), "--layout", "casme2", "--report", str(report)]) == 2
    lines = capsys.readouterr().err.splitlines()
    assert line in lines[0]
    assert len(lines) <= 2
    assert not report.exists()


def test_every_bad_row_is_listed_at_once(broken: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Three bad rows give three lines, not three runs."""
    shutil.rmtree(broken / "CASME2-RAW/sub02")
    assert main(["--data", str(broken), "--layout", "casme2"]) == 2
    lines = capsys.readouterr().err.splitlines()
    assert [5, 6, 7] == [int(line.split("row ")[1].split(":")[0]) for line in lines[:-1]]
    assert lines[-1].endswith("3 problems; nothing was measured")


@pytest.mark.parametrize("layout", [name for name in LAYOUTS if name != "smic"])
def test_an_empty_folder_names_the_table_it_lacks(tmp_path: Path, layout: str) -> None:
    """Every layout with a table says which one it looked for."""
    with pytest.raises(DataSetInvalid, match=r"no table|no such file"):
        LAYOUTS[layout](tmp_path)


def test_smic_without_its_folders_is_refused(tmp_path: Path) -> None:
    """SMIC has no table, so its folders are what is missed."""
    with pytest.raises(DataSetInvalid, match=r"no folder s\*/micro"):
        LAYOUTS["smic"](tmp_path)


def test_an_unreadable_picture_is_named(broken: Path) -> None:
    """A picture that is not one stops the run with its path."""
    bad = _own_copy(broken / "CASME2-RAW/sub01/EP02_01f/img56.jpg")
    bad.write_bytes(b"not a jpeg")
    with pytest.raises(ValueError, match=r"EP02_01f/img56\.jpg: not a picture"):
        recognise(LAYOUTS["casme2"](broken), by_brow, 0.5)


@pytest.fixture(scope="module")
def report(miniature: Miniature, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report on CAS(ME)^2's miniature, as the command writes it into an empty folder."""
    path = tmp_path_factory.mktemp("report") / "deep" / "licensed.md"
    assert main(["--data", str(miniature("casme_squared")), "--layout", "casme_squared", "--report", str(path)]) == 0
    return path


def test_the_whole_chain_finds_what_was_planted(report: Path) -> None:
    """In two films at 30 frames a second all four micro- and both macro-expressions are hit, and nothing else."""
    rows = [line for line in report.read_text().splitlines() if line.startswith(("| micro |", "| macro |"))]
    assert ["| micro | 4 | 4 | 0 | 0 | 1.000 ", "| macro | 2 | 2 | 0 | 0 | 1.000 "] == [
        row.split("[")[0] for row in rows
    ]


def test_the_shipped_net_reads_the_planted_movements(report: Path) -> None:
    """Forced to a class, the shipped net gives the planted one for every event of both subjects."""
    lines = [line for line in report.read_text().splitlines() if line.startswith("| s1")]
    assert ["| s15 | 1 | 3/3", "| s16 | 1 | 3/3"] == [" | ".join(line.split(" | ")[:3]) for line in lines]


def test_the_report_holds_nothing_of_the_data_set(report: Path) -> None:
    """One text file is written, without a picture, a clip's name, a path or a frame number."""
    assert [report] == [path for path in report.parent.parent.rglob("*") if path.is_file()]
    text = report.read_text()
    assert [] == [
        word for word in ("![", "<img", "base64", "0101", "made1", ".jpg", "rawpic", str(report.parent)) if word in text
    ]


def test_the_report_says_what_was_looked_at(report: Path) -> None:
    """Subjects, films, seconds, events of each class, the net's hash and the threshold stand at its head."""
    head = report.read_text().split("\n## ")[0]
    assert "- 2 subjects, 2 recordings, 14 s of frames." in head
    assert "- 6 events: negative 2, positive 2, surprise 2, others 0." in head
    assert read_card(PACKAGED_FOLDER).sha256[:16] in head
    assert f"p = {load(None).model.p_min:g}" in head


def test_the_appliance_knows_nothing_of_it() -> None:
    """No file of the appliance names the licensed evaluation."""
    sources = (PACKAGED_FOLDER.parent / "appliance").rglob("*.py")
    assert [] == [path for path in sources if "models.licensed" in path.read_text()]


def test_a_full_folder_gets_no_miniature(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What lies in a folder already is not mixed with made-up data."""
    (tmp_path / "precious.txt").touch()
    assert draw([str(tmp_path), "smic"]) == 2
    assert "not empty" in capsys.readouterr().err
    assert ["precious.txt"] == [path.name for path in tmp_path.iterdir()]


def test_long_own_expressions_are_macro(miniature: Miniature, tmp_path: Path) -> None:
    """In our own layout the duration tells the kind: 16 frames at 60 a second are micro, at 30 a second macro."""
    (tmp_path / "clips").symlink_to(miniature("own") / "clips")
    table = (miniature("own") / "labels.csv").read_text().splitlines()
    (tmp_path / "labels.csv").write_text("\n".join([table[0], table[1], table[2].replace(",60,", ",30,")]))
    kinds = [event.kind for each in LAYOUTS["own"](tmp_path).recordings for event in each.events]
    assert [Kind.MICRO, Kind.SUSTAINED] == kinds


def test_own_recordings_load_as_training_data(miniature: Miniature) -> None:
    """Ten labelled clips give ten motion images, with the quiet one as class none and no action."""
    images, labels, actions, subjects = load_recordings(miniature("own"))
    assert ((10, 28, 28, 3), np.float32) == (images.shape, images.dtype)
    assert {"none": 1, "negative": 3, "positive": 3, "surprise": 3} == {
        name: int((labels == at).sum()) for at, name in enumerate(CLASSES)
    }
    assert ((10, len(Action)), np.uint8) == (actions.shape, actions.dtype)
    assert [0] * len(Action) == actions[labels == 0][0].tolist()
    assert 1 == actions[labels == 3][0][Action.BROW_RAISE]
    assert {"s01", "s02", "s03"} == set(subjects)


def test_who_withdrew_is_not_read_again(miniature: Miniature, tmp_path: Path) -> None:
    """A code in withdrawn.txt leaves neither a recording nor an image, even if its files are still there."""
    source = miniature("own")
    (tmp_path / "clips").symlink_to(source / "clips")
    shutil.copy(source / "labels.csv", tmp_path)
    (tmp_path / "withdrawn.txt").write_text("s02\n")
    assert {"s01", "s03"} == {each.subject for each in LAYOUTS["own"](tmp_path).recordings}
    assert "s02" not in load_recordings(tmp_path)[3]
    (tmp_path / "withdrawn.txt").write_text("s01\ns02\ns03\n")
    with pytest.raises(DataSetInvalid, match="nobody is left"):
        load_recordings(tmp_path)


def test_a_bad_own_row_stops_training(miniature: Miniature, tmp_path: Path) -> None:
    """A row whose frames are not there is named, not left out."""
    (tmp_path / "labels.csv").write_text((miniature("own") / "labels.csv").read_text())
    with pytest.raises(DataSetInvalid, match=r"labels\.csv row 2: no frame folder or video s01/negative"):
        load_recordings(tmp_path)


def test_training_is_told_what_is_wrong(tmp_path: Path) -> None:
    """The process that reads for training passes its one line on."""
    with pytest.raises(DataSetInvalid, match=r"labels\.csv: no such file"):
        read_apart(tmp_path)


def test_mixing_needs_no_tflite_runtime() -> None:
    """What training imports beside TensorFlow loads neither runtime, whose symbols clash with it."""
    code = "import sys, models.licensed.mixing; print({'tflite_runtime', 'ai_edge_litert'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


def test_a_fifth_of_a_batch_becomes_own_recordings(miniature: Miniature) -> None:
    """Mixing replaces that share, labels with images, and leaves the given batch as it was."""
    batch = generate(200, seed=1)
    before = batch.images.copy()
    mixed = mix(batch, read_apart(miniature("own")), seed=2)
    changed = (mixed.images != batch.images).any(axis=(1, 2, 3))
    assert round(OWN_SHARE * 200) == changed.sum()
    assert (batch.labels[~changed] == mixed.labels[~changed]).all()
    assert (mixed.nuisance[changed] == -1).all()
    assert (before == batch.images).all()
