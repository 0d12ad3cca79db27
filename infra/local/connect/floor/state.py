"""What the stories share: who and what is there, the time, chance, and how to tell."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from itertools import count
from random import Random
from typing import TYPE_CHECKING, TypeVar
from uuid import UUID

from infra.local.connect.floor.agent import Agent, AgentContact
from infra.local.connect.floor.contact import Contact, Endpoint, Player, Recording, Stage
from infra.local.connect.floor.memory import Memory
from infra.local.connect.floor.problems import InvalidRequest, UnknownResource
from infra.local.connect.floor.queue import PERSONAL_LIMIT, WaitingLine
from infra.local.connect.floor.routing import Router
from infra.local.connect.floor.world import Heard, World
from infra.local.connect.flows.line import Line
from infra.local.connect.instance import AgentStatus, Channel, Flow, Instance, id_in
from infra.local.connect.telling.teller import Silence, Teller
from infra.local.connect.timeline import Alarm, Timeline

if TYPE_CHECKING:
    from infra.local.connect.floor.playing import Playing

Thing = TypeVar("Thing")


class Floor:
    """Contacts, agents and queues of one instance; `memory` tells how long a contact that is over may still be asked about.

    `offer`, `disconnect`, `leave_behind` and `line` are how a story reaches one that is built upon it; the exchange sets them. `patience` is how much of the time
    that hearing and ringing take is really taken: 1 for people, 0 for benches.
    """

    offer: Callable[[Contact, Agent], None]
    disconnect: Callable[[Contact, str | None], None]
    leave_behind: Callable[[Contact, str], None]
    line: "Callable[[Playing], Line]"

    def __init__(
        self,
        instance: Instance,
        timeline: Timeline,
        world: World,
        players: Callable[[], Player],
        *,
        seed: int,
        patience: float,
        tells: bool,
    ) -> None:
        self.instance, self.timeline, self.world, self.patience = instance, timeline, world, patience
        self.dice = Random(seed)
        self._players, self._numbers = players, count()
        self.queues = {each.id: _standard(each.id, instance) for each in instance.queues.values()}
        self.queues |= {_personal_id(user): _personal(user, instance) for user in instance.users}
        self.router = Router(instance.routing_profiles, self.queues)
        self.teller = (Teller if tells else Silence)(instance, timeline, world, self.dice, self.queues)
        self.memory = Memory(timeline, self._in_hand)
        self.offline = self._offline()
        self.agents = {user.id: self._agent(user.id) for user in instance.users.values()}

    @property
    def contacts(self) -> Mapping[str, Contact]:
        """The contacts that are remembered, by id."""
        return self.memory.contacts

    # --- looking up -----------------------------------------------------------------------------------------------------

    def contact(self, id: str) -> Contact:
        """Return a contact; raises UnknownResource."""
        return _known(self.contacts, id, "contact")

    def agent(self, id: str) -> Agent:
        """Return an agent by user id or ARN; raises UnknownResource."""
        return _known(self.agents, id_in(id), "user")

    def queue(self, id: str) -> WaitingLine:
        """Return a queue by id or ARN, an agent's own one too; raises UnknownResource."""
        _, own, name = id.rpartition("agent/")
        return _known(self.queues, own + id_in(name), "queue")

    def own_queue(self, user_id: str) -> WaitingLine:
        """Return an agent's own queue; raises UnknownResource."""
        return self.queues[_personal_id(self.agent(user_id).user.id)]

    def flow(self, id: str) -> Flow:
        """Return a flow by id or ARN; raises UnknownResource."""
        return _known(self.instance.flows, id_in(id), "flow")

    def held(self, agent: Agent, contact: Contact) -> AgentContact:
        """Return a contact in an agent's hands; raises InvalidRequest when the agent does not have it."""
        if (held := agent.contacts.get(contact.id)) is None:
            raise InvalidRequest(f"{agent.user.name} does not have contact {contact.id}")
        return held

    # --- changing -------------------------------------------------------------------------------------------------------

    def begin(
        self,
        channel: Channel,
        method: str,
        *,
        previous: Contact | None = None,
        related_id: str | None = None,
        attributes: Mapping[str, str] | None = None,
        customer: Endpoint | None = None,
        system: Endpoint | None = None,
        stage: Stage = Stage.IN_FLOW,
        details: Mapping[str, str] | None = None,
        references: Mapping[str, dict[str, str]] | None = None,
    ) -> Contact:
        """Begin a contact and tell so. One that continues `previous` shares the attributes of its chain, and adds its own to them.

        It also inherits event hooks, language, logging and what is recorded; unconfirmed, but what a customer would expect.
        """
        contact = Contact(
            id=self.new_id(),
            number=next(self._numbers),
            channel=channel,
            method=method,
            initiated_at=self.timeline.now,
            stage=stage,
            related_id=related_id,
            attributes=dict(attributes or {}),
            customer=customer,
            system=system,
            details=dict(details or {}),
            references=dict(references or {}),
            tags={"aws:connect:instanceId": self.instance.id},
            player=self._players(),
        )
        if previous is not None:
            contact.previous_id, contact.initial_id = previous.id, previous.chain_id
            previous.attributes.update(contact.attributes)
            contact.attributes = previous.attributes
            contact.customer, contact.system = customer or previous.customer, system or previous.system
            contact.details, contact.hooks, contact.logging = (
                dict(previous.details),
                dict(previous.hooks),
                previous.logging,
            )
            contact.recording = Recording(wanted=previous.recording.wanted, screen=previous.recording.screen)
        if contact.system is not None:
            contact.tags["aws:connect:systemEndpoint"] = contact.system.address
        self.memory.begin(contact)
        self.teller.event(contact, "INITIATED")
        return contact

    def refresh(self, agent: Agent) -> None:
        """Let routing and the world know that an agent has changed."""
        self.router.refresh(agent)
        self.teller.changed(agent)
        self.world.show(agent.user.id)

    def show(self, *contacts: Contact | None) -> None:
        """Let every desk know that has one of these contacts, or one that shares its attributes: it looks different now."""
        changed = [each for each in contacts if each is not None and not each.is_untouched]
        if not changed:
            return
        for agent in self.agents.values():
            for held in agent.contacts.values():
                if any(held.contact is each or held.contact.attributes is each.attributes for each in changed):
                    self.world.show(agent.user.id)
                    break

    def speak(self, contact: Contact, heard: Heard) -> None:
        """Let somebody on a contact hear something from now on."""
        if heard.by == "customer":
            contact.heard = heard
        self.world.speak(contact.id, heard)

    def after(self, contact: Contact, seconds: float, act: Callable[[], None]) -> Alarm:
        """Let something happen to a contact later, unless it ends before."""
        alarm = self.timeline.after(timedelta(seconds=seconds), act)
        contact.alarms = [each for each in contact.alarms if each.is_pending]
        contact.alarms.append(alarm)
        return alarm

    def new_id(self) -> str:
        """Return an id for something new, from chance that the seed decides."""
        return str(UUID(int=self.dice.getrandbits(128), version=4))

    def _in_hand(self, contact: Contact) -> bool:
        return any(contact.id in agent.contacts for agent in self.agents.values())

    def _offline(self) -> AgentStatus:
        found = [each for each in self.instance.statuses.values() if each.type == "OFFLINE"]
        if not found:
            raise InvalidRequest("the instance has no status of type OFFLINE: an agent signs in to it and out of it")
        return min(found, key=lambda each: each.order)

    def _agent(self, user_id: str) -> Agent:
        user, now = self.instance.users[user_id], self.timeline.now
        return Agent(
            user=user,
            profile=self.instance.routing_profiles[user.routing_profile_id],
            status=self.offline,
            status_since=now,
            idle_since=now,
            auto_accept=user.auto_accept,
            work_limit=user.after_contact_work_limit,
            phone_type=user.phone_type,
            desk_phone_number=user.desk_phone_number,
        )


def _known(things: Mapping[str, Thing], id: str, kind: str) -> Thing:
    if id not in things:
        raise UnknownResource(f"the instance has no {kind} {id}")
    return things[id]


def _personal_id(user_id: str) -> str:
    return f"agent/{user_id}"


def _standard(id: str, instance: Instance) -> WaitingLine:
    queue = instance.queues[id]
    return WaitingLine(
        id=id,
        arn=queue.arn,
        name=queue.name,
        hours_id=queue.hours_id,
        max_contacts=queue.max_contacts,
        enabled=queue.enabled,
        outbound_number=queue.outbound_number,
        outbound_flow_id=queue.outbound_flow_id,
    )


def _personal(user_id: str, instance: Instance) -> WaitingLine:
    return WaitingLine(
        id=_personal_id(user_id),
        arn=f"{instance.arn}/queue/agent/{user_id}",
        name=None,
        user_id=user_id,
        max_contacts=PERSONAL_LIMIT,
    )
