"""Contact records. Source: Administrator Guide, "Contact records data model". What is not set is an explicit null."""

from datetime import datetime, timedelta
from typing import Any

from infra.local.connect.floor.contact import SUBTYPES, Contact, Endpoint
from infra.local.connect.floor.criteria import Criteria
from infra.local.connect.instance import Instance
from infra.local.connect.telling.stamps import seconds_between, whole

VERSION = "2017-03-10"
NEVER_SET = (
    "AnsweringMachineDetectionStatus", "ContactLens", "Customer", "CustomerVoiceActivity", "DisconnectDetails", "ExternalThirdParty",
    "GlobalResiliencyMetadata", "LastPausedTimestamp", "LastResumedTimestamp", "OutboundStrategy", "QualityMetrics", "ScheduledTimestamp",
    "TaskTemplateInfo", "VoiceIdResult", "WisdomInfo",
)  # fmt: skip
"""Members of the data model for features that the local Connect does not have."""
NEVER_SET_OF_AGENT = ("AcceptedByAgentTimestamp", "Capabilities", "DeviceInfo", "PreviewEndTimestamp")
MEDIA = {"VOICE": "AUDIO", "CHAT": "CHAT", "TASK": "TASK", "EMAIL": "EMAIL"}


def record(contact: Contact, instance: Instance, at: datetime) -> dict[str, Any]:
    """Return the record of a contact that is over, as it is told at this moment."""
    recordings = _recordings(contact, instance)
    return {
        **dict.fromkeys(NEVER_SET),
        "AWSAccountId": instance.account,
        "AWSContactTraceRecordFormatVersion": VERSION,
        "Agent": _agent(contact),
        "AgentConnectionAttempts": contact.offers,
        "Attributes": dict(contact.attributes),
        "Campaign": {"CampaignId": None},
        "Channel": contact.channel,
        "ConnectedToSystemTimestamp": whole(contact.connected_to_system_at),
        "ContactDetails": {name: value for name, value in contact.details.items() if name in ("Name", "Description")},
        "ContactId": contact.id,
        "CustomerEndpoint": _endpoint(contact.customer),
        "CustomerId": contact.details.get("CustomerId"),
        "DisconnectReason": contact.reason,
        "DisconnectTimestamp": whole(contact.disconnected_at),
        "InitialContactId": contact.initial_id,
        "InitiationMethod": contact.method,
        "InitiationTimestamp": whole(contact.initiated_at),
        "InstanceARN": instance.arn,
        "LastUpdateTimestamp": whole(at),
        "MediaStreams": [{"Type": MEDIA[contact.channel]}],
        "NextContactId": contact.next_id,
        "PreviousContactId": contact.previous_id,
        "Queue": _queue(contact),
        "Recording": {name: recordings[0][name] for name in ("DeletionReason", "Location", "Status")}
        | {"Type": "AUDIO"}
        if recordings
        else None,
        "Recordings": recordings,
        "References": [{"Name": name, **each} for name, each in contact.references.items()],
        "RelatedContactId": contact.related_id,
        "RoutingCriteria": _criteria(contact.criteria) if contact.criteria else None,
        "SegmentAttributes": {
            "connect:Subtype": {"ValueString": SUBTYPES[contact.channel]},
            **{name: {"ValueString": value} for name, value in contact.segment_attributes.items()},
        },
        "SystemEndpoint": _endpoint(contact.system),
        "Tags": dict(contact.tags),
        "TotalPauseCount": 0,
        "TotalPauseDurationInSeconds": 0,
        "TransferCompletedTimestamp": whole(contact.transfer_completed_at),
        "TransferredToEndpoint": _endpoint(contact.transferred_to),
    }


def _endpoint(endpoint: Endpoint | None) -> dict[str, str] | None:
    return {"Address": endpoint.address, "Type": endpoint.type} if endpoint else None


def _queue(contact: Contact) -> dict[str, Any] | None:
    """Return the queue; its duration is dequeue minus enqueue, also for callbacks, where the guide contradicts itself (unconfirmed).

    A call that an agent placed was in no queue and names none, as its events do not (unconfirmed for records).
    """
    if not (contact.queue and contact.enqueued_at):
        return None
    return {
        "ARN": contact.queue.arn,
        "Name": contact.queue.name,
        "EnqueueTimestamp": whole(contact.enqueued_at),
        "DequeueTimestamp": whole(contact.dequeued_at),
        "Duration": seconds_between(contact.enqueued_at, contact.dequeued_at),
    }


def _agent(contact: Contact) -> dict[str, Any] | None:
    agent, ended = contact.agent, contact.disconnected_at
    if agent is None or contact.connected_at is None or ended is None:
        return None
    holds = [round(each) for each in contact.hold_seconds(ended)]
    talk = seconds_between(contact.connected_at, ended) or 0
    levels = [{"ARN": each.arn, "GroupName": each.name} for each in agent.user.hierarchy]
    return {
        **dict.fromkeys(NEVER_SET_OF_AGENT),
        "ARN": agent.user.arn,
        "Username": agent.user.name,
        "RoutingProfile": {"ARN": agent.profile.arn, "Name": agent.profile.name},
        "HierarchyGroups": {f"Level{n + 1}": levels[n] if n < len(levels) else None for n in range(5)}
        if levels
        else None,
        "ConnectedToAgentTimestamp": whole(contact.connected_at),
        "AgentInteractionDuration": max(talk - sum(holds), 0),
        "CustomerHoldDuration": sum(holds),
        "AgentInitiatedHoldDuration": sum(holds),
        "AgentPauseDuration": 0,
        "NumberOfHolds": len(holds),
        "LongestHoldDuration": max(holds, default=0),
        "AfterContactWorkDuration": seconds_between(contact.work_started_at, contact.work_ended_at),
        "AfterContactWorkStartTimestamp": whole(contact.work_started_at),
        "AfterContactWorkEndTimestamp": whole(contact.work_ended_at),
        "StateTransitions": [
            {"State": each.kind, "StateStartTimestamp": whole(each.start), "StateEndTimestamp": whole(each.end)}
            for each in contact.watched
        ]
        or None,
    }


def _recordings(contact: Contact, instance: Instance) -> list[dict[str, Any]] | None:
    """Return one recording per contact, as pausing does not cut it in two; bucket and prefix are named after the instance."""
    if not contact.recording.spans:
        return None
    began = contact.recording.spans[0].start
    name = f"{contact.id}_{began:%Y%m%dT%H:%M}_UTC.wav"
    location = f"{instance.name}-recordings/connect/{instance.name}/CallRecordings/{began:%Y/%m/%d}/{name}"
    unset = ("DeletionReason", "FragmentStartNumber", "FragmentStopNumber", "ParticipantType")
    return [
        {
            **dict.fromkeys((*unset, "StartTimestamp", "StopTimestamp")),
            "Location": location,
            "MediaStreamType": "AUDIO",
            "Status": "AVAILABLE",
            "StorageType": "S3",
        }
    ]


def _criteria(criteria: Criteria) -> dict[str, Any]:
    steps: list[dict[str, Any]] = []
    ends = criteria.activated_at
    for number, step in enumerate(criteria.steps):
        expiry: dict[str, Any] | None = None
        if step.seconds is not None:
            ends = ends + timedelta(seconds=step.seconds) if ends else None
            expiry = {
                "DurationInSeconds": step.seconds,
                "ExpiryTimestamp": whole(ends) if number <= criteria.index else None,
            }
        steps.append({"Status": criteria.status(number), "Expression": dict(step.expression), "Expiry": expiry})
    index = min(criteria.index, len(criteria.steps) - 1)
    return {"ActivationTimestamp": whole(criteria.activated_at), "Index": index, "Steps": steps}
