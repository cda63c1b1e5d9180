"""A whole demo run where every packet is recorded: there is MQTT to the broker and nothing else."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

from appliance.events import Gauge
from appliance.publish import birth
from appliance.publish.door import Source
from appliance.publish.payload import encode
from tests.boundary.source import ROOT
from tests.broker.packets import CONNACK, CONNECT, TCP, control, stream
from tests.broker.recorded import Run, connections, recorded


def test_the_recorder_sees_who_else_is_called(tmp_path: Path) -> None:
    """A packet to a name server and one to a time server both stand in the record: its silence means something."""
    ask = "import socket\ns = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)\n"
    ask += "s.sendto(b'?', ('198.51.100.7', 53)), s.sendto(b'?', ('203.0.113.9', 123))"
    seen = recorded(tmp_path, sys.executable, "-c", ask)[1]
    assert {("198.51.100.7", 53), ("203.0.113.9", 123)} <= {each.target for each in seen}


def test_there_is_mqtt_to_the_broker_and_nothing_else(demo_run: Run) -> None:
    """Every packet of the run is TCP on loopback to or from the one broker port, and every byte in them is MQTT."""
    assert "through the broker" in demo_run.said
    strangers = [
        each
        for each in demo_run.packets
        if each.protocol != TCP or demo_run.port not in (each.source[1], each.target[1])
    ]
    # Waiting for the broker to listen knocks at its port; a port that is not there is answered by a reset.
    assert [] == strangers
    assert {"127.0.0.1"} == {address for each in demo_run.packets for address, _ in (each.source, each.target)}
    spoken = []
    for each in connections(demo_run.packets).values():
        to_broker = [one for one in each if one.target[1] == demo_run.port]
        from_broker = [one for one in each if one.source[1] == demo_run.port]
        if not any(one.data for one in each):
            continue
        said, answered = list(control(stream(to_broker))), list(control(stream(from_broker)))
        assert (CONNECT, b"\0\4MQTT\5") == (said[0][0], said[0][2][:7])
        assert CONNACK == answered[0][0]
        spoken.append(said[0][2])
    assert 2 == len(spoken)  # the device and the demo's own view of it


def test_the_bytes_are_those_of_the_privacy_page(demo_run: Run) -> None:
    """A recorded event, health with every gauge, and their hour are what docs/privacy.md says, within a tenth."""
    page = (ROOT / "docs" / "privacy.md").read_text()

    def stated(pattern: str) -> float:
        found = re.search(pattern, page)
        assert found, pattern
        return float(found.group(1).replace(",", ""))

    sizes = [len(payload) for topic, payload in demo_run.published() if "/event/" in topic]
    event = sum(sizes) / len(sizes)
    present = birth.Present(3600.0, Source.NTP, 0, 0.0, 120, 0, 4, 0, 29, 52)
    health = len(encode("health", birth.health("ink-7f3a91", 17, present, dict.fromkeys(Gauge, 58), [])))
    window = stated(r"windows an hour \(about (\d+) bytes\)")
    assert max(sizes) <= 400
    assert event == pytest.approx(stated(r"usual event has (\d+) bytes"), rel=0.1)
    assert health == pytest.approx(stated(r"`health` every\s+minute \((\d+) bytes\)"), rel=0.1)
    assert 3 * event + 60 * health + 4 * window == pytest.approx(1000 * stated(r"\*\*(\d+) kB an hour\*\*"), rel=0.1)
    carried = sum(each.size for each in demo_run.device)
    assert carried == pytest.approx(stated(r"43 packets, ([\d,]+) bytes with all headers"), rel=0.15)
