"""The outbox: SQLite, on disk before anything else happens; a row is given up only when the broker has taken it.

Tables: `held` (raw records whose time bucket has not ended), `message` (what is sent; its row number is `seq`), `tally`
(counts of the running windows and of what was given up), `fact` (a few remembered values).
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from appliance.errors import OutboxCorrupt

SCHEMA = """
CREATE TABLE IF NOT EXISTS held (n INTEGER PRIMARY KEY, record BLOB NOT NULL, happened_s REAL NOT NULL,
    due_s REAL NOT NULL, stamp TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS message (seq INTEGER PRIMARY KEY AUTOINCREMENT, boot INTEGER NOT NULL, key TEXT NOT NULL,
    kind TEXT NOT NULL, touchpoint TEXT NOT NULL, body TEXT NOT NULL, ready_s REAL NOT NULL, taken_utc_s REAL);
CREATE INDEX IF NOT EXISTS waiting ON message (kind, touchpoint, seq) WHERE taken_utc_s IS NULL;
CREATE INDEX IF NOT EXISTS taken ON message (taken_utc_s) WHERE taken_utc_s IS NOT NULL;
CREATE TABLE IF NOT EXISTS tally (touchpoint TEXT, name TEXT, n INTEGER NOT NULL, PRIMARY KEY (touchpoint, name));
CREATE TABLE IF NOT EXISTS fact (name TEXT PRIMARY KEY, value BLOB NOT NULL);
"""
SETUP = ("PRAGMA journal_mode=WAL", "PRAGMA synchronous=FULL", "PRAGMA journal_size_limit=1048576")
"""WAL and FULL: a commit is on disk when it returns (sqlite.org/pragma.html). The log is cut back to 1 MiB."""
DEVICE = ""
"""Touchpoint of tallies that belong to the device as a whole; no touchpoint id is empty."""


@dataclass(frozen=True, slots=True)
class Held:
    """A record that waits for the end of its bucket (`due_s`, monotonic); `stamp` is `Stamp.text`."""

    n: int
    record: bytes
    happened_s: float
    due_s: float
    stamp: str


@dataclass(frozen=True, slots=True)
class Message:
    """A stored event or window; `body` is what `payload.event` or `payload.window` gave."""

    seq: int
    boot: int
    key: str
    kind: str
    touchpoint: str
    body: dict[str, Any]
    ready_s: float


class Outbox:
    """The opened file.

    Args:
        path: where it lies; made when missing.

    Raises:
        OutboxCorrupt: it cannot be opened, or its content is damaged.
    """

    def __init__(self, path: Path) -> None:
        try:
            self._db = sqlite3.connect(path, isolation_level=None)
            with ExitStack() as opening:
                opening.callback(self._db.close)
                for line in SETUP:
                    self._db.execute(line)
                _sound(self._db.execute("PRAGMA quick_check").fetchone()[0])
                self._db.executescript(SCHEMA)
                opening.pop_all()
        except sqlite3.DatabaseError as error:
            raise OutboxCorrupt(f"{path}: {error}", "It is set aside as .bad and a new one is begun.") from error

    def close(self) -> None:
        """Close the file; everything committed is in it."""
        self._db.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Everything inside is on disk when it ends, or nothing of it.

        Raises:
            sqlite3.OperationalError: the disk is full or cannot be written.
        """
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
            self._db.execute("COMMIT")
        except BaseException:
            if self._db.in_transaction:
                self._db.execute("ROLLBACK")
            raise

    # -- facts and tallies, to be called inside a transaction when they belong to one --

    def fact(self, name: str) -> bytes:
        """The stored value of `name`, empty when there is none."""
        row = self._db.execute("SELECT value FROM fact WHERE name = ?", (name,)).fetchone()
        return bytes(row[0]) if row else b""

    def set_fact(self, name: str, value: bytes) -> None:
        """Store `value` under `name`."""
        self._db.execute("INSERT OR REPLACE INTO fact VALUES (?, ?)", (name, value))

    def count(self, touchpoint: str, name: str, amount: int = 1) -> None:
        """Add `amount` to a tally."""
        self._db.execute(
            "INSERT INTO tally VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET n = n + excluded.n",
            (touchpoint, name, amount),
        )

    def tallies(self, touchpoint: str) -> dict[str, int]:
        """All tallies of one touchpoint."""
        return dict(self._db.execute("SELECT name, n FROM tally WHERE touchpoint = ?", (touchpoint,)))

    def clear_tallies(self, touchpoint: str) -> None:
        """Begin the touchpoint's tallies again."""
        self._db.execute("DELETE FROM tally WHERE touchpoint = ?", (touchpoint,))

    # -- held records --

    def hold(self, record: bytes, happened_s: float, due_s: float, stamp: str) -> None:
        """Keep `record` until `due_s` (monotonic seconds), and never let it overtake one that was held before it."""
        self._db.execute(
            "INSERT INTO held (record, happened_s, due_s, stamp)"
            " SELECT ?1, ?2, max(?3, ifnull(max(due_s), ?3)), ?4 FROM held",
            (record, happened_s, due_s, stamp),
        )

    def held(self, limit: int = 1_000) -> list[Held]:
        """Held records, the one due first in front, at most `limit`."""
        rows = self._db.execute(
            "SELECT n, record, happened_s, due_s, stamp FROM held ORDER BY due_s, n LIMIT ?", (limit,)
        )
        return [Held(*row) for row in rows]

    def let_go(self, held: Held) -> None:
        """Remove a held record."""
        self._db.execute("DELETE FROM held WHERE n = ?", (held.n,))

    def hold_at_most(self, due_s: float) -> None:
        """No held record waits beyond `due_s`: after a restart of the machine its monotonic clock began again."""
        self._db.execute("UPDATE held SET due_s = ? WHERE due_s > ?", (due_s, due_s))

    # -- messages --

    def add(self, boot: int, key: str, kind: str, touchpoint: str, body: Mapping[str, Any], ready_s: float) -> int:
        """Store a message for sending; its seq. `kind` is event or window, `ready_s` monotonic seconds."""
        cursor = self._db.execute(
            "INSERT INTO message (boot, key, kind, touchpoint, body, ready_s) VALUES (?, ?, ?, ?, ?, ?)",
            (boot, key, kind, touchpoint, json.dumps(body), ready_s),
        )
        return int(cursor.lastrowid or 0)

    def waiting(self, kind: str, touchpoint: str, after: int, limit: int) -> list[Message]:
        """Messages of one topic, not taken by the broker, with a seq above `after`, in order, at most `limit`."""
        return self._messages(
            "kind = ? AND touchpoint = ? AND seq > ? AND taken_utc_s IS NULL ORDER BY seq LIMIT ?",
            (kind, touchpoint, after, limit),
        )

    def stored(self, boot: int, first: int, last: int, limit: int) -> list[Message]:
        """Messages of one boot with first <= seq <= last, taken or not, in order, at most `limit`."""
        return self._messages("boot = ? AND seq BETWEEN ? AND ? ORDER BY seq LIMIT ?", (boot, first, last, limit))

    def _messages(self, where: str, values: tuple[int | str, ...]) -> list[Message]:
        query = f"SELECT seq, boot, key, kind, touchpoint, body, ready_s FROM message WHERE {where}"  # noqa: S608  # fixed
        return [
            Message(seq, boot, key, kind, touchpoint, json.loads(body), ready_s)
            for seq, boot, key, kind, touchpoint, body, ready_s in self._db.execute(query, values)
        ]

    def taken(self, seqs: Iterable[int], utc_s: float) -> None:
        """The broker took these; they are kept for the replay command until `prune`."""
        self._db.executemany("UPDATE message SET taken_utc_s = ? WHERE seq = ?", [(utc_s, seq) for seq in seqs])

    def topics(self) -> set[tuple[str, str]]:
        """Kind and touchpoint of everything that waits: also of touchpoints the settings no longer name."""
        return set(self._db.execute("SELECT DISTINCT kind, touchpoint FROM message WHERE taken_utc_s IS NULL"))

    def not_taken(self, seqs: Iterable[int]) -> None:
        """These may not have gone further than the broker's memory: they wait again."""
        self._db.executemany("UPDATE message SET taken_utc_s = NULL WHERE seq = ?", [(seq,) for seq in seqs])

    def taken_since(self, utc_s: float) -> list[int]:
        """Messages taken at `utc_s` or later."""
        return [int(seq) for (seq,) in self._db.execute("SELECT seq FROM message WHERE taken_utc_s >= ?", (utc_s,))]

    def backlog(self) -> tuple[int, float | None]:
        """How many messages wait, and when the oldest was ready (monotonic seconds of its boot)."""
        row = self._db.execute(
            "SELECT count(*), (SELECT ready_s FROM message WHERE taken_utc_s IS NULL ORDER BY seq LIMIT 1)"
            " FROM message WHERE taken_utc_s IS NULL"
        ).fetchone()
        return int(row[0]), row[1]

    def prune(self, older_utc_s: float, rows_max: int) -> int:
        """Forget what was taken before `older_utc_s`, then the oldest beyond `rows_max`; how many of them waited."""
        self._db.execute("DELETE FROM message WHERE taken_utc_s < ?", (older_utc_s,))
        (rows,) = self._db.execute("SELECT count(*) FROM message").fetchone()
        if rows <= rows_max:
            return 0
        surplus = int(rows) - rows_max
        oldest = "(SELECT seq FROM message WHERE taken_utc_s IS NOT NULL ORDER BY seq LIMIT ?)"
        gone = self._db.execute(f"DELETE FROM message WHERE seq IN {oldest}", (surplus,)).rowcount  # noqa: S608
        lost = surplus - gone
        if lost:
            oldest = "(SELECT seq FROM message ORDER BY seq LIMIT ?)"
            self._db.execute(f"DELETE FROM message WHERE seq IN {oldest}", (lost,))  # noqa: S608
        return lost


def _sound(verdict: str) -> None:
    if verdict != "ok":
        raise sqlite3.DatabaseError(verdict)
