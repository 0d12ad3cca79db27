"""A customer's right to be forgotten: that a contact is forgotten is a fact too, and what then stays of the others.

What our rules read stays, so that no figure changes; what could tell whom the contact was about goes.
"""

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Final, NamedTuple

from chalicelib.contacts.model.descriptions import GONE, said_by_description
from chalicelib.contacts.model.events import said_by_event
from chalicelib.contacts.model.fact import ContactId, Fact, FactKey, canonical
from chalicelib.contacts.model.records import said_by_record
from chalicelib.contacts.model.said import Said

FORGOTTEN = "forgotten"
"""The source of facts that say so, as `event` and `record` are."""


class _Whole(NamedTuple):
    """Stands for all that is inside a member."""


WHOLE: Final = _Whole()
Kept = Mapping[str, "Kept | _Whole"]

_TURNED_AWAY: Kept = {"turned_away": WHOLE}

KEPT_OF_AN_EVENT: Kept = {
    "channel": WHOLE,
    "initiationMethod": WHOLE,
    "initialContactId": WHOLE,
    "previousContactId": WHOLE,
    "relatedContactId": WHOLE,
    "initiationTimestamp": WHOLE,
    "scheduledTimestamp": WHOLE,
    "connectedToSystemTimestamp": WHOLE,
    "disconnectTimestamp": WHOLE,
    "disconnectReason": WHOLE,
    "queueInfo": WHOLE,
    "agentInfo": WHOLE,
    "segmentAttributes": _TURNED_AWAY,
    "systemEndpoint": WHOLE,
    "envelopeTime": WHOLE,
}
"""Members of a contact event that stay; names that Connect adds later go unless they are entered here."""

KEPT_OF_A_RECORD: Kept = {
    "Channel": WHOLE,
    "InitiationMethod": WHOLE,
    "InitialContactId": WHOLE,
    "PreviousContactId": WHOLE,
    "NextContactId": WHOLE,
    "RelatedContactId": WHOLE,
    "InitiationTimestamp": WHOLE,
    "ScheduledTimestamp": WHOLE,
    "ConnectedToSystemTimestamp": WHOLE,
    "DisconnectTimestamp": WHOLE,
    "LastUpdateTimestamp": WHOLE,
    "DisconnectReason": WHOLE,
    "Queue": WHOLE,
    "Agent": WHOLE,
    "Attributes": _TURNED_AWAY,
    "SegmentAttributes": _TURNED_AWAY,
    "SystemEndpoint": WHOLE,
    "TransferredToEndpoint": WHOLE,
}
"""Members of a contact record that stay. The agent is staff, and the endpoints that stay are the centre's own."""

KEPT_OF_A_DESCRIPTION: Kept = {
    "Channel": WHOLE,
    "InitiationMethod": WHOLE,
    "InitialContactId": WHOLE,
    "PreviousContactId": WHOLE,
    "RelatedContactId": WHOLE,
    "InitiationTimestamp": WHOLE,
    "ScheduledTimestamp": WHOLE,
    "ConnectedToSystemTimestamp": WHOLE,
    "DisconnectTimestamp": WHOLE,
    "LastUpdateTimestamp": WHOLE,
    "DisconnectReason": WHOLE,
    "QueueInfo": WHOLE,
    "AgentInfo": WHOLE,
    "Attributes": _TURNED_AWAY,
    "SegmentAttributes": _TURNED_AWAY,
    "SystemEndpoint": WHOLE,
}
"""Members of Connect's answer about a contact that stay."""


def forgetting(contact_id: ContactId, now: datetime) -> Fact:
    """Return the fact that this contact is to be forgotten; it outlives every other fact of the contact."""
    key = FactKey(f"{FORGOTTEN}#{now.isoformat(timespec='milliseconds')}#request")
    return Fact(contact_id=contact_id, key=key, detail="{}", since=now)


def is_forgotten(facts: Iterable[Fact]) -> bool:
    """Whether one of these facts says that their contact is forgotten."""
    return any(fact.key.startswith(f"{FORGOTTEN}#") for fact in facts)


def still_telling(facts: Iterable[Fact]) -> list[Fact]:
    """Return those of these facts that still tell whom they are about, without what tells it, under their own keys.

    Raises `Unreadable` for a fact that no reader of ours wrote.
    """
    pairs = [(fact, _untold(fact)) for fact in facts]
    return [untold for fact, untold in pairs if untold.detail != fact.detail]


def _untold(fact: Fact) -> Fact:
    source, kind, _ = fact.key.split("#", 2)
    if source == "event":
        return _only(fact, KEPT_OF_AN_EVENT, lambda document: said_by_event(document, kind))
    if source == "described" and fact.key != GONE:
        return _only(fact, KEPT_OF_A_DESCRIPTION, said_by_description)
    return _only(fact, KEPT_OF_A_RECORD, said_by_record) if source == "record" else fact


def _only(fact: Fact, kept: Kept, read: Any) -> Fact:
    document = _parts(json.loads(fact.detail), kept)
    said: Said = read(document)
    since = min(said.moments(), default=said.last_updated_at)
    return fact._replace(detail=canonical(document, but=()), since=since)


def _parts(document: Mapping[str, Any], kept: Kept) -> dict[str, Any]:
    parts: dict[str, Any] = {}
    for name, inside in kept.items():
        if name in document:
            member = document[name]
            if isinstance(inside, _Whole):
                parts[name] = member
            elif isinstance(member, dict) and (left := _parts(member, inside)):
                parts[name] = left
    return parts
