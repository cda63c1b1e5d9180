"""Every channel of docs/asyncapi.yaml on the wire; `It.heard` judges each message by it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from appliance.events import Action, Button, FaultCode, Gauge, Kind, Label, Reason, Tally
from appliance.fleet.brokers import Mosquitto
from appliance.records import ButtonRecord, ExpressionRecord, FaultRecord, GaugeRecord, TallyRecord
from tests.broker.api import channels
from tests.broker.desk import BASE, FROWN, It, desk, open_settings, until
from tests.broker.odd_clock import OddClock

FORMS = [
    *(
        ExpressionRecord(kind, label, frozenset({Action.LIP_PRESS}), 0.65, 0.5, 1.2, Reason.HELP)
        for kind in Kind
        for label in Label
    ),
    *(ButtonRecord(button) for button in Button),
]
"""Every kind of event there is."""


HEARD = [f"inkling/v1/+/+/{kind}" for kind in ("status", "about", "config", "event/+", "window/+", "health", "fault")]
HEARD += [f"inkling/v1/+/+/{kind}" for kind in ("cmd/replay/+", "cmd/health/+", "res/+/+")]
"""Everything but a command that does not exist: IT's own mistake belongs to no channel."""


def test_every_channel_is_seen_and_every_message_fits(broker: Mosquitto, tmp_path: Path) -> None:
    """A quarter of an hour's end, each kind of event, a fault and three commands use all channels there are."""
    clock = OddClock(tmp_path, datetime(2026, 11, 23, 12, 14, 57, tzinfo=UTC))
    settings = open_settings(tmp_path, broker.port)
    with It(broker.port, topics=tuple(HEARD)) as it, desk(settings, tmp_path, clock) as one:
        until(lambda: it.heard("status"), "online")
        one.write(GaugeRecord(Gauge.FPS, 58), FaultRecord(FaultCode.CAMERA_STALLED, active=True), *FORMS)
        until(lambda: len({each.data["id"] for each in it.heard("event")}) == len(FORMS), "each kind of event")
        it.command(f"{BASE}/cmd/replay/t1", '{"boot":1,"from":1,"to":1}')
        it.command(f"{BASE}/cmd/identify/t2", "{}")
        it.command(f"{BASE}/cmd/health/t3", "{}")
        until(lambda: it.heard() and set(channels()) == it.channels, "every channel")
        until(lambda: it.heard("health")[-1].data.get("fps") == 58, "frames a second")
        never = {"event", "window", "health", "fault", "res"}
        assert [] == [each for each in it.heard() if each.part(4) in never and each.retained]


def test_a_window_tells_counts_and_hides_small_ones(broker: Mosquitto, tmp_path: Path) -> None:
    """At the end of the quarter of an hour five visits are told as 5, three frowns as "<5", and nothing single left."""
    clock = OddClock(tmp_path, datetime(2026, 11, 23, 12, 14, 57, tzinfo=UTC))
    clock.source("ntp")
    settings = open_settings(tmp_path, broker.port)
    settings = replace(settings, privacy=replace(settings.privacy, visits_min=5))
    with It(broker.port) as it, desk(settings, tmp_path, clock) as one:
        one.write(FROWN, FROWN, FROWN, TallyRecord(int(Tally.VISITS), 5), TallyRecord(0, 40))
        window = until(lambda: it.heard("window"), "window")[0].data
        assert ("2026-11-23T12:00:00Z", 900, 900, "ntp", 5) == tuple(
            window[key] for key in ("t", "tu", "len", "ts", "k")
        )
        assert {"negative_micro": "<5", "visits": 5, "held_quiet": "<5", "no_reading_no_face": 40}.items() <= (
            window["n"].items()
        )
        assert [] == it.heard("event")
