"""When what is told."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

from infra.local.connect.floor.agent import Agent
from infra.local.connect.floor.contact import Contact
from infra.local.connect.floor.queue import WaitingLine
from infra.local.connect.floor.world import World
from infra.local.connect.instance import Instance
from infra.local.connect.telling import events, records
from infra.local.connect.telling.agents import AgentDocuments
from infra.local.connect.timeline import Timeline

RECORD_DELAY = timedelta(seconds=1)
HEARTBEAT = timedelta(seconds=120)
HEARTBEATS_AFTER_LEAVING = timedelta(hours=1)


class Teller:
    """Tells the world at the moment at which something happens; a record follows when all is over."""

    def __init__(
        self, instance: Instance, timeline: Timeline, world: World, dice: Random, queues: Mapping[str, WaitingLine]
    ) -> None:
        self._instance, self._timeline, self._world, self._dice = instance, timeline, world, dice
        self._documents = AgentDocuments(instance, queues)
        self._last: dict[str, dict[str, Any]] = {}
        self._last_at: dict[str, datetime] = {}
        self._beating: set[str] = set()

    def event(self, contact: Contact, kind: str, updated: Sequence[str] = ()) -> None:
        """Tell a contact event."""
        self._world.tell_event(events.detail(contact, kind, self._instance.arn, updated))

    def record(self, contact: Contact) -> None:
        """Tell a contact's record a second from now; again when something of it has changed since."""
        self._timeline.after(RECORD_DELAY, lambda: self._tell_record(contact))

    def login(self, agent: Agent) -> None:
        """Tell that an agent came; both snapshots are null, as captured from an instance."""
        self._tell(agent, "LOGIN", None, None)
        self._last[agent.user.id] = self._documents.snapshot(agent)
        if agent.user.id not in self._beating:
            self._beating.add(agent.user.id)
            self._timeline.after(HEARTBEAT, lambda: self._beat(agent))

    def logout(self, agent: Agent) -> None:
        """Tell that an agent left."""
        self._change(agent, "LOGOUT")

    def changed(self, agent: Agent) -> None:
        """Tell that an agent's status, contacts or configuration are not what they were."""
        self._change(agent, "STATE_CHANGE")

    def _change(self, agent: Agent, kind: str) -> None:
        before, now = self._last.get(agent.user.id), self._documents.snapshot(agent)
        self._last[agent.user.id] = now
        self._tell(agent, kind, before, now)

    def _tell(self, agent: Agent, kind: str, before: dict[str, Any] | None, now: dict[str, Any] | None) -> None:
        at = self._last_at[agent.user.id] = self._timeline.now
        event_id = str(UUID(int=self._dice.getrandbits(128), version=4))
        self._world.tell_agent(self._documents.event(agent, kind, event_id, at, before, now))

    def _tell_record(self, contact: Contact) -> None:
        self._world.tell_record(records.record(contact, self._instance, self._timeline.now))

    def _beat(self, agent: Agent) -> None:
        """Tell a heartbeat if nothing else was told for long enough, and look again when the next may be due."""
        now, left = self._timeline.now, agent.signed_out_at
        if left is not None and now > left + HEARTBEATS_AFTER_LEAVING:
            self._beating.discard(agent.user.id)
            return
        if now >= self._last_at[agent.user.id] + HEARTBEAT:
            self._change(agent, "HEART_BEAT")
        self._timeline.at(self._last_at[agent.user.id] + HEARTBEAT, lambda: self._beat(agent))


class Silence(Teller):
    """Tells nothing and writes nothing down: for whoever only asks how long people wait."""

    def event(self, contact: Contact, kind: str, updated: Sequence[str] = ()) -> None:
        """Tell no event."""

    def record(self, contact: Contact) -> None:
        """Tell no record."""

    def login(self, agent: Agent) -> None:
        """Tell nobody that an agent came."""

    def logout(self, agent: Agent) -> None:
        """Tell nobody that an agent left."""

    def changed(self, agent: Agent) -> None:
        """Tell nobody that an agent has changed."""
