"""What is done with contacts: keep what is said of them, fold it, show it, ask about those that went silent."""

import json
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from contextlib import suppress
from datetime import datetime
from enum import Enum, auto
from typing import NamedTuple, Protocol

from chalicelib.contacts.model import Contact, ContactId, Fact, Page, Silent, Waiting, read_description
from chalicelib.contacts.model.descriptions import gone
from chalicelib.contacts.model.fact import Document
from chalicelib.contacts.model.silence import ask_again_at, is_given_up
from chalicelib.parking.model import Parked
from chalicelib.parking.service import ParkingLot
from chalicelib.problems import NotFound, SlowDown, TryAgain, Unreadable

QUESTIONS_A_RUN = 1000
"""Contacts that one run asks about at most; the longest silent come first, the others wait for the next run."""

FAILURES_IN_A_ROW = 3
"""Questions that may fail one after the other before a run takes Connect for down; a single one may be the contact's fault."""


class FactBook(Protocol):
    """Everything that was ever said of contacts."""

    def keep(self, facts: Collection[Fact]) -> Collection[Fact]:
        """Keep these facts, no two of one key, and return those that could not be kept for now."""

    def of(self, contact_id: ContactId) -> Sequence[Fact]:
        """Return all facts of one contact.

        Raises `TryAgain` when the store is busy.
        """


class ContactBook(Protocol):
    """The contacts as they are known now."""

    def keep(self, contact: Contact) -> bool:
        """Keep the contact unless one of more facts is kept already; return whether it was kept.

        Raises `TryAgain` when the store is busy.
        """

    def get(self, contact_id: ContactId) -> Contact | None:
        """Return the contact, or None when nothing is known of it."""

    def page(self, queue_id: str | None, start: datetime, end: datetime, *, limit: int, after: str | None) -> Page:
        """Return contacts that arrived from `start` until before `end`, oldest first; of no queue where it is None.

        Raises `BadRequest` for an `after` that no page of these contacts gave out.
        """

    def waiting(self) -> Iterable[Waiting]:
        """Return who waits in a queue now, longest wait first."""

    def silent(self, now: datetime) -> Sequence[Silent]:
        """Return the open contacts that are due to be asked about, the longest due first, each once.

        Raises `TryAgain` when the store is busy.
        """

    def look_again(self, silent: Silent, at: datetime) -> None:
        """Ask about this contact again at a later moment, unless there was news of it since it was found silent.

        Raises `TryAgain` when the store is busy.
        """


class Connect(Protocol):
    """Amazon Connect, which can be asked about one contact at a time."""

    def describe(self, contact_id: ContactId) -> Document | None:
        """Return what Connect knows of a contact at this moment, or None if it knows nothing of it.

        Waits for its turn. Raises `SlowDown` when Connect asks for fewer requests, `TryAgain` when it is out of order.
        """


class SilenceGauge(Protocol):
    """Where people see whether contacts stay silent."""

    def publish(self, now: datetime, *, silent: int, reconciled: int) -> None:
        """Tell how many contacts are silent now, and how many this run has closed.

        Raises `TryAgain` when the gauge cannot take it.
        """


class Letter(NamedTuple):
    """A document as its carrier brought it; `id` is the name by which the carrier takes it back."""

    id: str
    body: str


class Noted(NamedTuple):
    """What became of a batch of letters: each was applied, parked, or goes back to its carrier."""

    applied: int
    parked: int
    back: Sequence[str]


def note(
    letters: Iterable[Letter],
    *,
    source: str,
    read: Callable[[str], Sequence[Fact]],
    facts: FactBook,
    parked: ParkingLot,
) -> Noted:
    """Keep what these letters say; noting a letter twice changes nothing.

    A letter that cannot be read is parked and holds nobody up. One that can be neither kept nor parked for now is
    named in `back`.
    """
    written_in: dict[tuple[ContactId, str], list[str]] = defaultdict(list)
    said: dict[tuple[ContactId, str], Fact] = {}
    readable = refused = 0
    not_parked: list[str] = []
    for letter in letters:
        try:
            told = read(letter.body)
        except (Unreadable, RecursionError) as problem:
            try:
                parked.park(Parked.of(source, _unreadable(problem), letter.body))
                refused += 1
            except TryAgain:
                not_parked.append(letter.id)
        else:
            readable += 1
            for fact in told:
                name = (fact.contact_id, fact.key)
                said[name] = fact
                written_in[name].append(letter.id)
    not_kept = {letter_id for fact in facts.keep(said.values()) for letter_id in written_in[fact.contact_id, fact.key]}
    return Noted(applied=readable - len(not_kept), parked=refused, back=[*not_parked, *sorted(not_kept)])


def fold(contact_ids: Iterable[str], *, facts: FactBook, contacts: ContactBook, parked: ParkingLot) -> int:
    """Bring the record of each of these contacts up to date with its facts; return how many were kept.

    A contact with a fact that this release cannot read is parked by its id. Raises `TryAgain` when a store is busy;
    folding all of them again is then right.
    """
    changed = 0
    for contact_id in dict.fromkeys(map(ContactId, contact_ids)):
        try:
            contact = Contact.of(contact_id, facts.of(contact_id))
        except Unreadable as problem:
            parked.park(Parked.of("facts", problem, contact_id))
        else:
            changed += contacts.keep(contact)
    return changed


class Reconciled(NamedTuple):
    """What a run found out about silent contacts.

    `closed` are over, `open` are not; both are known now. `unknown` to Connect and `parked` for an answer that nobody can
    read are asked about again later. `silent` is the gap: contacts of which this run could learn nothing. `trouble` is the
    last thing that went wrong, if any.
    """

    closed: int
    open: int
    unknown: Sequence[ContactId]
    parked: int
    silent: int
    trouble: str | None


class _Answer(Enum):
    CLOSED = auto()
    OPEN = auto()
    UNKNOWN = auto()
    PARKED = auto()


def reconcile(
    *,
    now: datetime,
    connect: Connect | None,
    contacts: ContactBook,
    facts: FactBook,
    parked: ParkingLot,
    gauge: SilenceGauge,
    more_time: Callable[[], bool],
) -> Reconciled:
    """Ask Connect about contacts that went silent, keep what it answers as facts, and publish the gap that is left.

    What was not asked for want of time, or because Connect wants fewer questions, stays due for the next run. Asking
    twice makes the same fact. Without anybody to ask only the gap is published. Raises `TryAgain` when a store is busy.
    """
    silent = contacts.silent(now)
    answers: dict[_Answer, list[ContactId]] = {answer: [] for answer in _Answer}
    trouble: str | None = None
    in_vain = 0
    for one in silent[:QUESTIONS_A_RUN]:
        if connect is None or in_vain == FAILURES_IN_A_ROW or not more_time():
            break
        try:
            answer = _ask(one, now=now, connect=connect, contacts=contacts, facts=facts, parked=parked)
            answers[answer].append(one.contact_id)
            in_vain = 0
        except SlowDown as problem:
            trouble = str(problem)
            break
        except TryAgain as problem:
            trouble = str(problem)
            in_vain += 1
            with suppress(TryAgain):
                # To the end of the line: one contact that always fails must not keep the others from their turn.
                contacts.look_again(one, now)
    closed, still_open = len(answers[_Answer.CLOSED]), len(answers[_Answer.OPEN])
    left = len(silent) - closed - still_open
    gauge.publish(now, silent=left, reconciled=closed)
    return Reconciled(
        closed=closed,
        open=still_open,
        unknown=answers[_Answer.UNKNOWN],
        parked=len(answers[_Answer.PARKED]),
        silent=left,
        trouble=trouble,
    )


def show(contact_id: str, *, contacts: ContactBook, facts: FactBook) -> tuple[Contact, Sequence[Fact]]:
    """Return a contact and the facts it is made of.

    Raises `NotFound` when nothing is known of it.
    """
    contact = contacts.get(ContactId(contact_id))
    if contact is None:
        raise NotFound(
            f"No contact {contact_id} is known. Its events may still be on their way; look again in a minute."
        )
    return contact, facts.of(contact.contact_id)


def _ask(
    one: Silent, *, now: datetime, connect: Connect, contacts: ContactBook, facts: FactBook, parked: ParkingLot
) -> _Answer:
    document = connect.describe(one.contact_id)
    if document is None and not is_given_up(one, now):
        contacts.look_again(one, ask_again_at(one, now))
        return _Answer.UNKNOWN
    try:
        told = gone(one.contact_id, one.silent_from) if document is None else read_description(one.contact_id, document)
    except (Unreadable, RecursionError) as problem:
        parked.park(Parked.of("descriptions", _unreadable(problem), json.dumps(document)))
        contacts.look_again(one, ask_again_at(one, now))
        return _Answer.PARKED
    if facts.keep(told.facts):
        raise TryAgain(f"What Connect says of contact {one.contact_id} could not be kept for now.")
    if told.is_over:
        return _Answer.CLOSED
    contacts.look_again(one, ask_again_at(one, now))
    return _Answer.OPEN


def _unreadable(problem: Unreadable | RecursionError) -> Unreadable:
    return problem if isinstance(problem, Unreadable) else Unreadable("body", "is nested too deeply")
