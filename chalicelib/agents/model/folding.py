"""The intervals that all events of an agent add up to: a pure function of the set of events.

Nothing in it looks further back than to a *cut*: an event that begins something altogether new. So what is between two
cuts can be folded alone, and gives what folding everything would give. `docs/decisions/0014-agent-states.md` says why.
"""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import NamedTuple

from chalicelib.agents.model.events import LOGIN, LOGOUT, AgentEvent, AgentId, Snapshot
from chalicelib.agents.model.interval import Interval
from chalicelib.agents.model.states import Sight, State, sight_before, sight_in
from chalicelib.contacts.model import ContactId

_NEVER = datetime.min.replace(tzinfo=UTC)


def cut_at(event: AgentEvent, before: AgentEvent) -> datetime | None:
    """Return the moment from which nothing counts that was told until `before`, the event right before, or None.

    It is the beginning of a status that counts, chosen after all that was told: an agent goes to lunch, or comes back.
    """
    sight = sight_in(event)
    if sight is None or sight.snapshot is None or sight.status_since is None or sight.status_since <= before.at:
        return None
    earlier = sight_before(event)
    return None if earlier and earlier.latest >= sight.status_since else sight.status_since


def intervals_of(events: Iterable[AgentEvent]) -> list[Interval]:
    """Return the intervals that these events of one agent, in the order of their keys, add up to.

    The last one is open. An interval begins at the moment that a snapshot names, if nothing later was known before;
    else at the event itself: that a contact is gone has no moment of its own.
    """
    runs: list[_Run] = []
    latest, signed_out_at = _NEVER, _NEVER
    for event in events:
        if event.kind == LOGIN:
            signed_out_at = _NEVER
        for sight in _sights(event, latest if runs else None):
            # What was chosen before a sign-out is over, however long heartbeats repeat it.
            if sight.chosen_at <= signed_out_at and event.kind != LOGOUT:
                continue
            _add(runs, event, sight, latest)
            latest, signed_out_at = max(latest, sight.latest), _NEVER
        if event.kind == LOGOUT:
            signed_out_at = event.at
    ends: list[datetime | None] = [*(run.start for run in runs[1:]), None]
    return [run.interval(end) for run, end in zip(runs, ends, strict=False)]


class _Run(NamedTuple):
    """Sights of one state, one after the other; `snapshot` is the last that was seen."""

    agent_id: AgentId
    sight: Sight
    start: datetime
    contacts: frozenset[ContactId]
    snapshot: Snapshot | None

    @property
    def identity(self) -> tuple[object, ...]:
        """What must stay the same for an interval to go on."""
        where = (self.snapshot.site_id, self.snapshot.routing_profile_id) if self.snapshot else (None, None)
        return self.sight.state, self.sight.status, self.sight.status_since, *where

    def interval(self, end: datetime | None) -> Interval:
        """Return the run as an interval."""
        last = self.snapshot
        return Interval(
            agent_id=self.agent_id,
            state=self.sight.state,
            status=self.sight.status,
            start=self.start,
            end=end,
            contacts=tuple(sorted(self.contacts)),
            username=last.username if last else None,
            site_id=last.site_id if last else None,
            site_name=last.site_name if last else None,
            routing_profile_id=last.routing_profile_id if last else None,
            routing_profile=last.routing_profile if last else None,
            next_status=last.next_status if last else None,
            held=last.held if last and end is None and self.sight.state is not State.OFFLINE else (),
        )


def _sights(event: AgentEvent, latest: datetime | None) -> Iterator[Sight]:
    # What was before an event is news only if an event in between has not come; nothing is told of before the first one.
    earlier = sight_before(event)
    if latest is not None and earlier is not None and earlier.latest > latest:
        yield earlier
    sight = sight_in(event)
    if sight is not None:
        yield sight


def _add(runs: list[_Run], event: AgentEvent, sight: Sight, latest: datetime) -> None:
    last = runs[-1] if runs else None
    run = _Run(
        agent_id=event.agent_id,
        sight=sight,
        start=_start(sight, last, latest),
        contacts=frozenset(sight.contacts),
        snapshot=sight.snapshot or (last.snapshot if last else None),
    )
    if last and last.identity == run.identity:
        runs[-1] = run._replace(start=last.start, contacts=last.contacts | run.contacts)
        return
    if last and last.start == run.start:
        runs.pop()
    runs.append(run)


def _start(sight: Sight, last: _Run | None, latest: datetime) -> datetime:
    named = next((moment for moment in sight.began if moment > latest), sight.at)
    return max(named, last.start) if last else named
