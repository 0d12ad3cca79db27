"""What the same customer brought to us before: who may see it, whose it is, and which of it."""

import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from chalicelib.contacts.model import Contact, Stage

MOST_SHOWN = 20

FRESH = timedelta(hours=1)
"""How long after a contact its agents may still look at what the customer brought before: to write it up, and no longer."""

_SOMEBODY = re.compile(r"\+[0-9]{5,15}|[^@\s]+@[^@\s]+")
"""A telephone number as Connect writes it, or a mail address."""

_NEVER = datetime.min.replace(tzinfo=UTC)


def is_fresh(contact: Contact, now: datetime) -> bool:
    """Whether an agent may have this contact in hand, or may just have had it.

    Who works at a contact needs to know what was before; nobody needs to look customers up at leisure.
    """
    if contact.stage is Stage.UNKNOWN:
        return False
    ended_at = contact.said.disconnected_at
    return contact.stage is not Stage.ENDED or (ended_at is not None and now - ended_at < FRESH)


def names_somebody(address: str | None) -> bool:
    """Whether an address leads to one customer: callers who withhold their number share words such as `anonymous`."""
    return address is not None and _SOMEBODY.fullmatch(address) is not None


def earlier(contact: Contact, found: Iterable[Contact]) -> list[Contact]:
    """Return what the customer of `contact` brought to us before, newest first.

    Left out are the contact itself, its own chain of transfers and callbacks, what came after it, and supervisors' listening.
    """
    own = {contact.contact_id, *contact.went_on, *filter(None, contact.came_from)}
    arrived_at = contact.arrived_at
    before = [
        each
        for each in found
        if each.contact_id not in own
        and not own & {*each.went_on, *filter(None, each.came_from)}
        and each.said.initiation_method != "MONITOR"
        and (arrived_at is None or (each.arrived_at or _NEVER) <= arrived_at)
    ]
    return sorted(before, key=lambda each: (each.arrived_at or _NEVER, each.contact_id), reverse=True)[:MOST_SHOWN]
