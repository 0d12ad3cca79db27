"""The live floor: which calls go on, and which contacts somebody should look at now."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from chalicelib.agents.model import Interval
from chalicelib.contacts.model import ContactId, Mark, MarkKind, Talk, Waiting
from chalicelib.desk.model.waiting import Queueing
from chalicelib.quality.model.share import NOWHERE

TALKED = frozenset({"VOICE", "CHAT"})
"""Channels on which two people talk at once: those that a supervisor can listen to."""


class Why(StrEnum):
    """Why somebody should look at a contact, the most urgent reason first."""

    HARASSMENT = "harassment"
    HELP = "help"
    WAITS_LONG = "waits_long"
    TALKS_LONG = "talks_long"


class Person(NamedTuple):
    """An agent by Connect's id, and by name if that is known."""

    id: str
    name: str | None


class AtRisk(NamedTuple):
    """A contact that somebody should look at, and why; `since` is when the reason began: wait, talk or mark."""

    contact_id: ContactId
    why: Why
    queue_id: str
    agent: Person | None
    site_id: str | None
    since: datetime
    seconds: float


class Call(NamedTuple):
    """A conversation that goes on."""

    contact_id: ContactId
    channel: str
    agent: Person | None
    queue_id: str
    since: datetime
    marks: tuple[Mark, ...]


class Floor(NamedTuple):
    """The floor at one moment."""

    agents: Sequence[Interval]
    waiting: Sequence[Queueing]
    at_risk: Sequence[AtRisk]
    calls: Sequence[Call]


def at_risk(
    waiting: Iterable[Waiting],
    talks: Iterable[Talk],
    agents: Iterable[Interval],
    *,
    threshold: Callable[[str], int],
    long_talk: timedelta,
    now: datetime,
) -> list[AtRisk]:
    """Return the contacts that somebody should look at, the most urgent reason first, then the longest.

    A wait is long beyond its queue's `threshold` in seconds; that of a callback never is, since nobody holds the line. A talk
    is long beyond `long_talk` on the telephone alone: a chat or a task may lie open for hours without anybody talking. Each
    kind of mark counts once, since it was first made. One contact may stand here for several reasons.
    """
    names = _names(agents)
    found = [*_waits(waiting, threshold, now), *_talks(talks, names, long_talk, now)]
    order = {why: number for number, why in enumerate(Why)}
    return sorted(found, key=lambda each: (order[each.why], -each.seconds, each.contact_id))


def calls(talks: Iterable[Talk], agents: Iterable[Interval]) -> list[Call]:
    """Return the conversations that go on, the longest first; whom a supervisor listens to is no further one."""
    names = _names(agents)
    return [
        Call(
            contact_id=talk.contact_id,
            channel=talk.channel,
            agent=_person(talk, names),
            queue_id=talk.queue_id or NOWHERE,
            since=talk.since,
            marks=talk.marks,
        )
        for talk in sorted(talks, key=lambda talk: (talk.since, talk.contact_id))
        if talk.channel in TALKED and not _listens(talk)
    ]


def _waits(waiting: Iterable[Waiting], threshold: Callable[[str], int], now: datetime) -> Iterator[AtRisk]:
    for wait in waiting:
        queue_id, seconds = wait.queue_id or NOWHERE, _seconds(wait.since, now)
        if wait.initiation_method != "CALLBACK" and seconds > threshold(queue_id):
            yield AtRisk(
                contact_id=wait.contact_id, why=Why.WAITS_LONG, queue_id=queue_id, agent=None, site_id=None,
                since=wait.since, seconds=seconds,
            )  # fmt: skip


def _talks(talks: Iterable[Talk], names: dict[str, str], long_talk: timedelta, now: datetime) -> Iterator[AtRisk]:
    for talk in talks:
        began: dict[Why, datetime] = {}
        if talk.channel == "VOICE" and not _listens(talk) and now - talk.since > long_talk:
            began[Why.TALKS_LONG] = talk.since
        for mark in talk.marks:
            began.setdefault(_MARKED[mark.kind], mark.at)
        for why, since in began.items():
            yield AtRisk(
                contact_id=talk.contact_id, why=why, queue_id=talk.queue_id or NOWHERE, agent=_person(talk, names),
                site_id=talk.site_id, since=since, seconds=_seconds(since, now),
            )  # fmt: skip


def _names(agents: Iterable[Interval]) -> dict[str, str]:
    """Return the names of agents by id: contacts that go on do not tell them."""
    return {agent.agent_id: agent.username for agent in agents if agent.username}


def _person(talk: Talk, names: dict[str, str]) -> Person | None:
    return Person(id=talk.agent_id, name=names.get(talk.agent_id)) if talk.agent_id else None


def _listens(talk: Talk) -> bool:
    return talk.initiation_method == "MONITOR"


def _seconds(since: datetime, now: datetime) -> float:
    return max((now - since).total_seconds(), 0.0)


_MARKED = {MarkKind.HELP: Why.HELP, MarkKind.HARASSMENT: Why.HARASSMENT}
