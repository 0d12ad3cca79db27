"""Contacts by the handful."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from chalicelib.contacts.model.contact import Contact
from chalicelib.contacts.model.fact import ContactId


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Some contacts and, unless they are the last, the token that fetches the next ones."""

    contacts: Sequence[Contact]
    next: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """One contact that waits in a queue."""

    contact_id: ContactId
    queue_id: str | None
    channel: str | None
    since: datetime
