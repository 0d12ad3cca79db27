"""Operations on contacts."""

from collections.abc import Mapping
from typing import Any

from infra.local.connect.api.problems import ApiProblem, invalid_parameter, invalid_request
from infra.local.connect.floor.agent import Agent
from infra.local.connect.floor.contact import SUBTYPES, Contact, Endpoint
from infra.local.connect.floor.exchange import Exchange
from infra.local.connect.instance import id_in
from infra.local.connect.telling.stamps import seconds_between

Document = dict[str, Any]
Asked = Mapping[str, Any]


def describe_contact(exchange: Exchange, asked: Asked) -> Document:
    """DescribeContact."""
    contact = exchange.contact(asked["ContactId"])
    moments = (
        contact.initiated_at, contact.connected_to_system_at, contact.enqueued_at, contact.connected_at,
        contact.disconnected_at, contact.work_started_at, contact.work_ended_at, contact.completed_at,
    )  # fmt: skip
    return {
        "Contact": {
            "Arn": f"{exchange.instance.arn}/contact/{contact.id}",
            "Id": contact.id,
            "InitialContactId": contact.initial_id,
            "PreviousContactId": contact.previous_id,
            "RelatedContactId": contact.related_id,
            "InitiationMethod": contact.method,
            "Name": contact.details.get("Name"),
            "Description": contact.details.get("Description"),
            "CustomerId": contact.details.get("CustomerId"),
            "Channel": contact.channel,
            "QueueInfo": {"Id": id_in(contact.queue.arn), "EnqueueTimestamp": contact.enqueued_at}
            if contact.queue
            else None,
            "AgentInfo": _agent(exchange, contact, contact.agent) if contact.agent and contact.connected_at else None,
            "InitiationTimestamp": contact.initiated_at,
            "ConnectedToSystemTimestamp": contact.connected_to_system_at,
            "DisconnectTimestamp": contact.disconnected_at,
            "DisconnectReason": contact.reason if contact.disconnected_at else None,
            "LastUpdateTimestamp": max(moment for moment in moments if moment),
            "CustomerEndpoint": _endpoint(contact.customer),
            "SystemEndpoint": _endpoint(contact.system),
            "QueuePriority": contact.priority,
            "QueueTimeAdjustmentSeconds": int(contact.time_adjustment.total_seconds()),
            "Attributes": dict(contact.attributes),
            "SegmentAttributes": {
                "connect:Subtype": {"ValueString": SUBTYPES[contact.channel]},
                **{name: {"ValueString": text} for name, text in contact.segment_attributes.items()},
            },
            "Tags": dict(contact.tags),
        }
    }


def get_contact_attributes(exchange: Exchange, asked: Asked) -> Document:
    """GetContactAttributes."""
    return {"Attributes": dict(exchange.contact(asked["InitialContactId"]).attributes)}


def update_contact_attributes(exchange: Exchange, asked: Asked) -> Document:
    """UpdateContactAttributes."""
    exchange.update_attributes(asked["InitialContactId"], asked["Attributes"])
    return {}


def update_contact_routing_data(exchange: Exchange, asked: Asked) -> Document:
    """UpdateContactRoutingData: one kind of change at a time."""
    changes = [name for name in ("QueuePriority", "QueueTimeAdjustmentSeconds", "RoutingCriteria") if name in asked]
    if len(changes) != 1:
        raise invalid_parameter("Give exactly one of QueuePriority, QueueTimeAdjustmentSeconds and RoutingCriteria.")
    criteria = asked.get("RoutingCriteria")
    exchange.update_routing(
        asked["ContactId"],
        priority=asked.get("QueuePriority"),
        time_adjustment=asked.get("QueueTimeAdjustmentSeconds"),
        criteria=criteria.get("Steps", []) if criteria is not None else None,
    )
    return {}


def stop_contact(exchange: Exchange, asked: Asked) -> Document:
    """StopContact."""
    if exchange.contact(asked["ContactId"]).disconnected_at is not None:
        raise ApiProblem(
            "ContactNotFoundException", f"The contact {asked['ContactId']} has ended: there is nothing to stop."
        )
    exchange.stop(asked["ContactId"])
    return {}


def start_task_contact(exchange: Exchange, asked: Asked) -> Document:
    """StartTaskContact with a flow; templates, quick connects, attachments and later moments are not played."""
    _refuse(asked, "TaskTemplateId", "QuickConnectId", "ScheduledTime", "Attachments", "SegmentAttributes")
    if "ContactFlowId" not in asked:
        raise invalid_request("Give ContactFlowId: the flow that the task goes through.")
    references = {
        name: {"Value": told["Value"], "Type": told["Type"]} for name, told in asked.get("References", {}).items()
    }
    contact_id = exchange.start_task(
        flow_id=id_in(asked["ContactFlowId"]),
        name=asked["Name"],
        description=asked.get("Description", ""),
        attributes=asked.get("Attributes", {}),
        references=references,
        previous_id=asked.get("PreviousContactId"),
        related_id=asked.get("RelatedContactId"),
    )
    return {"ContactId": contact_id}


def start_outbound_voice_contact(exchange: Exchange, asked: Asked) -> Document:
    """StartOutboundVoiceContact: the flow is connected with whoever answers, no agent dials."""
    _refuse(asked, "AnswerMachineDetectionConfig", "CampaignId", "OutboundStrategy", "References", "RelatedContactId")
    if not asked.keys() & {"SourcePhoneNumber", "QueueId"}:
        raise invalid_request("Give SourcePhoneNumber or QueueId: the call must show some number.")
    contact_id = exchange.start_outbound(
        flow_id=id_in(asked["ContactFlowId"]),
        to=asked["DestinationPhoneNumber"],
        queue_id=id_in(asked["QueueId"]) if "QueueId" in asked else None,
        by=asked.get("SourcePhoneNumber"),
        attributes=asked.get("Attributes", {}),
    )
    return {"ContactId": contact_id}


def suspend_contact_recording(exchange: Exchange, asked: Asked) -> Document:
    """SuspendContactRecording: of voice and screen, unless `ContactRecordingType` names one."""
    exchange.pause_recording(asked["ContactId"], asked.get("ContactRecordingType"))
    return {}


def resume_contact_recording(exchange: Exchange, asked: Asked) -> Document:
    """ResumeContactRecording, likewise."""
    exchange.resume_recording(asked["ContactId"], asked.get("ContactRecordingType"))
    return {}


def monitor_contact(exchange: Exchange, asked: Asked) -> Document:
    """MonitorContact: the answer names the supervisor's own contact."""
    contact_id = exchange.monitor(id_in(asked["UserId"]), asked["ContactId"])
    return {"ContactId": contact_id, "ContactArn": f"{exchange.instance.arn}/contact/{contact_id}"}


def _refuse(asked: Asked, *unplayed: str) -> None:
    for name in unplayed:
        if name in asked:
            raise invalid_request(f"The local Connect does not play {name}: leave it out.")


def _endpoint(endpoint: Endpoint | None) -> Document | None:
    return {"Type": endpoint.type, "Address": endpoint.address} if endpoint else None


def _agent(exchange: Exchange, contact: Contact, agent: Agent) -> Document:
    return {
        "Id": agent.user.id,
        "ConnectedToAgentTimestamp": contact.connected_at,
        "HierarchyGroups": {
            f"Level{level}": {"Arn": group.arn} for level, group in enumerate(agent.user.hierarchy, start=1)
        },
        "AgentInitiatedHoldDuration": int(sum(contact.hold_seconds(contact.disconnected_at or exchange.now))),
        "AfterContactWorkStartTimestamp": contact.work_started_at,
        "AfterContactWorkEndTimestamp": contact.work_ended_at,
        "AfterContactWorkDuration": seconds_between(contact.work_started_at, contact.work_ended_at),
    }
