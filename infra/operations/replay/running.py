"""A replay from the first row to the last: read, look what is there, send what is not, see it applied."""

import hashlib
import sqlite3
from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from typing import Protocol
from zoneinfo import ZoneInfo

from chalicelib.slices import in_slices
from infra.operations.replay.books import Books
from infra.operations.replay.call_log import Call, Names, read_call
from infra.operations.replay.documents import FACTS, Document, Kind, Refused, names_of
from infra.operations.replay.files import History, Line
from infra.operations.replay.json_lines import read_line
from infra.operations.replay.report import Report
from infra.operations.replay.sending import Sender

TOGETHER = 500
"""Documents that are looked up and sent at a time: what one call of Kinesis takes."""

AT_A_GLANCE = 100
"""Documents looked for at a time, those sent first before others: what one call of DynamoDB reads."""

UNDER_WAY = 5_000
"""Documents sent that nobody has seen applied; enough to keep every function busy, few enough to name when lost."""

POLL = 0.5
PATIENCE = 240.0
"""Seconds in which nothing moves before what is under way counts as missing."""


class Clock(Protocol):
    """Time as it passes for a replay."""

    def now(self) -> float:
        """Return seconds that only go forward."""

    def pause(self, seconds: float) -> None:
        """Wait."""


class Reading:
    """Lines become documents; what is refused, repeated or put right is counted, and refused lines are kept."""

    def __init__(self, report: Report, *, refuse: Callable[[Line, Refused], None]) -> None:
        self._report = report
        self._refuse = refuse

    def calls(self, rows: Iterable[Line], *, zone: ZoneInfo, names: Names) -> Iterator[Document]:
        """Yield the calls of a call log as contact records, each contact once.

        Of two rows of one contact that differ, the second is refused: nobody could say which is true.
        """
        # On disk, and gone with the connection: ids of ten years are too many for a small machine's memory.
        with closing(sqlite3.connect("")) as seen:
            seen.execute("CREATE TABLE calls (contact_id TEXT PRIMARY KEY, digest BLOB NOT NULL) WITHOUT ROWID")
            for row in rows:
                self._report.read += 1
                try:
                    if row.problem is not None:
                        raise row.problem
                    call = read_call(row.cells, zone=zone, names=names)
                    is_new = _is_new(call, seen)
                except Refused as refused:
                    self._refused(row, refused)
                    continue
                if not is_new:
                    self._report.repeated += 1
                    continue
                self._report.notes.update(call.notes)
                contact_id = call.facts[0].contact_id
                yield Document(row.number, Kind.RECORD, contact_id, call.record, names_of(call.facts))

    def json_lines(self, lines: Iterable[Line], *, source: str, takes: Callable[[Kind], bool]) -> Iterator[Document]:
        """Yield the documents in lines of JSON."""
        for line in lines:
            self._report.read += 1
            try:
                document = read_line(line.number, line.cells["line"], source=source)
            except Refused as refused:
                self._refused(line, refused)
                continue
            if takes(document.kind):
                yield document
            else:
                self._refused(line, Refused("line", f"is an {document.kind}, and this centre has no stream for those"))

    def _refused(self, line: Line, refused: Refused) -> None:
        self._report.refused[str(refused)] += 1
        self._refuse(line, refused)


class Replay:
    """Sends documents and sees them applied, never many more under way than can be named."""

    def __init__(self, sender: Sender, books: Books, report: Report, *, clock: Clock, show: Callable[[], None]) -> None:
        self._sender = sender
        self._books = books
        self._report = report
        self._clock = clock
        self._show = show
        self._sent: deque[Document] = deque()
        self._noted: deque[Document] = deque()
        self._moved_at = clock.now()

    def run(self, documents: Iterable[Document]) -> None:
        """Bring these documents in; afterwards the report names what is missing, if anything is.

        Doing it again, after whatever end, sends what is not there yet. Raises what `Sender.send` raises.
        """
        for some in in_slices(documents, TOGETHER):
            self._bring(some)
            while len(self._sent) + len(self._noted) > UNDER_WAY and self._look():
                pass
            if self._is_stuck():
                break
        while self._sent or self._noted:
            if not self._look():
                break
        self._report.missing = [document.key for document in (*self._sent, *self._noted)]

    def _bring(self, documents: Iterable[Document]) -> None:
        documents = list(documents)
        there = self._books.facts([name for document in documents for name in document.facts])
        known = [each for each in documents if there.issuperset(each.facts)]
        fresh = [each for each in documents if not there.issuperset(each.facts)]
        self._sender.send(fresh)
        self._report.there += len(known)
        self._report.applied += len(known)
        self._report.sent += len(fresh)
        self._noted.extend(known)
        self._sent.extend(fresh)
        self._move()

    def _look(self) -> bool:
        """Look how far things are, and wait when nothing moved; return whether there is hope."""
        applied, folded = self._see_applied(), self._see_folded()
        if applied or folded:
            self._move()
        if AT_A_GLANCE not in (applied, folded) and (self._sent or self._noted):
            # The centre needs its time more than we need to know.
            self._clock.pause(POLL)
            self._show()
        return not self._is_stuck()

    def _see_applied(self) -> int:
        some = _first(self._sent)
        there = self._books.facts([name for each in some for name in each.facts])
        found = [each for each in some if there.issuperset(each.facts)]
        _put_back(self._sent, [each for each in some if not there.issuperset(each.facts)], were=len(some))
        self._noted.extend(found)
        self._report.applied += len(found)
        return len(found)

    def _see_folded(self) -> int:
        some = _first(self._noted)
        due: defaultdict[str, set[str]] = defaultdict(set)
        for name in {name for each in some for name in each.facts if name.table == FACTS}:
            due[name.owner].add(name.key)
        facts = self._books.folded(due)
        late = {contact_id for contact_id, keys in due.items() if facts.get(contact_id, 0) < len(keys)}
        found = [each for each in some if late.isdisjoint(name.owner for name in each.facts)]
        left = [each for each in some if not late.isdisjoint(name.owner for name in each.facts)]
        _put_back(self._noted, left, were=len(some))
        self._report.folded += len(found)
        self._report.lines_done += len(found)
        return len(found)

    def _is_stuck(self) -> bool:
        return self._clock.now() - self._moved_at > PATIENCE

    def _move(self) -> None:
        self._moved_at = self._clock.now()
        self._show()


def _first(waiting: deque[Document]) -> list[Document]:
    return [waiting.popleft() for _ in range(min(AT_A_GLANCE, len(waiting)))]


def _put_back(waiting: deque[Document], left: list[Document], *, were: int) -> None:
    """Put what did not move back in front, or behind when nothing moved: some that are lost must not hide the others."""
    if len(left) < were:
        waiting.extendleft(reversed(left))
    else:
        waiting.extend(left)


def documents_of(
    history: History, *, is_call_log: bool, reading: Reading, zone: ZoneInfo, names: Names, sender: Sender, source: str
) -> Iterator[Document]:
    """Return the documents in a file."""
    if is_call_log:
        return reading.calls(history.rows(), zone=zone, names=names)
    return reading.json_lines(history.lines(), source=source, takes=sender.takes)


def _is_new(call: Call, seen: sqlite3.Connection) -> bool:
    contact_id, digest = call.facts[0].contact_id, hashlib.sha256(call.record.encode()).digest()
    if seen.execute("INSERT OR IGNORE INTO calls VALUES (?, ?)", (contact_id, digest)).rowcount:
        return True
    (known,) = seen.execute("SELECT digest FROM calls WHERE contact_id = ?", (contact_id,)).fetchone()
    if known != digest:
        raise Refused("contact_id", "was that of another call before in this file: two calls need two ids")
    return False
