"""`make backlog`: a day of waiting events goes out as delivered, to a consumer with mosquitto's default queue."""

from __future__ import annotations

import argparse
import signal
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

from appliance.clock import Clock, SystemClock
from appliance.config import render
from appliance.events import Kind
from appliance.fleet.brokers import Mosquitto
from appliance.fleet.consumer import Consumer
from appliance.fleet.numbered import number, record
from appliance.publish import payload
from appliance.publish.door import Source, Stamp
from appliance.publish.outbox import Outbox
from appliance.records import ExpressionRecord
from appliance.settings import Settings

LIMIT_S = 600.0


def fill(path: Path, events: int) -> None:
    """Put `events` numbered events of an earlier boot into the outbox at `path`."""
    outbox = Outbox(path)
    with outbox.transaction():
        outbox.set_fact("boot", b"1")
        for each in range(events):
            body = record(each, 0.0).body
            if isinstance(body, ExpressionRecord):
                stored = payload.event(body, Stamp(None, 10, Source.NONE), "00000000")
                outbox.add(1, str(uuid4()), "event", "counter-1", stored, 0.0)
    outbox.close()


def measure(events: int, clock: Clock, per_s: float | None = None) -> tuple[int, float]:
    """How many of `events` arrived, and in how many seconds; `per_s` instead of the delivered rate."""
    with tempfile.TemporaryDirectory(prefix="inkling-backlog-") as name:
        folder = Path(name)
        broker = Mosquitto(folder, clock)
        broker.start()
        base = Settings()
        settings = replace(
            base,
            mqtt=replace(base.mqtt, port=broker.port, backlog_per_s=per_s or base.mqtt.backlog_per_s),
            outbox=replace(base.outbox, path=str(folder / "outbox.db")),
            link=replace(base.link, fifo=str(folder / "events")),
        )
        fill(Path(settings.outbox.path), events)
        config = folder / "inkling.toml"
        config.write_text(render(settings))
        consumer = Consumer(broker.port)
        consumer.start()
        publish = [sys.executable, "-m", "appliance.publish", "--config", str(config)]
        process = subprocess.Popen(publish, stderr=subprocess.DEVNULL)  # noqa: S603  # our own module
        began_s = clock.monotonic_s()
        seen: set[int] = set()
        while len(seen) < events and clock.monotonic_s() - began_s < LIMIT_S:
            seen |= {number(event) for event in consumer.events() if event["kind"] in {k.name.lower() for k in Kind}}
            clock.wait_s(0.05)
        spent_s = clock.monotonic_s() - began_s
        process.send_signal(signal.SIGTERM)
        process.wait()
        consumer.stop()
        broker.end()
        return len(seen), spent_s


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print; 0 when everything arrived."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=20_000)
    options = parser.parse_args(arguments)
    arrived, spent_s = measure(options.events, SystemClock())
    print(f"{arrived} of {options.events} arrived in {spent_s:.0f} s")
    return 0 if arrived == options.events else 1


if __name__ == "__main__":
    sys.exit(main())
