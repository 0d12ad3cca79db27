"""A contact as Amazon Connect writes it down: contact events for EventBridge and a contact record for Kinesis.

Formats: Amazon Connect Administrator Guide, "Contact events" and "Contact records data model".
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from infra.local.connect.intrinsics import INSTANCE_ARN, INSTANCE_ID
from infra.local.settings import ACCOUNT
from infra.local.traffic.customers import Contact

LINES = {"VOICE": "+81312345678", "EMAIL": "support@example.com"}
SUBTYPES = {"VOICE": "connect:Telephony", "CHAT": "connect:Chat", "TASK": "connect:Task", "EMAIL": "connect:Email"}
# Fields of the data model that synthetic contacts never fill; Connect sends them as null.
UNSET = (
    "AnsweringMachineDetectionStatus",
    "ContactLens",
    "Customer",
    "CustomerId",
    "CustomerVoiceActivity",
    "DisconnectDetails",
    "ExternalThirdParty",
    "GlobalResiliencyMetadata",
    "LastPausedTimestamp",
    "LastResumedTimestamp",
    "OutboundStrategy",
    "QualityMetrics",
    "Recording",
    "Recordings",
    "RelatedContactId",
    "RoutingCriteria",
    "ScheduledTimestamp",
    "TaskTemplateInfo",
    "TransferCompletedTimestamp",
    "TransferredToEndpoint",
    "VoiceIdResult",
    "WisdomInfo",
)
UNSET_OF_AGENT = ("AcceptedByAgentTimestamp", "Capabilities", "DeviceInfo", "PreviewEndTimestamp", "StateTransitions")


@dataclass(frozen=True, kw_only=True)
class Event:
    """A contact event: the `detail` of its envelope, and when Connect sends it."""

    at: datetime
    detail: dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Record:
    """A contact record, and when Connect sends it."""

    at: datetime
    body: dict[str, Any]


def events_of(contact: Contact) -> list[Event]:
    """Return the contact's events in the order of their moments."""
    stages: list[tuple[datetime | None, str]] = [
        (contact.initiated_at, "INITIATED"),
        # Inbound calls and mails have no event of this kind.
        (contact.initiated_at if contact.method == "API" else None, "CONNECTED_TO_SYSTEM"),
        (contact.enqueued_at, "QUEUED"),
        (contact.answered_at, "CONNECTED_TO_AGENT"),
        (contact.disconnected_at, "DISCONNECTED"),
        (contact.completed_at, "COMPLETED"),
    ]
    order = [kind for _, kind in stages]
    return [Event(at=at, detail=_detail(contact, kind, order.index(kind))) for at, kind in stages if at is not None]


def record_of(contact: Contact) -> Record:
    """Return the contact's record, as it is sent about a second after everything is over."""
    at = contact.completed_at + timedelta(seconds=1)
    line = LINES.get(contact.channel)
    kind = "EMAIL_ADDRESS" if contact.channel == "EMAIL" else "TELEPHONE_NUMBER"
    return Record(
        at=at,
        body={
            **dict.fromkeys(UNSET),
            "AWSAccountId": ACCOUNT,
            "AWSContactTraceRecordFormatVersion": "2017-03-10",
            "Agent": _agent(contact),
            "AgentConnectionAttempts": 1 if contact.agent else 0,
            "Attributes": {"turned_away": contact.turned_away} if contact.turned_away else {},
            "Campaign": {"CampaignId": None},
            "Channel": contact.channel,
            "ConnectedToSystemTimestamp": _whole(contact.initiated_at),
            "ContactDetails": {},
            "ContactId": contact.id,
            "CustomerEndpoint": {"Address": contact.customer, "Type": kind} if line else None,
            "DisconnectReason": contact.disconnect_reason,
            "DisconnectTimestamp": _whole(contact.disconnected_at),
            "InitialContactId": contact.initial_id,
            "InitiationMethod": contact.method,
            "InitiationTimestamp": _whole(contact.initiated_at),
            "InstanceARN": INSTANCE_ARN,
            "LastUpdateTimestamp": _whole(at),
            "MediaStreams": [{"Type": {"VOICE": "AUDIO"}.get(contact.channel, contact.channel)}],
            "NextContactId": contact.next_id,
            "PreviousContactId": contact.previous_id,
            "Queue": _queue(contact),
            "References": [],
            "SegmentAttributes": {"connect:Subtype": {"ValueString": SUBTYPES[contact.channel]}},
            "SystemEndpoint": {"Address": line, "Type": kind} if line else None,
            "Tags": {"aws:connect:instanceId": INSTANCE_ID},
            "TotalPauseCount": 0,
            "TotalPauseDurationInSeconds": 0,
        },
    )


def _detail(contact: Contact, kind: str, stage: int) -> dict[str, Any]:
    detail: dict[str, Any] = {
        "eventType": kind,
        "contactId": contact.id,
        "channel": contact.channel,
        "instanceArn": INSTANCE_ARN,
        "initiationMethod": contact.method,
        "initiationTimestamp": _exact(contact.initiated_at),
        "connectedToSystemTimestamp": _exact(contact.initiated_at),
        "tags": {"aws:connect:instanceId": INSTANCE_ID},
        "segmentAttributes": {"connect:Subtype": {"valueString": SUBTYPES[contact.channel]}},
    }
    if contact.initial_id:
        detail["initialContactId"] = contact.initial_id
    # The guide: named on transfers; a callback names the first contact of its chain alone.
    if contact.previous_id and contact.method in ("TRANSFER", "QUEUE_TRANSFER"):
        detail["previousContactId"] = contact.previous_id
    if contact.channel in LINES and contact.method not in ("CALLBACK", "QUEUE_TRANSFER"):
        detail["systemEndpoint"] = {
            "type": "EMAIL_ADDRESS" if contact.channel == "EMAIL" else "TELEPHONE_NUMBER",
            "address": LINES[contact.channel],
        }
    if contact.queue and contact.enqueued_at and stage >= 2:
        detail["queueInfo"] = {
            "queueArn": contact.queue.arn,
            "queueType": "STANDARD",
            "enqueueTimestamp": _exact(contact.enqueued_at),
        }
    if contact.agent and contact.answered_at and stage >= 3:
        detail["agentInfo"] = {
            "agentArn": contact.agent.user.arn,
            "connectedToAgentTimestamp": _exact(contact.answered_at),
            "hierarchyGroups": {"level1": {"arn": contact.agent.site.arn}},
        }
        if stage >= 4:
            detail["agentInfo"]["agentInitiatedHoldDuration"] = contact.hold_seconds
        if kind == "COMPLETED":
            detail["agentInfo"] |= {
                "afterContactWorkStartTimestamp": _exact(contact.disconnected_at),
                "afterContactWorkEndTimestamp": _exact(contact.completed_at),
                "afterContactWorkDuration": contact.work_seconds,
            }
    if stage >= 4:
        detail["disconnectTimestamp"] = _exact(contact.disconnected_at)
        if contact.turned_away:
            detail["segmentAttributes"]["turned_away"] = {"valueString": contact.turned_away}
    return detail


def _queue(contact: Contact) -> dict[str, Any] | None:
    if not (contact.queue and contact.enqueued_at and contact.left_queue_at):
        return None
    return {
        "ARN": contact.queue.arn,
        "Name": contact.queue.name,
        "EnqueueTimestamp": _whole(contact.enqueued_at),
        "DequeueTimestamp": _whole(contact.left_queue_at),
        "Duration": round((contact.left_queue_at - contact.enqueued_at).total_seconds()),
    }


def _agent(contact: Contact) -> dict[str, Any] | None:
    if not (contact.agent and contact.answered_at):
        return None
    agent, talk = contact.agent, round((contact.disconnected_at - contact.answered_at).total_seconds())
    return {
        **dict.fromkeys(UNSET_OF_AGENT),
        "ARN": agent.user.arn,
        "Username": agent.user.name,
        "RoutingProfile": {
            "ARN": agent.profile.arn,
            "Name": agent.profile.name,
        },
        "HierarchyGroups": {"Level1": {"ARN": agent.site.arn, "GroupName": agent.site.name}}
        | dict.fromkeys(("Level2", "Level3", "Level4", "Level5")),
        "ConnectedToAgentTimestamp": _whole(contact.answered_at),
        "AgentInteractionDuration": talk - contact.hold_seconds,
        "CustomerHoldDuration": contact.hold_seconds,
        "AgentInitiatedHoldDuration": contact.hold_seconds,
        "AgentPauseDuration": 0,
        "NumberOfHolds": 1 if contact.hold_seconds else 0,
        "LongestHoldDuration": contact.hold_seconds,
        "AfterContactWorkDuration": contact.work_seconds,
        "AfterContactWorkStartTimestamp": _whole(contact.disconnected_at),
        "AfterContactWorkEndTimestamp": _whole(contact.completed_at),
    }


def _exact(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _whole(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
