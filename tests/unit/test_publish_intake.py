"""From records to stored messages with a fake clock: windows, holding to the bucket, and the k rule."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from appliance.events import Button, Tally
from appliance.publish import payload
from appliance.publish.door import Source
from appliance.publish.intake import Intake
from appliance.publish.outbox import Outbox
from appliance.records import Body, ButtonRecord, Record, TallyRecord
from appliance.settings import Settings
from appliance.wire import encode

UTC_S = 1_795_423_200.0
"""A whole quarter of an hour."""
KEY = "5b0e6c40-2f1d-4c05-9f1e-2b6d41a0c3e7"


def intake(path: Path, visits_min: int = 5) -> tuple[Intake, Outbox]:
    """An intake with the delivered privacy limits, or another k."""
    base = Settings()
    outbox = Outbox(path / "o.db")
    settings = replace(base, privacy=replace(base.privacy, visits_min=visits_min))
    return Intake(settings, outbox, 1, "3f9c2a71", lambda: KEY), outbox


def put(one: Intake, at_s: float, *bodies: Body) -> None:
    """Let `bodies` come in at `at_s` seconds after UTC_S."""
    data = b"".join(encode(Record(each, 1000.0 + at_s, 0, body)) for each, body in enumerate(bodies))
    assert len(data) == one.accept(data, 1000.0 + at_s, UTC_S + at_s, Source.NTP)


def test_an_event_leaves_at_the_end_of_its_bucket(tmp_path: Path) -> None:
    """A press 3 s into a bucket of 10 s is stored for sending 7 s later, with the bucket's start as its time."""
    one, outbox = intake(tmp_path, visits_min=0)
    put(one, 3.0, ButtonRecord(Button.HELP))
    assert not one.release(1009.9)
    assert one.release(1010.0)
    body = outbox.waiting("event", "counter-1", 0, 1)[0].body
    assert ("0Z", 10, "ntp", "help") == (body["t"][-2:], body["tu"], body["ts"], body["button"])


def test_a_window_tells_counts_and_hides_small_ones(tmp_path: Path) -> None:
    """After a quarter of an hour the window shows six visits as 6, one press as <5, and begins again."""
    one, outbox = intake(tmp_path)
    assert not one.turn_window(1000.0, UTC_S, Source.NTP)
    put(one, 10.0, TallyRecord(int(Tally.VISITS), 6), ButtonRecord(Button.HELPED))
    assert one.turn_window(1900.0, UTC_S + 900, Source.NTP)
    stored = outbox.waiting("window", "counter-1", 0, 9)[0]
    assert {"visits": 6, "button_helped": "<5"} == stored.body["n"]
    assert payload.encode("window", payload.complete(stored.body, KEY, "ink-1", "counter-1", (1, 1), late=False))
    assert {} == outbox.tallies("counter-1")


def test_what_was_stored_before_a_death_is_not_stored_twice(tmp_path: Path) -> None:
    """A batch still in the pipe after a death is recognised and only taken out."""
    one, outbox = intake(tmp_path, visits_min=0)
    data = encode(Record(0, 1000.0, 0, ButtonRecord(Button.HELP)))
    one.accept(data, 1000.0, UTC_S, Source.NTP)
    again = Intake(Settings(), outbox, 2, "3f9c2a71", lambda: KEY)
    assert len(data) == again.accept(data + data, 1001.0, UTC_S + 1, Source.NTP)
    assert 1 == len(outbox.held())
