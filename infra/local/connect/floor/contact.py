"""A contact: one customer's stay, from the first ring to the last line of after-contact work, with the moments that documents need."""

from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from infra.local.connect.floor.criteria import Criteria
from infra.local.connect.flows.line import Answer, Ending, Line, Request
from infra.local.connect.instance import Channel, Flow
from infra.local.connect.timeline import Alarm

if TYPE_CHECKING:
    from infra.local.connect.floor.agent import Agent
    from infra.local.connect.floor.playing import Playing
    from infra.local.connect.floor.queue import WaitingLine
    from infra.local.connect.floor.world import Heard
    from infra.local.connect.flows.line import Callback

SUBTYPES: dict[Channel, str] = {
    "VOICE": "connect:Telephony", "CHAT": "connect:Chat", "TASK": "connect:Task", "EMAIL": "connect:Email",
}  # fmt: skip
Player = Callable[[Flow, Line], Generator[Request, Answer, Ending]]
"""Plays a flow on a line. A contact has one of its own, which may remember what a flow leaves for the next."""
RUNG_UP = frozenset({"CALLBACK", "OUTBOUND"})
"""Methods of contacts whose customer an agent rings up."""
ATTRIBUTE_BYTES = 32 * 1024
DEFAULT_PRIORITY = 5


class Stage(StrEnum):
    """Where a contact is; it is in exactly one place."""

    DIALLING = "dialling"
    IN_FLOW = "in_flow"
    SCHEDULED = "scheduled"
    WAITING = "waiting"
    RINGING = "ringing"
    JOINING = "joining"
    CONNECTED = "connected"
    THIRD_PARTY = "third_party"
    AFTER_CONTACT_WORK = "after_contact_work"
    OVER = "over"

    @property
    def is_live(self) -> bool:
        """Whether somebody, or something, is still on the line."""
        return self not in (Stage.AFTER_CONTACT_WORK, Stage.OVER)

    @property
    def is_queued(self) -> bool:
        """Whether it counts as being in its queue: until an agent is there."""
        return self in (Stage.WAITING, Stage.RINGING)


class Endpoint(NamedTuple):
    """An address, with its type as contact records name it."""

    address: str
    type: str = "TELEPHONE_NUMBER"


@dataclass(slots=True)
class Span:
    """A stretch of time that may still last: a hold, a recording, a supervisor's listening; `kind` tells which."""

    start: datetime
    end: datetime | None = None
    kind: str = ""

    def seconds(self, until: datetime) -> float:
        """Return how long it lasted, or has lasted `until` then."""
        return ((self.end or until) - self.start).total_seconds()


@dataclass(slots=True)
class Recording:
    """What is recorded: `wanted` participants' voices, the agent's `screen`, and the stretches in which each truly ran.

    `paused` are those of AGENT and SCREEN that are suspended.
    """

    wanted: frozenset[str] = frozenset()
    screen: bool = False
    spans: list[Span] = field(default_factory=list)
    screens: list[Span] = field(default_factory=list)
    paused: frozenset[str] = frozenset()


@dataclass(slots=True, eq=False, kw_only=True)
class Contact:
    """One contact. `attributes` is shared by all contacts of its chain; `number` counts contacts in the order they began."""

    id: str
    number: int
    channel: Channel
    method: str
    initiated_at: datetime
    stage: Stage = Stage.IN_FLOW

    initial_id: str | None = None
    previous_id: str | None = None
    next_id: str | None = None
    related_id: str | None = None
    attributes: dict[str, str] = field(default_factory=dict)
    segment_attributes: dict[str, str] = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)
    references: dict[str, dict[str, str]] = field(default_factory=dict)
    details: dict[str, str] = field(default_factory=dict)
    """`Name`, `Description`, `LanguageCode`, `CustomerId`, as far as they are set."""

    customer: Endpoint | None = None
    system: Endpoint | None = None
    callback_number: str | None = None
    callback: "Callback | None" = None
    """What a callback was promised; `attempt` counts its diallings."""
    attempt: int = 1

    target: "WaitingLine | None" = None
    """The queue chosen for it, whether it is there yet or not."""
    queue: "WaitingLine | None" = None
    """The queue it is or was in."""
    place: tuple[int, datetime, int] | None = None
    """Where it stands in the order of its queue, while it waits there unoffered."""
    enqueued_at: datetime | None = None
    dequeued_at: datetime | None = None
    priority: int = DEFAULT_PRIORITY
    time_adjustment: timedelta = timedelta(0)
    criteria: Criteria | None = None

    agent: "Agent | None" = None
    """The agent it rings at, talks to, or was handled by."""
    offers: int = 0
    connected_to_system_at: datetime | None = None
    connected_at: datetime | None = None
    holds: list[Span] = field(default_factory=list)
    disconnected_at: datetime | None = None
    reason: str | None = None
    work_started_at: datetime | None = None
    work_ended_at: datetime | None = None
    completed_at: datetime | None = None
    transferred_to: Endpoint | None = None
    transfer_completed_at: datetime | None = None
    watched: list[Span] = field(default_factory=list)
    """A supervisor's listening and barging, on a contact begun by MONITOR."""

    consult: "Contact | None" = None
    """The contact by which its agent is transferring it, until the agent leaves or gives up."""
    destination: str | None = None
    """The name of the quick connect that it was begun by."""
    consulted_from: "Contact | None" = None
    """The contact whose customer this one will take over."""
    joined: bool = False
    """Whether its agent lets customer and consultation hear each other."""
    agent_is_held: bool = False
    """Whether its agent is on hold and its customer with the flow of the consultation, which says so."""
    watchers: "list[Contact]" = field(default_factory=list)
    """Supervisors' contacts that listen to this one."""

    hooks: dict[str, str] = field(default_factory=dict)
    """Flow ids by event, such as `CustomerQueue`."""
    logging: bool = False
    recording: Recording = field(default_factory=Recording)
    playing: "Playing | None" = None
    """The flow that the customer's side is in."""
    whispering: "Playing | None" = None
    """The flow that the agent's side is in."""
    heard: "Heard | None" = None
    """What its customer hears now."""
    player: Player | None = None
    alarms: list[Alarm] = field(default_factory=list)
    keys: str = ""
    """Keys pressed that no flow has taken yet."""

    @property
    def chain_id(self) -> str:
        """The first contact of its chain."""
        return self.initial_id or self.id

    @property
    def is_untouched(self) -> bool:
        """Whether no agent has ever had it, or another contact of its chain."""
        return self.agent is None and not (self.offers or self.previous_id or self.next_id)

    @property
    def is_held(self) -> bool:
        """Whether the customer is on hold."""
        return bool(self.holds) and self.holds[-1].end is None

    @property
    def heard_on(self) -> "Contact":
        """The contact on which whoever its flow speaks to is: its own, or the customer's who is lent to a consultation."""
        origin = self.consulted_from
        return origin if origin is not None and origin.agent_is_held else self

    @property
    def keyed_into(self) -> "Contact":
        """The contact whose flow takes what its customer keys."""
        return self.consult if self.agent_is_held and self.consult is not None else self

    @property
    def is_conference(self) -> bool:
        """Whether three talk: customer, agent, and whoever was asked; true of the contacts of both."""
        return self.joined or (self.consulted_from is not None and self.consulted_from.joined)

    @property
    def is_answered(self) -> bool:
        """Whether an agent, or somebody outside, has answered it and is still there."""
        return self.stage in (Stage.CONNECTED, Stage.THIRD_PARTY)

    @property
    def is_barged(self) -> bool:
        """Whether a supervisor who listens to it is heard as well."""
        return any(each.watched[-1].kind == "BARGE" for each in self.watchers)

    def hold_seconds(self, until: datetime) -> list[float]:
        """Return how long each hold lasted."""
        return [each.seconds(until) for each in self.holds]

    def silence_alarms(self) -> None:
        """Let nothing happen to it any more by itself."""
        for alarm in self.alarms:
            alarm.cancel()
        self.alarms.clear()


def attributes_size(attributes: dict[str, str]) -> int:
    """Return how many bytes attributes count: names and values, in UTF-8."""
    return sum(len(name.encode()) + len(value.encode()) for name, value in attributes.items())
