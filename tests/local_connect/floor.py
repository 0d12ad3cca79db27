"""A floor of values for the API: what is asked of it is kept, nothing happens by itself."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from infra.local.connect.floor.problems import InvalidRequest, UnknownResource
from infra.local.connect.instance import AgentStatus, Channel, Instance, RoutingProfile, User


@dataclass(frozen=True)
class Endpoint:
    address: str
    type: str = "TELEPHONE_NUMBER"


@dataclass
class Queue:
    id: str
    arn: str
    enabled: bool
    members: dict[str, "Contact"] = field(default_factory=dict)


@dataclass(kw_only=True)
class Contact:
    id: str
    initiated_at: datetime
    channel: Channel = "VOICE"
    method: str = "INBOUND"
    stage: str = "in_flow"
    initial_id: str | None = None
    previous_id: str | None = None
    related_id: str | None = None
    attributes: dict[str, str] = field(default_factory=dict)
    segment_attributes: dict[str, str] = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)
    details: dict[str, str] = field(default_factory=dict)
    customer: Endpoint | None = None
    system: Endpoint | None = None
    queue: Queue | None = None
    agent: "Agent | None" = None
    priority: int = 5
    time_adjustment: timedelta = timedelta(0)
    connected_to_system_at: datetime | None = None
    enqueued_at: datetime | None = None
    connected_at: datetime | None = None
    disconnected_at: datetime | None = None
    reason: str | None = None
    work_started_at: datetime | None = None
    work_ended_at: datetime | None = None
    completed_at: datetime | None = None
    holds: list[float] = field(default_factory=list)

    def hold_seconds(self, until: datetime) -> list[float]:
        return self.holds


@dataclass
class Held:
    contact: Contact
    state: str
    since: datetime


@dataclass(kw_only=True)
class Agent:
    user: User
    profile: RoutingProfile
    status: AgentStatus
    status_since: datetime
    phone_type: str = "SOFT_PHONE"
    desk_phone_number: str | None = None
    auto_accept: bool = False
    work_limit: int = 60
    signed_in: bool = False
    next_status: AgentStatus | None = None
    contacts: dict[str, Held] = field(default_factory=dict)

    def can_take(self, channel: Channel) -> bool:
        return self.signed_in and self.status.type == "ROUTABLE" and self.available_slots(channel) > 0

    def used_slots(self, channel: Channel) -> int:
        return sum(held.contact.channel == channel for held in self.contacts.values())

    def available_slots(self, channel: Channel) -> int:
        return self.profile.concurrency.get(channel, 0) - self.used_slots(channel)


class QuietFloor:
    """Contacts, agents and queues of an instance; `done` is what the API asked for, in order."""

    def __init__(self, instance: Instance, now: datetime) -> None:
        self.instance = instance
        self.done: list[tuple[Any, ...]] = []
        self.contacts: dict[str, Contact] = {}
        self.queues = {each.id: Queue(each.id, each.arn, each.enabled) for each in instance.queues.values()}
        offline = next(each for each in instance.statuses.values() if each.type == "OFFLINE")
        self.agents = {
            user.id: Agent(
                user=user, profile=instance.routing_profiles[user.routing_profile_id], status=offline, status_since=now
            )
            for user in instance.users.values()
        }

    def contact(self, contact_id: str) -> Contact:
        if contact_id not in self.contacts:
            raise UnknownResource(f"there is no contact {contact_id}")
        return self.contacts[contact_id]

    def agent(self, user_id: str) -> Agent:
        return self.agents[user_id]

    def queue(self, queue_id: str) -> Queue:
        return self.queues[queue_id]

    def stop(self, contact_id: str) -> None:
        self.done.append(("stop", contact_id))

    def update_attributes(self, initial_contact_id: str, attributes: Mapping[str, str]) -> None:
        self.contact(initial_contact_id).attributes.update(attributes)

    def update_routing(
        self,
        contact_id: str,
        priority: int | None = None,
        time_adjustment: int | None = None,
        criteria: Sequence[Mapping[str, Any]] | None = None,
    ) -> None:
        self.done.append(("routing", self.contact(contact_id).id, priority, time_adjustment, criteria))

    def start_task(self, *, flow_id: str, name: str, **told: Any) -> str:
        if flow_id not in self.instance.flows:
            raise UnknownResource(f"there is no flow {flow_id}")
        self.done.append(("task", flow_id, name, told))
        return f"task-{len(self.done)}"

    def start_outbound(self, *, flow_id: str, to: str, **told: Any) -> str:
        self.done.append(("outbound", flow_id, to, told))
        return f"call-{len(self.done)}"

    def set_queue_status(self, queue_id: str, enabled: bool) -> None:
        self.queues[queue_id].enabled = enabled

    def set_routing_profile(self, user_id: str, routing_profile_id: str) -> None:
        self.agents[user_id].profile = self.instance.routing_profiles[routing_profile_id]

    def set_phone(
        self,
        user_id: str,
        *,
        phone_type: str | None = None,
        auto_accept: bool | None = None,
        after_contact_work_limit: int | None = None,
        desk_phone_number: str | None = None,
    ) -> None:
        agent = self.agents[user_id]
        agent.phone_type = phone_type or agent.phone_type
        agent.auto_accept = agent.auto_accept if auto_accept is None else auto_accept
        agent.work_limit = agent.work_limit if after_contact_work_limit is None else after_contact_work_limit
        agent.desk_phone_number = desk_phone_number or agent.desk_phone_number

    def set_status(self, user_id: str, status_id: str) -> None:
        if not self.agents[user_id].signed_in:
            raise InvalidRequest("the agent is not signed in")
        self.agents[user_id].status = self.instance.statuses[status_id]

    def pause_recording(self, contact_id: str) -> None:
        self.done.append(("pause", self.contact(contact_id).id))

    def resume_recording(self, contact_id: str) -> None:
        self.done.append(("resume", self.contact(contact_id).id))

    def monitor(self, supervisor_id: str, contact_id: str) -> str:
        self.done.append(("monitor", supervisor_id, self.contact(contact_id).id))
        return "monitoring"
