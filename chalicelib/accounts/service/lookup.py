"""The use case of the card room: from what a caller keyed to whose account it is."""

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from typing import NamedTuple, Protocol, TypeVar

from chalicelib.accounts.model.answer import NONE, Answer, Outcome
from chalicelib.accounts.model.entry import By, Claim, Entry
from chalicelib.accounts.model.finding import Account, Finding, find
from chalicelib.accounts.model.limits import counted_number
from chalicelib.accounts.model.number import SILENCE, CardNumber, Keyed, read_number
from chalicelib.accounts.model.token import Token
from chalicelib.contacts.model import ContactId
from chalicelib.problems import Problem, TryAgain

Result = TypeVar("Result")


class NotOpened(Problem):
    """What was sent is no message of Connect for one of our keys; the text says why, and nothing of it."""


class Replayed(Problem):
    """A ciphertext that another contact has claimed, or this one long ago: somebody sends what is not theirs."""


class OutOfTime(Problem):
    """Too much time has passed to ask for anything more: the flow waits for an answer."""


class InTheWay(TryAgain):
    """Another invocation writes the same entry at this moment; once more, and it is done."""


class Opened(NamedTuple):
    """An opened message: its id, a digest of its bytes, and what was keyed."""

    message_id: str
    digest: str
    keyed: Keyed


class Opener(Protocol):
    """What opens messages of Connect."""

    def open(self, text: str) -> Opened:
        """Return what a stored input holds.

        Raises `NotOpened` for anything else, `TryAgain` when the keys are out of reach.
        """


class Entries(Protocol):
    """Entries as they are kept, with all that hangs on them. Every method raises `TryAgain` when the store is busy."""

    def claim(self, claim: Claim) -> Entry | None:
        """Keep the claim and count it for its contact, and return its entry, or the one that has the same message id already.

        None, and nothing is kept, when the contact or the calling number has tried too often.
        """

    def finish(self, claim: Claim, finding: Finding) -> Finding:
        """Keep what became of a claim, its audit item, the identification and the miss, together; return what is kept.

        That is another finding where one was kept before.
        """

    def turn_away(self, claim: Claim) -> Entry:
        """Keep that a claim was one too many, with its audit item, and return its entry, or one that was kept before."""

    def note_replay(self, claim: Claim) -> None:
        """Keep an audit item of a claim on somebody else's entry."""


class Tokens(Protocol):
    """What makes tokens; `token` raises `TryAgain` when it is busy."""

    def versions(self) -> Sequence[int]:
        """Return the versions of the key under which cards are looked for."""

    def token(self, number: CardNumber, version: int) -> Token:
        """Return a number's token under one version."""


class Members(Protocol):
    """Who holds which card. Every method raises `TryAgain` when the store is busy."""

    def holders(self, token: Token) -> Sequence[str]:
        """Return the ids of the accounts that hold a card."""

    def accounts(self, account_ids: Sequence[str]) -> Sequence[Account]:
        """Return those of these accounts that there are; asking for none takes as many calls as asking for some."""


class Patience:
    """The time that one lookup may take, and who may ask again.

    A flow waits for eight seconds and Connect then asks again, so an answer that there is none must come much sooner. A call takes at
    most two seconds (its client's time-outs), so none begins when `seconds` have passed, and one that failed is repeated once.
    """

    SECONDS = 3.0
    CONFLICTS = 5

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._began = clock()

    def ask(self, call: Callable[[], Result]) -> Result:
        """Return what a call returns; raises `OutOfTime`, and what it raised twice."""
        failures = conflicts = 0
        while True:
            if self._clock() - self._began > self.SECONDS:
                raise OutOfTime("The lookup took too long; the flow goes on without it.")
            try:
                return call()
            except InTheWay:
                conflicts += 1
                if conflicts > self.CONFLICTS:
                    raise
            except TryAgain:
                failures += 1
                if failures > 1:
                    raise


class Asked(NamedTuple):
    """What a flow asks: the stored input, for whose call, at whose wish."""

    stored_input: str
    contact_id: ContactId
    address: str | None
    by: By
    at: datetime


def look_up(
    asked: Asked,
    *,
    trunks: Sequence[str],
    opener: Opener,
    entries: Entries,
    tokens: Tokens,
    members: Members,
    patience: Patience,
) -> Answer:
    """Answer whose account the card is that was keyed.

    The same input in the same call has the same answer and counts once, however often, however much at the same time and after
    whatever death it is asked. Raises `NotOpened`, `Replayed`, `TryAgain` and `OutOfTime`, after which a flow goes on without.
    """
    if asked.stored_input in ("", SILENCE):
        return Answer(outcome=Outcome.SILENCE)
    opened = patience.ask(lambda: opener.open(asked.stored_input))
    number = read_number(opened.keyed)
    claim = Claim(
        message_id=opened.message_id,
        digest=opened.digest,
        contact_id=asked.contact_id,
        caller=counted_number(asked.address, trunks),
        by=asked.by,
        at=asked.at,
    )
    finding = _finding(claim, number, entries=entries, tokens=tokens, members=members, patience=patience)
    return finding.answer(number.tail if isinstance(number, CardNumber) else NONE)


def _finding(
    claim: Claim,
    number: CardNumber | Outcome,
    *,
    entries: Entries,
    tokens: Tokens,
    members: Members,
    patience: Patience,
) -> Finding:
    entry = patience.ask(lambda: entries.claim(claim))
    if entry is None:
        entry = patience.ask(lambda: entries.turn_away(claim))
    if not entry.belongs_to(claim):
        patience.ask(lambda: entries.note_replay(claim))
        raise Replayed("Somebody else's entry.")
    if entry.finding is not None:
        return entry.finding
    if isinstance(number, CardNumber):
        found = _found(number, tokens=tokens, members=members, patience=patience)
    else:
        found = Finding(outcome=number)
    return patience.ask(lambda: entries.finish(claim, found))


def _found(number: CardNumber, *, tokens: Tokens, members: Members, patience: Patience) -> Finding:
    """Find a number's accounts.

    Every version is looked under, and accounts are always read: a known card and an unknown one, an open account and a closed one
    take the same calls, and so the same time.
    """
    under: dict[str, int] = {}
    for version in tokens.versions():
        token = patience.ask(partial(tokens.token, number, version))
        for account_id in patience.ask(partial(members.holders, token)):
            under.setdefault(account_id, version)
    return find(patience.ask(lambda: members.accounts(sorted(under))), under)
