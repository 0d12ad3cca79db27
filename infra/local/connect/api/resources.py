"""Operations on queues and routing profiles."""

from collections.abc import Mapping
from typing import Any

from infra.local.connect.api.pages import page
from infra.local.connect.api.problems import not_found
from infra.local.connect.floor.exchange import Exchange
from infra.local.connect.instance import Queue, RoutingProfile, id_in

Document = dict[str, Any]
Asked = Mapping[str, Any]


def list_queues(exchange: Exchange, asked: Asked) -> Document:
    """ListQueues: standard queues, then every agent's own, of the types asked for."""
    types = asked.get("QueueTypes") or ("STANDARD", "AGENT")
    summaries: list[Document] = []
    if "STANDARD" in types:
        summaries += [
            {"Id": queue.id, "Arn": queue.arn, "Name": queue.name, "QueueType": "STANDARD"}
            for queue in exchange.instance.queues.values()
        ]
    if "AGENT" in types:
        summaries += [
            {"Id": user.id, "Arn": f"{exchange.instance.arn}/queue/agent/{user.id}", "QueueType": "AGENT"}
            for user in exchange.instance.users.values()
        ]
    shown, token = page(summaries, asked, "queues")
    return {"QueueSummaryList": shown, "NextToken": token}


def describe_queue(exchange: Exchange, asked: Asked) -> Document:
    """DescribeQueue."""
    queue = _queue(exchange, asked)
    caller = {"OutboundCallerIdName": queue.name} if queue.outbound_number else None
    return {
        "Queue": {
            "Name": queue.name,
            "QueueArn": queue.arn,
            "QueueId": queue.id,
            "HoursOfOperationId": queue.hours_id,
            "MaxContacts": queue.max_contacts,
            "OutboundCallerConfig": caller,
            "Status": "ENABLED" if exchange.queue(queue.id).enabled else "DISABLED",
        }
    }


def update_queue_status(exchange: Exchange, asked: Asked) -> Document:
    """UpdateQueueStatus."""
    exchange.set_queue_status(_queue(exchange, asked).id, asked["Status"] == "ENABLED")
    return {}


def list_routing_profiles(exchange: Exchange, asked: Asked) -> Document:
    """ListRoutingProfiles."""
    profiles = [
        {"Id": profile.id, "Arn": profile.arn, "Name": profile.name}
        for profile in exchange.instance.routing_profiles.values()
    ]
    shown, token = page(profiles, asked, "profiles")
    return {"RoutingProfileSummaryList": shown, "NextToken": token}


def describe_routing_profile(exchange: Exchange, asked: Asked) -> Document:
    """DescribeRoutingProfile."""
    profile = profile_of(exchange, asked["RoutingProfileId"])
    queues = list(dict.fromkeys(each.queue_id for each in profile.queues))
    return {
        "RoutingProfile": {
            "InstanceId": exchange.instance.id,
            "Name": profile.name,
            "RoutingProfileArn": profile.arn,
            "RoutingProfileId": profile.id,
            "MediaConcurrencies": [
                {
                    "Channel": channel,
                    "Concurrency": most,
                    "CrossChannelBehavior": {
                        "BehaviorType": "ROUTE_ANY_CHANNEL"
                        if channel in profile.any_channel
                        else "ROUTE_CURRENT_CHANNEL_ONLY"
                    },
                }
                for channel, most in profile.concurrency.items()
            ],
            "DefaultOutboundQueueId": profile.default_outbound_queue_id,
            "NumberOfAssociatedQueues": len(profile.queues),
            "NumberOfAssociatedUsers": sum(agent.profile.id == profile.id for agent in exchange.agents.values()),
            "AssociatedQueueIds": queues,
        }
    }


def profile_of(exchange: Exchange, value: str) -> RoutingProfile:
    """Return a routing profile by its id or ARN. Raises ApiProblem."""
    profile = exchange.instance.routing_profiles.get(id_in(value))
    if profile is None:
        raise not_found("routing profile", value)
    return profile


def _queue(exchange: Exchange, asked: Asked) -> Queue:
    queue = exchange.instance.queues.get(id_in(asked["QueueId"]))
    if queue is None:
        raise not_found("queue", asked["QueueId"])
    return queue
