"""Contact events: the `detail` of an envelope. Source: Administrator Guide, "Amazon Connect contact events"."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from infra.local.connect.floor.contact import SUBTYPES, Contact
from infra.local.connect.floor.criteria import Criteria
from infra.local.connect.telling.stamps import NOT_SET, exact

NAMING_THE_PREVIOUS = frozenset({"TRANSFER", "QUEUE_TRANSFER"})
"""The guide: `previousContactId` only on transfers; any other contact names the first of its chain alone."""
WITHOUT_SYSTEM_ENDPOINT = frozenset({"CALLBACK", "MONITOR", "QUEUE_TRANSFER"})
BEFORE_THE_SYSTEM = frozenset({"INITIATED", "QUEUED"})
"""Event types whose samples do not say when the contact was connected to the system."""


def detail(contact: Contact, kind: str, instance_arn: str, updated: Sequence[str] = ()) -> dict[str, Any]:
    """Return the detail of one event about a contact as it is now; `updated` is for CONTACT_DATA_UPDATED."""
    told: dict[str, Any] = {
        "eventType": kind,
        "contactId": contact.id,
        "channel": contact.channel,
        "instanceArn": instance_arn,
        "initiationMethod": contact.method,
        "initiationTimestamp": exact(contact.initiated_at),
        "tags": dict(contact.tags),
        "segmentAttributes": {
            "connect:Subtype": {"valueString": SUBTYPES[contact.channel]},
            **{name: {"valueString": value} for name, value in contact.segment_attributes.items()},
        },
    }
    if updated:
        told["updatedProperties"] = list(updated)
    _chain(contact, told)
    if contact.system and contact.method not in WITHOUT_SYSTEM_ENDPOINT:
        told["systemEndpoint"] = {"type": contact.system.type, "address": contact.system.address}
    if contact.connected_to_system_at and kind not in BEFORE_THE_SYSTEM:
        told["connectedToSystemTimestamp"] = exact(contact.connected_to_system_at)
    if contact.queue and contact.enqueued_at and contact.method != "OUTBOUND":
        told["queueInfo"] = {
            "queueArn": contact.queue.arn,
            "queueType": contact.queue.type,
            "enqueueTimestamp": exact(contact.enqueued_at),
        }
    if contact.connected_at:
        told["agentInfo"] = _agent(contact)
    if contact.criteria and contact.criteria.activated_at:
        told["routingCriteria"] = _criteria(contact.criteria)
    if contact.disconnected_at:
        told["disconnectTimestamp"] = exact(contact.disconnected_at)
    if kind == "CONTACT_DATA_UPDATED" and not contact.connected_at:
        told["connectedToSystemTimestamp"] = NOT_SET
        told["agentInfo"] = {"connectedToAgentTimestamp": NOT_SET}
    return told


def _chain(contact: Contact, told: dict[str, Any]) -> None:
    if contact.initial_id:
        told["initialContactId"] = contact.initial_id
    if contact.previous_id and contact.method in NAMING_THE_PREVIOUS:
        told["previousContactId"] = contact.previous_id
    if contact.related_id:
        told["relatedContactId"] = contact.related_id
    if contact.details.get("CustomerId"):
        told["customerId"] = contact.details["CustomerId"]


def _agent(contact: Contact) -> dict[str, Any]:
    assert contact.agent
    assert contact.connected_at
    told: dict[str, Any] = {
        "agentArn": contact.agent.user.arn,
        "connectedToAgentTimestamp": exact(contact.connected_at),
        "hierarchyGroups": {
            f"level{level}": {"arn": group.arn} for level, group in enumerate(contact.agent.user.hierarchy, 1)
        },
    }
    if contact.disconnected_at:
        told["agentInitiatedHoldDuration"] = round(sum(contact.hold_seconds(contact.disconnected_at)))
    if contact.completed_at and contact.work_started_at and contact.work_ended_at:
        told |= {
            "afterContactWorkStartTimestamp": exact(contact.work_started_at),
            "afterContactWorkEndTimestamp": exact(contact.work_ended_at),
            "afterContactWorkDuration": int((contact.work_ended_at - contact.work_started_at).total_seconds()),
        }
    if contact.watched:
        told["stateTransitions"] = [
            {"state": each.kind, "stateStartTimestamp": exact(each.start)}
            | ({"stateEndTimestamp": exact(each.end)} if each.end else {})
            for each in contact.watched
        ]
    return told


def _criteria(criteria: Criteria) -> dict[str, Any]:
    assert criteria.activated_at
    steps: list[dict[str, Any]] = []
    began = criteria.activated_at
    for number, step in enumerate(criteria.steps):
        told: dict[str, Any] = {"status": criteria.status(number), "expression": _lower(step.expression)}
        if step.seconds is not None:
            told["expiry"] = {"durationInSeconds": step.seconds}
            began += timedelta(seconds=step.seconds)
            if number <= criteria.index:
                told["expiry"]["expiryTimestamp"] = exact(began)
        steps.append(told)
    index = min(criteria.index, len(criteria.steps) - 1)
    return {"activationTimestamp": exact(criteria.activated_at), "index": index, "steps": steps}


def _lower(document: Any) -> Any:
    """Return an expression with names as events write them: `AttributeCondition` becomes `attributeCondition`."""
    if isinstance(document, Mapping):
        return {
            f"{name[:1].lower()}{name[1:]}": float(value) if name == "ProficiencyLevel" else _lower(value)
            for name, value in document.items()
        }
    return [_lower(each) for each in document] if isinstance(document, list | tuple) else document
