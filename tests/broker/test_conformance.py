"""The same promises on every broker IT may have: the real publishing process against each."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest

from appliance.settings import Settings
from tests.boundary.source import ROOT
from tests.broker.brokers import KINDS, Broker, Kind, nats_cluster
from tests.broker.desk import BASE, FROWN, Desk, Heard, It, desk, events, open_settings, until
from tests.broker.proxy import Proxy

EACH = 20
"""Events of each device of the cluster."""

EVERYTHING = ("inkling/v1/#",)
WATCHED = ("health", "fault", "res/#")
KEPT = tuple(f"{BASE}/{kind}" for kind in ("status", "about", "config"))


@pytest.fixture(scope="module", params=KINDS, ids=lambda kind: kind.name)
def kind(request: pytest.FixtureRequest) -> Kind:
    """One kind of broker after the other."""
    chosen: Kind = request.param
    return chosen


@pytest.fixture(scope="module")
def broker(kind: Kind, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broker]:
    """The server, started once for all tests of its kind."""
    one = kind.make(tmp_path_factory.mktemp(kind.name))
    one.start()
    yield one
    one.end(signal.SIGKILL)


def settings_for(kind: Kind, broker: Broker, folder: Path) -> Settings:
    """Settings of a device at this broker."""
    settings = open_settings(folder, broker.port)
    return settings if kind.version5 else replace(settings, mqtt=replace(settings.mqtt, protocol="3.1.1"))


@pytest.fixture
def it(kind: Kind, broker: Broker) -> Iterator[It]:
    """IT, listening to the whole tree."""
    with It(broker.port, version5=kind.version5, topics=EVERYTHING) as one:
        yield one


@pytest.fixture
def counter(kind: Kind, broker: Broker, it: It, tmp_path: Path) -> Iterator[Desk]:
    """A counter that is online."""
    with desk(settings_for(kind, broker, tmp_path), tmp_path) as one:
        until(lambda: fresh(it, "status", b"online"), "online")
        yield one


def fresh(it: It, kind: str, payload: bytes) -> list[Heard]:
    """Messages of a kind that were not kept from before, with this payload."""
    return [each for each in it.heard(kind) if each.payload == payload and not each.retained]


def test_the_table_for_it_says_what_the_suite_shows() -> None:
    """docs/mqtt.md names the brokers in this order and says of each what its abilities here are."""
    rows = [line for line in (ROOT / "docs" / "mqtt.md").read_text().splitlines() if line.startswith("| ")]
    cells = {row.split("|")[1].strip(): [cell.strip() for cell in row.split("|")[2:-1]] for row in rows}
    (heads,) = [row.split("|")[2:-1] for row in rows if KINDS[0].name in row and KINDS[1].name in row]
    assert [head.split()[0] for head in heads] == [kind.name for kind in KINDS]
    said = {True: "yes", False: "no"}
    assert [said[kind.version5] for kind in KINDS] == cells["MQTT 5"] == cells['says "nobody subscribed"']
    assert [said[kind.retained_by_wildcard] for kind in KINDS] == cells["retained `status` to a wildcard"]


def test_an_event_arrives_as_it_was(counter: Desk, it: It) -> None:
    """An event comes with QoS 1, not retained, and its fields."""
    counter.write(FROWN)
    (event,) = events(it, 1)
    assert (1, False) == (event.qos, event.retained)
    assert ("micro", "negative", ["brow_lower"], False) == tuple(
        event.data[key] for key in ("kind", "expr", "act", "late")
    )


def test_a_stop_and_a_kill_look_different(counter: Desk, it: It) -> None:
    """SIGTERM gives `stopped`; after SIGKILL the broker says `offline` in the device's name."""
    assert 0 == counter.end(signal.SIGTERM)
    until(lambda: fresh(it, "status", b"stopped"), "stopped")
    counter.start()
    until(lambda: len(fresh(it, "status", b"online")) >= 2, "online again")
    counter.end(signal.SIGKILL)
    until(lambda: fresh(it, "status", b"offline"), "offline")


def test_a_late_listener_learns_what_the_device_is(kind: Kind, counter: Desk, broker: Broker) -> None:
    """Status, about and config are kept for who comes late; by wildcard just where the table says so."""
    with It(broker.port, version5=kind.version5, topics=KEPT, name="late") as late:
        until(lambda: {"status", "about", "config"} == {each.part(4) for each in late.heard() if each.retained}, "kept")
    with It(broker.port, version5=kind.version5, topics=EVERYTHING, name="wild") as wild:
        counter.write(FROWN)
        events(wild, 1)
        assert kind.retained_by_wildcard is any(each.retained for each in wild.heard())


def test_commands_are_answered(counter: Desk, it: It, kind: Kind) -> None:
    """`cmd/health` is answered under the same transaction, with health to follow."""
    if kind.version5:
        it.command(f"{BASE}/cmd/health/t1", "{}")
    else:
        it.client.publish(f"{BASE}/cmd/health/t1", "{}", qos=1)
    (answer,) = until(lambda: it.heard("res"), "answer")
    assert f"{BASE}/res/health/t1" == answer.topic


def test_nobody_listening_is_told_where_the_broker_can_tell(kind: Kind, broker: Broker, tmp_path: Path) -> None:
    """With MQTT 5 the event waits for a listener; without, the broker takes it and no listener ever gets it."""
    with desk(settings_for(kind, broker, tmp_path), tmp_path) as one:
        until(lambda: "connected" in one.said(), "connected")
        with It(broker.port, version5=kind.version5, topics=tuple(f"{BASE}/{part}" for part in WATCHED)) as other:
            one.write(FROWN)
            if kind.version5:
                until(lambda: [each for each in other.heard("fault") if each.data["code"] == "no_subscriber"], "fault")
            else:
                until(lambda: sent(other), "taken by the broker")
        with It(broker.port, version5=kind.version5, topics=EVERYTHING, name="late") as late:
            one.write(FROWN)
            assert (2 if kind.version5 else 1) == len(events(late, 2 if kind.version5 else 1))


def sent(it: It) -> bool:
    """Whether the device says, when asked, that nothing waits and one event is out."""
    it.client.publish(f"{BASE}/cmd/health/t1", "{}", qos=1)
    health = it.heard("health")
    return bool(health) and (0, 1) == (health[-1].data["waiting"], health[-1].data["sent"])


def test_nothing_is_lost_when_broker_and_device_are_killed(counter: Desk, it: It, broker: Broker) -> None:
    """Events written while the broker is dead, and before the device is killed, arrive once both are back, by id."""
    counter.write(FROWN)
    events(it, 1)
    broker.end(signal.SIGKILL)
    counter.write(FROWN, FROWN)
    counter.end(signal.SIGKILL)
    broker.start()
    it.subscribed()
    counter.start()
    until(lambda: 3 <= len({each.data["id"] for each in events(it, 3)}), "all")


def test_a_cluster_loses_a_node_and_no_event(tmp_path: Path) -> None:
    """Three NATS nodes, a device on each of two, IT on the third: one node is killed, its device is led to another."""
    nodes = nats_cluster(tmp_path)
    for node in nodes:
        node.start()
    with ExitStack() as stack:
        for node in nodes:
            stack.callback(node.end, signal.SIGKILL)
        it = stack.enter_context(It(nodes[2].port, version5=False, topics=EVERYTHING))
        line = stack.enter_context(Proxy(nodes[0].port))
        counters = []
        for name, port in (("ink-00000a", line.port), ("ink-00000b", nodes[1].port)):
            folder = tmp_path / name
            folder.mkdir()
            base = open_settings(folder, port)
            base = replace(base, site=replace(base.site, device=name), mqtt=replace(base.mqtt, protocol="3.1.1"))
            counters.append(stack.enter_context(desk(base, folder)))
        until(
            lambda: 2 <= len({each.part(3) for each in it.heard("status") if each.payload == b"online"}), "online", 60
        )
        for _ in range(EACH // 2):
            for counter in counters:
                counter.write(FROWN)
        nodes[0].end(signal.SIGKILL)
        for _ in range(EACH // 2):
            for counter in counters:
                counter.write(FROWN)
        line.divert(nodes[1].port)
        until(lambda: 2 * EACH == len({each.data["id"] for each in it.heard("event")}), "all events", 90)
        order = [(each.data["boot"], each.data["seq"]) for each in it.heard("event") if each.part(3) == "ink-00000b"]
        assert sorted(set(order)) == list(dict.fromkeys(order))
