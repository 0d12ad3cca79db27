"""Which waiting contact goes to which agent.

Two questions are enough, since between events nobody waits whom a free agent could take: who takes a contact that has just come to wait (or waits
now long enough, or asks for less), and what does an agent get who has just become free. Free agents lie sorted by profile and channel, waiting
contacts by queue and channel, so that either question looks at a few heads of lists. Only routing criteria make it look further down.
"""

from bisect import bisect_left, insort
from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

from infra.local.connect.floor.agent import Agent
from infra.local.connect.floor.contact import Contact
from infra.local.connect.floor.queue import WaitingLine
from infra.local.connect.instance import Channel, RoutingProfile

Free = tuple[datetime, str, Agent]
"""Idle since, user id, the agent: who has been idle longest comes first."""


class Router:
    """Routing over a fixed set of queues and profiles."""

    def __init__(self, profiles: Mapping[str, RoutingProfile], queues: Mapping[str, WaitingLine]) -> None:
        self._free: dict[tuple[str, Channel], list[Free]] = defaultdict(list)
        self._servers: dict[tuple[str, Channel], list[tuple[str, timedelta]]] = defaultdict(list)
        self._services: dict[tuple[str, Channel], list[tuple[int, timedelta, WaitingLine]]] = defaultdict(list)
        serving: dict[str, set[str]] = defaultdict(set)
        for profile in profiles.values():
            for each in profile.queues:
                serving[each.queue_id].add(profile.id)
                delay = timedelta(seconds=each.delay)
                self._servers[each.queue_id, each.channel].append((profile.id, delay))
                self._services[profile.id, each.channel].append((each.priority, delay, queues[each.queue_id]))
        self._serving = {queue_id: frozenset(found) for queue_id, found in serving.items()}

    def refresh(self, agent: Agent) -> None:
        """Note whether an agent is free and for what; to be called after every change of the agent."""
        for key, place in agent.at_hand:
            del self._free[key][bisect_left(self._free[key], place)]
        place = (agent.idle_since, agent.user.id)
        agent.at_hand = [((agent.profile.id, channel), place) for channel in agent.channels_to_take()]
        for key, _ in agent.at_hand:
            insort(self._free[key], (*place, agent))

    def agent_for(self, contact: Contact, agents: Mapping[str, Agent], now: datetime) -> Agent | None:
        """Return who takes a waiting contact: of the agents free for it, the one idle longest."""
        assert contact.queue is not None
        assert contact.enqueued_at is not None
        if (owner := contact.queue.user_id) is not None:
            agent = agents[owner]
            return agent if agent.can_take(contact.channel) else None
        waited = now - contact.enqueued_at
        best: Free | None = None
        for profile_id, delay in self._servers[contact.queue.id, contact.channel]:
            if waited >= delay:
                free = self._free[profile_id, contact.channel]
                first = next((each for each in free if _suits(contact, each[2])), None)
                if first is not None and (best is None or first[:2] < best[:2]):
                    best = first
        return best[2] if best else None

    def contact_for(self, agent: Agent, own: WaitingLine, now: datetime) -> Contact | None:
        """Return what an agent gets next: from the own queue, then by priority in the profile, then who has waited longest."""
        best: tuple[int, datetime, int, Contact] | None = None
        for channel in agent.channels_to_take():
            for priority, place, contact in self._heads(agent, own, channel, now):
                found = (priority, place[1], place[2], contact)
                if best is None or found[:3] < best[:3]:
                    best = found
        return best[3] if best else None

    def delays(self, contact: Contact) -> list[timedelta]:
        """Return after which waits further agents may take a contact, the shortest first."""
        assert contact.queue is not None
        return sorted({delay for _, delay in self._servers[contact.queue.id, contact.channel] if delay})

    def serving(self, queue_id: str) -> frozenset[str]:
        """Return the ids of the routing profiles that serve a queue."""
        return self._serving.get(queue_id, frozenset())

    def _heads(
        self, agent: Agent, own: WaitingLine, channel: Channel, now: datetime
    ) -> Iterator[tuple[int, tuple[int, datetime, int], Contact]]:
        for priority, delay, line in [(0, timedelta(0), own), *self._services[agent.profile.id, channel]]:
            for *_, contact in line.waiting(channel):
                assert contact.place is not None
                assert contact.enqueued_at is not None
                if now - contact.enqueued_at >= delay and _suits(contact, agent):
                    yield priority, contact.place, contact
                    break


def _suits(contact: Contact, agent: Agent) -> bool:
    return contact.criteria is None or contact.criteria.suits(agent.user)
