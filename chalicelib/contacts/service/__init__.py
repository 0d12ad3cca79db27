"""What is done with contacts: keep what is said of them, fold it, show it."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import datetime
from typing import NamedTuple, Protocol

from chalicelib.contacts.model import (
    Contact,
    ContactId,
    Fact,
    Mark,
    Page,
    Silent,
    Talk,
    Waiting,
    forgetting,
    is_forgotten,
    mark_fact,
    still_telling,
)
from chalicelib.parking.model import Parked
from chalicelib.parking.service import ParkingLot
from chalicelib.problems import NotFound, TryAgain, Unreadable


class FactBook(Protocol):
    """Everything that was ever said of contacts."""

    def keep(self, facts: Collection[Fact]) -> Collection[Fact]:
        """Keep these facts, no two of one key, and return those that could not be kept for now."""

    def of(self, contact_id: ContactId) -> Sequence[Fact]:
        """Return all facts of one contact.

        Raises `TryAgain` when the store is busy, and `Unreadable` for a fact that a newer release wrote.
        """


class ContactBook(Protocol):
    """The contacts as they are known now."""

    def keep(self, contact: Contact) -> bool:
        """Keep the contact unless one of more facts is kept already; return whether it was kept.

        Raises `TryAgain` when the store is busy.
        """

    def get(self, contact_id: ContactId) -> Contact | None:
        """Return the contact, or None when nothing is known of it."""

    def several(self, contact_ids: Sequence[ContactId]) -> list[Contact]:
        """Return those of these contacts of which something is known, no two of them the same, in no order.

        Raises `TryAgain` when the store is busy.
        """

    def page(self, queue_id: str | None, start: datetime, end: datetime, *, limit: int, after: str | None) -> Page:
        """Return contacts that arrived from `start` until before `end`, oldest first; of no queue where it is None.

        Raises `BadRequest` for an `after` that no page of these contacts gave out.
        """

    def waiting(self) -> Iterable[Waiting]:
        """Return who waits in a queue now, longest wait first."""

    def talks(self) -> Iterable[Talk]:
        """Return the contacts that are with an agent now, the longest first.

        Raises `TryAgain` when the store is busy.
        """

    def of_customer(self, customer: str) -> Iterable[ContactId]:
        """Return the contacts of a customer, named by address (a phone number as +81…) or by customer id.

        Raises `TryAgain` when the store is busy.
        """

    def silent(self, now: datetime) -> Sequence[Silent]:
        """Return the open contacts that are due to be asked about, the longest due first, each once.

        Raises `TryAgain` when the store is busy.
        """

    def look_again(self, silent: Silent, at: datetime) -> None:
        """Ask about this contact again at a later moment, unless there was news of it since it was found silent.

        Raises `TryAgain` when the store is busy.
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

    A contact with a fact that this release cannot read is parked by its id. One that is to be forgotten is forgotten
    here, however late its facts come. Raises `TryAgain` when a store is busy; folding all of them again is then right.
    """
    changed = 0
    for contact_id in dict.fromkeys(map(ContactId, contact_ids)):
        try:
            known = facts.of(contact_id)
            contact = Contact.of(contact_id, known)
            if is_forgotten(known) and facts.keep(still_telling(known)):
                raise TryAgain(f"Facts of contact {contact_id} could not be forgotten for now.")
        except Unreadable as problem:
            parked.park(Parked.of("facts", problem, contact_id))
        else:
            changed += contacts.keep(contact)
    return changed


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


def contacts_of(customer: str, *, contacts: ContactBook) -> list[ContactId]:
    """Return the contacts of a customer, and those that went before or after them on behalf of the same customer.

    A transferred contact names its customer on each of its legs, but for a leg of which no record has come.
    Raises `TryAgain` when the store is busy.
    """
    found: dict[ContactId, None] = {}
    waiting = list(contacts.of_customer(customer))
    while waiting:
        contact_id = waiting.pop()
        if contact_id in found:
            continue
        found[contact_id] = None
        contact = contacts.get(contact_id)
        if contact is not None:
            waiting += map(ContactId, [*contact.went_on, *filter(None, contact.came_from)])
    return sorted(found)


def mark(contact_id: ContactId, mark: Mark, name: str, *, facts: FactBook) -> None:
    """Mark a contact; a mark of the same kind and `name` is the same one, however often it is made.

    Raises `TryAgain` when the store is busy.
    """
    if facts.keep([mark_fact(contact_id, mark, name)]):
        raise TryAgain(f"The mark on contact {contact_id} could not be kept for now; making it again is safe.")


def forget(contact_ids: Iterable[ContactId], *, now: datetime, facts: FactBook) -> None:
    """Ask for these contacts to be forgotten; folding does it, now and whenever one of their facts comes again.

    Raises `TryAgain` when the store is busy; asking again is then right.
    """
    left = facts.keep([forgetting(contact_id, now) for contact_id in dict.fromkeys(contact_ids)])
    if left:
        raise TryAgain(f"{len(left)} contacts could not be noted for forgetting for now; ask again.")


def _unreadable(problem: Unreadable | RecursionError) -> Unreadable:
    return problem if isinstance(problem, Unreadable) else Unreadable("body", "is nested too deeply")
