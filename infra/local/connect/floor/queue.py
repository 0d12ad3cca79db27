"""A queue and who waits in it: a standard queue, or an agent's own."""

from bisect import bisect_left, insort
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from infra.local.connect.floor.contact import Contact, Stage
from infra.local.connect.instance import Channel

PERSONAL_LIMIT = 10
"""Contacts in an agent's own queue; Connect's fixed quota."""

Waiting = tuple[int, datetime, int, Contact]
"""Priority, adjusted moment of entry, number of the contact, the contact: in this order they are served."""


@dataclass(slots=True, eq=False, kw_only=True)
class WaitingLine:
    """A queue at run time. `user_id` is set for an agent's own queue."""

    id: str
    arn: str
    name: str | None
    user_id: str | None = None
    hours_id: str | None = None
    max_contacts: int | None = None
    enabled: bool = True
    outbound_number: str | None = None
    outbound_flow_id: str | None = None
    members: dict[str, Contact] = field(default_factory=dict)
    """Everybody who counts: waiting, being offered, and callbacks before their time."""
    _order: dict[Channel, list[Waiting]] = field(default_factory=dict)

    @property
    def type(self) -> str:
        """`STANDARD` or `AGENT`."""
        return "AGENT" if self.user_id else "STANDARD"

    @property
    def is_full(self) -> bool:
        """Whether it takes no further contact or callback."""
        return self.max_contacts is not None and len(self.members) >= self.max_contacts

    def waiting(self, channel: Channel) -> Sequence[Waiting]:
        """Return the contacts of a channel that wait for an offer, in the order in which they are served."""
        return self._order.get(channel, ())

    def in_queue(self) -> Iterator[Contact]:
        """Yield the contacts in the queue; callbacks before their time are not in it yet."""
        return (each for each in self.members.values() if each.stage is not Stage.SCHEDULED)

    def oldest(self) -> datetime | None:
        """Return since when the contact waits that waits longest."""
        return min((each.enqueued_at for each in self.in_queue() if each.enqueued_at), default=None)

    def reserve(self, contact: Contact) -> None:
        """Let a contact count from now on."""
        self.members[contact.id] = contact

    def place(self, contact: Contact) -> None:
        """Put a contact at its place; it must be in no place now."""
        assert contact.place is None
        assert contact.enqueued_at is not None
        self.members[contact.id] = contact
        contact.place = (contact.priority, contact.enqueued_at - contact.time_adjustment, contact.number)
        insort(self._order.setdefault(contact.channel, []), (*contact.place, contact))

    def take_out(self, contact: Contact) -> None:
        """Take a contact out of the order, for an offer or for good; it goes on counting until `forget`."""
        if contact.place is not None:
            order = self._order[contact.channel]
            del order[bisect_left(order, (*contact.place, contact))]
            contact.place = None

    def forget(self, contact: Contact) -> None:
        """Let a contact count no longer."""
        self.take_out(contact)
        self.members.pop(contact.id, None)
