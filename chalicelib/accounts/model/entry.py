"""One card entry: a ciphertext that belongs to one contact, and what became of it."""

from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from chalicelib.accounts.model.finding import Finding
from chalicelib.accounts.model.limits import A_CALL_LASTS
from chalicelib.contacts.model import ContactId


class By(StrEnum):
    """Who began the entry: the caller in the menu, or an agent during a call. Flows say it by these words."""

    MENU = "menu"
    CALL = "call"

    @property
    def means(self) -> str:
        """How it is written beside an identification."""
        return "card in call" if self is By.CALL else "card"


class Claim(NamedTuple):
    """A contact claims a ciphertext for itself.

    `message_id` names the message (AWS Encryption SDK, "message ID") and `digest` its bytes; `contact_id` is the contact with which
    the call began, `caller` the number whose misses are counted. It shows nothing of what was keyed.
    """

    message_id: str
    digest: str
    contact_id: ContactId
    caller: str | None
    by: By
    at: datetime


class Entry(NamedTuple):
    """A claim as it is kept: whose it is and since when, and what became of it once something did."""

    message_id: str
    digest: str
    contact_id: ContactId
    at: datetime
    finding: Finding | None

    def belongs_to(self, claim: Claim) -> bool:
        """Whether a claim is a repetition of this one: the same bytes, in the same call, while that can be going on."""
        same = (self.message_id, self.digest, self.contact_id) == (claim.message_id, claim.digest, claim.contact_id)
        return same and claim.at - self.at < A_CALL_LASTS
