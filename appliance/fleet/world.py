"""A small world for the simulation: a pipe, a broker, links and a disk that fail as told by one seed."""

from __future__ import annotations

import json
import shutil
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

from appliance.fleet.numbered import number
from appliance.publish.door import Source
from appliance.publish.link import Accepted, Answered, Closed, Code, Happening, Outgoing
from appliance.publish.outbox import Outbox
from appliance.wire import RECORD_BYTES


class Death(Exception):
    """The process is killed here; `torn` is how many bytes of the log survive, None for all of it."""

    def __init__(self, torn: int | None = None) -> None:
        super().__init__("killed")
        self.torn = torn


@dataclass(slots=True)
class Odds:
    """Chance of each fault at each occasion; 0 heals the world."""

    death: float = 0.0
    torn: float = 0.0
    unanswered: float = 0.0


@dataclass(slots=True)
class Pipe:
    """The FIFO: outlives every process."""

    data: bytearray = field(default_factory=bytearray)
    chance: Random = field(default_factory=Random)
    odds: Odds = field(default_factory=Odds)

    def peek(self, records_max: int) -> bytes:
        """The oldest bytes, left where they are."""
        return bytes(self.data[: records_max * RECORD_BYTES])

    def take_out(self, count: int) -> None:
        """Remove the oldest `count` bytes; the process may die just before or just after."""
        if self.chance.random() < self.odds.death:
            raise Death
        del self.data[:count]
        if self.chance.random() < self.odds.death:
            raise Death


@dataclass(slots=True)
class Broker:
    """A broker with one consumer: what was delivered, in order."""

    up: bool = True
    listening: bool = True
    refusing: bool = False
    delivered: list[dict[str, Any]] = field(default_factory=list)
    retained_events: int = 0

    def take(self, message: Outgoing) -> int:
        """The reason code for `message`; delivers it when somebody listens."""
        if "/event/" not in message.topic:
            return Code.SUCCESS
        self.retained_events += message.retain
        if not self.listening:
            return Code.NO_SUBSCRIBER
        self.delivered.append(json.loads(message.payload))
        return Code.SUCCESS

    def numbers(self) -> list[tuple[int, int, int, str]]:
        """Boot, seq, number and id of everything delivered."""
        return [(event["boot"], event["seq"], number(event), event["id"]) for event in self.delivered]


class WorldLink:
    """A connection to the broker that may break with answers under way."""

    def __init__(self, broker: Broker, chance: Random, odds: Odds) -> None:
        if not broker.up:
            raise OSError("nobody answers")
        self._broker = broker
        self._chance = chance
        self._odds = odds
        self._mid = 0
        self._told: deque[Happening] = deque([Closed(Code.NOT_AUTHORISED) if broker.refusing else Accepted()])
        self._gone = False

    def happenings(self) -> list[Happening]:
        """Some of what is under way, in order; everything is lost when the broker goes."""
        if self._gone:
            return []
        if not self._broker.up:
            self._gone = True
            return [Closed(Code.UNSPECIFIED)]
        return [self._told.popleft() for _ in range(self._chance.randint(0, len(self._told)))]

    def publish(self, message: Outgoing) -> int:
        """Hand over; the broker takes it at once, its answer comes later or never."""
        self._mid += 1
        if self._chance.random() < self._odds.death:
            raise Death
        if self._broker.up and not self._gone:
            code = self._broker.take(message)
            if message.qos and self._chance.random() >= self._odds.unanswered:
                self._told.append(Answered(self._mid, code))
            elif message.qos:
                self._told.append(Closed(Code.UNSPECIFIED))
        return self._mid

    def subscribe(self, topic: str) -> None:
        """Commands are not part of this world."""

    def close(self) -> None:
        """Gone."""
        self._gone = True


class MortalOutbox(Outbox):
    """The real outbox, in which the process can die before, in and after every commit.

    Args:
        path: the file.
        chance: where the draws come from.
        odds: how often.
    """

    def __init__(self, path: Path, chance: Random, odds: Odds) -> None:
        super().__init__(path)
        self._log = path.with_name(path.name + "-wal")
        self._chance = chance
        self._odds = odds

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """As the real one, with deaths; a torn commit leaves only a part of what it wrote to the log."""
        before = self._log_bytes()
        with super().transaction():
            yield
            if self._chance.random() < self._odds.death:
                raise Death
        after = self._log_bytes()
        if after > before and self._chance.random() < self._odds.torn:
            raise Death(self._chance.randint(before, after - 1))
        if self._chance.random() < self._odds.death:
            raise Death

    def _log_bytes(self) -> int:
        return self._log.stat().st_size if self._log.exists() else 0

    def fill_disk(self) -> None:
        """From now on the file cannot grow: SQLite answers "database or disk is full"."""
        (pages,) = self._db.execute("PRAGMA page_count").fetchone()
        self._db.execute(f"PRAGMA max_page_count = {pages}")

    def free_disk(self) -> None:
        """The file may grow again."""
        self._db.execute("PRAGMA max_page_count = 1073741823")


def crash(path: Path, into: Path, torn: int | None) -> Path:
    """What a kill leaves on the disk: the files as they are, the log cut after `torn` bytes; the new path."""
    into.mkdir()
    for name in (path.name, path.name + "-wal", path.name + ".boot"):
        if path.with_name(name).exists():
            shutil.copyfile(path.with_name(name), into / name)
    if torn is not None:
        with (into / (path.name + "-wal")).open("r+b") as log:
            log.truncate(torn)
    return into / path.name


class WorldMachine:
    """A machine whose clock is set or not."""

    source = Source.NONE

    def time_source(self) -> Source:
        """What the schedule says."""
        return self.source

    def temperature_c(self) -> int | None:
        """Unknown."""
        return None
