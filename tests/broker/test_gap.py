"""A line that breaks in the middle: on the device's side nothing is missing, on IT's what is missing can be had."""

from __future__ import annotations

from pathlib import Path

from appliance.fleet.brokers import Mosquitto
from tests.broker.desk import BASE, FROWN, Heard, It, desk, events, open_settings, until
from tests.broker.proxy import Proxy


def order(heard: list[Heard]) -> list[tuple[int, int]]:
    """Boot and seq of each."""
    return [(each.data["boot"], each.data["seq"]) for each in heard]


def gap(it: It) -> list[int]:
    """Numbers between the lowest and the highest heard of the one boot that are missing, as IT would find them."""
    seqs = {seq for _, seq in order(it.heard("event"))}
    return [seq for seq in range(min(seqs), max(seqs)) if seq not in seqs]


def test_it_sees_a_gap_and_gets_exactly_what_is_missing(broker: Mosquitto, tmp_path: Path) -> None:
    """Events that passed while its line was cut are a gap in seq; one replay brings them all, late, and no other."""
    settings = open_settings(tmp_path, broker.port)
    with (
        It(broker.port, name="historian") as historian,  # the broker answers 0x00: somebody heard them
        Proxy(broker.port) as line,
        It(line.port, topics=("inkling/v1/+/+/event/+", "inkling/v1/+/+/res/#")) as it,
        desk(settings, tmp_path) as one,
    ):
        one.write(FROWN, FROWN)
        events(it, 2)
        line.cut()
        one.write(FROWN, FROWN, FROWN)
        events(historian, 5)
        line.mend()
        it.subscribed()
        one.write(FROWN)
        until(lambda: order(it.heard("event"))[-1][1] == 6, "the next event")
        assert [3, 4, 5] == gap(it)
        it.command(f"{BASE}/cmd/replay/r1", '{"boot":1,"from":3,"to":5}')
        until(lambda: gap(it) == [] and it.heard("res"), "replayed")
        assert {"ok": True, "count": 3} == it.heard("res")[0].data
        again = it.heard("event")[3:]
        assert [(1, 3), (1, 4), (1, 5)] == order(again)
        assert [True] * 3 == [each.data["late"] for each in again]
        first = {each.data["seq"]: each.data["id"] for each in historian.heard("event")[:5]}
        assert [first[3], first[4], first[5]] == [each.data["id"] for each in again]


def test_a_line_cut_in_the_middle_of_a_message_loses_nothing(broker: Mosquitto, it: It, tmp_path: Path) -> None:
    """Cut 700 bytes into its events, the device sends on after the break: no gap, order kept, twins share their id."""
    with Proxy(broker.port) as line:
        settings = open_settings(tmp_path, line.port)
        with desk(settings, tmp_path) as one:
            until(lambda: it.heard("health"), "greeting")
            line.cut_after(700)
            one.write(*[FROWN] * 8)
            until(lambda: line.is_cut, "the break")
            until(lambda: it.heard("status")[-1].payload == b"offline", "the will")
            assert len(it.heard("event")) < 8
            line.mend()
            until(lambda: {seq for _, seq in order(it.heard("event"))} == set(range(1, 9)), "all events")
            ids = {(each.data["boot"], each.data["seq"]): each.data["id"] for each in it.heard("event")}
            assert {each.data["id"] for each in it.heard("event")} == set(ids.values())
            firsts = list(dict.fromkeys(order(it.heard("event"))))
            assert sorted(firsts) == firsts
