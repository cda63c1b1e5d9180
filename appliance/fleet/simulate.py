"""`make simulate`: the real publishing code in a world that fails by seed: clock, broker, disk, torn writes, deaths.

Each seed gives one schedule. At its end the world heals, and every record that was written into the pipe must have been
delivered, under one id, in order by boot and seq. The first failing seed is printed; `--seed N` plays it alone.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from functools import partial
from pathlib import Path
from random import Random
from uuid import UUID

from appliance.clock import FakeClock, SystemClock
from appliance.fleet.killmatrix import compare
from appliance.fleet.numbered import record
from appliance.fleet.world import Broker, Death, MortalOutbox, Odds, Pipe, WorldLink, WorldMachine, crash
from appliance.publish.around import Around
from appliance.publish.door import Source
from appliance.publish.publisher import Publisher
from appliance.publish.start import next_boot
from appliance.settings import Settings
from appliance.wire import encode

STEPS = 60
HEAL_STEPS = 5_000
RECORDS_PER_S = 100.0
MEMORY = Path("/dev/shm")  # noqa: S108  # a simulated disk needs no real one; private folders below it
BROKER_WORDS = ("up", "listening", "refusing")


class Schedule:
    """One seed's world and what happens in it.

    Args:
        seed: drives everything.
        folder: for the files.
    """

    def __init__(self, seed: int, folder: Path) -> None:
        self._chance = chance = Random(seed)
        self._folder = folder
        self._odds = Odds(death=0.02, torn=0.04, unanswered=0.02)
        self._pipe = Pipe(chance=chance, odds=self._odds)
        self.broker = Broker()
        self._clock = FakeClock(monotonic_s=1000.0)
        self._machine = WorldMachine()
        self._path = folder / "0" / "outbox.db"
        self._path.parent.mkdir()
        self.sent = 0
        self.deaths = 0
        base = Settings()
        self._settings = replace(
            base,
            privacy=replace(
                base.privacy, bucket_s=chance.choice((0, 0, 5, 10)), visits_min=0, events_per_minute_max=10**9
            ),
            mqtt=replace(base.mqtt, retry_s_max=chance.choice((2.0, 60.0)), refused_retry_s=5.0),
        )
        self._start()

    def _start(self) -> None:
        """Start the process; it may die on the way, as often as the odds want."""
        while True:
            try:
                self._outbox = MortalOutbox(self._path, self._chance, self._odds)
                around = Around(
                    clock=self._clock,
                    machine=self._machine,
                    channel=self._pipe,
                    connect=lambda: WorldLink(self.broker, self._chance, self._odds),
                    certificate=None,
                    new_key=lambda: str(UUID(int=self._chance.getrandbits(128), version=4)),
                    chance=self._chance,
                    say=lambda _line: None,
                )
                boot = next_boot(self._outbox, self._path)
                self._publisher = Publisher(self._settings, self._outbox, boot, around, RECORDS_PER_S)
            except Death as death:
                self._die(death)
            else:
                return

    def _die(self, death: Death) -> None:
        self.deaths += 1
        self._path = crash(self._path, self._folder / str(self.deaths), death.torn)
        self._outbox.close()

    def _step(self) -> None:
        try:
            self._publisher.step()
        except Death as death:
            self._die(death)
            self._start()

    def play(self) -> tuple[int, int, int]:
        """Faults first, then a healed world until everything arrived; lost, wrong and retained events."""
        for _ in range(STEPS):
            self._happen()
            self._step()
        self._odds.death = self._odds.torn = self._odds.unanswered = 0.0
        self.broker.up, self.broker.listening, self.broker.refusing = True, True, False
        self._outbox.free_disk()
        for _ in range(HEAL_STEPS):
            self._clock.advance_s(0.5)
            self._step()
            if len({which for _, _, which, _ in self.broker.numbers()}) == self.sent and not self._pipe.data:
                break
        outcome = compare(self.sent, self.broker.numbers())
        self._outbox.close()
        return outcome.lost, outcome.wrong, self.broker.retained_events

    def _happen(self) -> None:
        chance = self._chance
        for _ in range(chance.choice((0, 0, 1, 3))):
            self._pipe.data += encode(record(self.sent, self._clock.monotonic_s()))
            self.sent += 1
        self._clock.advance_s(chance.choice((0.05, 0.5, 5.0, 100.0)))
        if chance.random() < 0.1:
            word = chance.choice(BROKER_WORDS)
            setattr(self.broker, word, not getattr(self.broker, word))
        if chance.random() < 0.05:
            (self._outbox.fill_disk if chance.random() < 0.5 else self._outbox.free_disk)()
        if chance.random() < 0.05:
            self._machine.source = chance.choice(tuple(Source))
            self._clock.set_utc_s(chance.choice((0.0, 1.7e9, 1.795e9)) + chance.random() * 1e6)


def play(seed: int) -> tuple[int, int, int, int, int]:
    """Seed, records sent, deaths, lost, and how much was wrong (ids, order, retained)."""
    with tempfile.TemporaryDirectory(prefix="inkling-sim-", dir=MEMORY) as name:
        schedule = Schedule(seed, Path(name))
        lost, wrong, retained = schedule.play()
        return seed, schedule.sent, schedule.deaths, lost, wrong + retained


def main(arguments: Sequence[str] | None = None) -> int:
    """Play the schedules and print the sums; 1 when a seed failed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--schedules", type=int, default=10_000)
    parser.add_argument("--first", type=int, default=0, help="first seed")
    parser.add_argument("--seed", type=int, help="play this seed alone")
    parser.add_argument("--jobs", type=int, default=max(1, (os.cpu_count() or 1) // 2))
    options = parser.parse_args(arguments)
    seeds = range(options.first, options.first + options.schedules) if options.seed is None else [options.seed]
    began_s = SystemClock().monotonic_s()
    sent = deaths = failed = 0
    with ProcessPoolExecutor(options.jobs) as pool:
        for seed, records, died, lost, wrong in pool.map(partial(play), seeds, chunksize=20):
            sent, deaths = sent + records, deaths + died
            if lost or wrong:
                failed += 1
                print(f"seed {seed}: {lost} of {records} lost, {wrong} wrong", flush=True)
    spent_s = SystemClock().monotonic_s() - began_s
    print(f"{len(seeds)} schedules, {sent} events, {deaths} deaths, {failed} failed seeds, {spent_s:.0f} s")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
