"""The publishing process against a real mosquitto: what it says, what it keeps, what it refuses."""

from __future__ import annotations

import os
import signal
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from appliance.clock import SystemClock
from appliance.events import Button
from appliance.fleet.brokers import Mosquitto
from appliance.publish.outbox import Outbox
from appliance.records import ButtonRecord
from tests.broker.desk import BASE, FROWN, Desk, It, desk, events, open_settings, until

MIB = 1024 * 1024


def test_it_says_what_it_is_with_every_connection(counter: Desk, it: It, broker: Mosquitto) -> None:
    """About, config and online are retained, and come again after a restart of the broker."""
    broker.end()
    broker.start()
    until(lambda: len([each for each in it.heard("status") if each.payload == b"online"]) >= 2, "online again")
    with It(broker.port, topics=("inkling/#",)) as late:
        until(lambda: len(late.heard()) >= 3, "retained messages")
        assert {"about", "config", "status"} == {each.part(4) for each in late.heard() if each.retained}


def test_a_clean_stop_and_a_kill_look_different(counter: Desk, it: It) -> None:
    """SIGTERM publishes `stopped`; SIGKILL makes the broker publish `offline`."""
    assert 0 == counter.end(signal.SIGTERM)
    until(lambda: it.heard("status")[-1].payload == b"stopped", "stopped")
    counter.start()
    until(lambda: it.heard("status")[-1].payload == b"online", "online")
    counter.end(signal.SIGKILL)
    until(lambda: it.heard("status")[-1].payload == b"offline", "offline")


def test_what_a_killed_process_left_in_the_pipe_comes_once_and_in_order(counter: Desk, it: It) -> None:
    """Killed with records in the FIFO, the next process sends each under a new boot, and seq goes on."""
    counter.write(FROWN)
    events(it, 1)
    counter.end(signal.SIGKILL)
    counter.write(FROWN, ButtonRecord(Button.HELP), FROWN)
    counter.start()
    # what was on its way when the process died may come twice, so four messages need not be four events
    until(lambda: 4 <= len({each.data["id"] for each in it.heard("event")}), "four events")
    heard = {each.data["id"]: each.data for each in it.heard("event")}
    order = sorted((each["boot"], each["seq"]) for each in heard.values())
    assert [(1, 1), (2, 2), (2, 3), (2, 4)] == order


def test_garbage_in_the_pipe_is_counted_and_nothing_else(counter: Desk, it: It) -> None:
    """Bytes that are no record raise the fault and do not stop the record after them."""
    os.write(counter.fifo, bytes(range(61)))
    counter.write(FROWN)
    assert "negative" == events(it, 1)[0].data["expr"]
    assert "record_invalid" == until(lambda: it.heard("fault"))[0].data["code"]


def test_events_wait_for_a_listener(broker: Mosquitto, tmp_path: Path) -> None:
    """With nobody subscribed the broker says so (0x10), the event is kept, and comes when IT does."""
    with desk(open_settings(tmp_path, broker.port), tmp_path) as one:
        until(lambda: "connected" in one.said(), "connected")
        with It(broker.port, topics=("inkling/+/+/+/fault",)) as faults:  # before the event: a fault is told once
            one.write(FROWN)
            until(lambda: [each for each in faults.heard() if each.data["code"] == "no_subscriber"], "fault")
        with It(broker.port) as it:
            assert "negative" == events(it, 1)[0].data["expr"]


def test_a_refused_login_is_one_line_and_the_event_is_kept(tmp_path: Path) -> None:
    """A broker that refuses the login gets no more attempts until the cap; the process lives and keeps the event."""
    folder = tmp_path / "broker"
    folder.mkdir()
    broker = Mosquitto(folder, SystemClock(), "password_file /dev/null\n")
    broker._config.write_text(broker._config.read_text().replace("allow_anonymous true", "allow_anonymous false"))
    broker.start()
    settings = open_settings(tmp_path, broker.port)
    patient = replace(settings, mqtt=replace(settings.mqtt, retry_s_max=300.0))
    with desk(patient, tmp_path) as one:
        one.write(FROWN)
        until(lambda: "refused the login" in one.said(), "refusal")
        assert 0 == one.end(signal.SIGTERM)
        assert 1 == len(one.said().splitlines())
        with closing(Outbox(Path(patient.outbox.path))) as outbox:
            assert 1 == outbox.backlog()[0]
    broker.end()


def test_the_same_id_twice_is_told_and_backs_off(counter: Desk, it: It, broker: Mosquitto, tmp_path: Path) -> None:
    """A second device with the same id takes the connection over; the first says so and waits."""
    folder = tmp_path / "second"
    folder.mkdir()
    with desk(open_settings(folder, broker.port), folder):
        until(lambda: "another device may use this device's id" in counter.said(), "duplicate")


def test_commands_are_checked_and_answered(counter: Desk, it: It) -> None:
    """Retained, unexpiring, oversized, unknown and malformed commands are refused by word; replay sends late events."""
    counter.write(FROWN, FROWN)
    first = events(it, 2)[0].data
    it.command(f"{BASE}/cmd/replay/a1", f'{{"boot":{first["boot"]},"from":1,"to":2}}')
    again = events(it, 4)[2:]
    assert [True, True] == [each.data["late"] for each in again]
    assert first["id"] == again[0].data["id"]
    for txn, (name, body, expiry_s, word) in {
        "b1": ("health", "{}", None, "expiry"),
        "b2": ("identify", "{}", 60, "unknown"),
    }.items():
        topic = f"{BASE}/cmd/{name}/{txn}"
        it.client.unsubscribe("#")
        it.client.subscribe(f"{BASE}/res/#", qos=1)
        it.command(topic, body, expiry_s=expiry_s)
        until(lambda txn=txn: [each for each in it.heard("res") if each.part(6) == txn], word)
        assert word == it.heard("res")[-1].data["why"]
    it.command(f"{BASE}/cmd/health/c1", "{}", retain=True)
    until(lambda: it.heard("res")[-1].data.get("why") == "retained", "retained refused")


def test_it_stays_small(counter: Desk, it: It) -> None:
    """The publishing process stays within 45 MB resident after a hundred events."""
    assert counter.process is not None
    counter.write(*[FROWN] * 10)
    events(it, 10)
    status = Path(f"/proc/{counter.process.pid}/status").read_text()
    peak_kb = next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM"))
    assert peak_kb * 1024 <= 45 * MIB


def test_cloudevents_and_discovery_on_request(broker: Mosquitto, it: It, tmp_path: Path) -> None:
    """With both settings on, the event comes in its envelope and Home Assistant finds an event entity."""
    settings = open_settings(tmp_path, broker.port)
    mqtt = replace(settings.mqtt, format="cloudevents", discovery=True)
    with desk(replace(settings, mqtt=mqtt), tmp_path) as one:
        one.write(FROWN)
        envelope = events(it, 1)[0].data
        assert ("1.0", "inkling.event.v1", "negative") == (
            envelope["specversion"],
            envelope["type"],
            envelope["data"]["expr"],
        )
        document = next(each.data for each in it.heard() if each.topic == "homeassistant/device/ink-000000/config")
        assert "event" == document["cmps"]["ink-000000_counter-1"]["p"]


def test_mqtt_3_1_1_is_spoken_on_request(broker: Mosquitto, it: It, tmp_path: Path) -> None:
    """With protocol 3.1.1 an event arrives all the same."""
    settings = open_settings(tmp_path, broker.port)
    with desk(replace(settings, mqtt=replace(settings.mqtt, protocol="3.1.1")), tmp_path) as one:
        one.write(FROWN)
        assert "micro" == events(it, 1)[0].data["kind"]


def test_websockets_carry_the_same(tmp_path: Path) -> None:
    """Over MQTT on WebSockets an event arrives all the same."""
    folder = tmp_path / "broker"
    folder.mkdir()
    broker = Mosquitto(folder, SystemClock())
    web = Mosquitto(folder, SystemClock())
    broker._config.write_text(broker._config.read_text() + f"listener {web.port} 127.0.0.1\nprotocol websockets\n")
    broker.start()
    settings = open_settings(tmp_path, web.port)
    settings = replace(settings, mqtt=replace(settings.mqtt, transport="websockets"))
    with It(broker.port) as it, desk(settings, tmp_path) as one:
        one.write(FROWN)
        assert "micro" == events(it, 1)[0].data["kind"]
    broker.end()


def test_plain_text_to_another_machine_is_refused(tmp_path: Path) -> None:
    """A host that is not this machine and no certificates: one line, status 2."""
    settings = open_settings(tmp_path, 1883)
    with desk(replace(settings, mqtt=replace(settings.mqtt, host="192.0.2.1")), tmp_path) as one:
        assert one.process is not None
        assert 2 == one.process.wait(30)
        assert "needs TLS" in one.said()
        assert 1 == len(one.said().splitlines())


def test_the_bucket_is_held_and_a_quiet_counter_only_counts(broker: Mosquitto, it: It, tmp_path: Path) -> None:
    """With the delivered privacy limits and no visits, an expression is counted as held and no event leaves."""
    settings = open_settings(tmp_path, broker.port)
    limits = replace(settings.privacy, bucket_s=1, visits_min=5)
    with desk(replace(settings, privacy=limits), tmp_path) as one:
        one.write(FROWN)
        until(lambda: it.heard("status"), "online")

        def held() -> bool:
            it.command(f"{BASE}/cmd/health/h1", "{}")
            return bool(it.heard("health")) and it.heard("health")[-1].data["held"] == 1

        until(held, "held")
        assert [] == it.heard("event")
