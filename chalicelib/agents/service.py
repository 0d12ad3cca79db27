"""What is done with agent events: keep them, fold them into intervals, show those."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime
from typing import NamedTuple, Protocol

from chalicelib.agents.model import AgentEvent, AgentId, Interval, cut_at, intervals_of, read_event
from chalicelib.parking.model import Parked
from chalicelib.parking.service import ParkingLot
from chalicelib.problems import TryAgain, Unreadable


class EventBook(Protocol):
    """Every event that ever came of agents.

    Reading raises `TryAgain` when the store is busy, and `Unreadable` for an event that this release cannot read.
    """

    def keep(self, events: Collection[AgentEvent]) -> int:
        """Keep these events, no two of one agent and key, and return how many could not be kept for now."""

    def back(self, agent_id: AgentId, key: str) -> Iterator[AgentEvent]:
        """Yield the agent's events from the one of this key backwards, reading no further than it is asked to."""

    def on(self, agent_id: AgentId, key: str) -> Iterator[AgentEvent]:
        """Yield the agent's events after this key in their order, reading no further than it is asked to."""


class StateBook(Protocol):
    """The intervals that events add up to.

    Every method raises `TryAgain` when the store is busy; repeating it is safe.
    """

    def replace(
        self, agent_id: AgentId, intervals: Sequence[Interval], start: datetime | None, end: datetime | None
    ) -> int:
        """Keep these in place of the agent's intervals that begin from `start` until before `end`.

        None is the beginning or the end of time. Returns how many items had to be written or removed.
        """

    def open(self) -> Iterable[Interval]:
        """Return the intervals that go on."""

    def between(self, start: datetime, end: datetime) -> Iterable[Interval]:
        """Return what has ended of intervals within these moments, in pieces of at most a day."""


class Noted(NamedTuple):
    """What became of a batch of documents."""

    applied: int
    parked: int


class Window(NamedTuple):
    """Events between two cuts, and the moments of those; None where there is no cut. `last_key` is the last event's."""

    events: Sequence[AgentEvent]
    start: datetime | None
    end: datetime | None
    last_key: str


def note(bodies: Iterable[str], *, events: EventBook, parked: ParkingLot) -> Noted:
    """Keep the agent events in these documents; noting one twice changes nothing.

    One that cannot be read is parked and holds nobody up. Raises `TryAgain` when a store is busy; all of them may
    then come again.
    """
    said: dict[tuple[AgentId, str], AgentEvent] = {}
    refused: list[Parked] = []
    readable = 0
    for body in bodies:
        try:
            event = read_event(body)
        except Unreadable as problem:
            refused.append(Parked.of("agent-events", problem, body))
        except RecursionError:
            refused.append(Parked.of("agent-events", Unreadable("body", "is nested too deeply"), body))
        else:
            readable += 1
            said[event.agent_id, event.key] = event
    if left := events.keep(said.values()):
        raise TryAgain(f"{left} agent events could not be kept for now; the batch comes again.")
    for letter in refused:
        parked.park(letter)
    return Noted(applied=readable, parked=len(refused))


def fold(changed: Iterable[tuple[str, str]], *, events: EventBook, states: StateBook, parked: ParkingLot) -> int:
    """Bring the intervals around these events, agent id and key each, up to date; return how many items changed.

    An agent with an event that this release cannot read is parked by id. Raises `TryAgain` when a store is busy;
    folding all of them again is then right, however far this fold came.
    """
    keys: dict[AgentId, set[str]] = {}
    for agent_id, key in changed:
        keys.setdefault(AgentId(agent_id), set()).add(key)
    written = 0
    for agent_id, own in keys.items():
        try:
            for window in _windows(agent_id, own, events):
                written += states.replace(agent_id, _intervals_in(window), window.start, window.end)
        except Unreadable as problem:
            parked.park(Parked.of("agent-facts", problem, agent_id))
    return written


def states_now(*, states: StateBook) -> list[Interval]:
    """Return the interval that each agent is in, by name."""
    last: dict[AgentId, Interval] = {}
    # While a fold is being written two may be open: the new one is there before the old one has ended.
    for interval in sorted(states.open(), key=lambda each: each.start):
        last[interval.agent_id] = interval
    return sorted(last.values(), key=lambda each: (each.username or "", each.agent_id))


def states_between(start: datetime, end: datetime, *, states: StateBook) -> list[Interval]:
    """Return the intervals of all agents that hold at some moment from `start` until before `end`, by agent and time.

    One that has ended comes in pieces of at most a day (UTC).
    """
    still = (interval for interval in states.open() if interval.start < end)
    return sorted([*states.between(start, end), *still], key=lambda each: (each.agent_id, each.start))


def _windows(agent_id: AgentId, changed: Collection[str], events: EventBook) -> Iterator[Window]:
    done = ""
    for key in sorted(changed):
        if key > done and (window := _around(agent_id, key, changed, events)):
            done = window.last_key
            yield window


def _around(agent_id: AgentId, key: str, changed: Collection[str], events: EventBook) -> Window | None:
    """Return the events from the last cut before `key` until the first one after it that has not changed itself.

    None when there is nothing to fold: the event says what the one before it said.
    """
    found: list[AgentEvent] = []
    start = end = None
    for event in events.back(agent_id, key):
        found.append(event)
        if len(found) < 2:
            continue
        after = found[-2]
        if after.key == key and after.repeats(event):
            return None
        if after.key < key and (start := cut_at(after, event)):
            found.pop()
            break
    found.reverse()
    last_key = key
    for event in events.on(agent_id, key):
        cut = cut_at(event, found[-1]) if found else None
        found.append(event)
        if cut and event.key not in changed:
            end = cut
            break
        last_key = event.key
    return Window(events=found, start=start, end=end, last_key=last_key)


def _intervals_in(window: Window) -> list[Interval]:
    intervals = intervals_of(window.events)
    # The event of the cut at the end only ends what was before.
    return [each for each in intervals if window.end is None or each.start < window.end]
