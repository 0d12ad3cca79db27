"""An interval in which an agent was in one state."""

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from typing import NamedTuple

from chalicelib.agents.model.events import AgentId, Held
from chalicelib.agents.model.states import State
from chalicelib.contacts.model import ContactId


class Interval(NamedTuple):
    """An agent in one state from `start` until before `end`, which is None while it goes on.

    `status` is the name of the chosen status where that is what counts: Available, Lunch. `contacts` are those that put
    the agent into the state; `held` is all that the agent has in hand, and is known only while the interval goes on. What is
    not known is None; names, `held` and `next_status` are as last told.
    """

    agent_id: AgentId
    state: State
    status: str | None
    start: datetime
    end: datetime | None
    contacts: tuple[ContactId, ...]
    username: str | None
    site_id: str | None
    site_name: str | None
    routing_profile_id: str | None
    routing_profile: str | None
    next_status: str | None
    held: tuple[Held, ...] = ()

    def by_day(self) -> "Iterator[Interval]":
        """Yield the interval in pieces, none of which reaches over midnight (UTC); an open one is in one piece."""
        start, end = self.start, self.end
        while end is not None and (midnight := _midnight_after(start)) < end:
            yield self._replace(start=start, end=midnight)
            start = midnight
        yield self._replace(start=start)


def _midnight_after(moment: datetime) -> datetime:
    day = moment.astimezone(UTC).date() + timedelta(days=1)
    return datetime.combine(day, time(), UTC)
