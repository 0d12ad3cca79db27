"""What the page of an agent shows, read from the exchange alone, as the desk reads it."""

from typing import Any

from infra.local.connect.floor.agent import AgentContact, AgentContactState
from infra.local.connect.floor.contact import Contact
from infra.local.connect.floor.exchange import Exchange


def page(exchange: Exchange, user_id: str) -> dict[str, Any]:
    """Return all that an agent sees of status and contacts."""
    agent = exchange.agent(user_id)
    return {
        "signed in": agent.signed_in,
        "status": (agent.status.id, agent.status_since),
        "next": agent.next_status.id if agent.next_status else None,
        "profile": agent.profile.id,
        "contacts": [_held(each) for each in agent.contacts.values()],
    }


def _held(held: AgentContact) -> dict[str, Any]:
    contact = held.contact
    working = held.state is AgentContactState.ENDED and held.alarm is not None
    return {
        "id": contact.id,
        "state": (held.state, held.since, held.accepted, held.muted),
        "queue": (contact.queue.name if contact.queue else None, contact.enqueued_at),
        "people": (contact.customer, contact.system),
        "attributes": dict(contact.attributes),
        "details": dict(contact.details),
        "consult": _consult(contact.consult),
        "customer keys": contact.agent_is_held,
        "from": contact.consulted_from.agent.user.id
        if contact.consulted_from and contact.consulted_from.agent
        else None,
        "joined": contact.is_conference,
        "supervision": contact.watched[-1].kind if contact.watched else None,
        "watched": contact.is_barged,
        "ends at": held.alarm.at if working and held.alarm else None,
    }


def _consult(consult: Contact | None) -> tuple[str, bool] | None:
    return (consult.id, consult.is_answered) if consult else None
