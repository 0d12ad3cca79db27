"""What the API needs of the floor: read-only views, and the deeds that an operation brings about. The exchange is one."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Literal, NamedTuple, Protocol

from infra.local.connect.instance import AgentStatus, Channel, Instance, RoutingProfile, User
from infra.local.connect.timeline import Timeline


class EndpointView(Protocol):
    """An address with its type."""

    @property
    def address(self) -> str:
        """The address itself."""

    @property
    def type(self) -> str:
        """Its type, as contact records name it."""


class QueueView(Protocol):
    """A queue at run time, a standard one or an agent's own."""

    @property
    def arn(self) -> str:
        """Its ARN, which ends with the id that the API gives it; the floor knows an agent's own by another."""

    @property
    def enabled(self) -> bool:
        """Whether it takes contacts."""

    @property
    def members(self) -> Mapping[str, "ContactView"]:
        """Everybody who counts as being in it: waiting, being offered, and callbacks before their time."""


class ContactView(Protocol):
    """A contact, with the moments that have come."""

    @property
    def id(self) -> str:
        """Its id."""

    @property
    def channel(self) -> Channel:
        """Voice, chat, task or mail."""

    @property
    def method(self) -> str:
        """How it was initiated."""

    @property
    def stage(self) -> str:
        """Where it is; `waiting`, `ringing` and `scheduled` mean in its queue."""

    @property
    def initial_id(self) -> str | None:
        """The first contact of its chain, unless it is that itself."""

    @property
    def previous_id(self) -> str | None:
        """The contact before it in its chain."""

    @property
    def related_id(self) -> str | None:
        """The contact it is related to."""

    @property
    def attributes(self) -> Mapping[str, str]:
        """What the flow and others have noted."""

    @property
    def segment_attributes(self) -> Mapping[str, str]:
        """Segment attributes that were set; `connect:Subtype` follows from the channel."""

    @property
    def tags(self) -> Mapping[str, str]:
        """Its tags."""

    @property
    def details(self) -> Mapping[str, str]:
        """`Name`, `Description` and `CustomerId`, as far as they are set."""

    @property
    def customer(self) -> EndpointView | None:
        """The customer's address."""

    @property
    def system(self) -> EndpointView | None:
        """The address that the customer reached."""

    @property
    def queue(self) -> QueueView | None:
        """The queue it is or was in."""

    @property
    def agent(self) -> "AgentView | None":
        """The agent it rings at or was handled by."""

    @property
    def priority(self) -> int:
        """Its priority in the queue, lower first."""

    @property
    def time_adjustment(self) -> timedelta:
        """Time that counts as waited already."""

    @property
    def initiated_at(self) -> datetime:
        """When it began."""

    @property
    def connected_to_system_at(self) -> datetime | None:
        """When Connect answered."""

    @property
    def enqueued_at(self) -> datetime | None:
        """When it was queued."""

    @property
    def connected_at(self) -> datetime | None:
        """When the agent was connected."""

    @property
    def disconnected_at(self) -> datetime | None:
        """When the customer was gone."""

    @property
    def reason(self) -> str | None:
        """Why it ended."""

    @property
    def work_started_at(self) -> datetime | None:
        """When after-contact work began."""

    @property
    def work_ended_at(self) -> datetime | None:
        """When after-contact work ended."""

    @property
    def completed_at(self) -> datetime | None:
        """When all was over."""

    def hold_seconds(self, until: datetime) -> Sequence[float]:
        """Return how long each hold lasted."""


class AgentContactView(Protocol):
    """A contact in an agent's hands, in a state of agent events."""

    @property
    def contact(self) -> ContactView:
        """The contact."""

    @property
    def state(self) -> str:
        """The contact's state there."""

    @property
    def since(self) -> datetime:
        """Since when."""


class AgentView(Protocol):
    """An agent at work."""

    @property
    def user(self) -> User:
        """Who it is."""

    @property
    def profile(self) -> RoutingProfile:
        """The routing profile that holds now."""

    @property
    def status(self) -> AgentStatus:
        """The status chosen."""

    @property
    def status_since(self) -> datetime:
        """Since when."""

    @property
    def next_status(self) -> AgentStatus | None:
        """The status that comes when the contacts at hand are done."""

    @property
    def signed_in(self) -> bool:
        """Whether the agent is there."""

    @property
    def phone_type(self) -> str:
        """SOFT_PHONE or DESK_PHONE."""

    @property
    def desk_phone_number(self) -> str | None:
        """The number of the desk phone."""

    @property
    def auto_accept(self) -> bool:
        """Whether contacts are connected without asking."""

    @property
    def work_limit(self) -> int:
        """Seconds of after-contact work, 0 for as long as it takes."""

    @property
    def contacts(self) -> Mapping[str, AgentContactView]:
        """The contacts in their hands, by id."""

    def can_take(self, channel: Channel) -> bool:
        """Whether a contact of this channel may be offered now."""

    def used_slots(self, channel: Channel) -> int:
        """Return how many contacts of a channel are at hand."""

    def available_slots(self, channel: Channel) -> int:
        """Return how many more contacts of a channel fit."""


class Floor(Protocol):
    """What the exchange does for the API. Whatever cannot be done raises `NotPossible`."""

    def contact(self, contact_id: str) -> ContactView:
        """Return a contact."""

    def agent(self, user_id: str) -> AgentView:
        """Return an agent."""

    def queue(self, queue_id: str) -> QueueView:
        """Return a queue."""

    def stop(self, contact_id: str) -> None:
        """End a contact, a waiting callback too."""

    def update_attributes(self, initial_contact_id: str, attributes: Mapping[str, str]) -> None:
        """Set attributes of a chain."""

    def update_routing(
        self,
        contact_id: str,
        priority: int | None = None,
        time_adjustment: int | None = None,
        criteria: Sequence[Mapping[str, Any]] | None = None,
    ) -> None:
        """Change a contact's place in its queue, or whom it asks for."""

    def start_task(
        self,
        *,
        flow_id: str,
        name: str,
        description: str = "",
        attributes: Mapping[str, str] | None = None,
        references: Mapping[str, dict[str, str]] | None = None,
        previous_id: str | None = None,
        related_id: str | None = None,
    ) -> str:
        """Start a task; return the contact's id."""

    def start_outbound(
        self,
        *,
        flow_id: str,
        to: str,
        queue_id: str | None = None,
        by: str | None = None,
        attributes: Mapping[str, str] | None = None,
    ) -> str:
        """Place a call that the flow answers; return the contact's id."""

    def set_queue_status(self, queue_id: str, enabled: bool) -> None:
        """Let a queue take contacts, or none."""

    def set_routing_profile(self, user_id: str, routing_profile_id: str) -> None:
        """Move an agent to another routing profile."""

    def set_phone(
        self,
        user_id: str,
        *,
        phone_type: Literal["SOFT_PHONE", "DESK_PHONE"] | None = None,
        auto_accept: bool | None = None,
        after_contact_work_limit: int | None = None,
        desk_phone_number: str | None = None,
    ) -> None:
        """Change an agent's phone settings, as far as given."""

    def set_status(self, user_id: str, status_id: str) -> None:
        """Choose a status; while busy, it becomes the next one."""

    def pause_recording(self, contact_id: str) -> None:
        """Pause a recording."""

    def resume_recording(self, contact_id: str) -> None:
        """Go on with a recording."""

    def monitor(self, supervisor_id: str, contact_id: str) -> str:
        """Let a supervisor listen; return the id of the supervisor's contact."""


class Centre(NamedTuple):
    """What an operation is answered from."""

    instance: Instance
    floor: Floor
    timeline: Timeline


def id_in(value: str) -> str:
    """Return the id where an id or an ARN may stand."""
    return value.rpartition("/")[2]


def agents_of(centre: Centre) -> list[AgentView]:
    """Return all agents of the instance."""
    return [centre.floor.agent(user_id) for user_id in centre.instance.users]
