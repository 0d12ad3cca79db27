"""What an instance of Amazon Connect consists of. Names and limits are those of its CloudFormation types.

These are values: what changes at run time (who is signed in, a queue switched off) is the floor's.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, time
from typing import Literal

Channel = Literal["VOICE", "CHAT", "TASK", "EMAIL"]
StatusType = Literal["ROUTABLE", "CUSTOM", "OFFLINE"]
FlowType = Literal[
    "CONTACT_FLOW", "CUSTOMER_QUEUE", "CUSTOMER_HOLD", "CUSTOMER_WHISPER", "AGENT_HOLD", "AGENT_WHISPER",
    "OUTBOUND_WHISPER", "AGENT_TRANSFER", "QUEUE_TRANSFER", "CAMPAIGN",
]  # fmt: skip


def id_in(value: str) -> str:
    """Return the id where an id or an ARN may stand."""
    return value.rpartition("/")[2]


@dataclass(frozen=True, kw_only=True)
class Resource:
    """Anything that has an id, an ARN and a name."""

    id: str
    arn: str
    name: str


@dataclass(frozen=True, kw_only=True)
class Opening:
    """Opening hours of one day, in the zone of their schedule; an `end` at or before `start` lies on the next day."""

    start: time
    end: time


@dataclass(frozen=True, kw_only=True)
class Override:
    """Days on which other hours hold, first and last day included; none in `week` for a day means closed."""

    name: str
    first: date
    last: date
    week: Mapping[int, tuple[Opening, ...]]


@dataclass(frozen=True, kw_only=True)
class Hours(Resource):
    """A schedule; `week` counts days from Monday, 0, as Python does."""

    zone: str
    week: Mapping[int, tuple[Opening, ...]]
    overrides: tuple[Override, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Queue(Resource):
    """A standard queue; `max_contacts` None means no limit; `outbound_flow_id` is the whisper for whoever is called back; `labels` are its display names by language, `ja` and `en`."""

    hours_id: str
    max_contacts: int | None = None
    enabled: bool = True
    service_level_seconds: int | None = None
    outbound_number: str | None = None
    outbound_flow_id: str | None = None
    labels: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class ProfileQueue:
    """A queue in a routing profile: lower `priority` is served first, once a contact has waited `delay` seconds."""

    queue_id: str
    channel: Channel
    priority: int
    delay: int


@dataclass(frozen=True, kw_only=True)
class RoutingProfile(Resource):
    """Which queues an agent serves, and how many contacts of each channel at once."""

    default_outbound_queue_id: str
    concurrency: Mapping[Channel, int]
    queues: tuple[ProfileQueue, ...]
    any_channel: frozenset[Channel] = frozenset()
    """Channels with ROUTE_ANY_CHANNEL: an agent on one of them is still offered contacts of the others."""


@dataclass(frozen=True, kw_only=True)
class AgentStatus(Resource):
    """A status that an agent may choose."""

    type: StatusType
    order: int


@dataclass(frozen=True, kw_only=True)
class HierarchyGroup(Resource):
    """A group of the agent hierarchy; first-level groups are sites."""


@dataclass(frozen=True, kw_only=True)
class Proficiency:
    """What an agent can do, and how well: `level` from 1.0 to 5.0."""

    name: str
    value: str
    level: float


@dataclass(frozen=True, kw_only=True)
class User(Resource):
    """Somebody who answers; `name` is the user name. `after_contact_work_limit` is seconds, 0 for as long as it takes."""

    first_name: str
    last_name: str
    routing_profile_id: str
    hierarchy: tuple[HierarchyGroup, ...] = ()
    phone_type: Literal["SOFT_PHONE", "DESK_PHONE"] = "SOFT_PHONE"
    desk_phone_number: str | None = None
    auto_accept: bool = False
    after_contact_work_limit: int = 0
    proficiencies: tuple[Proficiency, ...] = ()


@dataclass(frozen=True, kw_only=True)
class QuickConnect(Resource):
    """A destination of transfers: a phone number, or a flow with a queue or a user where the type asks for one."""

    type: Literal["PHONE_NUMBER", "QUEUE", "USER", "FLOW"]
    number: str | None = None
    flow_id: str | None = None
    queue_id: str | None = None
    user_id: str | None = None


@dataclass(frozen=True, kw_only=True)
class Flow(Resource):
    """A flow; `content` is its JSON with every reference substituted."""

    type: FlowType
    content: str


@dataclass(frozen=True, kw_only=True)
class FlowModule(Resource):
    """A part of flows, with `content` as a flow has it."""

    content: str


@dataclass(frozen=True, kw_only=True)
class SecurityKey:
    """A public key for encrypting what callers key in, at most two an instance."""

    id: str
    public_key: str


@dataclass(frozen=True, kw_only=True)
class Instance(Resource):
    """A whole instance; every mapping goes by id, `numbers` from claimed telephone number to the flow it leads to."""

    region: str
    account: str
    hours: Mapping[str, Hours]
    queues: Mapping[str, Queue]
    routing_profiles: Mapping[str, RoutingProfile]
    users: Mapping[str, User]
    statuses: Mapping[str, AgentStatus]
    groups: Mapping[str, HierarchyGroup]
    quick_connects: Mapping[str, QuickConnect]
    flows: Mapping[str, Flow]
    modules: Mapping[str, FlowModule]
    security_keys: Mapping[str, SecurityKey]
    numbers: Mapping[str, str]

    def __post_init__(self) -> None:
        if len(self.security_keys) > 2:
            raise ValueError("an instance holds at most two security keys: take one out of infra/connect.yaml")
