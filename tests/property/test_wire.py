"""The record between the processes: every value survives the trip, everything else is refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.errors import RecordInvalid
from appliance.events import Action, Button, FaultCode, Gauge, Kind, Label, Reason
from appliance.records import (
    Body,
    ButtonRecord,
    ExpressionRecord,
    FaultRecord,
    GaugeRecord,
    Record,
    TallyRecord,
    is_tally_code,
)
from appliance.wire import RECORD_BYTES, decode, encode
from tests.property.cases import fuzz

bodies: st.SearchStrategy[Body] = st.one_of(
    st.builds(
        ExpressionRecord,
        st.sampled_from(Kind),
        st.sampled_from(Label),
        st.frozensets(st.sampled_from(Action)),
        st.integers(0, 20).map(lambda n: n / 20),
        st.integers(0, 10).map(lambda n: n / 10),
        st.integers(0, 255).map(lambda n: n / 10),
        st.sampled_from(Reason),
    ),
    st.builds(ButtonRecord, st.sampled_from(Button)),
    st.builds(TallyRecord, st.integers(0, 255).filter(is_tally_code), st.integers(0, 65535)),
    st.builds(GaugeRecord, st.sampled_from(Gauge), st.integers(0, 65535)),
    st.builds(FaultRecord, st.sampled_from(FaultCode), st.booleans()),
)
records = st.builds(
    Record, st.integers(0, 2**32 - 1), st.integers(0, 2**32 - 1).map(lambda n: n / 10), st.integers(0, 15), bodies
)


@fuzz
@given(records)
def test_a_record_comes_back_as_it_went(record: Record) -> None:
    """Decoding what was encoded gives the same record, in 24 bytes."""
    data = encode(record)
    assert RECORD_BYTES == len(data)
    assert record == decode(data)


@fuzz
@given(records, st.integers(0, RECORD_BYTES - 1), st.integers(1, 255))
def test_one_changed_byte_is_refused(record: Record, position: int, flip: int) -> None:
    """A record with any one byte changed is refused."""
    data = bytearray(encode(record))
    data[position] ^= flip
    with pytest.raises(RecordInvalid):
        decode(bytes(data))


@fuzz
@given(st.binary(max_size=64))
def test_other_bytes_are_refused(data: bytes) -> None:
    """Bytes that were never a record are refused and raise nothing else."""
    with pytest.raises(RecordInvalid):
        decode(data)


@pytest.mark.parametrize(
    "record",
    [
        Record(2**32, 0.0, 0, ButtonRecord(Button.HELP)),
        Record(0, -1.0, 0, ButtonRecord(Button.HELP)),
        Record(0, 0.0, 16, ButtonRecord(Button.HELP)),
        Record(0, 0.0, 0, TallyRecord(63, 1)),
        Record(0, 0.0, 0, TallyRecord(0, 65536)),
        Record(0, 0.0, 0, GaugeRecord(Gauge.FPS, -1)),
        Record(0, 0.0, 0, ExpressionRecord(Kind.MICRO, Label.NEGATIVE, frozenset(), 1.1, 0.0, 0.0, Reason.CHECK_IN)),
        Record(0, 0.0, 0, ExpressionRecord(Kind.MICRO, Label.NEGATIVE, frozenset(), 1.0, 0.0, 25.6, Reason.CHECK_IN)),
    ],
)
def test_values_out_of_range_never_reach_the_wire(record: Record) -> None:
    """A value outside its closed range cannot be encoded."""
    with pytest.raises(RecordInvalid):
        encode(record)
