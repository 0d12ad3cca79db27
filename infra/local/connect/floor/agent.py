"""An agent at work: status, contacts, slots."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from infra.local.connect.floor.contact import Contact
from infra.local.connect.instance import AgentStatus, Channel, RoutingProfile, User
from infra.local.connect.timeline import Alarm


class AgentContactState(StrEnum):
    """A contact as its agent has it; the words of agent events (`State`) and of GetCurrentUserData."""

    INCOMING = "INCOMING"
    PENDING = "PENDING"
    CONNECTING = "CONNECTING"
    CONNECTED = "CONNECTED"
    CONNECTED_ONHOLD = "CONNECTED_ONHOLD"
    MISSED = "MISSED"
    ERROR = "ERROR"
    ENDED = "ENDED"
    REJECTED = "REJECTED"


OFFERED = frozenset({AgentContactState.INCOMING, AgentContactState.CONNECTING})
FAILED = frozenset({AgentContactState.MISSED, AgentContactState.ERROR, AgentContactState.REJECTED})
TALKING = frozenset({AgentContactState.CONNECTED, AgentContactState.CONNECTED_ONHOLD})


@dataclass(slots=True)
class AgentContact:
    """A contact in an agent's hands. `alarm` is what happens unless the agent acts: missing it, or the end of its work."""

    contact: Contact
    state: AgentContactState
    since: datetime
    accepted: bool = False
    muted: bool = False
    alarm: Alarm | None = None

    def become(self, state: AgentContactState, now: datetime) -> None:
        """Go on to a state."""
        self.state, self.since = state, now


@dataclass(slots=True, eq=False, kw_only=True)
class Agent:
    """An agent. `idle_since` orders those who are free; phone settings begin as the instance has them."""

    user: User
    profile: RoutingProfile
    status: AgentStatus
    status_since: datetime
    idle_since: datetime
    auto_accept: bool
    work_limit: int
    phone_type: str
    desk_phone_number: str | None = None
    signed_in: bool = False
    signed_out_at: datetime | None = None
    next_status: AgentStatus | None = None
    next_status_at: datetime | None = None
    contacts: dict[str, AgentContact] = field(default_factory=dict)
    at_hand: list[tuple[tuple[str, Channel], tuple[datetime, str]]] = field(default_factory=list)
    """Under which profile and channel routing has the agent as free, and at which place."""

    @property
    def is_routable(self) -> bool:
        """Whether contacts may be offered at all: available, nothing else chosen, no missed contact to be cleared first."""
        return (
            self.signed_in
            and self.status.type == "ROUTABLE"
            and self.next_status is None
            and not any(each.state in FAILED for each in self.contacts.values())
        )

    def can_take(self, channel: Channel) -> bool:
        """Whether a contact of this channel may be offered now: a free slot, and no contact of a channel that forbids others."""
        if not self.is_routable or self.available_slots(channel) <= 0:
            return False
        return all(
            each.contact.channel == channel or each.contact.channel in self.profile.any_channel
            for each in self.contacts.values()
        )

    def channels_to_take(self) -> Iterator[Channel]:
        """Yield the channels of which a contact may be offered now."""
        for channel in self.profile.concurrency:
            if self.can_take(channel):
                yield channel

    def used_slots(self, channel: Channel) -> int:
        """Return how many contacts of a channel are in the agent's hands; a missed one, or listening to another's, takes none."""
        return sum(
            1
            for each in self.contacts.values()
            if each.contact.channel == channel and each.state not in FAILED and each.contact.method != "MONITOR"
        )

    def available_slots(self, channel: Channel) -> int:
        """Return how many more contacts of a channel fit."""
        return self.profile.concurrency.get(channel, 0) - self.used_slots(channel)
