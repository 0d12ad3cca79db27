"""Contact events, as Amazon Connect sends them through EventBridge.

Format: Amazon Connect Administrator Guide, "Contact events" (adminguide/contact-events.html).
"""

import json
import re
from typing import Any

from chalicelib.contacts.model.fact import (
    TYPE_LENGTH,
    ContactId,
    Document,
    Fact,
    FactKey,
    canonical,
    contact_id_in,
    digest,
    link,
)
from chalicelib.contacts.model.said import Reader, Said
from chalicelib.problems import Unreadable

WEIGHT = {
    "CONTACT_DATA_UPDATED": 1,
    "INITIATED": 2,
    "CONNECTED_TO_SYSTEM": 3,
    "QUEUED": 4,
    "CONNECTED_TO_AGENT": 5,
    "DISCONNECTED": 6,
    "COMPLETED": 7,
}
"""The later the stage, the more its event knows; unknown types weigh 0."""

_NAME_THEIR_MOMENT = frozenset(WEIGHT) - {"CONTACT_DATA_UPDATED"}
_IN_THE_KEY = ("contactId", "eventType")
_CAPITALISED = re.compile(r'"[A-Z][A-Za-z]*"\s*:')
_FREE_KEYS = frozenset({"tags", "segmentAttributes", "contactDetails", "contactEvaluations"})


def read_event(body: str) -> list[Fact]:
    """Return the facts in one EventBridge envelope: the event's own, and what it tells of an earlier contact.

    Raises `Unreadable` with the path of the field at fault.
    """
    envelope = parse(body)
    detail = envelope.get("detail")
    if not isinstance(detail, dict):
        raise Unreadable("detail", "must be an object")
    if _CAPITALISED.search(body):
        detail = _lower_camel(detail)
    contact_id = contact_id_in(detail, "contactId", "detail.")
    kind = detail.get("eventType")
    if not isinstance(kind, str) or not 0 < len(kind) <= TYPE_LENGTH or not kind.isascii():
        raise Unreadable("detail.eventType", f"must be text of 1 to {TYPE_LENGTH} ASCII characters")
    said = said_by_event(detail, kind)
    if kind not in _NAME_THEIR_MOMENT:
        # Two pauses of one task differ in nothing but the moment on their envelopes.
        detail["envelopeTime"] = envelope.get("time")
    text = canonical(detail, but=_IN_THE_KEY)
    since = min(said.moments(), default=None)
    facts = [Fact(contact_id=contact_id, key=FactKey(f"event#{kind}#{digest(text)}"), detail=text, since=since)]
    earlier = earlier_contact(detail, said, previous="previousContactId", initial="initialContactId")
    if earlier is not None and earlier != contact_id:
        facts.append(link(earlier, contact_id, said.initiation_method, said.initiated_at))
    return facts


def said_by_event(detail: Document, kind: str) -> Said:
    """Return what the detail of an event of this type says.

    Raises `Unreadable` with the path of the field at fault.
    """
    event = Reader(detail, "detail.")
    queue = event.inside("queueInfo")
    agent = event.inside("agentInfo")
    level1 = agent.inside("hierarchyGroups").inside("level1")
    channel = event.text("channel")
    return Said(
        channel=channel.upper() if channel else None,
        initiation_method=event.text("initiationMethod"),
        initial_contact_id=event.text("initialContactId"),
        previous_contact_id=event.text("previousContactId"),
        related_contact_id=event.text("relatedContactId"),
        initiated_at=event.moment("initiationTimestamp"),
        scheduled_at=event.moment("scheduledTimestamp"),
        connected_to_system_at=event.moment("connectedToSystemTimestamp"),
        enqueued_at=queue.moment("enqueueTimestamp"),
        connected_to_agent_at=agent.moment("connectedToAgentTimestamp"),
        disconnected_at=event.moment("disconnectTimestamp"),
        after_contact_work_started_at=agent.moment("afterContactWorkStartTimestamp"),
        after_contact_work_ended_at=agent.moment("afterContactWorkEndTimestamp"),
        queue_id=queue.resource("queueArn", "queue"),
        queue_type=queue.text("queueType"),
        agent_id=agent.resource("agentArn", "agent"),
        site_id=level1.resource("arn", "agent-group"),
        hold_seconds=agent.seconds("agentInitiatedHoldDuration"),
        after_contact_work_seconds=agent.seconds("afterContactWorkDuration"),
        disconnect_reason=event.text("disconnectReason"),
        turned_away=event.inside("segmentAttributes").inside("turned_away").text("valueString"),
        system_address=event.inside("systemEndpoint").text("address"),
        completed=True if kind == "COMPLETED" else None,
    )


def earlier_contact(document: Document, said: Said, *, previous: str, initial: str) -> ContactId | None:
    """Return the id of the contact that this one continues, or None.

    Transfers name it as the `previous` contact; a callback may name only the `initial` one of its chain.
    """
    if said.previous_contact_id is not None:
        return contact_id_in(document, previous)
    if said.initiation_method == "CALLBACK" and said.initial_contact_id is not None:
        return contact_id_in(document, initial)
    return None


def parse(body: str) -> dict[str, Any]:
    """Return the JSON object in `body`.

    Raises `Unreadable` when there is none.
    """
    try:
        envelope = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise Unreadable("body", "must be a JSON document") from error
    if not isinstance(envelope, dict):
        raise Unreadable("body", f"must be a JSON object, not {type(envelope).__name__}")
    return envelope


def _lower_camel(value: dict[str, Any]) -> dict[str, Any]:
    """Return the object with its names in Connect's lowerCamelCase; some senders and samples capitalise them."""
    lowered: dict[str, Any] = {}
    for name, member in value.items():
        own = name[:1].lower() + name[1:]
        if own != name and own in value:
            own = name
        if type(member) is dict and own not in _FREE_KEYS:
            member = _lower_camel(member)
        lowered[own] = member
    return lowered
