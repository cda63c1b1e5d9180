"""`make fleet DEVICES=1000`: many devices on one mosquitto; then the broker is killed and all come back."""

from __future__ import annotations

import argparse
import json
import resource
import signal
import sys
import tempfile
from collections.abc import Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

from appliance.clock import Clock, SystemClock
from appliance.fleet.brokers import Mosquitto
from appliance.fleet.consumer import Consumer
from appliance.fleet.load import OPEN_FILES, Log, Plan, work
from appliance.fleet.numbered import number
from appliance.fleet.report import Result, write_report

DOWN_S = 6.0
"""How long the broker stays away."""
BACK_S = 75.0
"""Watched for this long after it came back; the bar is 60 s."""
MEMORY = Path("/dev/shm")  # noqa: S108  # every device has its own card; a thousand of them do not share one here


def _listen(consumer: Consumer, clock: Clock, until_s: float, heard_s: dict[tuple[str, int], float]) -> int:
    """Collect until `until_s`; the number of events heard again."""
    repeated = 0
    while clock.monotonic_s() < until_s:
        for at_s, payload in consumer.take_timed():
            event = json.loads(payload)
            key = (event["dev"], number(event))
            repeated += key in heard_s
            heard_s.setdefault(key, at_s)
        clock.wait_s(0.01)
    return repeated


def measure(devices: int, rate_hz: float, seconds: float, workers: int, *, restart: bool) -> Result:
    """Run it and give what was measured."""
    resource.setrlimit(resource.RLIMIT_NOFILE, (OPEN_FILES, OPEN_FILES))
    clock = SystemClock()
    with tempfile.TemporaryDirectory(prefix="inkling-fleet-", dir=MEMORY) as name:
        broker = Mosquitto(Path(name), clock, "max_connections -1\n")
        broker.start()
        consumer = Consumer(broker.port)
        consumer.start()
        start_s = clock.monotonic_s() + 6.0 + devices / 60
        settle_s = 5.0 + (DOWN_S + BACK_S if restart else 0.0)
        each = devices // workers
        heard_s: dict[tuple[str, int], float] = {}
        with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
            plans = [
                Plan(broker.port, index * each, each, rate_hz, start_s, seconds, settle_s, Path(name))
                for index in range(workers)
            ]
            running: list[Future[Log]] = [pool.submit(work, plan) for plan in plans]
            repeated = _listen(consumer, clock, start_s + seconds + 4.0, heard_s)
            back_s = None
            if restart:
                broker.end(signal.SIGKILL)
                clock.wait_s(DOWN_S)
                broker.start()
                back_s = clock.monotonic_s()
                repeated += _listen(consumer, clock, back_s + BACK_S - 5.0, heard_s)
            logs = [future.result() for future in running]
        consumer.stop()
        broker.end()
    return Result.of(logs, heard_s, repeated, each * workers, start_s, back_s, DOWN_S)


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print and write the report; 0 when everything was delivered."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--devices", type=int, default=1000)
    parser.add_argument("--rate", type=float, default=1.0, help="events a second of each device")
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--no-restart", action="store_true", help="leave the broker alone")
    parser.add_argument("--report", type=Path, default=Path(".cache/reports/fleet.svg"))
    options = parser.parse_args(arguments)
    result = measure(options.devices, options.rate, options.seconds, options.workers, restart=not options.no_restart)
    print(result.text())
    write_report(result, options.report)
    print(f"plot: {options.report}")
    return 0 if result.lost == 0 else 1


if __name__ == "__main__":
    sys.exit(main())
