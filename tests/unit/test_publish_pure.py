"""The pure parts of publishing: topics, back-off, privacy door, window, lanes, faults, commands."""

from __future__ import annotations

import json
from random import Random

import pytest

from appliance.events import Action, Button, FaultCode, Gauge, Kind, Label, NoReading, Reason, Tally
from appliance.publish import birth, payload
from appliance.publish.backoff import Backoff
from appliance.publish.closed import check, schema
from appliance.publish.commands import Replay, TellHealth, read
from appliance.publish.door import Door, Source, Stamp, held_s, stamp
from appliance.publish.faults import CODES, Faults
from appliance.publish.inlet import Pace, split
from appliance.publish.lane import Lane
from appliance.publish.link import Arrived
from appliance.publish.topics import Command, Topics
from appliance.publish.window import COUNT_NAMES, count_of, shown
from appliance.records import ButtonRecord, ExpressionRecord, Record, TallyRecord
from appliance.settings import Settings, Site
from appliance.wire import encode

LONG = "a" * 32
TOPICS = Topics("shop", "ink-1")


def test_a_command_topic_is_read_back() -> None:
    """A command topic gives its name and transaction; another device's or a longer one gives nothing."""
    assert Command("replay", "t-1") == TOPICS.command("inkling/v1/shop/ink-1/cmd/replay/t-1")
    assert None is TOPICS.command("inkling/v1/shop/ink-2/cmd/replay/t-1")
    assert None is TOPICS.command("inkling/v1/shop/ink-1/cmd/replay/t-1/x")
    assert None is TOPICS.command("inkling/v1/shop/ink-1/cmd/replay/T")


def test_waits_are_spread_and_capped() -> None:
    """A thousand first attempts fall at most 100 into any 100 ms, and no wait passes the cap."""
    first = [Backoff(300.0, Random(seed)).next_s() for seed in range(1000)]
    assert max(sum(at <= each < at + 0.1 for each in first) for at in first) < 100
    backoff = Backoff(300.0, Random(1))
    assert max(backoff.next_s() for _ in range(50)) <= 300.0
    assert 150.0 <= backoff.refused_s() <= 300.0


def test_the_time_told_is_the_start_of_the_bucket() -> None:
    """08:41:07 in a bucket of 10 s is told as 08:41:00 and held 3 s; without a clock nothing is told."""
    utc_s = 1_795_423_267.0
    told = stamp(utc_s, 10, Source.NTP)
    assert (told.t or "").endswith("0Z")
    assert 3.0 == held_s(utc_s, 10)
    assert None is stamp(utc_s, 10, Source.NONE).t
    assert told == Stamp.of(told.text())


def test_a_quiet_counter_lets_nothing_single_out() -> None:
    """With four visits in the window the door says quiet; with five it opens; when they are old it closes again."""
    door = Door(6, 5, 900.0)
    door.visited(0.0, 4)
    assert "quiet" == door.let_out(1.0)
    door.visited(2.0, 1)
    assert None is door.let_out(3.0)
    assert "quiet" == door.let_out(901.0)


def test_at_most_six_a_minute() -> None:
    """The seventh event within a minute is only counted; a minute after the first, one may leave again."""
    door = Door(6, 0, 900.0)
    assert [None] * 6 + ["rate"] == [door.let_out(float(each)) for each in range(7)]
    assert None is door.let_out(60.0)


def test_small_counts_are_hidden() -> None:
    """Counts from 1 to 4 are shown as <5, zeros not at all, larger ones as they are."""
    assert {"visits": 7, "expressions": "<5"} == shown({"visits": 7, "expressions": 4, "hard_moments": 0}, 5)


@pytest.mark.parametrize("code", [*NoReading, *(64 + reason for reason in Reason), *Tally])
def test_every_tally_has_a_name_in_the_window(code: int) -> None:
    """Each tally the wire allows is counted under a name the schema lists."""
    counted = count_of(TallyRecord(int(code), 3))
    assert counted is not None
    assert counted[0] in COUNT_NAMES
    assert 3 == counted[1]


def test_the_schemas_hold_every_word_of_the_code() -> None:
    """Enums in the schemas are exactly the code's: nothing unlisted, nothing forgotten."""
    expression, button = schema("event")["oneOf"]
    words = {key: rule for key, rule in expression["properties"].items() if "enum" in rule or "items" in rule}
    assert [each.name.lower() for each in Kind] == words["kind"]["enum"]
    assert [each.name.lower() for each in Label] == words["expr"]["enum"]
    assert [each.name.lower() for each in Action] == words["act"]["items"]["enum"]
    assert [each.name.lower() for each in Reason] == [each.split(".")[1] for each in words["pol"]["enum"]]
    assert [each.name.lower() for each in Button] == button["properties"]["button"]["enum"]
    assert list(CODES) == schema("fault")["properties"]["code"]["enum"]
    assert set(COUNT_NAMES) == set(schema("window")["properties"]["n"]["propertyNames"]["enum"])
    assert {each.name.lower() for each in Gauge} <= set(schema("health")["properties"])
    assert {each.name.lower() for each in FaultCode} <= set(CODES)


def test_the_longest_event_fits_its_cap() -> None:
    """With the longest ids, all actions, and the largest numbers an event still has at most 400 bytes."""
    body = ExpressionRecord(
        Kind.SUSTAINED, Label.NEGATIVE, frozenset(Action), 0.95, 0.9, 25.5, max(Reason, key=lambda each: len(each.name))
    )
    stored = payload.event(body, Stamp("2026-11-23T08:41:00Z", 900, Source.NONE), "3f9c2a71")
    key = "5b0e6c40-2f1d-4c05-9f1e-2b6d41a0c3e7"
    whole = payload.complete(stored, key, LONG, LONG, (2**31, 10**9), late=False)
    assert len(payload.encode("event", whole)) <= 400
    assert len(payload.encode("cloudevent", payload.enveloped(whole, LONG))) <= 700


def test_the_longest_self_description_fits_its_cap() -> None:
    """About with sixteen touchpoints of usual length, and a full window and health, fit their caps."""
    site = Site(LONG, LONG, tuple(f"counter-{each}" for each in range(16)))
    settings = Settings(site=site)
    assert payload.encode("about", birth.about(settings, 2**31, "3f9c2a71"))
    counts = shown(dict.fromkeys(COUNT_NAMES, 99999), 5)
    stored = payload.window(counts, Stamp("2026-11-23T08:41:00Z", 900, Source.NTP), 900, 5)
    key = "5b0e6c40-2f1d-4c05-9f1e-2b6d41a0c3e7"
    assert payload.encode("window", payload.complete(stored, key, LONG, LONG, (2**31, 10**9), late=True))


def test_a_refused_topic_waits_and_then_probes_with_one() -> None:
    """After a refusal nothing goes for the wait, then one message alone, and after its success all again."""
    lane = Lane(30.0)
    lane.sent([1, 2, 3], 3)
    lane.refused(1, 100.0)
    lane.refused(2, 100.0)
    lane.refused(3, 100.0)
    assert (0, 1, 0) == (lane.after, lane.room(131.0, 16), lane.room(120.0, 16))
    lane.sent([1], 1)
    assert 0 == lane.room(131.0, 16)
    lane.taken(1)
    assert 16 == lane.room(131.0, 16)


def test_a_fault_is_told_when_it_begins_and_ends() -> None:
    """Beginning twice is told once; ending is told; a new connection hears of what is there."""
    faults = Faults()
    faults.began("disk_full", 1.0)
    faults.began("disk_full", 2.0)
    assert ("disk_full",) == faults.take()
    faults.tell_again()
    assert ("disk_full",) == faults.take()
    faults.ended("disk_full")
    assert (("disk_full",), None, 1) == (faults.take(), faults.since_s("disk_full"), faults.count("disk_full"))


@pytest.mark.parametrize(
    ("name", "body", "retained", "expiry_s", "found"),
    [
        ("replay", b'{"boot":1,"from":2,"to":3}', False, 60, Replay(1, 2, 3)),
        ("health", b"{}", False, 60, TellHealth()),
        ("health", b"{}", True, 60, "retained"),
        ("health", b"{}", False, None, "expiry"),
        ("health", b"{}", False, 301, "expiry"),
        ("health", b'{"x":1}', False, 60, "schema"),
        ("replay", b'{"boot":1,"from":2}', False, 60, "schema"),
        ("replay", b"[" * 200, False, 60, "schema"),
        ("replay", b" " * 201, False, 60, "size"),
        ("config", b"{}", False, 60, "unknown"),
    ],
)
def test_commands_are_taken_only_in_their_closed_form(
    name: str, body: bytes, retained: bool, expiry_s: int | None, found: object
) -> None:
    """Each wrong form is refused with its word."""
    message = Arrived("t", body, retained, expiry_s)
    assert found == read(Command(name, "t"), message, expiry_known=True)


def test_records_are_found_again_after_garbage() -> None:
    """Garbage before, between and after records is refused, and every record is still found."""
    one = encode(Record(1, 2.0, 0, ButtonRecord(Button.HELP)))
    batch = split(b"x" * 30 + one + b"IKjunk" + one + b"I")
    assert [1, 1] == [record.seq for record, _ in batch.records]
    assert batch.refused > 0
    assert 30 + 24 + 6 + 24 == batch.used


def test_the_channel_lets_two_a_second_through() -> None:
    """After the burst, ten seconds let twenty records through and not one more."""
    pace = Pace(2.0, 10)
    pace.spend(pace.allowed(0.0))
    assert 0 == pace.allowed(0.0)
    passed = 0
    for step in range(1, 101):
        allowed = pace.allowed(step / 10)
        pace.spend(allowed)
        passed += allowed
    assert 20 == passed


def test_discovery_is_json_and_names_availability() -> None:
    """Home Assistant's document can be read, and says where availability is."""
    settings = Settings()
    mqtt = [each for each in birth.births(settings, TOPICS, 1, "00000000") if each.topic.startswith("homeassistant")]
    assert [] == mqtt
    check("about", json.loads(birth.births(settings, TOPICS, 1, "00000000")[0].payload))
