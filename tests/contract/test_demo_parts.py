"""The demo's real parts: both brokers, and processes that die."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from paho.mqtt import publish

from appliance.clock import SystemClock
from appliance.demo.broker import amqtt, mosquitto, mosquitto_path
from appliance.demo.subscriber import Subscriber
from appliance.demo.supervise import RESTARTS_MAX, Child

DEADLINE_S = 20.0


def wait_until(true: Callable[[], object]) -> None:
    """Return once `true()` holds; fail after twenty seconds."""
    clock = SystemClock()
    end_s = clock.monotonic_s() + DEADLINE_S
    while not true():
        assert clock.monotonic_s() < end_s, "condition did not come true in time"
        clock.wait_s(0.01)


@pytest.mark.parametrize("kind", ["mosquitto", "amqtt"])
def test_what_is_published_comes_back_through_the_broker(kind: str, tmp_path: Path) -> None:
    """A message published to either demo broker reaches the demo's subscriber."""
    path = mosquitto_path()
    assert path is not None, "mosquitto is missing: sudo apt-get install mosquitto"
    heard = []
    chosen = mosquitto(path, tmp_path) if kind == "mosquitto" else amqtt()
    with chosen as broker, Subscriber(broker.port, broker.protocol) as subscriber:

        def arrived() -> bool:
            publish.single("inkling/v1/s/d/status", "online", qos=1, hostname="127.0.0.1", port=broker.port)
            heard.extend(subscriber.take())
            return bool(heard)

        wait_until(arrived)
    assert ("inkling/v1/s/d/status", "online") == (heard[0].topic, heard[0].text)


def python(code: str) -> list[str]:
    """A command that runs `code`."""
    return [sys.executable, "-c", code]


def test_a_killed_process_is_started_again() -> None:
    """A process killed by the kernel is noticed, restarted once, and counted."""
    child = Child("napper", python("import signal; signal.pause()"))
    child.start()
    first = child.pid
    os.kill(first, signal.SIGKILL)
    wait_until(lambda: child.check() is None and child.restarts == 1)
    assert first != child.pid
    assert -signal.SIGTERM == child.stop()


def test_a_process_that_keeps_dying_is_given_up() -> None:
    """After five restarts the runner stops trying and says with what status the process ends."""
    child = Child("crasher", python("raise SystemExit(3)"))
    child.start()
    wait_until(lambda: child.check() is not None)
    assert (3, RESTARTS_MAX) == (child.check(), child.restarts)
    child.stop()


def test_bad_input_is_not_tried_again() -> None:
    """A process that ends with status 2 (bad input) is not restarted."""
    child = Child("refuser", python("raise SystemExit(2)"))
    child.start()
    wait_until(lambda: child.check() is not None)
    assert (2, 0) == (child.check(), child.restarts)
    child.stop()


def test_lines_reach_the_runner() -> None:
    """What a process prints on either stream reaches the runner line by line."""
    lines: list[str] = []
    child = Child("talker", python("import sys; print('a'); print('b', file=sys.stderr)"), lines.append)
    child.start()
    wait_until(lambda: child.check() is not None)
    child.stop()
    assert ["a", "b"] == sorted(lines)
