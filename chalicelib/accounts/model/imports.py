"""An import: a member file taken in slices of bytes, each on its own, in any order and as often as need be.

Formats: Amazon S3 User Guide, "Event message structure" (version 2.x; keys are URL-encoded there); the message of a slice
is our own.
"""

import json
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, NamedTuple
from urllib.parse import unquote_plus

from chalicelib.accounts.model.member import LINE_BYTES, Entry, Withdrawal, read_line
from chalicelib.problems import Unreadable

SLICE_BYTES = 500_000
"""Bytes of a slice: some 1,500 members, half a minute of the smallest function at work."""

PROBLEMS_A_SLICE = 1_000
"""Refused lines that are told one by one; of more only the number is."""

_BOM = b"\xef\xbb\xbf"


class State(StrEnum):
    """How an import stands."""

    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class ImportId(NamedTuple):
    """One upload of one object: S3 gives each a `sequencer`, which grows with every upload of the same key."""

    key: str
    sequencer: str


class Arrival(NamedTuple):
    """S3 tells of a file; `etag` names its content, so that nobody reads half of one and half of another."""

    id: ImportId
    etag: str
    size: int
    at: datetime


class Slice(NamedTuple):
    """A part of a file, counted from 0."""

    id: ImportId
    number: int

    def text(self) -> str:
        """Return the slice as a message."""
        return json.dumps({"key": self.id.key, "sequencer": self.id.sequencer, "slice": self.number})


class Counts(NamedTuple):
    """What was found and done, in lines.

    `members`, `withdrawals` and `refused` follow from the file alone; with blank ones they are all its `lines`. Of the members
    and withdrawals `written` changed a table and `older` found a newer entry there; the others were known already. What a try
    that crashed had written counts as known.
    """

    lines: int = 0
    members: int = 0
    withdrawals: int = 0
    refused: int = 0
    written: int = 0
    older: int = 0


class Problem(NamedTuple):
    """A refused line, counted from 1, and what is wrong with it."""

    line: int
    field: str
    reason: str

    def text(self) -> str:
        """Return the problem as a line of the problems file."""
        return json.dumps(self._asdict())


class Import(NamedTuple):
    """An import as it stands; `slices_done` of `slices` are in, `why` says why it failed if it did."""

    id: ImportId
    etag: str
    size: int
    slice_bytes: int
    slices: int
    began_at: datetime
    state: State = State.RUNNING
    slices_done: int = 0
    counts: Counts = Counts()
    why: str | None = None

    @classmethod
    def of(cls, arrival: Arrival) -> "Import":
        """Return the import that a file's arrival begins."""
        return cls(
            id=arrival.id,
            etag=arrival.etag,
            size=arrival.size,
            slice_bytes=SLICE_BYTES,
            slices=-(-arrival.size // SLICE_BYTES),
            began_at=arrival.at,
        )

    def span(self, number: int) -> tuple[int, int]:
        """Return the first and the last byte to read for a slice.

        They take in the byte before, which tells whether a line begins with the slice, and as much after as the last line
        may need.
        """
        start = number * self.slice_bytes
        return max(start - 1, 0), min(start + self.slice_bytes + LINE_BYTES, self.size - 1)


class Taken(NamedTuple):
    """The lines of one slice, read: `problems` count lines from 1 within the slice."""

    entries: Sequence[Entry]
    problems: Sequence[Problem]
    counts: Counts


def read_message(body: str) -> list[Arrival] | Slice:
    """Return what a message asks for; a test event of S3 tells of no arrival.

    Raises `Unreadable` with the field at fault.
    """
    try:
        document: Any = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise Unreadable("body", "must be a JSON document") from error
    if not isinstance(document, dict):
        raise Unreadable("body", "must be a JSON object")
    if document.get("Event") == "s3:TestEvent":
        return []
    try:
        if "slice" in document:
            return Slice(id=ImportId(str(document["key"]), str(document["sequencer"])), number=int(document["slice"]))
        return [_arrival(record) for record in document["Records"]]
    except (KeyError, TypeError, ValueError) as error:
        raise Unreadable("body", "must be a notification of S3 or the message of a slice") from error


def _arrival(record: dict[str, Any]) -> Arrival:
    told = record["s3"]["object"]
    return Arrival(
        id=ImportId(key=unquote_plus(told["key"]), sequencer=str(told["sequencer"])),
        etag=str(told["eTag"]),
        size=int(told["size"]),
        at=datetime.fromisoformat(record["eventTime"]).astimezone(UTC),
    )


def take(whole: Import, number: int, text: bytes) -> Taken:
    """Read the lines that begin in a slice; `text` is what lies in its span."""
    entries: list[Entry] = []
    problems: list[Problem] = []
    lines = 0
    for line in _lines(whole, number, text):
        lines += 1
        if not line.strip():
            continue
        try:
            entries.append(read_line(line, now=whole.began_at))
        except Unreadable as problem:
            problems.append(Problem(line=lines, field=problem.field, reason=problem.reason))
    withdrawals = sum(isinstance(entry, Withdrawal) for entry in entries)
    counts = Counts(
        lines=lines, members=len(entries) - withdrawals, withdrawals=withdrawals, refused=len(problems)
    )  # fmt: skip
    return Taken(entries=entries, problems=problems[:PROBLEMS_A_SLICE], counts=counts)


def _lines(whole: Import, number: int, text: bytes) -> Iterator[bytes]:
    """Yield the lines, without their ends, that begin in a slice; one that is too long comes longer than it may be."""
    start, _ = whole.span(number)
    at = 0 if number == 0 else text.find(b"\n") + 1
    if number > 0 and at == 0:
        return
    end = min((number + 1) * whole.slice_bytes, whole.size) - start
    while at < end:
        stop = text.find(b"\n", at)
        line = text[at : stop if stop >= 0 else len(text)].removesuffix(b"\r")
        yield line if start + at else line.removeprefix(_BOM)
        if stop < 0:
            return
        at = stop + 1


def numbered(slices: Sequence[tuple[int, Sequence[Problem]]]) -> Iterator[Problem]:
    """Yield the problems of a whole file, by the lines of the file; of each slice, in order, its lines and its problems."""
    before = 0
    for lines, problems in slices:
        for problem in problems:
            yield problem._replace(line=before + problem.line)
        before += lines
