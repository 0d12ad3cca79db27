"""Contact records, as Amazon Connect sends them through Kinesis, at least once and again whenever they change.

Format: Amazon Connect Administrator Guide, "Contact records data model" (adminguide/ctr-data-model.html).
"""

from chalicelib.contacts.model.events import earlier_contact, parse
from chalicelib.contacts.model.fact import Document, Fact, FactKey, canonical, contact_id_in, digest, link
from chalicelib.contacts.model.said import Reader, Said
from chalicelib.problems import Unreadable

WEIGHT = 9
"""A record is the full truth of one contact and outweighs every event."""

_IN_THE_KEY = ("ContactId",)


def read_record(body: str) -> list[Fact]:
    """Return the facts in one contact record: its own, and what it tells of an earlier contact.

    Raises `Unreadable` with the path of the field at fault.
    """
    record = parse(body)
    contact_id = contact_id_in(record, "ContactId")
    said = said_by_record(record)
    if said.last_updated_at is None:
        raise Unreadable(
            "LastUpdateTimestamp", "must be an ISO 8601 time: of two records of a contact the later counts"
        )
    text = canonical(record, but=_IN_THE_KEY)
    updated = said.last_updated_at.isoformat(timespec="milliseconds")
    key = FactKey(f"record#{updated}#{digest(text)}")
    facts = [Fact(contact_id=contact_id, key=key, detail=text, since=min(said.moments(), default=said.last_updated_at))]
    earlier = earlier_contact(record, said, previous="PreviousContactId", initial="InitialContactId")
    if earlier is not None and earlier != contact_id:
        facts.append(link(earlier, contact_id, said.initiation_method, said.initiated_at))
    return facts


def said_by_record(document: Document) -> Said:
    """Return what a contact record says.

    Raises `Unreadable` with the path of the field at fault.
    """
    record = Reader(document, "")
    queue = record.inside("Queue")
    agent = record.inside("Agent")
    level1 = agent.inside("HierarchyGroups").inside("Level1")
    channel = record.text("Channel")
    segment = record.inside("SegmentAttributes").inside("turned_away")
    connected_at = agent.moment("ConnectedToAgentTimestamp")
    agent_id, agent_name = agent.resource("ARN", "agent"), agent.text("Username")
    return Said(
        channel=channel.upper() if channel else None,
        initiation_method=record.text("InitiationMethod"),
        initial_contact_id=record.text("InitialContactId"),
        previous_contact_id=record.text("PreviousContactId"),
        next_contact_id=record.text("NextContactId"),
        related_contact_id=record.text("RelatedContactId"),
        initiated_at=record.moment("InitiationTimestamp"),
        scheduled_at=record.moment("ScheduledTimestamp"),
        connected_to_system_at=record.moment("ConnectedToSystemTimestamp"),
        enqueued_at=queue.moment("EnqueueTimestamp"),
        dequeued_at=queue.moment("DequeueTimestamp"),
        connected_to_agent_at=connected_at,
        disconnected_at=record.moment("DisconnectTimestamp"),
        after_contact_work_started_at=agent.moment("AfterContactWorkStartTimestamp"),
        after_contact_work_ended_at=agent.moment("AfterContactWorkEndTimestamp"),
        queue_id=queue.resource("ARN", "queue"),
        queue_name=queue.text("Name"),
        agent_id=agent_id,
        agent_name=agent_name,
        site_id=level1.resource("ARN", "agent-group"),
        site_name=level1.text("GroupName"),
        interaction_seconds=agent.seconds("AgentInteractionDuration"),
        hold_seconds=agent.seconds("CustomerHoldDuration"),
        after_contact_work_seconds=agent.seconds("AfterContactWorkDuration"),
        disconnect_reason=record.text("DisconnectReason"),
        turned_away=record.inside("Attributes").text("turned_away") or segment.text("ValueString"),
        customer_address=record.inside("CustomerEndpoint").text("Address"),
        customer_id=record.text("CustomerId"),
        system_address=record.inside("SystemEndpoint").text("Address"),
        transferred_to=record.inside("TransferredToEndpoint").text("Address"),
        last_updated_at=record.moment("LastUpdateTimestamp"),
        completed=True,
        # A record has an agent only if the contact was connected to one; older systems may not tell when.
        reached_agent=True if connected_at is None and (agent_id or agent_name) else None,
    )
