"""Counting what happened."""

from __future__ import annotations

from appliance.events import Decision, NoReading, Reason, Seen, Tally
from appliance.records import TALLY_REASON_BASE, TallyRecord
from appliance.sense.tallies import Tallies


def test_seconds_without_a_reading_are_counted_by_reason() -> None:
    """Four seconds of nobody and one of a face, at 8 Hz, leave as 4 and 1 seconds and 41 frames."""
    tallies = Tallies()
    for n in range(41):
        reason = NoReading.NO_FACE if n <= 32 else None
        tallies.saw(Seen(n / 8, reason is None, reason, ()))
    counts = {record.code: record.count for record in tallies.take()}
    assert {int(NoReading.NO_FACE): 4, int(Tally.FACE_SECONDS): 1, int(Tally.FRAMES): 41} == counts


def test_fractions_wait_for_the_next_report() -> None:
    """Half a second counted twice is one second, not none."""
    tallies = Tallies()
    for at_s in (0.0, 0.5, 1.0):
        tallies.saw(Seen(at_s, False, NoReading.NO_FACE, ()))
        tallies.take() if at_s == 0.5 else None
    assert TallyRecord(int(NoReading.NO_FACE), 1) in tallies.take()


def test_a_count_over_the_wires_limit_is_split() -> None:
    """70,000 of one thing leave as 65,535 and then 4,465."""
    tallies = Tallies()
    tallies.add(int(Tally.VISITS), 70_000)
    assert [65535, 4465] == [tallies.take()[0].count, tallies.take()[0].count]


def test_decisions_are_counted_by_reason() -> None:
    """A decision held back by the refractory time is counted under that reason."""
    tallies = Tallies()
    tallies.decided(Decision(Reason.REFRACTORY, None))
    assert [TallyRecord(TALLY_REASON_BASE + Reason.REFRACTORY, 1)] == tallies.take()
