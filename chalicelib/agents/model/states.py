"""The state that a snapshot shows an agent in, of the several that may hold at once.

Words and borders follow the Amazon Connect Administrator Guide, "Metric definitions" and "About contact states".
"""

from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from chalicelib.agents.model.events import LOGOUT, AgentEvent, Held, Snapshot, moments_in
from chalicelib.contacts.model import ContactId


class State(StrEnum):
    """What an agent does; of several that hold at once, the first one here counts."""

    ON_CONTACT = "on_contact"
    AFTER_CONTACT_WORK = "after_contact_work"
    RINGING = "ringing"
    ERROR = "error"
    AVAILABLE = "available"
    CUSTOM = "custom"
    OFFLINE = "offline"


OF_CONTACT = {
    "CONNECTED": State.ON_CONTACT,
    "CONNECTED_ONHOLD": State.ON_CONTACT,
    "PAUSED": State.ON_CONTACT,
    "ENDED": State.AFTER_CONTACT_WORK,
    "CONNECTING": State.RINGING,
    "INCOMING": State.RINGING,
    "PENDING": State.RINGING,
    "MISSED": State.ERROR,
    "ERROR": State.ERROR,
    "REJECTED": State.ERROR,
}
"""What a contact's state makes of its agent; one that Connect adds tomorrow leaves the agent in the status chosen."""

OF_STATUS = {"ROUTABLE": State.AVAILABLE, "OFFLINE": State.OFFLINE}
WE_DIAL = frozenset({"OUTBOUND", "EXTERNAL_OUTBOUND"})


class Sight(NamedTuple):
    """An agent as seen at a moment.

    `status` is the chosen status, and `status_since` its beginning, where it is the status that counts; `began` are the
    moments at which what counts began, earliest first. `latest` is the latest moment that was named, `chosen_at` the one
    at which the status was chosen, whatever counts. `snapshot` is None at a sign-out that came without one.
    """

    at: datetime
    state: State
    status: str | None
    status_since: datetime | None
    began: tuple[datetime, ...]
    contacts: tuple[ContactId, ...]
    latest: datetime
    chosen_at: datetime
    snapshot: Snapshot | None


def sight_in(event: AgentEvent) -> Sight | None:
    """Return how an event shows its agent, or None when it does not: who signs out is offline, whatever else holds."""
    if event.kind == LOGOUT:
        return _signed_out(event)
    return _seen(event.current, event.at) if event.current else None


def sight_before(event: AgentEvent) -> Sight | None:
    """Return how an event says that its agent was before it, seen at the last moment that is named of that time."""
    return _seen(event.previous, max(moments_in(event.previous))) if event.previous else None


def _signed_out(event: AgentEvent) -> Sight:
    status = event.current.status if event.current and event.current.status.type == "OFFLINE" else None
    since = status.since if status else event.at
    return Sight(
        at=event.at,
        state=State.OFFLINE,
        status=status.name if status else None,
        status_since=since,
        began=(since,),
        contacts=(),
        latest=event.at,
        chosen_at=since,
        snapshot=event.current,
    )


def _seen(snapshot: Snapshot, at: datetime) -> Sight:
    held: dict[State, list[Held]] = {}
    for each in snapshot.held:
        if (state := _made_by(each)) is not None:
            held.setdefault(state, []).append(each)
    status = snapshot.status
    first = next((state for state in State if state in held), None)
    counts = held[first] if first else []
    return Sight(
        at=at,
        state=first or OF_STATUS.get(status.type, State.CUSTOM),
        status=None if first else status.name,
        status_since=None if first else status.since,
        began=tuple(sorted(each.since for each in counts)) or (status.since,),
        contacts=tuple(each.contact_id for each in counts),
        latest=max(moments_in(snapshot)),
        chosen_at=status.since,
        snapshot=snapshot,
    )


def _made_by(held: Held) -> State | None:
    if held.state == "CONNECTING" and held.initiation_method in WE_DIAL:
        return State.ON_CONTACT
    return OF_CONTACT.get(held.state)
