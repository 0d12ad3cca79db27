"""What pages are shown of the floor, as the wire has it (docs/local-connect.md): the floor's objects in, JSON out."""

from datetime import datetime
from typing import Any

from infra.local.connect.floor.agent import TALKING, Agent, AgentContact, AgentContactState
from infra.local.connect.floor.contact import Contact, Stage
from infra.local.connect.floor.exchange import Exchange
from infra.local.connect.floor.queue import WaitingLine
from infra.local.connect.floor.world import Heard
from infra.local.connect.flows.line import Prompt
from infra.local.connect.instance import AgentStatus, Instance
from infra.local.connect.telling.stamps import exact

STATES = {
    AgentContactState.INCOMING: "incoming",
    AgentContactState.PENDING: "incoming",
    AgentContactState.CONNECTING: "connecting",
    AgentContactState.CONNECTED: "connected",
    AgentContactState.CONNECTED_ONHOLD: "connected",
    AgentContactState.MISSED: "missed",
    AgentContactState.REJECTED: "rejected",
    AgentContactState.ERROR: "error",
    AgentContactState.ENDED: "ended",
}
DESTINATIONS = {"QUEUE": "queue", "USER": "agent", "FLOW": "flow", "PHONE_NUMBER": "number"}
RUNG_UP = frozenset({"CALLBACK", "OUTBOUND"})
"""How contacts begin in which the centre calls the customer."""


# --- the desk -------------------------------------------------------------------------------------------------------------


def agent_view(exchange: Exchange, user_id: str) -> dict[str, Any]:
    """Return the agent as a desk shows them, with all that is in their hands."""
    agent, instance = exchange.agent(user_id), exchange.instance
    statuses = sorted(instance.statuses.values(), key=lambda each: each.order)
    connects = sorted(instance.quick_connects.values(), key=lambda each: each.name)
    return {
        "id": agent.user.id,
        "username": agent.user.name,
        "name": name_of(agent),
        "status": _status(agent.status),
        "since": exact(agent.status_since),
        "next": _status(agent.next_status) if agent.next_status else None,
        "statuses": [_status(each) for each in statuses],
        "destinations": [{"id": each.id, "name": each.name, "type": DESTINATIONS[each.type]} for each in connects],
        "contacts": [_held(exchange, each) for each in agent.contacts.values()],
    }


def name_of(agent: Agent) -> str:
    """Return an agent's name as people write it."""
    return f"{agent.user.first_name} {agent.user.last_name}"


def _status(status: AgentStatus) -> dict[str, str]:
    return {"id": status.id, "name": status.name, "type": status.type.lower()}


def _held(exchange: Exchange, held: AgentContact) -> dict[str, Any]:
    contact = held.contact
    ends_at = held.alarm.at if held.state is AgentContactState.ENDED and held.alarm and held.alarm.is_pending else None
    return {
        "id": contact.id,
        "initialId": contact.initial_id,
        "channel": contact.channel,
        "method": contact.method,
        "state": STATES[held.state],
        "since": exact(_since(held)),
        "accepted": held.accepted,
        "held": held.state is AgentContactState.CONNECTED_ONHOLD,
        "muted": held.muted,
        "queue": {"id": contact.queue.id, "name": _queue_name(exchange, contact.queue)} if contact.queue else None,
        "queuedAt": _moment(contact.enqueued_at),
        "customer": contact.customer.address if contact.customer else None,
        "system": (contact.system.address or None) if contact.system else None,
        "attributes": dict(contact.attributes),
        "name": contact.details.get("Name"),
        "description": contact.details.get("Description"),
        "consult": _consult(exchange, contact.consult) if contact.consult else None,
        "joined": contact.is_conference,
        "from": _from(exchange, contact),
        "supervision": _supervision(contact),
        "watched": contact.is_barged,
        "endsAt": _moment(ends_at),
    }


def _since(held: AgentContact) -> datetime:
    """A hold is part of the conversation, which began when they were connected."""
    connected_at = held.contact.connected_at
    return connected_at if held.state in TALKING and connected_at is not None else held.since


def _consult(exchange: Exchange, consult: Contact) -> dict[str, str]:
    talks = consult.is_answered
    if consult.method == "EXTERNAL_OUTBOUND" and consult.customer is not None:
        name = consult.customer.address
    elif talks and consult.agent is not None:
        name = name_of(consult.agent)
    else:
        name = _queue_name(exchange, consult.target) if consult.target else consult.destination or ""
    return {"id": consult.id, "name": name, "state": "talking" if talks else "ringing"}


def _from(exchange: Exchange, contact: Contact) -> str | None:
    """Return who transferred it: the agent of the contact before, whether they still consult or have handed over."""
    if contact.method != "TRANSFER":
        return None
    origin = contact.consulted_from or exchange.contacts.get(contact.previous_id or "")
    return name_of(origin.agent) if origin is not None and origin.agent is not None else None


def _supervision(contact: Contact) -> str | None:
    if contact.method != "MONITOR":
        return None
    return "joined" if contact.watched[-1].kind == "BARGE" else "listening"


def _queue_name(exchange: Exchange, line: WaitingLine) -> str:
    """An agent's own queue goes by the agent's name."""
    return line.name or (name_of(exchange.agent(line.user_id)) if line.user_id else line.id)


# --- the phone ------------------------------------------------------------------------------------------------------------


def numbers_view(instance: Instance) -> list[dict[str, str]]:
    """Return the numbers that can be called, each with the name of the flow that answers."""
    return [{"number": number, "name": instance.flows[flow].name} for number, flow in instance.numbers.items()]


def call_view(
    exchange: Exchange, contact: Contact, *, id: str, incoming: bool = False, rings_since: datetime | None = None
) -> dict[str, Any]:
    """Return a caller's call. `id` is the contact that it began with, and `contact` the one where the caller is now.

    `rings_since` is set while the caller's telephone rings.
    """
    stage, since = _stage(contact, rings_since)
    return {
        "id": id,
        "stage": stage,
        "since": exact(since),
        "place": place(contact),
        "with": _with(exchange, contact, stage, is_third_party=incoming and contact.id == id),
        "to": _other_number(contact),
        "incoming": incoming,
        "reason": contact.reason if stage == "over" else None,
    }


def place(contact: Contact) -> int | None:
    """Return the place in the queue, counted as routing serves: 1 is next. Those whom an agent is just being offered stand before the rest."""
    line = contact.queue
    if line is None or not contact.stage.is_queued:
        return None
    others = (each for each in line.in_queue() if each.channel == contact.channel)
    return 1 + sum(_order(each) < _order(contact) for each in others)


def heard_view(heard: Heard, language: str | None) -> dict[str, Any]:
    """Return what a caller hears. Of a recording there is no text."""
    return {
        "kind": heard.kind,
        "text": [_text(each, language) for each in heard.prompts if each.text or each.ssml],
        "keys": heard.keys,
        "secret": heard.secret,
    }


def _text(prompt: Prompt, language: str | None) -> dict[str, Any]:
    return {"text": prompt.text or prompt.ssml, "ssml": not prompt.text, "language": language}


def _order(contact: Contact) -> tuple[bool, int, datetime, int]:
    assert contact.enqueued_at is not None, "who is in a queue has entered it"
    waits = contact.stage is Stage.WAITING
    return waits, contact.priority, contact.enqueued_at - contact.time_adjustment, contact.number


def _stage(contact: Contact, rings_since: datetime | None) -> tuple[str, datetime]:
    """Return the stage and when it began, as a caller would tell them."""
    began = contact.connected_to_system_at or contact.initiated_at
    stage = contact.stage
    if not stage.is_live:
        return "over", contact.disconnected_at or began
    if rings_since is not None:
        return "ringing", rings_since
    if contact.agent_is_held:
        return "menu", contact.holds[-1].start
    if contact.is_held:
        return "held", contact.holds[-1].start
    if contact.is_answered:
        return "talking", contact.connected_at or began
    if stage.is_queued or (stage is Stage.JOINING and contact.method not in RUNG_UP):
        return "waiting", contact.enqueued_at or began
    return ("menu" if stage is Stage.IN_FLOW else "calling"), began


def _with(exchange: Exchange, contact: Contact, stage: str, *, is_third_party: bool) -> str | None:
    """Return whom somebody talks to: an agent's name, or a number outside. A third party talks to who called, or to whom was handed over."""
    if stage not in ("talking", "held"):
        return None
    if contact.method == "EXTERNAL_OUTBOUND" and is_third_party:
        origin = contact.consulted_from
        return name_of(origin.agent) if origin is not None and origin.agent is not None else _caller(exchange, contact)
    if contact.stage is Stage.THIRD_PARTY:
        end = contact.transferred_to or contact.customer
        return end.address if end else None
    return name_of(contact.agent) if contact.agent else None


def _caller(exchange: Exchange, contact: Contact) -> str | None:
    """Return the number of the customer who was handed over to this third party."""
    previous = exchange.contacts.get(contact.previous_id or "")
    return previous.customer.address if previous is not None and previous.customer is not None else None


def _other_number(contact: Contact) -> str | None:
    """Return the centre's number: the one that was called, or that the centre calls from."""
    if contact.system is not None and contact.system.address:
        return contact.system.address
    return contact.queue.outbound_number if contact.queue else None


def _moment(moment: datetime | None) -> str | None:
    return None if moment is None else exact(moment)
