"""The demo's state, truth and views."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from rich.console import Console

from appliance.config import build
from appliance.demo.broker import DemoBroker
from appliance.demo.run import at_once, here
from appliance.demo.state import Arrived, DemoState
from appliance.demo.subscriber import Heard
from appliance.demo.summary import print_summary
from appliance.demo.truth import Planted, match, read_truth
from appliance.demo.view import LIGHTS, LiveView, PlainView, choose_view
from appliance.events import Light
from appliance.settings import Settings

EVENT = {"kind": "micro", "expr": "negative", "p": 0.9, "act": ["brow_lower"], "pol": "cue.check_in"}
FROWN = Planted(1.0, 1.2, 1.4, "micro", "negative", ("brow_lower",))


def status(at_s: float, **changes: object) -> str:
    """A status line of the sensing process."""
    line = {"at_s": at_s, "frames": 1, "dropped": 0, "face": True, "no_reading": None, "light": "off"}
    return json.dumps(line | changes)


def plain(width: int = 100) -> tuple[Console, io.StringIO]:
    """A console that is no terminal, and what it prints."""
    out = io.StringIO()
    return Console(file=out, width=width, force_terminal=False), out


def test_time_starts_with_the_first_frame() -> None:
    """Whatever the machine's clock says, the demo counts from its first frame."""
    state = DemoState(None)
    state.sensed(status(500.0))
    state.sensed(status(502.5))
    assert 2.5 == state.now_s


def test_a_cue_is_counted_when_the_light_changes() -> None:
    """An amber light that stays on for three lines is one cue."""
    state = DemoState(None)
    for at_s in (0.0, 0.1, 0.2):
        state.sensed(status(at_s, light="check_in"))
    assert {"check_in": 1} == dict(state.cues)


def test_words_for_people_become_notes() -> None:
    """A line that is no status, such as an error, is kept for the person who watches."""
    state = DemoState(None)
    state.sensed("light missing")
    assert ["light missing"] == list(state.notes)


@pytest.mark.parametrize(
    ("topic", "text", "events"),
    [
        ("inkling/v1/s/d/event/counter-1", json.dumps(EVENT), 1),
        ("inkling/v1/s/d/event/counter-1", "{", 0),
        ("inkling/v1/s/d/health", "{}", 0),
        ("other", "{}", 0),
    ],
)
def test_only_events_are_events(topic: str, text: str, events: int) -> None:
    """Nothing but a JSON message on an event topic counts as an event."""
    state = DemoState(None)
    state.heard(Heard(topic, text), 3.0)
    assert events == len(state.events)


def test_each_event_answers_one_planted_expression() -> None:
    """Two planted expressions and one event in time leave one found, one missed and none over."""
    events = [Arrived(2.0, EVENT)]
    pairs, left = match([FROWN, FROWN], events)
    assert ([events[0], None], []) == ([hit for _, hit in pairs], left)


def test_an_event_before_the_apex_answers_nothing() -> None:
    """An event that came before the movement's apex is counted as not planted."""
    pairs, left = match([FROWN], [Arrived(1.1, EVENT)])
    assert ([None], 1) == ([hit for _, hit in pairs], len(left))


def test_truth_is_read_beside_the_clip(tmp_path: Path) -> None:
    """The truth of clip.mp4 is clip.json; a clip without one has none."""
    planted = {"onset_s": 1.0, "apex_s": 1.2, "offset_s": 1.4, "kind": "micro", "label": "negative"}
    (tmp_path / "clip.json").write_text(json.dumps({"expressions": [planted | {"actions": ["brow_lower"]}]}))
    assert [FROWN] == read_truth(tmp_path / "clip.mp4")
    assert [] == read_truth(tmp_path / "other.mp4")


def test_every_light_has_words() -> None:
    """No light of the vocabulary is shown without words."""
    assert {light.name.lower() for light in Light} == set(LIGHTS)


@pytest.mark.parametrize("term", ["dumb", ""])
def test_a_poor_terminal_gets_plain_lines(term: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A dumb terminal, or none, is shown lines and no drawing."""
    monkeypatch.setenv("TERM", term)
    console = Console(file=io.StringIO(), force_terminal=bool(term))
    assert isinstance(choose_view(console, "t"), PlainView)


def test_no_color_is_respected(monkeypatch: pytest.MonkeyPatch) -> None:
    """With NO_COLOR set the live view shows light and event and writes no colour code."""
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm-256color")
    out = io.StringIO()
    state = DemoState(10.0)
    state.sensed(status(0.0, light="check_in"))
    state.events.append(Arrived(0.5, EVENT))
    with LiveView(Console(file=out, force_terminal=True, width=100), "t") as view:
        view.show(state)
    assert "check in" in out.getvalue()
    assert "[brow_lower]" in out.getvalue()
    assert "\x1b[33m" not in out.getvalue()
    assert "\x1b[1;33m" not in out.getvalue()


def test_plain_view_tells_the_light_the_event_and_the_progress() -> None:
    """The plain view prints one line each for the light's change, the event, and the progress."""
    console, out = plain()
    state = DemoState(10.0)
    state.sensed(status(0.0, light="check_in"))
    with PlainView(console, "title") as view:
        view.show(state)
        view.event(Arrived(0.5, EVENT))
    assert ["title", "   0.0 s  light  amber: check in", "   0.0 of 10 s  1 frames  0 fps  reading"] == (
        out.getvalue().splitlines()[:3]
    )
    assert "micro negative p=0.9 [brow_lower] cue.check_in" in out.getvalue()


def test_the_summary_sets_truth_beside_what_came_back() -> None:
    """The summary names found and missed, and what was not planted."""
    console, out = plain()
    state = DemoState(10.0)
    state.sensed(status(0.0, light="check_in"))
    state.events += [Arrived(2.0, EVENT), Arrived(9.0, EVENT)]
    print_summary(console, state, [FROWN, Planted(5.0, 5.2, 5.4, "micro", "positive", ())])
    assert "found 1 of 2 planted; 1 events not planted" in out.getvalue()
    assert "light amber: check in: 1" in out.getvalue()


def test_a_settings_file_keeps_its_limits() -> None:
    """A run with `--config` changes source, broker and paths, and leaves mode, light, policy and privacy alone."""
    base = build({"use": {"profile": "eu"}, "cue": {"device": "tower", "port": "/dev/ttyUSB0"}}, Settings)
    broker = DemoBroker("b", 4711, "5", [])
    run = here(base, Path("/x"), "some.mp4", broker)
    assert (base.use, base.cue, base.policy, base.privacy) == (run.use, run.cue, run.policy, run.privacy)
    assert ("some.mp4", 4711, "/x/events") == (run.camera.source, run.mqtt.port, run.link.fifo)


def test_only_the_plain_demo_lets_everything_through() -> None:
    """Without a settings file the demo is out of shadow and holds nothing back; a device's defaults do neither."""
    demo = at_once(Settings())
    assert (False, 0, 0) == (demo.policy.shadow, demo.privacy.bucket_s, demo.privacy.visits_min)
    assert Settings().policy.shadow
    assert Settings().privacy.visits_min > 1
