"""`make kill-matrix`: kill -9 and worse, at 50 events a second, beside a naive peer; prints the table.

Truth is written down before a record goes into the FIFO. Lost: in the truth and never received. Wrong: received twice
under two ids, or out of order when sorted by boot and seq.
"""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from itertools import pairwise
from pathlib import Path

from appliance.clock import Clock, SystemClock
from appliance.config import render
from appliance.fleet.brokers import Mosquitto
from appliance.fleet.consumer import Consumer
from appliance.fleet.numbered import number, record
from appliance.settings import Settings
from appliance.wire import encode

RATE_HZ = 50
SECONDS = 20
SETTLE_S = 90.0
"""All must have arrived this long after the last record; back-off and refusals are set short in the matrix."""
QUIET_S = 3.0
"""The naive peer is done when nothing came for this long."""


@dataclass(slots=True)
class Stage:
    """The actors of one run."""

    broker: Mosquitto
    consumer: Consumer
    publisher: list[str]
    process: subprocess.Popen[bytes] | None = None

    def start_publisher(self) -> None:
        """Start the publishing process."""
        self.process = subprocess.Popen(self.publisher, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # noqa: S603

    def signal_publisher(self, number: int) -> None:
        """Send it a signal; a fatal one is waited for."""
        if self.process is not None:
            self.process.send_signal(number)
            if number != signal.SIGUSR1:
                self.process.wait()

    def restart_publisher(self) -> None:
        """Kill -9 and start again."""
        self.signal_publisher(signal.SIGKILL)
        self.start_publisher()


Fault = tuple[float, Callable[[Stage], None]]


def _stop(stage: Stage) -> None:
    stage.broker.end(signal.SIGTERM)


def _kill(stage: Stage) -> None:
    stage.broker.end(signal.SIGKILL)


def _up(stage: Stage) -> None:
    stage.broker.start()


def _day(stage: Stage) -> None:
    if "appliance.fleet.fast" in stage.publisher:
        stage.signal_publisher(signal.SIGUSR1)


SCENARIOS: dict[str, tuple[Fault, ...]] = {
    "publisher killed 3 times": tuple((at, Stage.restart_publisher) for at in (5.0, 9.0, 14.0)),
    "broker stopped 6 s": ((5.0, _stop), (11.0, _up)),
    "broker killed, down 6 s": ((5.0, _kill), (11.0, _up)),
    "broker killed, publisher killed inside": ((5.0, _kill), (8.0, Stage.restart_publisher), (11.0, _up)),
    "broker away 24 simulated hours": ((4.0, _stop), (9.0, _day), (14.0, _up)),
    "consumer away while the broker restarts": (
        (5.0, lambda stage: stage.consumer.stop()),
        (5.5, _kill),
        (7.0, _up),
        (14.0, lambda stage: stage.consumer.start()),
    ),
}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one run gave."""

    sent: int
    lost: int
    repeated: int
    wrong: int


def settings_in(folder: Path, port: int) -> Settings:
    """The device's settings for one run: privacy limits open, waits short, everything else as delivered."""
    base = Settings()
    return replace(
        base,
        mqtt=replace(base.mqtt, port=port, retry_s_max=2.0, refused_retry_s=1.0, backlog_per_s=200.0, keepalive_s=5),
        outbox=replace(base.outbox, path=str(folder / "outbox.db")),
        link=replace(base.link, fifo=str(folder / "events")),
        privacy=replace(base.privacy, bucket_s=0, visits_min=0),
    )


def run(faults: Sequence[Fault], peer: str, clock: Clock, seconds: float = SECONDS) -> Outcome:
    """One run of `faults` (seconds from the start, ascending) against `peer`: inkling or naive."""
    with tempfile.TemporaryDirectory(prefix="inkling-kill-") as name:
        folder = Path(name)
        broker = Mosquitto(folder, clock)
        settings = settings_in(folder, broker.port)
        config = folder / "inkling.toml"
        config.write_text(render(settings))
        os.mkfifo(settings.link.fifo)
        held = os.open(settings.link.fifo, os.O_RDWR | os.O_NONBLOCK)
        module = ["appliance.fleet.fast", str(config)]
        if peer == "naive":
            module = ["appliance.fleet.naive", settings.link.fifo, str(broker.port)]
        stage = Stage(broker, Consumer(broker.port), [sys.executable, "-m", *module])
        broker.start()
        stage.consumer.start()
        stage.start_publisher()
        try:
            return _feed_and_compare(stage, held, list(faults), clock, seconds)
        finally:
            stage.signal_publisher(signal.SIGKILL)
            stage.consumer.stop()
            broker.end(signal.SIGKILL)
            os.close(held)


def _feed_and_compare(stage: Stage, fifo: int, faults: list[Fault], clock: Clock, seconds: float) -> Outcome:
    clock.wait_s(1.5)  # the publisher's interpreter starts; what it finds in the FIFO then counts all the same
    began_s = clock.monotonic_s()
    sent = 0
    got: list[tuple[int, int, int, str]] = []
    with ThreadPoolExecutor(1) as actor:
        while sent < seconds * RATE_HZ:
            now_s = clock.monotonic_s() - began_s
            while faults and faults[0][0] <= now_s:
                actor.submit(partial(faults.pop(0)[1], stage))
            while sent < now_s * RATE_HZ:
                os.write(fifo, encode(record(sent, clock.monotonic_s())))
                sent += 1
            clock.wait_s(0.005)
            got += _heard(stage)
    end_s = clock.monotonic_s() + (SETTLE_S if "appliance.fleet.fast" in stage.publisher else QUIET_S)
    while len({each[2] for each in got}) < sent and clock.monotonic_s() < end_s:
        fresh = _heard(stage)
        got += fresh
        if fresh and "appliance.fleet.naive" in stage.publisher:
            end_s = clock.monotonic_s() + QUIET_S
        clock.wait_s(0.05)
    return compare(sent, got)


def _heard(stage: Stage) -> list[tuple[int, int, int, str]]:
    return [(event["boot"], event["seq"], number(event), event["id"]) for event in stage.consumer.events()]


def compare(sent: int, got: Sequence[tuple[int, int, int, str]]) -> Outcome:
    """What is missing, repeated and wrong in `got` (boot, seq, number, id) when numbers 0..sent-1 went in."""
    ids: dict[int, set[str]] = {}
    for _, _, which, key in got:
        ids.setdefault(which, set()).add(key)
    in_order = [which for _, _, which in sorted({(boot, seq, which) for boot, seq, which, _ in got})]
    wrong = sum(len(keys) > 1 for keys in ids.values()) + sum(a >= b for a, b in pairwise(in_order))
    return Outcome(sent, sent - len(ids), len(got) - len(ids), wrong)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run everything and print the table; 0 when Inkling lost nothing and nothing was wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=4, help="runs of each scenario")
    parser.add_argument("--at-once", type=int, default=3, help="runs side by side")
    options = parser.parse_args(arguments)
    clock = SystemClock()
    print(f"{'scenario':<42}{'peer':<9}{'sent':>7}{'lost':>6}  {'lost in each run':<18}{'repeated':>9}{'wrong':>7}")
    bad = 0
    for name, faults in SCENARIOS.items():
        with ThreadPoolExecutor(options.at_once) as pool:
            waiting = {
                peer: [pool.submit(run, faults, peer, clock) for _ in range(options.runs)]
                for peer in ("inkling", "naive")
            }
            for peer, futures in waiting.items():
                done = [future.result() for future in futures]
                each = ", ".join(str(outcome.lost) for outcome in done)
                total = Outcome(*(sum(values) for values in zip(*map(_row, done), strict=True)))
                print(
                    f"{name:<42}{peer:<9}{total.sent:>7}{total.lost:>6}  {each:<18}{total.repeated:>9}{total.wrong:>7}",
                    flush=True,
                )
                bad += (total.lost + total.wrong) if peer == "inkling" else 0
    return 1 if bad else 0


def _row(outcome: Outcome) -> tuple[int, int, int, int]:
    return outcome.sent, outcome.lost, outcome.repeated, outcome.wrong


if __name__ == "__main__":
    sys.exit(main())
