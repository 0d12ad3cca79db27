"""Lives of contacts, as they truly were, and what Amazon Connect would say of them.

A leg is one contact; a story is one customer's legs, in order. `events` and `record` compose the documents field by
field after the Administrator Guide's "Contact events" and "Contact records data model".
"""

import json
import uuid
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from chalicelib.contacts.model import ContactId

INSTANCE = "arn:aws:connect:ap-northeast-1:123456789012:instance/6f1e2d3c-1111-4aaa-8bbb-0123456789ab"
QUEUES = ("support-ja", "support-en", "billing")
SITES = ("tokyo", "sapporo")
MORNING = datetime(2026, 6, 15, 1, 0, tzinfo=UTC)


@dataclass(frozen=True, kw_only=True)
class Leg:
    """One contact as it truly was; moments are seconds after `began`, None for what did not happen."""

    contact_id: ContactId
    began: datetime
    outcome: str
    channel: str = "VOICE"
    method: str = "INBOUND"
    queue: str | None = None
    queued: float | None = None
    left_queue: float | None = None
    answered: float | None = None
    ended: float = 60.0
    worked: float | None = None
    site: str | None = None
    agent: str | None = None
    previous: str | None = None
    initial: str | None = None
    next: str | None = None
    reason: str | None = "CUSTOMER_DISCONNECT"
    turned_away: str | None = None

    def at(self, seconds: float) -> datetime:
        """Return the moment so many seconds after the leg began."""
        return self.began + timedelta(seconds=seconds)


def story(kind: str, luck: Random, began: datetime = MORNING) -> list[Leg]:
    """Return the legs of one customer's contact of this kind."""
    began = began + timedelta(milliseconds=luck.randrange(0, 3_600_000))
    menu = luck.randrange(1, 60_000) / 1000
    wait = luck.randrange(0, 120_000) / 1000
    talk = luck.randrange(1_000, 600_000) / 1000
    queue = luck.choice(QUEUES)
    waiting = Leg(
        contact_id=_id(luck), began=began, outcome="abandoned", queue=queue, queued=menu, left_queue=menu + wait,
        ended=menu + wait, channel=luck.choice(("VOICE", "VOICE", "CHAT")),
    )  # fmt: skip
    answered = replace(
        waiting, outcome="answered", answered=menu + wait, ended=menu + wait + talk,
        worked=luck.choice((None, 5.0, 48.25)), site=luck.choice(SITES), agent=f"agent-{luck.randrange(20)}",
    )  # fmt: skip
    return _STORIES[kind](luck, waiting, answered)


def _callback(luck: Random, waiting: Leg, answered: Leg) -> list[Leg]:
    later = _id(luck)
    first = replace(waiting, outcome="callback_promised", next=later, reason="CONTACT_FLOW_DISCONNECT")
    return [first, _after(first, answered, later, method="CALLBACK", queue="callbacks")]


def _queue_transfer(luck: Random, waiting: Leg, answered: Leg) -> list[Leg]:
    later = _id(luck)
    first = replace(waiting, outcome="transferred", next=later, reason=None)
    return [first, _after(first, answered, later, method="QUEUE_TRANSFER", queue="billing", queued=0.0)]


def _agent_transfer(luck: Random, waiting: Leg, answered: Leg) -> list[Leg]:
    later = _id(luck)
    first = replace(answered, next=later, reason="AGENT_DISCONNECT")
    return [first, _after(first, waiting, later, method="TRANSFER", queue="billing")]


def _after(first: Leg, second: Leg, contact_id: ContactId, **changes: Any) -> Leg:
    began = first.at(first.ended)
    earlier = first.contact_id
    return replace(second, contact_id=contact_id, began=began, previous=earlier, initial=earlier, **changes)


def _in_the_menu(outcome: str) -> Callable[[Random, Leg, Leg], list[Leg]]:
    def legs(luck: Random, waiting: Leg, answered: Leg) -> list[Leg]:
        away = luck.choice(("closed", "full", "no_staff", "error")) if outcome == "turned_away" else None
        reason = "CONTACT_FLOW_DISCONNECT" if away else "CUSTOMER_DISCONNECT"
        ended = waiting.queued or 0.0
        return [
            Leg(
                contact_id=_id(luck), began=waiting.began, outcome=outcome, ended=ended, turned_away=away, reason=reason
            )
        ]

    return legs


def _outbound(luck: Random, waiting: Leg, answered: Leg) -> list[Leg]:
    return [replace(answered, method="OUTBOUND", queue=None, queued=None, left_queue=None)]


def _outbound_unanswered(luck: Random, waiting: Leg, answered: Leg) -> list[Leg]:
    reason = "TELECOM_UNANSWERED"
    return [Leg(contact_id=_id(luck), began=waiting.began, outcome="other", method="OUTBOUND", reason=reason)]


def _task_expired(luck: Random, waiting: Leg, answered: Leg) -> list[Leg]:
    return [replace(waiting, outcome="other", channel="TASK", method="API", reason="EXPIRED")]


_STORIES: dict[str, Callable[[Random, Leg, Leg], list[Leg]]] = {
    "answered": lambda luck, waiting, answered: [answered],
    "abandoned": lambda luck, waiting, answered: [waiting],
    "left_in_menu": _in_the_menu("left_in_menu"),
    "turned_away": _in_the_menu("turned_away"),
    "callback_promised": _callback,
    "queue_transfer": _queue_transfer,
    "agent_transfer": _agent_transfer,
    "outbound": _outbound,
    "outbound_unanswered": _outbound_unanswered,
    "task_expired": _task_expired,
}
KINDS = tuple(_STORIES)


def answered_leg(seed: int, **changes: Any) -> Leg:
    """Return a contact that was answered, changed as said."""
    (leg,) = story("answered", Random(seed))
    return replace(leg, **changes)


def abandoned_leg(seed: int, **changes: Any) -> Leg:
    """Return a contact that was abandoned, changed as said."""
    (leg,) = story("abandoned", Random(seed))
    return replace(leg, **changes)


def events(leg: Leg) -> list[dict[str, Any]]:
    """Return the leg's contact events in true order, as EventBridge envelopes."""
    said = [event(leg, "INITIATED", leg.began)]
    if leg.queued is not None:
        said.append(event(leg, "QUEUED", leg.at(leg.queued)))
    if leg.answered is not None:
        said.append(event(leg, "CONNECTED_TO_AGENT", leg.at(leg.answered)))
    said.append(event(leg, "DISCONNECTED", leg.at(leg.ended)))
    said.append(event(leg, "COMPLETED", leg.at(leg.ended + (leg.worked or 0))))
    return said


STAGES = ("INITIATED", "QUEUED", "CONNECTED_TO_AGENT", "DISCONNECTED", "COMPLETED")


def event(leg: Leg, kind: str, at: datetime) -> dict[str, Any]:
    """Return one contact event: what was known when its stage was reached."""
    stage = STAGES.index(kind)
    detail: dict[str, Any] = {
        "eventType": kind,
        "contactId": leg.contact_id,
        "initialContactId": leg.initial,
        "previousContactId": leg.previous,
        "channel": leg.channel,
        "instanceArn": INSTANCE,
        "initiationMethod": leg.method,
        "initiationTimestamp": _milliseconds(leg.began),
        "tags": {"aws:connect:instanceId": INSTANCE.rpartition("/")[2], "aws:connect:systemEndpoint": "+81312345678"},
        "segmentAttributes": {"connect:Subtype": {"valueString": "connect:Telephony"}},
        "systemEndpoint": {"type": "TELEPHONE_NUMBER", "address": "+81312345678"},
    }
    if leg.turned_away:
        detail["segmentAttributes"]["turned_away"] = {"valueString": leg.turned_away}
    if stage >= 1 and leg.queued is not None:
        enqueued = _milliseconds(leg.at(leg.queued))
        arn = f"{INSTANCE}/queue/{leg.queue}"
        detail["queueInfo"] = {"queueArn": arn, "queueType": "STANDARD", "enqueueTimestamp": enqueued}
    if stage >= 2 and leg.answered is not None:
        detail["agentInfo"] = {
            "agentArn": f"{INSTANCE}/agent/{leg.agent}",
            "connectedToAgentTimestamp": _milliseconds(leg.at(leg.answered)),
            "hierarchyGroups": {"level1": {"arn": f"{INSTANCE}/agent-group/{leg.site}"}},
        }
    if stage >= 3:
        detail["disconnectTimestamp"] = _milliseconds(leg.at(leg.ended))
    if stage >= 4 and leg.answered is not None and leg.worked is not None:
        detail["agentInfo"] |= {
            "afterContactWorkStartTimestamp": _milliseconds(leg.at(leg.ended)),
            "afterContactWorkEndTimestamp": _milliseconds(leg.at(leg.ended + leg.worked)),
            "afterContactWorkDuration": int(leg.worked),
        }
    return {
        "version": "0",
        "id": str(uuid.uuid5(uuid.NAMESPACE_OID, f"{leg.contact_id} {kind}")),
        "detail-type": "Amazon Connect Contact Event",
        "source": "aws.connect",
        "account": "123456789012",
        "time": _seconds(at),
        "region": "ap-northeast-1",
        "resources": [INSTANCE, f"{INSTANCE}/contact/{leg.contact_id}"],
        "detail": {name: value for name, value in detail.items() if value is not None},
    }


def record(leg: Leg, *, updated: float = 120.0, **changes: Any) -> dict[str, Any]:
    """Return the leg's contact record; `updated` is in seconds after its end, `changes` replace members."""
    queue = agent = None
    if leg.queued is not None:
        left = leg.left_queue if leg.left_queue is not None else leg.ended
        queue = {
            "ARN": f"{INSTANCE}/queue/{leg.queue}",
            "Name": leg.queue,
            "EnqueueTimestamp": _seconds(leg.at(leg.queued)),
            "DequeueTimestamp": _seconds(leg.at(left)),
            "Duration": int(left - leg.queued),
        }
    if leg.answered is not None:
        agent = {
            "ARN": f"{INSTANCE}/agent/{leg.agent}",
            "Username": leg.agent,
            "AgentInteractionDuration": int(leg.ended - leg.answered),
            "CustomerHoldDuration": 0,
            "AfterContactWorkDuration": int(leg.worked or 0),
            "ConnectedToAgentTimestamp": _seconds(leg.at(leg.answered)),
            "HierarchyGroups": {
                "Level1": {"ARN": f"{INSTANCE}/agent-group/{leg.site}", "GroupName": leg.site},
                "Level2": None,
            },
        }
    return {
        "AWSContactTraceRecordFormatVersion": "2017-03-10",
        "Agent": agent,
        "Attributes": {"turned_away": leg.turned_away} if leg.turned_away else {},
        "Channel": leg.channel,
        "ContactId": leg.contact_id,
        "CustomerEndpoint": {"Address": "+819012345678", "Type": "TELEPHONE_NUMBER"},
        "DisconnectReason": leg.reason,
        "DisconnectTimestamp": _seconds(leg.at(leg.ended)),
        "InitialContactId": leg.initial,
        "InitiationMethod": leg.method,
        "InitiationTimestamp": _seconds(leg.began),
        "InstanceARN": INSTANCE,
        "LastUpdateTimestamp": _seconds(leg.at(leg.ended + updated)),
        "NextContactId": leg.next,
        "PreviousContactId": leg.previous,
        "Queue": queue,
        **changes,
    }


def description(leg: Leg, at: datetime | None = None) -> dict[str, Any]:
    """Return what DescribeContact answers at that moment, or when all is over: moments are seconds of the epoch."""
    moments = {
        "ended": leg.at(leg.ended),
        "queued": leg.at(leg.queued) if leg.queued is not None else None,
        "answered": leg.at(leg.answered) if leg.answered is not None else None,
        "worked": leg.at(leg.ended + leg.worked) if leg.worked is not None else None,
    }
    past = {name: each for name, each in moments.items() if each is not None and (at is None or each <= at)}
    agent = queue = None
    if "queued" in past:
        queue = {"Id": leg.queue, "EnqueueTimestamp": past["queued"].timestamp()}
    if "answered" in past:
        works = leg.worked is not None and "ended" in past
        ended = past["worked"].timestamp() if "worked" in past else None
        agent = {
            "Id": leg.agent,
            "ConnectedToAgentTimestamp": past["answered"].timestamp(),
            "HierarchyGroups": {"Level1": {"Arn": f"{INSTANCE}/agent-group/{leg.site}"}},
            "AfterContactWorkStartTimestamp": past["ended"].timestamp() if works else None,
            "AfterContactWorkEndTimestamp": ended,
            "AfterContactWorkDuration": int(leg.worked or 0) if ended else None,
        }
    over = "ended" in past
    return {
        "Arn": f"{INSTANCE}/contact/{leg.contact_id}",
        "Id": leg.contact_id,
        "InitialContactId": leg.initial,
        "PreviousContactId": leg.previous,
        "InitiationMethod": leg.method,
        "Channel": leg.channel,
        "QueueInfo": queue,
        "AgentInfo": agent,
        "InitiationTimestamp": leg.began.timestamp(),
        "DisconnectTimestamp": past["ended"].timestamp() if over else None,
        "DisconnectReason": leg.reason if over else None,
        "LastUpdateTimestamp": max([leg.began, *past.values()]).timestamp(),
        "Attributes": {"turned_away": leg.turned_away} if leg.turned_away else {},
        "CustomerEndpoint": {"Type": "TELEPHONE_NUMBER", "Address": "+819012345678"},
        "Tags": {"aws:connect:instanceId": INSTANCE.rpartition("/")[2]},
    }


def bodies(legs: list[Leg]) -> list[str]:
    """Return the events of these legs as EventBridge writes them into a queue."""
    return [json.dumps(each) for leg in legs for each in events(leg)]


def _id(luck: Random) -> ContactId:
    return ContactId(str(uuid.UUID(int=luck.getrandbits(128), version=4)))


def _milliseconds(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _seconds(moment: datetime) -> str:
    return moment.replace(microsecond=0).isoformat().replace("+00:00", "Z")
