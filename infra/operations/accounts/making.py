"""A member file out of the card system's rows, made block by block: what is on disk is whole up to a place that a journal names.

The journal holds counts and places, never a number, nor any digest of the rows: of a short file one could be guessed from it.
"""

import json
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import IO, NamedTuple, Protocol, Self

from chalicelib.accounts.model.imports import Problem
from chalicelib.accounts.model.member import Entry, Member, read_line, text_of
from chalicelib.accounts.model.number import CardNumber
from chalicelib.accounts.model.token import Token
from chalicelib.problems import Unreadable
from chalicelib.slices import in_slices
from infra.operations.accounts.rows import BadFile, Row, Rows

TOGETHER = 500
"""Rows between two entries in the journal: what a crash costs to do again."""

AT_ONCE = 10
"""Numbers that are asked about at a time: as many connections as a client keeps."""

OWNER_ALONE = 0o600


class Tokens(Protocol):
    """What makes tokens; safe to be asked from several threads."""

    def token(self, number: CardNumber, version: int) -> Token:
        """Return a number's token under one version of the key."""


class Clock(Protocol):
    """Time as it passes."""

    def now(self) -> float:
        """Return seconds that only go forward."""

    def pause(self, seconds: float) -> None:
        """Wait."""


class Place(NamedTuple):
    """How far a file is made: rows read, and bytes written of members and of problems; `refused` rows are among those read.

    `source` tells the file of rows, and how it is read, from another; `version` is the key's.
    """

    source: Sequence[int | str]
    version: int
    rows: int = 0
    refused: int = 0
    tokens: int = 0
    members_bytes: int = 0
    problems_bytes: int = 0


class MemberFile:
    """The file that is made, `out`, with its problems and its journal beside it; only its owner can read any of them."""

    def __init__(self, out: Path) -> None:
        self.out = out
        self.problems = out.with_name(f"{out.name}.problems")
        self._part = out.with_name(f"{out.name}.part")
        self._journal = out.with_name(f"{out.name}.journal")
        self._stack = ExitStack()

    def open(self, rows: Rows, version: int) -> Place:
        """Open the files where an earlier run left them, and return the place.

        Raises BadFile when the file is there already, or was begun from other rows or with another key.
        """
        if self.out.exists():
            raise BadFile(f"{self.out} is there already: bring it in (make accounts), move it, or name another OUT.")
        try:
            known = rows.path.stat()
        except OSError:
            raise BadFile(f"There is no file {rows.path}.") from None
        begun = Place(source=[known.st_size, known.st_mtime_ns, rows.encoding], version=version)
        place = begun
        if self._journal.exists():
            place = Place(**json.loads(self._journal.read_text()))
            if (list(place.source), place.version) != (list(begun.source), version):
                raise BadFile(
                    f"{self._journal} is about other rows, another encoding or another key: remove it and {self._part} to begin anew."
                )
        self._members = self._at(self._part, place.members_bytes)
        self._refused = self._at(self.problems, place.problems_bytes)
        return place

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def write(
        self, entries: Iterable[tuple[int, Entry]], problems: Iterable[Problem], place: Place, *, now: datetime
    ) -> Place:
        """Write a block, entries with the lines of their rows, then its place into the journal; return the place.

        What cannot be read back, or holds what looks like a card number after all, becomes a problem.
        """
        refused = list(problems)
        for number, entry in entries:
            line = text_of(entry).encode()
            try:
                read_line(line, now=now)
            except Unreadable as problem:
                refused.append(Problem(line=number, field=problem.field, reason=problem.reason))
            else:
                self._members.write(line + b"\n")
        for each in sorted(refused):
            self._refused.write(f"{each.text()}\n".encode())
        place = place._replace(refused=place.refused + len(refused))
        for file in (self._members, self._refused):
            file.flush()
            os.fsync(file.fileno())
        place = place._replace(members_bytes=self._members.tell(), problems_bytes=self._refused.tell())
        _replace(self._journal, json.dumps(place._asdict()))
        return place

    def finish(self, place: Place) -> None:
        """Give the file its name; it is whole."""
        self._stack.close()
        self._part.replace(self.out)
        if not place.refused:
            self.problems.unlink()
        self._journal.unlink(missing_ok=True)

    def _at(self, path: Path, place: int) -> IO[bytes]:
        file = self._stack.enter_context(os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT, OWNER_ALONE), "r+b"))
        path.chmod(OWNER_ALONE)
        file.truncate(place)
        file.seek(place)
        return file


class Making:
    """Makes a member file: rows in, tokens from KMS, never faster than told."""

    def __init__(self, tokens: Tokens, version: int, *, per_second: float, clock: Clock, now: datetime) -> None:
        self._tokens = tokens
        self._version = version
        self._per_second = per_second
        self._clock = clock
        self._now = now

    def run(self, rows: Rows, file: MemberFile, *, show: Callable[[Place], None] = lambda place: None) -> Place:
        """Make the file, from where an earlier run broke off if one did; return the last place.

        Raises BadFile, what `Tokens.token` raises, and OSError. The same again goes on.
        """
        with file, ThreadPoolExecutor(AT_ONCE) as pool:
            place = file.open(rows, self._version)
            show(place)
            coming = islice(rows.each(now=self._now), place.rows, None)
            for block in in_slices(coming, TOGETHER):
                began = self._clock.now()
                problems = [each for each in block if isinstance(each, Problem)]
                read = [each for each in block if isinstance(each, Row)]
                entries, asked = self._entries(read, pool)
                place = place._replace(rows=place.rows + len(block), tokens=place.tokens + asked)
                place = file.write(entries, problems, place, now=self._now)
                show(place)
                self._clock.pause(max(asked / self._per_second - (self._clock.now() - began), 0))
            file.finish(place)
        return place

    def _entries(self, rows: Sequence[Row], pool: ThreadPoolExecutor) -> tuple[list[tuple[int, Entry]], int]:
        made: Iterator[str] = pool.map(
            lambda number: self._tokens.token(number, self._version).text(),
            [number for row in rows for number in row.numbers],
        )
        entries: list[tuple[int, Entry]] = []
        for row in rows:
            cards = {next(made) for _ in row.numbers}
            entry = row.entry
            made_of = entry._replace(cards=tuple(sorted(cards))) if isinstance(entry, Member) else entry
            entries.append((row.line, made_of))
        return entries, sum(len(row.numbers) for row in rows)


def _replace(path: Path, text: str) -> None:
    """Replace a file whole: a crash leaves the old one or the new one."""
    new = path.with_name(f"{path.name}.new")
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, OWNER_ALONE), "w") as written:
        written.write(text)
        written.flush()
        os.fsync(written.fileno())
    new.replace(path)
