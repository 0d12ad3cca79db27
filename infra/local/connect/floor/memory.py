"""How long contacts are remembered: a day after the last of those that belong together is over.

Contacts belong together that continue each other, or are related: the customer of one may be found through another, an attribute of one set
from another, a supervisor's listening ended. Connect itself remembers for 24 months.
"""

from collections import deque
from collections.abc import Callable
from datetime import datetime, timedelta

from infra.local.connect.floor.contact import Contact, Stage
from infra.local.connect.timeline import Timeline

REMEMBERED = timedelta(hours=24)


class Memory:
    """The contacts of an exchange, and which of them belong together. `in_hand` tells whether some agent still has to clear a contact."""

    def __init__(self, timeline: Timeline, in_hand: Callable[[Contact], bool]) -> None:
        self.contacts: dict[str, Contact] = {}
        self._timeline = timeline
        self._in_hand = in_hand
        self._families: dict[str, list[Contact]] = {}
        self._family_of: dict[str, str] = {}
        self._to_look_at: deque[tuple[datetime, str]] = deque()

    def begin(self, contact: Contact) -> None:
        """Remember a contact, with those that it names as previous or related."""
        family = next(
            (self._family_of[each] for each in (contact.previous_id, contact.related_id) if each in self._family_of),
            contact.id,
        )
        self.contacts[contact.id] = contact
        self._family_of[contact.id] = family
        self._families.setdefault(family, []).append(contact)

    def over(self, contact: Contact) -> None:
        """Forget a contact when the time has come, unless others need it then."""
        self._look_later(self._family_of[contact.id])

    def _look_later(self, family: str) -> None:
        if not self._to_look_at:
            self._timeline.after(REMEMBERED, self._look)
        self._to_look_at.append((self._timeline.now + REMEMBERED, family))

    def _look(self) -> None:
        """Forget what is due; all of a family is due when the last of it is, so that of several looks one is the right one."""
        now = self._timeline.now
        while self._to_look_at and self._to_look_at[0][0] <= now:
            _, family = self._to_look_at[0]
            if any(self._in_hand(each) for each in self._families.get(family, ())):
                self._look_later(family)
            elif self._is_due(family, now):
                self._forget(family)
            self._to_look_at.popleft()
        if self._to_look_at:
            self._timeline.at(self._to_look_at[0][0], self._look)

    def _is_due(self, family: str, now: datetime) -> bool:
        return all(
            each.stage is Stage.OVER and each.completed_at is not None and each.completed_at + REMEMBERED <= now
            for each in self._families.get(family, ())
        )

    def _forget(self, family: str) -> None:
        for contact in self._families.pop(family, ()):
            del self.contacts[contact.id], self._family_of[contact.id]
