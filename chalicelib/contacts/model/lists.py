"""Contacts by the handful."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from chalicelib.contacts.model.contact import Contact
from chalicelib.contacts.model.fact import ContactId
from chalicelib.contacts.model.mark import Mark


class Page(NamedTuple):
    """Some contacts and, unless they are the last, the token that fetches the next ones."""

    contacts: Sequence[Contact]
    next: str | None


class Waiting(NamedTuple):
    """One contact that waits in a queue."""

    contact_id: ContactId
    queue_id: str | None
    channel: str | None
    since: datetime
    initiation_method: str | None = None


class Talk(NamedTuple):
    """One contact that is with an agent, since the agent was connected; on any channel."""

    contact_id: ContactId
    queue_id: str | None
    site_id: str | None
    channel: str | None
    initiation_method: str | None
    agent_id: str | None
    since: datetime
    marks: tuple[Mark, ...]
