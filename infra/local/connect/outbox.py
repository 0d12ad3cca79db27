"""What the local Connect has promised to deliver, kept on disk until it is delivered: a killed process delivers it when it starts again.

At least once: what was delivered but not yet crossed off when the process died is delivered again.
"""

import sqlite3
import threading
from collections.abc import Iterable, Sequence
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import NamedTuple

SCHEMA = """
CREATE TABLE IF NOT EXISTS promises (
    number INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, key TEXT NOT NULL, told REAL NOT NULL, due REAL NOT NULL, document TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS by_due ON promises (kind, due, number);
CREATE INDEX IF NOT EXISTS by_key ON promises (kind, key, number);
"""
ALL = "SELECT * FROM promises WHERE kind = ? AND due <= ? ORDER BY due, number LIMIT ?"
OLDEST_OF_EACH_KEY = """
SELECT * FROM promises WHERE number IN (SELECT MIN(number) FROM promises WHERE kind = ? GROUP BY key) AND due <= ? ORDER BY due, number LIMIT ?
"""


def outbox_of(directory: Path) -> Path:
    """Return the file of the outbox in the directory of a local run."""
    return directory / "connect" / "outbox.sqlite"


class Kind(StrEnum):
    """What is delivered: contact events to EventBridge, contact records and agent events each to a stream."""

    EVENT = "event"
    RECORD = "record"
    AGENT = "agent"


class Promise(NamedTuple):
    """A document to be delivered; `told` and `due` are seconds of the epoch: when it was true, and when it may go out at the earliest.

    `key` is the contact's id or the agent's ARN.
    """

    number: int
    kind: Kind
    key: str
    told: float
    due: float
    document: str


class Outbox:
    """Promises in the order in which they were made. Threads may share one; processes may not."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._lock = threading.Lock()
        self._base = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        # A killed process loses nothing in this mode; a machine that loses power may lose the last moments.
        self._base.execute("PRAGMA journal_mode = WAL")
        self._base.execute("PRAGMA synchronous = NORMAL")
        self._base.executescript(SCHEMA)

    def promise(self, kind: Kind, key: str, document: str, *, told: datetime, due: Sequence[datetime]) -> None:
        """Keep a document, once for each moment it is due; all of them or none."""
        rows = [(kind, key, told.timestamp(), moment.timestamp(), document) for moment in due]
        with self._lock, self._base:
            self._base.execute("BEGIN IMMEDIATE")
            self._base.executemany("INSERT INTO promises (kind, key, told, due, document) VALUES (?, ?, ?, ?, ?)", rows)

    def due(self, kind: Kind, now: datetime, *, most: int) -> list[Promise]:
        """Return what is due, the earliest first. Of agent events only each agent's first: its next waits until this one is delivered."""
        question = OLDEST_OF_EACH_KEY if kind is Kind.AGENT else ALL
        with self._lock:
            rows = self._base.execute(question, (kind, now.timestamp(), most)).fetchall()
        return [
            Promise(number=number, kind=Kind(kind), key=key, told=told, due=due, document=document)
            for number, kind, key, told, due, document in rows
        ]

    def delivered(self, promises: Iterable[Promise]) -> None:
        """Cross promises off."""
        with self._lock, self._base:
            self._base.execute("BEGIN IMMEDIATE")
            self._base.executemany("DELETE FROM promises WHERE number = ?", [(each.number,) for each in promises])

    def __len__(self) -> int:
        """Return how many promises are open."""
        with self._lock:
            return int(self._base.execute("SELECT COUNT(*) FROM promises").fetchone()[0])

    def newest(self) -> int:
        """Return the number of the newest open promise, 0 if there is none."""
        with self._lock:
            return int(self._base.execute("SELECT COALESCE(MAX(number), 0) FROM promises").fetchone()[0])

    def open_until(self, number: int) -> int:
        """Return how many promises up to this number are open."""
        with self._lock:
            return int(self._base.execute("SELECT COUNT(*) FROM promises WHERE number <= ?", (number,)).fetchone()[0])

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._base.close()
