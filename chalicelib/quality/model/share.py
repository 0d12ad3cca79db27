"""A contact's share in the figures: where it counts, and what it adds there."""

from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from chalicelib.contacts.model import Contact, ContactId, Outcome

INTERVAL = timedelta(minutes=15)
NOWHERE = "none"
"""Stands for the queue, site or channel of a contact that has none (or none that anybody told us)."""


class Cell(NamedTuple):
    """A queue in a quarter of an hour (its start, UTC): what is recounted as a whole."""

    start: datetime
    queue_id: str


class Share(NamedTuple):
    """What one contact adds to its cell. Waits and handle times are milliseconds, so that sums are exact."""

    contact_id: ContactId
    cell: Cell
    site_id: str
    channel: str
    arrived: bool
    offered: bool
    callback: bool
    outcome: Outcome | None
    turned_away: str | None
    wait: int | None
    handle: int | None
    hold: int
    after_contact_work: int


def share_of(contact: Contact) -> Share | None:
    """Return what a contact adds to the figures, or None while it counts nowhere.

    It counts in the interval in which it entered its queue, or began if it entered none.
    """
    arrived_at = contact.arrived_at
    if arrived_at is None or not (contact.from_customer or contact.answered):
        return None
    said = contact.said
    return Share(
        contact_id=contact.contact_id,
        cell=Cell(start=interval_start(arrived_at), queue_id=said.queue_id or NOWHERE),
        site_id=said.site_id or NOWHERE,
        channel=said.channel or NOWHERE,
        arrived=contact.from_customer,
        offered=contact.offered,
        callback=contact.is_callback,
        outcome=contact.outcome,
        turned_away=said.turned_away if contact.outcome is Outcome.TURNED_AWAY else None,
        wait=_milliseconds(contact.wait_seconds),
        handle=_milliseconds(contact.handle_seconds),
        hold=(said.hold_seconds or 0) * 1000,
        after_contact_work=(said.after_contact_work_seconds or 0) * 1000,
    )


def interval_start(moment: datetime) -> datetime:
    """Return the start of the quarter of an hour (UTC) in which a moment lies."""
    moment = moment.astimezone(UTC)
    return moment.replace(minute=moment.minute // 15 * 15, second=0, microsecond=0)


def _milliseconds(seconds: float | None) -> int | None:
    return None if seconds is None else round(seconds * 1000)
