"""The first load: a member file in the form that DynamoDB imports into new tables (`docs/accounts.md`).

Amazon DynamoDB Developer Guide, "Amazon S3 import formats for DynamoDB": one `{"Item": …}` a line, gzip, any number of objects.
An import takes items in any order, so each account may stand there once: the entry that counts.
"""

import gzip
import json
import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import NamedTuple, Self

from chalicelib.accounts.model.member import cards_of, rank_of, read_line
from chalicelib.accounts.store.members import account_item, token_item
from chalicelib.items import Item
from chalicelib.problems import Unreadable
from infra.operations.accounts.rows import BadFile

ITEMS_A_PART = 200_000
"""Some 10 MB packed: DynamoDB advises fewer than 50,000 objects, and reads several at a time."""


class Written(NamedTuple):
    """What was written; `left_out` lines were about an account of which another line counts."""

    accounts: int
    tokens: int
    left_out: int


def write_parts(
    members: Path, directory: Path, *, now: datetime, show: Callable[[int], None] = lambda lines: None
) -> Written:
    """Write the parts of both tables into `accounts` and `tokens` below a new directory.

    Raises BadFile when the directory is there, or a line is none of a member file.
    """
    try:
        directory.mkdir(mode=0o700)
    except FileExistsError:
        raise BadFile(f"{directory} is there already: remove it, or name another OUT.") from None
    # On disk, and gone with the connection: millions of ids are too many for a small machine's memory.
    with (
        closing(sqlite3.connect("")) as best,
        _Parts(directory / "accounts") as accounts,
        _Parts(directory / "tokens") as tokens,
    ):
        lines = _choose(members, best, now)
        for number, line in _lines(members):
            entry = read_line(line, now=now)
            (winner,) = best.execute("SELECT line FROM best WHERE account_id = ?", (entry.account_id,)).fetchone()
            if winner == number:
                accounts.write(account_item(entry, at=now))
                for card in cards_of(entry):
                    tokens.write(token_item(card, entry.account_id))
            show(number)
        return Written(accounts=accounts.written, tokens=tokens.written, left_out=lines - accounts.written)


def _choose(members: Path, best: sqlite3.Connection, now: datetime) -> int:
    best.execute(
        "CREATE TABLE best (account_id TEXT PRIMARY KEY, rank TEXT NOT NULL, line INTEGER NOT NULL) WITHOUT ROWID"
    )
    lines = 0
    for number, line in _lines(members):
        try:
            entry = read_line(line, now=now)
        except Unreadable as problem:
            raise BadFile(f"Line {number} of {members}: {problem}") from None
        rank = rank_of(entry)
        # As text that sorts as ranks do.
        key = f"{rank.at} {rank.is_withdrawal:d} {rank.key_version:02} {rank.fingerprint}"
        best.execute(
            "INSERT INTO best VALUES (?, ?, ?) ON CONFLICT (account_id) DO UPDATE"
            " SET rank = excluded.rank, line = excluded.line WHERE excluded.rank > rank",
            (entry.account_id, key, number),
        )
        lines += 1
    return lines


def _lines(members: Path) -> Iterator[tuple[int, bytes]]:
    with members.open("rb") as file:
        for number, line in enumerate(file, 1):
            if line.strip():
                yield number, line.rstrip(b"\r\n")


class _Parts:
    """Items, packed, so many a part; only their owner can read them."""

    def __init__(self, directory: Path) -> None:
        directory.mkdir(mode=0o700)
        self._directory = directory
        self._file: gzip.GzipFile | None = None
        self.written = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._close()

    def _close(self) -> None:
        if self._file is not None:
            self._file.close()
            self._raw.close()

    def write(self, item: Item) -> None:
        if self.written % ITEMS_A_PART == 0:
            self._close()
            path = self._directory / f"part-{self.written // ITEMS_A_PART:05}.json.gz"
            raw = os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")
            self._file = gzip.GzipFile(fileobj=raw, mode="wb", compresslevel=6, mtime=0)
            self._raw = raw
        assert self._file is not None
        self._file.write(json.dumps({"Item": item}, ensure_ascii=False, separators=(",", ":")).encode() + b"\n")
        self.written += 1
