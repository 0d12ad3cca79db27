"""Bringing members in: a file is cut into slices, and each slice is taken by itself, in any order, as often as need be.

Of each account the entry with the greatest rank stays, so late files, repeated slices and several workers at once end in
the same tables.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple, Protocol

from chalicelib.accounts.model.imports import (
    Arrival,
    Counts,
    Import,
    ImportId,
    Problem,
    Slice,
    State,
    Taken,
    numbered,
    read_message,
    take,
)
from chalicelib.accounts.model.member import Entry, Rank, Withdrawal, cards_of, newest, rank_of
from chalicelib.parking.model import Parked
from chalicelib.parking.service import ParkingLot
from chalicelib.problems import TryAgain, Unreadable
from chalicelib.slices import in_slices

SOURCE = "account-imports"
"""The source of parked letters that are messages of imports."""

TOGETHER = 100
"""Entries that are looked up at a time: what one call of DynamoDB reads."""

TURNS = 8
"""How often an account is looked up again because somebody else had just changed it."""


class Gone(Exception):
    """The file is not there any longer, or is another one by now; the text says which."""


class Known(NamedTuple):
    """What the tables say of an account: the rank of its entry, and its tokens."""

    rank: Rank
    cards: Sequence[str]


class Change(NamedTuple):
    """An entry that counts more than what was `before`: tokens to put beside it, and tokens to take away."""

    entry: Entry
    before: Known | None
    new: Sequence[str]
    gone: Sequence[str]


class MemberBook(Protocol):
    """Accounts and their tokens. Every method raises `TryAgain` when the store is busy."""

    def known(self, account_ids: Iterable[str]) -> Mapping[str, Known]:
        """Return what is known, at this moment, of those of these accounts that are known or were withdrawn."""

    def tokens(self, account_id: str) -> Sequence[str]:
        """Return the tokens that lead to an account, as far as the index has heard."""

    def write(self, changes: Sequence[Change], *, at: datetime) -> Sequence[Change]:
        """Write each change, whole or not at all, and return those that met another writer; `at` is when they came."""


class ImportBook(Protocol):
    """Imports and what became of their slices. Every method raises `TryAgain` when the store is busy."""

    def begin(self, whole: Import) -> None:
        """Keep a new import; one that is known stays as it is."""

    def get(self, import_id: ImportId) -> Import | None:
        """Return an import as it stands, or None when nobody began it."""

    def is_done(self, part: Slice) -> bool:
        """Whether this slice was done before."""

    def done(self, part: Slice, counts: Counts, problems: Sequence[Problem], *, whole: Import) -> None:
        """Keep that a slice is done and what was found in it; the second time changes nothing."""

    def slices(self, import_id: ImportId) -> Iterator[tuple[int, Sequence[Problem]]]:
        """Yield of each slice that is done, in order, the number of its lines and its problems."""

    def end(self, import_id: ImportId, state: State, why: str | None) -> None:
        """Keep how an import ended."""


class Files(Protocol):
    """Where member files lie."""

    def read(self, whole: Import, first: int, last: int) -> bytes:
        """Return the bytes from `first` to `last`.

        Raises `Gone`, and `TryAgain` when the store is busy.
        """

    def put_problems(self, import_id: ImportId, text: str) -> None:
        """Put the problems of an import beside its file.

        Raises `TryAgain` when the store is busy.
        """


class Post(Protocol):
    """What carries slices to where they are taken."""

    def send(self, slices: Sequence[Slice]) -> None:
        """Send these.

        Raises `TryAgain` when not all of them could be sent.
        """


class Gauge(Protocol):
    """What makes people look."""

    def publish(self, *, refused: int, failed: int) -> None:
        """Tell that an import ended: how many lines it refused, and whether it failed (1 or 0).

        Raises `TryAgain` when it could not be told.
        """


class Rooms(NamedTuple):
    """All that an import needs."""

    members: MemberBook
    imports: ImportBook
    files: Files
    post: Post
    gauge: Gauge
    parked: ParkingLot


def carry_out(body: str, *, rooms: Rooms) -> Sequence[Import]:
    """Do what a message asks for, and return the imports that it was about, as they stand.

    A file that came is cut into slices, and each is sent as a message of its own; a slice is taken. One that cannot be read is
    parked. Doing the same again, whole or from wherever it broke off, does nothing twice. Raises `TryAgain` when a store is
    busy; the message may then come again.
    """
    try:
        asked = read_message(body)
    except Unreadable as problem:
        rooms.parked.park(Parked.of(SOURCE, problem, body))
        return []
    if isinstance(asked, Slice):
        whole = take_slice(asked, rooms=rooms)
        return [whole] if whole else []
    return [begin(arrival, rooms=rooms) for arrival in asked]


def begin(arrival: Arrival, *, rooms: Rooms) -> Import:
    """Begin the import of a file that came: its slices may be taken in any order."""
    rooms.imports.begin(Import.of(arrival))
    whole = rooms.imports.get(arrival.id) or Import.of(arrival)
    if whole.state is not State.RUNNING:
        return whole
    if whole.slices == 0:
        return _fail(whole, "The file is empty.", rooms=rooms)
    rooms.post.send([Slice(id=whole.id, number=number) for number in range(whole.slices)])
    return whole


def take_slice(part: Slice, *, rooms: Rooms) -> Import | None:
    """Take one slice, unless that was done; the last one ends the import. None when nobody knows the import any longer."""
    whole = rooms.imports.get(part.id)
    if whole is None or whole.state is not State.RUNNING or not 0 <= part.number < whole.slices:
        return whole
    if not rooms.imports.is_done(part):
        try:
            text = rooms.files.read(whole, *whole.span(part.number))
        except Gone as gone:
            return _fail(whole, str(gone), rooms=rooms)
        taken = take(whole, part.number, text)
        written, older = _settle(taken, whole, members=rooms.members)
        counts = taken.counts._replace(written=written, older=older)
        rooms.imports.done(part, counts, taken.problems, whole=whole)
    whole = rooms.imports.get(part.id) or whole
    return _finish(whole, rooms=rooms) if whole.slices_done == whole.slices else whole


def _settle(taken: Taken, whole: Import, *, members: MemberBook) -> tuple[int, int]:
    """Bring the tables to where no entry of a slice counts more than they do; return how many were written, how many older."""
    written = older = 0
    for entries in in_slices(taken.entries, TOGETHER):
        due = newest(entries)
        older += len(entries) - len(due)
        for _ in range(TURNS):
            known = members.known(due)
            ranks = {account_id: rank_of(entry) for account_id, entry in due.items()}
            older += sum(known[account_id].rank > rank for account_id, rank in ranks.items() if account_id in known)
            changes = [
                _change(due[account_id], known.get(account_id), members=members)
                for account_id, rank in ranks.items()
                if account_id not in known or known[account_id].rank < rank
            ]
            met = members.write(changes, at=whole.began_at) if changes else []
            written += len(changes) - len(met)
            due = {change.entry.account_id: change.entry for change in met}
            if not due:
                break
        else:
            raise TryAgain(f"Others kept changing {len(due)} of the same accounts.")
    return written, older


def _change(entry: Entry, before: Known | None, *, members: MemberBook) -> Change:
    cards = set(cards_of(entry))
    held = set(before.cards) if before else set()
    if isinstance(entry, Withdrawal):
        # Nothing may stay that leads to it, however it came there.
        held |= set(members.tokens(entry.account_id))
    return Change(entry=entry, before=before, new=sorted(cards - held), gone=sorted(held - cards))


def _finish(whole: Import, *, rooms: Rooms) -> Import:
    if whole.state is State.RUNNING:
        problems = [problem.text() for problem in numbered(list(rooms.imports.slices(whole.id)))]
        if problems:
            rooms.files.put_problems(whole.id, "\n".join([*problems, ""]))
        rooms.gauge.publish(refused=whole.counts.refused, failed=0)
        rooms.imports.end(whole.id, State.DONE, None)
    return whole._replace(state=State.DONE)


def _fail(whole: Import, why: str, *, rooms: Rooms) -> Import:
    rooms.gauge.publish(refused=0, failed=1)
    rooms.imports.end(whole.id, State.FAILED, why)
    return whole._replace(state=State.FAILED, why=why)
