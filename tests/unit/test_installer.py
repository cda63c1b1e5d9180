"""The installer's tools: each light once, what aiming says, what the doctor finds."""

from __future__ import annotations

import argparse
import socket
from pathlib import Path

import cv2
import pytest

from appliance import aim, doctor
from appliance.aim import WORDS, advise, meter
from appliance.clock import FakeClock
from appliance.config import build
from appliance.cue.console import Console
from appliance.cue.pattern import PATTERNS, Shown
from appliance.cuetool import describe, play_all
from appliance.events import Light, NoReading, Seen
from appliance.settings import Settings
from models.clips.film import film
from models.clips.script import Script
from models.clips.sets import SIZE_PX, face, without_face


def test_every_light_is_played_once_and_named(capsys: pytest.CaptureFixture[str]) -> None:
    """`inkling cue` names each light in the table's order, lights both colours and ends dark."""
    drawn: list[Shown] = []
    play_all(Console(drawn.append), FakeClock(), sound=False)
    told = capsys.readouterr().out.splitlines()
    assert [pattern.meaning for pattern in PATTERNS.values()] == [line[2:14].strip() for line in told]
    assert {shown.amber for shown in drawn} >= {0.0, 1.0}
    assert {shown.blue for shown in drawn} >= {0.0, 0.25, 1.0}
    assert not drawn[-1].lit


def test_patterns_are_told_in_words() -> None:
    """Steady, blinking, dim and flashing are told apart in words as well as by eye."""
    assert [
        "amber, steady",
        "amber, blinking every 2 s",
        "blue, blinking every 2 s",
        "blue, dim, steady",
        "amber, 2 short flashes every 5 s",
        "blue, dim, blinking every 30 s",
        "blue, blinking every 1.5 s",
    ] == [describe(pattern) for pattern in PATTERNS.values()]


@pytest.mark.parametrize("reason", [*NoReading, None])
def test_aiming_has_a_word_for_every_reason(reason: NoReading | None) -> None:
    """Whatever keeps a face from being read, the installer gets advice and a light; only a readable face is good."""
    seen = Seen(1.0, reason is not NoReading.NO_FACE, reason, ())
    words, light = advise(seen)
    assert words
    good = reason in {None, NoReading.SETTLING, NoReading.TALKING}
    assert good == (light is Light.CHECK_IN) == words.startswith("good") == ("#####" in meter(seen))


def test_aiming_tells_dark_from_far_by_the_light_alone() -> None:
    """No face, too dark, too far, too slow and good are five different lights."""
    reasons = (NoReading.NO_FACE, NoReading.TOO_DARK, NoReading.TOO_FAR, NoReading.TOO_SLOW, None)
    assert 5 == len({WORDS[reason][1] for reason in reasons})


def config(tmp_path: Path, **sections: dict[str, object]) -> argparse.Namespace:
    """Options naming a settings file with these sections."""
    lines = [
        f"[{name}]\n" + "".join(f"{key} = {value!r}\n" for key, value in keys.items())
        for name, keys in sections.items()
    ]
    path = tmp_path / "inkling.toml"
    path.write_text("".join(lines).replace("'", '"'))
    return argparse.Namespace(config=path)


@pytest.mark.parametrize(("leaves", "status", "last"), [(True, 0, "signature ="), (False, 1, "Nobody left the view")])
def test_aiming_reads_a_real_face_and_takes_the_signature_of_the_empty_place(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], *, leaves: bool, status: int, last: str
) -> None:
    """Through the whole chain: a face is good, and only once it has left is there a signature to copy."""
    stage, rest = face(), without_face(face()) if leaves else face()
    clip = tmp_path / "counter.avi"
    writer = cv2.VideoWriter(str(clip), cv2.VideoWriter.fourcc(*"MJPG"), 30, SIZE_PX)
    for shown in (stage, rest):
        for image in film(shown, Script(seconds=2.5), 30.0, seed=1):
            writer.write(cv2.cvtColor(image, cv2.COLOR_RGB2BGR))
    writer.release()
    options = config(tmp_path, camera={"source": str(clip), "rate_hz": 30}, cue={"device": "silent"})
    options.seconds = 60.0
    assert status == aim.main(options)
    told = capsys.readouterr().out.splitlines()
    assert any("#####" in line and "good" in line for line in told)
    assert told[-1].startswith(last)
    assert "0" * 24 not in told[-1]


def test_the_doctor_gives_each_part_a_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A buttons-only counter with no broker: every part has one line, only light (no buttons) and broker need work."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    options = config(tmp_path, use={"mode": "buttons-only"}, cue={"device": "silent"}, mqtt={"port": port})
    assert 1 == doctor.main(options)
    told = {line[5:13].strip(): line for line in capsys.readouterr().out.splitlines()}
    assert ["site", "model", "light", "camera", "broker", "tls", "clock"] == list(told)
    assert {"light", "broker"} == {name for name, line in told.items() if line.startswith("FIX")}
    assert "Check the name, the cable and the firewall" in told["broker"]


def test_the_doctor_sees_a_refused_place_and_a_missing_light(tmp_path: Path) -> None:
    """A school is named with its law, a port that is not there with what to do."""
    assert "EU AI Act" in _words(doctor.site, {"use": {"place": "school"}})
    assert "Plug the light in" in _words(doctor.light, {"cue": {"device": "tower", "port": str(tmp_path / "none")}})


def _words(examine: doctor.Examination, keys: dict[str, dict[str, object]]) -> str:
    """What one examination says."""
    return doctor.examined(examine, build(keys, Settings))[1]


def test_the_doctor_asks_for_a_customer_lamp_where_people_are_read() -> None:
    """A light without a lamp is fine for buttons only, and is not where a camera reads."""
    assert "customer lamp" in _words(doctor.light, {"cue": {"device": "silent"}})
    assert "customer lamp" not in _words(doctor.light, {"cue": {"device": "silent"}, "use": {"mode": "buttons-only"}})


def test_an_answering_broker_is_fine() -> None:
    """A port that takes a connection is reported as answering."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        fine, words = doctor.broker(build({"mqtt": {"port": server.getsockname()[1]}}, Settings))
    assert (True, True) == (fine, words.endswith("answers"))
