"""The second check: a card names an account, and only what the customer says as well makes sure that it is theirs.

Checks are facts of an identification, each under its own id and moment, so that the same checks end the same in whatever order and
however often they arrive (decision 0026).
"""

import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple

from chalicelib.accounts.model.matching import is_name, is_one_of
from chalicelib.accounts.model.suspicion import looks_like_a_card_number
from chalicelib.contacts.model import ContactId
from chalicelib.contacts.model.fact import contact_id_in
from chalicelib.contacts.model.said import Reader
from chalicelib.moments import stamp
from chalicelib.problems import BadRequest, Unreadable

TRIES = 3
"""Wrong answers that end the checks of an identification."""

SAID_LENGTH = 200
"""Characters in the longest answer that is taken."""


class Asked(StrEnum):
    """What the agent asked the customer for; the last says that this is somebody else."""

    ADDRESS = "address"
    NAME = "name"
    NOT_THIS_CUSTOMER = "not_this_customer"


class State(StrEnum):
    """How sure it is who calls."""

    NONE = "none"
    IDENTIFIED = "identified"
    SEVERAL = "several"
    VERIFIED = "verified"
    UNDONE = "undone"


class Outcome(StrEnum):
    """What became of a check, as the audit keeps it."""

    PASSED = "passed"
    WRONG = "wrong"
    NAME_RIGHT = "name_right"
    UNDONE = "undone"
    TOO_LATE = "too_late"


class Check(NamedTuple):
    """One check: `contact_id` is the initial contact's, `in_hand` the agent's, `said` what the customer said, `at` when the API took it."""

    check_id: str
    contact_id: ContactId
    in_hand: ContactId
    asked: Asked
    said: str
    username: str
    at: datetime

    def text(self) -> str:
        """Return the check as a message."""
        told = {"check_id": self.check_id, "ContactId": self.contact_id, "in_hand": self.in_hand, "said": self.said}
        return json.dumps(
            {**told, "fact": self.asked.value, "username": self.username, "at": stamp(self.at)}, sort_keys=True
        )

    def __repr__(self) -> str:
        """Name the check without what was said: a representation may end in a log."""
        return f"Check({self.check_id!r}, {self.asked.value!r})"


class Registered(NamedTuple):
    """What a member is registered with; `status` is open, closed or locked."""

    account_id: str
    name: str
    addresses: tuple[str, ...]
    language: str
    status: str


class Decided(NamedTuple):
    """A check after comparing: whether the answer was right, and of which account if that is certain. Not what was said."""

    at: datetime
    check_id: str
    asked: Asked
    by: str
    right: bool
    account_id: str | None


class Identification(NamedTuple):
    """Whom a card has named in a contact, and what was checked since; `undone` is the first that said it is somebody else."""

    contact_id: ContactId
    account_ids: tuple[str, ...]
    at: datetime
    decided: tuple[Decided, ...] = ()
    undone: Decided | None = None

    def with_decided(self, decided: Decided) -> "Identification":
        """Return the identification with one more check, which it does not hold yet."""
        if decided.asked is Asked.NOT_THIS_CUSTOMER:
            return self._replace(undone=min(filter(None, (self.undone, decided))))
        return self._replace(decided=tuple(sorted((*self.decided, decided))))


class Standing(NamedTuple):
    """How an identification stands: `account_id` once one is certain, `last` the last check that counted."""

    state: State
    account_id: str | None
    wrong: int
    last: Decided | None

    @property
    def tries_left(self) -> int:
        """Wrong answers that may still be given; none where nothing is to be checked."""
        return TRIES - self.wrong if self.state in (State.IDENTIFIED, State.SEVERAL) else 0


def objection(asked: Asked, said: str) -> str | None:
    """Return why an answer cannot be taken, in words that say what to do, or None. It never repeats the answer."""
    if asked is Asked.NOT_THIS_CUSTOMER:
        return "Send no `said` with `not_this_customer`." if said else None
    if not said.strip() or len(said) > SAID_LENGTH:
        return f"Send as `said` what the customer said, at most {SAID_LENGTH} characters."
    if any("\ud800" <= character <= "\udfff" for character in said):
        return "`said` holds half a character (a lone surrogate)."
    if looks_like_a_card_number(said):
        return (
            "That looks like a card number: never write one down. Ask for an address, a phone number or a name instead."
        )
    return None


def asked_in(text: str) -> Asked:
    """Return what was asked; raises `BadRequest` for a word that is none of ours."""
    if text not in set(Asked):
        raise BadRequest(f"`fact` must be one of {', '.join(Asked)}.")
    return Asked(text)


def read_check(body: str) -> Check:
    """Return the check in a message; raises `Unreadable` with the field at fault, and never with what was said."""
    try:
        document: Any = json.loads(body)
    except (ValueError, RecursionError):
        # Without its cause: that holds the whole text.
        raise Unreadable("body", "must be a JSON document") from None
    if not isinstance(document, dict):
        raise Unreadable("body", f"must be a JSON object, not {type(document).__name__}")
    told = Reader(document, "")
    asked, said = told.text("fact"), document.get("said")
    if asked not in set(Asked):
        raise Unreadable("fact", f"must be one of {', '.join(Asked)}")
    if not isinstance(said, str):
        raise Unreadable("said", "must be text")
    check_id, username, at = told.text("check_id"), told.text("username"), told.moment("at")
    if check_id is None or username is None or at is None:
        raise Unreadable("check_id, username, at", "must be there and not empty")
    return Check(
        check_id=check_id,
        contact_id=contact_id_in(document, "ContactId"),
        in_hand=contact_id_in(document, "in_hand"),
        asked=Asked(asked),
        said=said,
        username=username,
        at=at,
    )


def counts(check: Check, identification: Identification) -> bool:
    """Whether a check is to be compared: it is about this identification, new, and none of those before it has settled things.

    An identification that was made after the check was sent is another one.
    """
    if check.at < identification.at:
        return False
    known = (*identification.decided, *filter(None, (identification.undone,)))
    if any(each.check_id == check.check_id for each in known):
        return False
    if check.asked is Asked.NOT_THIS_CUSTOMER:
        return True
    undone = identification.undone
    if undone is not None and _place(undone) < (check.at, check.check_id):
        return False
    before = [each for each in identification.decided if _place(each) < (check.at, check.check_id)]
    return standing(identification._replace(decided=tuple(before), undone=None)).tries_left > 0


def decide(check: Check, members: Sequence[Registered]) -> Decided:
    """Compare what was said with what these members are registered with.

    Right is what fits exactly one of them: what fits two does not tell which of them calls.
    """
    fitting = [each for each in members if _fits(check, each)]
    right = len(fitting) == 1
    return Decided(
        at=check.at,
        check_id=check.check_id,
        asked=check.asked,
        by=check.username,
        right=right,
        account_id=fitting[0].account_id if right else None,
    )


def standing(identification: Identification | None) -> Standing:
    """Return how an identification stands after its checks, in the order in which they were made.

    One registered address makes sure; a right name alone does not. Three wrong answers end it.
    """
    if identification is None:
        return Standing(state=State.NONE, account_id=None, wrong=0, last=None)
    ids = identification.account_ids
    state, account_id = (State.IDENTIFIED, ids[0]) if len(ids) == 1 else (State.SEVERAL, None)
    wrong, last, undone = 0, None, identification.undone
    for each in sorted(identification.decided):
        if state is State.VERIFIED or wrong == TRIES or (undone is not None and undone < each):
            break
        last = each
        wrong += not each.right
        if each.right and each.asked is Asked.ADDRESS:
            state, account_id = State.VERIFIED, each.account_id
    return Standing(
        state=State.UNDONE if undone else state,
        account_id=account_id,
        wrong=wrong,
        last=last,
    )


def outcome_of(decided: Decided, after: Identification) -> Outcome:
    """Return what became of a check, now that it is one of the identification's."""
    if decided.asked is Asked.NOT_THIS_CUSTOMER:
        return Outcome.UNDONE
    if not decided.right:
        return Outcome.WRONG
    if decided.asked is Asked.NAME:
        return Outcome.NAME_RIGHT
    now = standing(after)
    return Outcome.PASSED if now.state is State.VERIFIED and now.last == decided else Outcome.TOO_LATE


def shown_ids(identification: Identification | None) -> Iterable[str]:
    """Return the accounts that may stand before the agent: those that the card named, the certain one, or none."""
    now = standing(identification)
    if identification is None or now.state is State.UNDONE:
        return ()
    return identification.account_ids if now.account_id is None else (now.account_id,)


def _place(decided: Decided) -> tuple[datetime, str]:
    return decided.at, decided.check_id


def _fits(check: Check, member: Registered) -> bool:
    if check.asked is Asked.ADDRESS:
        return is_one_of(check.said, member.addresses)
    return check.asked is Asked.NAME and is_name(check.said, member.name)
