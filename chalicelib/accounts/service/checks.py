"""What is done to be sure who calls: show the account as far as that is certain, take checks, compare, undo."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple, Protocol

from chalicelib.accounts.model.checks import (
    Asked,
    Check,
    Decided,
    Identification,
    Outcome,
    Registered,
    Standing,
    State,
    counts,
    decide,
    objection,
    outcome_of,
    read_check,
    shown_ids,
    standing,
)
from chalicelib.contacts.model import ContactId
from chalicelib.problems import BadRequest, TryAgain

SOURCE = "account-checks"
"""The source of dead letters that are checks."""

ROUNDS = 5
"""How often a check looks again, when others were decided in the same moment."""


class CheckPost(Protocol):
    """What carries checks to where they are compared."""

    def send(self, check: Check) -> None:
        """Send a check.

        Raises `TryAgain` when it could not be sent.
        """


class IdentificationBook(Protocol):
    """Whom cards have named, by initial contact."""

    def get(self, contact_id: ContactId) -> Identification | None:
        """Return the identification of a contact as it is now, or None.

        Raises `TryAgain` when the store is busy.
        """

    def replace(self, before: Identification, after: Identification) -> bool:
        """Keep `after` where `before` still stands; return whether it did.

        Raises `TryAgain` when the store is busy.
        """


class MemberBook(Protocol):
    """What members are registered with."""

    def several(self, account_ids: Sequence[str]) -> list[Registered]:
        """Return those of these members that are registered, in the order of their ids.

        Raises `TryAgain` when the store is busy.
        """


class Memory(Protocol):
    """What flows remember of an identification: contact attributes, for which they ask nobody twice."""

    def forget(self, contact_id: ContactId) -> None:
        """Forget whom a card has named, so that a card can be asked for again; of a contact that is over nothing is left to forget.

        Raises `TryAgain` when Connect is busy or out of reach.
        """


class Audited(NamedTuple):
    """What the audit keeps of a check: who, when, about which contact and account, what came of it. Never what was said."""

    check_id: str
    contact_id: ContactId
    account_ids: tuple[str, ...]
    asked: Asked
    by: str
    at: datetime
    outcome: Outcome


class CheckAudit(Protocol):
    """The audit of checks; entries are added and never changed."""

    def add(self, audited: Audited) -> None:
        """Keep an entry; one that is there already stays as it is.

        Raises `TryAgain` when the audit is busy.
        """


class Account(NamedTuple):
    """The account as an agent may see it: how sure it is, and who it may be."""

    standing: Standing
    members: Sequence[Registered]


def account_of(contact_id: ContactId, *, identifications: IdentificationBook, members: MemberBook) -> Account:
    """Return whom a card has named in the contact with this initial contact.

    What members are registered with is emptied of name and addresses until a check has passed. Raises `TryAgain` when a store is busy.
    """
    identification = identifications.get(contact_id)
    now = standing(identification)
    found = members.several(tuple(shown_ids(identification)))
    if now.state is not State.VERIFIED:
        found = [each._replace(name="", addresses=()) for each in found]
    return Account(standing=now, members=found)


def take_check(check: Check, *, post: CheckPost) -> None:
    """Take a check: it is compared a moment later.

    Raises `BadRequest` for an answer that may not be kept even for that moment, `TryAgain` when it could not be taken.
    """
    why = objection(check.asked, check.said)
    if why is not None:
        raise BadRequest(why)
    post.send(check)


def carry_out_check(
    body: str,
    *,
    identifications: IdentificationBook,
    members: MemberBook,
    audit: CheckAudit,
    memory: Memory | None,
) -> tuple[Check, Outcome]:
    """Compare the check in a message, keep what came of it, and return both; doing it again changes nothing.

    Raises `Unreadable` for a message that is none, and `TryAgain` when a store is busy; the message may then come again.
    """
    check = read_check(body)
    outcome = _compared(check, identifications=identifications, members=members, audit=audit)
    if outcome is Outcome.UNDONE and memory is not None:
        memory.forget(check.in_hand)
    return check, outcome


def _compared(check: Check, *, identifications: IdentificationBook, members: MemberBook, audit: CheckAudit) -> Outcome:
    for _ in range(ROUNDS):
        before = identifications.get(check.contact_id)
        if before is None or not counts(check, before):
            return _of_one_that_does_not_count(check, before, audit=audit)
        decided = decide(check, members.several(before.account_ids))
        after = before.with_decided(decided)
        outcome = outcome_of(decided, after)
        # First the trace: nothing is shown of which the audit knows nothing.
        audit.add(_audited(check, before.account_ids, outcome))
        if identifications.replace(before, after):
            return outcome
    raise TryAgain("The identification changed again and again meanwhile; the check comes again.")


def _of_one_that_does_not_count(check: Check, known: Identification | None, *, audit: CheckAudit) -> Outcome:
    decided = _known(check, known)
    if decided is not None and known is not None:
        return outcome_of(decided, known)
    audit.add(_audited(check, known.account_ids if known else (), Outcome.TOO_LATE))
    return Outcome.TOO_LATE


def _known(check: Check, known: Identification | None) -> Decided | None:
    decided = (*known.decided, known.undone) if known else ()
    return next((each for each in decided if each and each.check_id == check.check_id), None)


def _audited(check: Check, account_ids: tuple[str, ...], outcome: Outcome) -> Audited:
    return Audited(
        check_id=check.check_id,
        contact_id=check.contact_id,
        account_ids=account_ids,
        asked=check.asked,
        by=check.username,
        at=check.at,
        outcome=outcome,
    )
