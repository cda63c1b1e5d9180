"""Nothing but the listed fields can leave: fuzzing of records, commands and the device's own schema check."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

import jsonschema
from hypothesis import given
from hypothesis import strategies as st

from appliance.errors import PayloadInvalid
from appliance.events import Action, Button, Kind, Label, Reason
from appliance.publish import payload
from appliance.publish.closed import check, schema
from appliance.publish.commands import Replay, TellHealth, read
from appliance.publish.door import Source, Stamp
from appliance.publish.inlet import split
from appliance.publish.link import Arrived
from appliance.publish.topics import Command
from appliance.records import ButtonRecord, ExpressionRecord, Record
from appliance.wire import encode
from tests.property.cases import fuzz, values

KEY = "5b0e6c40-2f1d-4c05-9f1e-2b6d41a0c3e7"
LISTED = {key for form in schema("event")["oneOf"] for key in form["properties"]}

bodies = st.one_of(
    st.builds(ButtonRecord, st.sampled_from(Button)),
    st.builds(
        ExpressionRecord,
        st.sampled_from(Kind),
        st.sampled_from(Label),
        st.frozensets(st.sampled_from(Action)),
        st.floats(0, 1),
        st.floats(0, 1),
        st.floats(0, 25.5),
        st.sampled_from(Reason),
    ),
)
records = st.builds(Record, st.integers(0, 2**32 - 1), st.floats(0, 1e8), st.integers(0, 15), bodies)


@cache
def standard(name: str) -> jsonschema.Draft202012Validator:
    """The jsonschema library's validator for schema `name`, made once: making it costs more than a case."""
    return jsonschema.Draft202012Validator(schema(name))


def event_of(raw: bytes) -> dict[str, Any] | None:
    """The event that the first record in `raw` becomes, as JSON that left through the door."""
    for record, _ in split(raw).records:
        if isinstance(record.body, ExpressionRecord | ButtonRecord):
            stored = payload.event(record.body, Stamp("2026-11-23T08:41:00Z", 10, Source.NTP), "3f9c2a71")
            whole = payload.complete(stored, KEY, "ink-1", "counter-1", (1, 1), late=False)
            data = payload.encode("event", whole)
            assert len(data) <= 400
            return dict(json.loads(data))
    return None


@fuzz
@given(records)
def test_every_record_becomes_an_event_of_listed_fields(record: Record) -> None:
    """Any legal record becomes an event that fits the schema and has no field beside the listed ones."""
    event = event_of(encode(record))
    assert event is not None
    standard("event").validate(event)
    assert set(event) <= LISTED


@fuzz
@given(st.binary(max_size=200))
def test_no_bytes_crash_the_inlet(raw: bytes) -> None:
    """Any bytes are split without an error, used up to less than a record, and what gets through is a listed event."""
    batch = split(raw)
    assert len(raw) - batch.used < 24
    event = event_of(raw)
    assert event is None or set(event) <= LISTED


@fuzz
@given(
    st.sampled_from(["replay", "health", "x"]), st.binary(max_size=220) | values.map(lambda v: json.dumps(v).encode())
)
def test_no_command_crashes_or_passes_in_an_unlisted_form(name: str, body: bytes) -> None:
    """Any payload is refused by word, or is exactly a command of the schema."""
    found = read(Command(name, "t"), Arrived("t", body, retained=False, expiry_s=1), expiry_known=True)
    if isinstance(found, Replay | TellHealth):
        standard(f"cmd-{name}").validate(json.loads(body))
    else:
        assert found in schema("res")["properties"]["why"]["enum"]


@fuzz
@given(st.sampled_from(["event", "window", "health", "fault", "cmd-replay", "cmd-health", "res", "about"]), st.data())
def test_the_device_checks_as_the_standard_does(name: str, data: st.DataObject) -> None:
    """The device's own small check and the jsonschema library agree on any value with the schema's field names."""
    form = schema(name)
    keys = sorted({key for each in form.get("oneOf", [form]) for key in each["properties"]})
    value = data.draw(st.dictionaries(st.sampled_from([*keys, "x"]), values, max_size=6) | values)
    agreed = standard(name).is_valid(value)
    try:
        check(name, value)
        ours = True
    except PayloadInvalid:
        ours = False
    assert agreed == ours
