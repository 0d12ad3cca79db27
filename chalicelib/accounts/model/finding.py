"""Which account a card leads to: the rules of finding."""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import NamedTuple

from chalicelib.accounts.model.answer import NONE, Answer, Outcome


class Status(StrEnum):
    """Whether an account is served; only an open one is found."""

    OPEN = "open"
    CLOSED = "closed"
    LOCKED = "locked"


class Account(NamedTuple):
    """As much of a member's account as finding it needs; `priority` is a routing priority of Connect, 1 the most urgent."""

    account_id: str
    status: Status
    language: str | None
    priority: int | None


class Finding(NamedTuple):
    """What became of an entry: the open accounts found and, where there is but one, how to serve it.

    `key_version` is that of the token under which they were found; None where nothing was.
    """

    outcome: Outcome
    account_ids: Sequence[str] = ()
    language: str | None = None
    priority: int | None = None
    key_version: int | None = None

    @property
    def account_id(self) -> str | None:
        """The account, where it is certain which."""
        return self.account_ids[0] if self.outcome is Outcome.IDENTIFIED else None

    def answer(self, tail: str) -> Answer:
        """Return what the flow is told; the tail only where the card was found, or it would tell a known card from an unknown one."""
        if self.outcome is Outcome.IDENTIFIED:
            return Answer(
                outcome=self.outcome,
                account_id=self.account_ids[0],
                language=self.language or NONE,
                priority=NONE if self.priority is None else str(self.priority),
                tail=tail,
            )
        return Answer(outcome=self.outcome, tail=tail if self.outcome is Outcome.SEVERAL else NONE)


def find(accounts: Sequence[Account], under: Mapping[str, int]) -> Finding:
    """Return what a card of these accounts finds; `under` says under which version of the key each of them was found.

    Another card of the same account finds the same. A card of several accounts finds the open one where there is but one, and is
    `several` where there are more: an agent asks. Accounts that are closed or locked, and a card of none, are all `not_found`.
    """
    served = sorted((each for each in accounts if each.status is Status.OPEN), key=lambda each: each.account_id)
    if not served:
        return Finding(outcome=Outcome.NOT_FOUND)
    ids = [each.account_id for each in served]
    key_version = under[ids[0]]
    if len(served) > 1:
        return Finding(outcome=Outcome.SEVERAL, account_ids=ids, key_version=key_version)
    return Finding(
        outcome=Outcome.IDENTIFIED,
        account_ids=ids,
        language=served[0].language,
        priority=served[0].priority,
        key_version=key_version,
    )
