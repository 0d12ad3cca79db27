"""Descriptions: what Amazon Connect answers when it is asked about one contact.

Format: Amazon Connect API Reference, "DescribeContact" (APIReference/API_Contact.html), with moments as ISO 8601 text.
"""

from datetime import datetime
from typing import NamedTuple

from chalicelib.contacts.model import events
from chalicelib.contacts.model.events import earlier_contact
from chalicelib.contacts.model.fact import ContactId, Document, Fact, FactKey, canonical, digest, link
from chalicelib.contacts.model.said import Reader, Said
from chalicelib.problems import Unreadable

WEIGHT = 8
"""A description of a contact that is over outweighs every event, and is outweighed by the contact's record."""

GONE = FactKey("described##gone")
"""The key of the fact that Connect no longer knows a contact: it names no moment and says nothing else."""

_IN_THE_KEY = ("Id",)


class Description(NamedTuple):
    """What one answer tells: facts to keep, and whether the contact is over with them."""

    facts: list[Fact]
    is_over: bool


def read_description(contact_id: ContactId, contact: Document) -> Description:
    """Return what Connect's answer about a contact tells of it, and of an earlier contact that it continues.

    Raises `Unreadable` with the path of the field at fault.
    """
    said = said_by_description(contact)
    if said.last_updated_at is None:
        raise Unreadable("LastUpdateTimestamp", "must be an ISO 8601 time: an answer is true as of that moment")
    text = canonical(contact, but=_IN_THE_KEY)
    updated = said.last_updated_at.isoformat(timespec="milliseconds")
    key = FactKey(f"described#{updated}#{digest(text)}")
    since = min(said.moments(), default=said.last_updated_at)
    facts = [Fact(contact_id=contact_id, key=key, detail=text, since=since)]
    earlier = earlier_contact(contact, said, previous="PreviousContactId", initial="InitialContactId")
    if earlier is not None and earlier != contact_id:
        facts.append(link(earlier, contact_id, said.initiation_method, said.initiated_at))
    return Description(facts=facts, is_over=said.completed is True)


def gone(contact_id: ContactId, since: datetime) -> Description:
    """Return what it tells that Connect does not know a contact: as far as it can ever be known, it is over."""
    return Description(facts=[Fact(contact_id=contact_id, key=GONE, detail="{}", since=since)], is_over=True)


def said_by_gone() -> Said:
    """Return what the fact under `GONE` says."""
    return Said(completed=True)


def said_by_description(document: Document) -> Said:
    """Return what an answer says.

    The answer has no word for "over": it is once the contact is disconnected and no after-contact work is under way.
    Raises `Unreadable` with the path of the field at fault.
    """
    contact = Reader(document, "")
    agent = contact.inside("AgentInfo")
    queue = contact.inside("QueueInfo")
    channel = contact.text("Channel")
    segment = contact.inside("SegmentAttributes").inside("turned_away")
    disconnected_at = contact.moment("DisconnectTimestamp")
    work_started_at = agent.moment("AfterContactWorkStartTimestamp")
    work_ended_at = agent.moment("AfterContactWorkEndTimestamp")
    works = work_started_at is not None and work_ended_at is None
    return Said(
        channel=channel.upper() if channel else None,
        initiation_method=contact.text("InitiationMethod"),
        initial_contact_id=contact.text("InitialContactId"),
        previous_contact_id=contact.text("PreviousContactId"),
        related_contact_id=contact.text("RelatedContactId"),
        initiated_at=contact.moment("InitiationTimestamp"),
        scheduled_at=contact.moment("ScheduledTimestamp"),
        connected_to_system_at=contact.moment("ConnectedToSystemTimestamp"),
        enqueued_at=queue.moment("EnqueueTimestamp"),
        connected_to_agent_at=agent.moment("ConnectedToAgentTimestamp"),
        disconnected_at=disconnected_at,
        after_contact_work_started_at=work_started_at,
        after_contact_work_ended_at=work_ended_at,
        queue_id=queue.text("Id"),
        agent_id=agent.text("Id"),
        site_id=agent.inside("HierarchyGroups").inside("Level1").resource("Arn", "agent-group"),
        hold_seconds=agent.seconds("AgentInitiatedHoldDuration"),
        after_contact_work_seconds=agent.seconds("AfterContactWorkDuration"),
        disconnect_reason=contact.text("DisconnectReason"),
        turned_away=contact.inside("Attributes").text("turned_away") or segment.text("ValueString"),
        customer_address=contact.inside("CustomerEndpoint").text("Address"),
        customer_id=contact.text("CustomerId"),
        system_address=contact.inside("SystemEndpoint").text("Address"),
        last_updated_at=contact.moment("LastUpdateTimestamp"),
        completed=True if disconnected_at is not None and not works else None,
    )


def weight(said: Said) -> int:
    """Return the rank of a description: of a contact that is not over, that of the event of the stage it shows.

    So what happened after the answer was given counts more than the answer, although it only comes as an event.
    """
    if said.completed:
        return WEIGHT
    if said.disconnected_at is not None:
        return events.WEIGHT["DISCONNECTED"]
    if said.connected_to_agent_at is not None:
        return events.WEIGHT["CONNECTED_TO_AGENT"]
    return events.WEIGHT["INITIATED" if said.enqueued_at is None else "QUEUED"]
