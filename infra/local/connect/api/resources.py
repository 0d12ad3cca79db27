"""Operations on queues and routing profiles."""

from collections.abc import Mapping
from typing import Any

from infra.local.connect.api.centre import Centre, agents_of, id_in
from infra.local.connect.api.pages import page
from infra.local.connect.api.problems import not_found
from infra.local.connect.instance import Queue, RoutingProfile

Document = dict[str, Any]
Asked = Mapping[str, Any]


def list_queues(centre: Centre, asked: Asked) -> Document:
    """ListQueues: standard queues, then every agent's own, of the types asked for."""
    types = asked.get("QueueTypes") or ("STANDARD", "AGENT")
    summaries: list[Document] = []
    if "STANDARD" in types:
        summaries += [
            {"Id": queue.id, "Arn": queue.arn, "Name": queue.name, "QueueType": "STANDARD"}
            for queue in centre.instance.queues.values()
        ]
    if "AGENT" in types:
        summaries += [
            {"Id": user.id, "Arn": f"{centre.instance.arn}/queue/agent/{user.id}", "QueueType": "AGENT"}
            for user in centre.instance.users.values()
        ]
    shown, token = page(summaries, asked, "queues")
    return {"QueueSummaryList": shown, "NextToken": token}


def describe_queue(centre: Centre, asked: Asked) -> Document:
    """DescribeQueue."""
    queue = _queue(centre, asked)
    caller = {"OutboundCallerIdName": queue.name} if queue.outbound_number else None
    return {
        "Queue": {
            "Name": queue.name,
            "QueueArn": queue.arn,
            "QueueId": queue.id,
            "HoursOfOperationId": queue.hours_id,
            "MaxContacts": queue.max_contacts,
            "OutboundCallerConfig": caller,
            "Status": "ENABLED" if centre.floor.queue(queue.id).enabled else "DISABLED",
        }
    }


def update_queue_status(centre: Centre, asked: Asked) -> Document:
    """UpdateQueueStatus."""
    centre.floor.set_queue_status(_queue(centre, asked).id, asked["Status"] == "ENABLED")
    return {}


def list_routing_profiles(centre: Centre, asked: Asked) -> Document:
    """ListRoutingProfiles."""
    profiles = [
        {"Id": profile.id, "Arn": profile.arn, "Name": profile.name}
        for profile in centre.instance.routing_profiles.values()
    ]
    shown, token = page(profiles, asked, "profiles")
    return {"RoutingProfileSummaryList": shown, "NextToken": token}


def describe_routing_profile(centre: Centre, asked: Asked) -> Document:
    """DescribeRoutingProfile."""
    profile = profile_of(centre, asked["RoutingProfileId"])
    queues = list(dict.fromkeys(each.queue_id for each in profile.queues))
    return {
        "RoutingProfile": {
            "InstanceId": centre.instance.id,
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
            "NumberOfAssociatedUsers": sum(agent.profile.id == profile.id for agent in agents_of(centre)),
            "AssociatedQueueIds": queues,
        }
    }


def profile_of(centre: Centre, value: str) -> RoutingProfile:
    """Return a routing profile by its id or ARN. Raises ApiProblem."""
    profile = centre.instance.routing_profiles.get(id_in(value))
    if profile is None:
        raise not_found("routing profile", value)
    return profile


def _queue(centre: Centre, asked: Asked) -> Queue:
    queue = centre.instance.queues.get(id_in(asked["QueueId"]))
    if queue is None:
        raise not_found("queue", asked["QueueId"])
    return queue
