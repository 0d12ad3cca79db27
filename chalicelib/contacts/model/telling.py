"""What facts tell of themselves: where they come from, of what kind they are, and of which moment they speak."""

import json
from collections.abc import Iterable
from datetime import datetime
from typing import Literal, NamedTuple

from chalicelib.contacts.model import descriptions, records
from chalicelib.contacts.model.events import WEIGHT, said_by_event
from chalicelib.contacts.model.fact import Fact
from chalicelib.contacts.model.forgetting import FORGOTTEN
from chalicelib.contacts.model.mark import MARK
from chalicelib.contacts.model.said import Reader
from chalicelib.problems import Unreadable

_MOMENT_OF = {
    "INITIATED": "initiated_at",
    "CONNECTED_TO_SYSTEM": "connected_to_system_at",
    "QUEUED": "enqueued_at",
    "CONNECTED_TO_AGENT": "connected_to_agent_at",
    "DISCONNECTED": "disconnected_at",
}


class Told(NamedTuple):
    """The short form of a fact.

    `type` is the type of an event, RECORD for a contact record, DESCRIBED or GONE for what Connect answered when it was
    asked, FORGOTTEN where a customer asked for that, HELP or HARASSMENT for a mark, or how the contact that goes on from here
    began.
    """

    key: str
    source: Literal["event", "described", "record", "next", "forgotten", "mark"]
    type: str
    moment: datetime | None


def tell(facts: Iterable[Fact]) -> list[Told]:
    """Return these facts in short, in the order of their moments; those without one come last.

    A fact that this release cannot read has no moment.
    """
    return sorted(map(_told, facts), key=lambda told: (told.moment is None, told.moment, _rank(told), told.key))


def _rank(told: Told) -> int:
    if told.source == "event":
        return WEIGHT.get(told.type, 0)
    return descriptions.WEIGHT if told.source == "described" else records.WEIGHT


def _told(fact: Fact) -> Told:
    source, kind, _ = fact.key.split("#", 2)
    if source == "next":
        return Told(key=fact.key, source="next", type=kind, moment=None)
    if source == FORGOTTEN:
        return Told(key=fact.key, source="forgotten", type="FORGOTTEN", moment=datetime.fromisoformat(kind))
    if source == "record":
        return Told(key=fact.key, source="record", type="RECORD", moment=datetime.fromisoformat(kind))
    if fact.key == descriptions.GONE:
        return Told(key=fact.key, source="described", type="GONE", moment=None)
    if source == "described":
        return Told(key=fact.key, source="described", type="DESCRIBED", moment=datetime.fromisoformat(kind))
    try:
        detail = json.loads(fact.detail)
        said = said_by_event(detail, kind)
        moment = Reader(detail, "").moment("envelopeTime")
        if source == MARK:
            return Told(key=fact.key, source="mark", type=kind, moment=moment)
    except Unreadable:
        return Told(key=fact.key, source="event", type=kind, moment=None)
    own = getattr(said, _MOMENT_OF[kind]) if kind in _MOMENT_OF else None
    return Told(key=fact.key, source="event", type=kind, moment=moment or own or max(said.moments(), default=None))
