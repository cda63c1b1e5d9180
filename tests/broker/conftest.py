"""A broker, IT and a counter for every broker test that asks for them."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from appliance.clock import SystemClock
from appliance.fleet.brokers import Mosquitto
from tests.broker.desk import Desk, It, desk, open_settings, until
from tests.broker.recorded import Run, demo


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Mosquitto]:
    """A running mosquitto."""
    folder = tmp_path / "broker"
    folder.mkdir()
    one = Mosquitto(folder, SystemClock())
    one.start()
    yield one
    one.end(signal.SIGKILL)


@pytest.fixture
def it(broker: Mosquitto) -> Iterator[It]:
    """IT, subscribed to everything."""
    with It(broker.port) as one:
        yield one


@pytest.fixture
def counter(broker: Mosquitto, it: It, tmp_path: Path) -> Iterator[Desk]:
    """A counter that is online."""
    with desk(open_settings(tmp_path, broker.port), tmp_path) as one:
        until(lambda: it.heard("status"), "online")
        yield one


@pytest.fixture(scope="session")
def demo_run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """One whole run of the demo, half a minute, with every packet recorded."""
    return demo(tmp_path_factory.mktemp("demo"))
