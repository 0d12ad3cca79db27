"""Agent events, as Amazon Connect sends them through Kinesis, at least once.

Format: Amazon Connect Administrator Guide, "Agent event streams data model" (adminguide/agent-event-stream-model.html).
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, NamedTuple, NewType, TypeVar

from chalicelib.contacts.model import ContactId
from chalicelib.contacts.model.events import parse
from chalicelib.contacts.model.fact import canonical
from chalicelib.contacts.model.said import Reader
from chalicelib.moments import stamp
from chalicelib.problems import Unreadable

AgentId = NewType("AgentId", str)
Value = TypeVar("Value")

ID_BYTES = 256
LOGIN, LOGOUT = "LOGIN", "LOGOUT"


class Status(NamedTuple):
    """The status that an agent chose, and since when; `type` is ROUTABLE, CUSTOM or OFFLINE."""

    name: str
    type: str
    since: datetime


class Held(NamedTuple):
    """A contact that an agent holds: its state as Connect names it, and since when; of which queue and channel, if told.

    A talk is held since the agent was connected, hold or not.
    """

    contact_id: ContactId
    state: str
    since: datetime
    initiation_method: str | None
    channel: str | None = None
    queue_id: str | None = None
    queue_name: str | None = None


class Snapshot(NamedTuple):
    """An agent at one moment; None where nothing is said. No moment in it is later than the event that carries it."""

    status: Status
    held: tuple[Held, ...]
    next_status: str | None
    username: str | None
    site_id: str | None
    site_name: str | None
    routing_profile_id: str | None
    routing_profile: str | None


class AgentEvent(NamedTuple):
    """What one event says of an agent; both snapshots may be missing, as they are at a LOGIN.

    `key` names the event within its agent and sorts as time does: the event's moment, then the latest moment that its
    snapshot names, so that of two events of one millisecond the better informed one comes last, then the event's id.
    `text` is the whole event as canonical JSON.
    """

    agent_id: AgentId
    key: str
    at: datetime
    kind: str
    current: Snapshot | None
    previous: Snapshot | None
    text: str

    def repeats(self, before: "AgentEvent") -> bool:
        """Whether this event, right after `before`, says nothing that was not said: most heartbeats do."""
        return (
            self.kind not in (LOGIN, LOGOUT)
            and self.current == before.current
            and self.previous in (None, self.current)
        )


def read_event(body: str) -> AgentEvent:
    """Return the event in this JSON document.

    Raises `Unreadable` with the path of the field at fault.
    """
    document = parse(body)
    event = Reader(document, "")
    agent_id = _id(event.resource("AgentARN", "agent"), "AgentARN")
    event_id = _id(event.text("EventId"), "EventId")
    kind = _id(event.text("EventType"), "EventType")
    at = _set(event.moment("EventTimestamp"), "EventTimestamp")
    current = _snapshot(document, "CurrentAgentSnapshot", at)
    latest = max(moments_in(current), default=at) if current and kind != LOGOUT else at
    return AgentEvent(
        agent_id=AgentId(agent_id),
        key=f"{stamp(at)}#{stamp(latest)}#{event_id}",
        at=at,
        kind=kind,
        current=current,
        previous=_snapshot(document, "PreviousAgentSnapshot", at),
        text=canonical(document, but=()),
    )


def moments_in(snapshot: Snapshot) -> Iterator[datetime]:
    """Yield every moment at which something in this snapshot began, in no order."""
    yield snapshot.status.since
    for held in snapshot.held:
        yield held.since


def _snapshot(document: dict[str, Any], name: str, at: datetime) -> Snapshot | None:
    if document.get(name) is None:
        return None
    snapshot = Reader(document, "").inside(name)
    configuration = snapshot.inside("Configuration")
    level1 = configuration.inside("AgentHierarchyGroups").inside("Level1")
    profile = configuration.inside("RoutingProfile")
    return Snapshot(
        status=_status(snapshot.inside("AgentStatus"), f"{name}.AgentStatus.", at),
        held=tuple(_held(each, path, at) for each, path in _objects(document[name], "Contacts", f"{name}.")),
        next_status=snapshot.inside("NextAgentStatus").text("Name"),
        username=configuration.text("Username"),
        site_id=level1.resource("ARN", "agent-group"),
        site_name=level1.text("Name"),
        routing_profile_id=profile.resource("ARN", "routing-profile"),
        routing_profile=profile.text("Name"),
    )


def _status(status: Reader, path: str, at: datetime) -> Status:
    name = _set(status.text("Name"), f"{path}Name")
    since = _set(status.moment("StartTimestamp"), f"{path}StartTimestamp")
    # The type was added later than the rest; an agent who has no other has these two.
    by_name = {"available": "ROUTABLE", "offline": "OFFLINE"}.get(name.casefold(), "CUSTOM")
    return Status(name=name, type=status.text("Type") or by_name, since=min(since, at))


def _held(contact: Reader, path: str, at: datetime) -> Held:
    state = _set(contact.text("State"), f"{path}State")
    since = _set(contact.moment("StateStartTimestamp"), f"{path}StateStartTimestamp")
    connected = contact.moment("ConnectedToAgentTimestamp")
    queue = contact.inside("Queue")
    if connected is not None and state in ("CONNECTED", "CONNECTED_ONHOLD", "PAUSED"):
        since = min(since, connected)
    return Held(
        contact_id=ContactId(_id(contact.text("ContactId"), f"{path}ContactId")),
        state=state,
        since=min(since, at),
        initiation_method=contact.text("InitiationMethod"),
        channel=contact.text("Channel"),
        queue_id=queue.resource("ARN", "queue"),
        queue_name=queue.text("Name"),
    )


def _objects(document: dict[str, Any], name: str, path: str) -> Iterator[tuple[Reader, str]]:
    members = document.get(name)
    if members is None:
        return
    if not isinstance(members, list):
        raise Unreadable(path + name, f"must be a list, not {type(members).__name__}")
    for number, member in enumerate(members):
        inside = f"{path}{name}[{number}]"
        if not isinstance(member, dict):
            raise Unreadable(inside, f"must be an object, not {type(member).__name__}")
        yield Reader(member, f"{inside}."), f"{inside}."


def _id(text: str | None, field: str) -> str:
    if text is None or len(text.encode()) > ID_BYTES:
        raise Unreadable(field, f"must be text of 1 to {ID_BYTES} bytes")
    return text


def _set(value: Value | None, field: str) -> Value:
    if value is None:
        raise Unreadable(field, "must be there and not empty")
    return value
