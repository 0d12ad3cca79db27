"""Operations that tell how things stand now."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from itertools import product
from typing import Any, NamedTuple

from infra.local.connect.api.pages import page
from infra.local.connect.api.problems import invalid_parameter, invalid_request, not_found
from infra.local.connect.api.resources import profile_of
from infra.local.connect.floor.agent import FAILED, TALKING, Agent, AgentContactState
from infra.local.connect.floor.contact import Contact, Stage
from infra.local.connect.floor.exchange import Exchange
from infra.local.connect.instance import Channel, id_in

Document = dict[str, Any]
Asked = Mapping[str, Any]
IN_HAND = TALKING | {AgentContactState.ENDED}
CHANNELS: tuple[Channel, ...] = ("VOICE", "CHAT", "TASK", "EMAIL")
GROUPINGS = ("QUEUE", "CHANNEL", "ROUTING_PROFILE")
UNPLAYED_FILTERS = ("RoutingStepExpressions", "AgentStatuses", "Subtypes", "ValidationTestTypes")


class Scene(NamedTuple):
    """Who and what is counted together: agents, waiting and scheduled contacts, and the channels that are looked at."""

    agents: Sequence[Agent]
    contacts: Sequence[Contact]
    channels: Sequence[Channel]
    oldest_seconds: float


METRICS: dict[str, Callable[[Scene], float]] = {
    "AGENTS_ONLINE": lambda scene: _how_many(scene, _is_online),
    "AGENTS_STAFFED": lambda scene: _how_many(scene, _is_staffed),
    "AGENTS_AVAILABLE": lambda scene: _how_many(
        scene, lambda agent: not agent.contacts and any(agent.can_take(channel) for channel in scene.channels)
    ),
    "AGENTS_ON_CONTACT": lambda scene: _how_many(scene, _is_on_contact),
    "AGENTS_ON_CALL": lambda scene: _how_many(scene, _is_on_contact),
    "AGENTS_AFTER_CONTACT_WORK": lambda scene: _how_many(scene, lambda agent: _has(agent, {AgentContactState.ENDED})),
    "AGENTS_NON_PRODUCTIVE": lambda scene: _how_many(scene, lambda agent: _is_online(agent) and not _is_staffed(agent)),
    "AGENTS_ERROR": lambda scene: _how_many(scene, lambda agent: _has(agent, FAILED)),
    "SLOTS_ACTIVE": lambda scene: sum(agent.used_slots(each) for agent in scene.agents for each in scene.channels),
    "SLOTS_AVAILABLE": lambda scene: sum(
        agent.available_slots(each) for agent in scene.agents for each in scene.channels if agent.can_take(each)
    ),
    "CONTACTS_IN_QUEUE": lambda scene: sum(contact.stage.is_queued for contact in scene.contacts),
    "CONTACTS_SCHEDULED": lambda scene: sum(contact.stage is Stage.SCHEDULED for contact in scene.contacts),
    "OLDEST_CONTACT_AGE": lambda scene: scene.oldest_seconds,
}
"""Metrics by name, as metrics-definitions says; ESTIMATED_WAIT_TIME is not among them."""


def get_current_metric_data(exchange: Exchange, asked: Asked) -> Document:
    """GetCurrentMetricData. Without grouping, OLDEST_CONTACT_AGE is in milliseconds, though its unit says seconds: so does AWS."""
    groupings = asked.get("Groupings", [])
    _check(asked, groupings)
    filters = asked["Filters"]
    queues = [_queue_id(exchange, each) for each in filters.get("Queues", [])] or list(exchange.instance.queues)
    profiles = [profile_of(exchange, each).id for each in filters.get("RoutingProfiles", [])] or None
    channels = filters.get("Channels") or CHANNELS
    sides: list[list[Any]] = [
        [[each] for each in queues] if "QUEUE" in groupings else [queues],
        [[each] for each in channels] if "CHANNEL" in groupings else [channels],
        [[each] for each in profiles or exchange.instance.routing_profiles]
        if "ROUTING_PROFILE" in groupings
        else [profiles],
    ]
    results = []
    for some_queues, some_channels, some_profiles in product(*sides):
        scene = _scene(exchange, some_queues, some_channels, some_profiles)
        if not groupings:
            scene = scene._replace(oldest_seconds=1000 * scene.oldest_seconds)
        collections = [
            {"Metric": metric, "Value": float(METRICS[metric["Name"]](scene))} for metric in asked["CurrentMetrics"]
        ]
        dimensions = {
            "Queue": _reference(exchange.instance.queues[some_queues[0]]) if "QUEUE" in groupings else None,
            "Channel": some_channels[0] if "CHANNEL" in groupings else None,
            "RoutingProfile": _reference(exchange.instance.routing_profiles[some_profiles[0]])
            if "ROUTING_PROFILE" in groupings
            else None,
        }
        results.append({"Dimensions": dimensions, "Collections": collections})
    shown, token = page(results, asked, "metrics")
    return {
        "MetricResults": shown,
        "NextToken": token,
        "DataSnapshotTime": exchange.now,
        "ApproximateTotalCount": len(results),
    }


def get_current_user_data(exchange: Exchange, asked: Asked) -> Document:
    """GetCurrentUserData: those who are signed in (that the offline are absent is unconfirmed)."""
    filters = asked["Filters"]
    chosen = [name for name in ("Queues", "RoutingProfiles", "Agents", "UserHierarchyGroups") if filters.get(name)]
    if len(chosen) != 1:
        raise invalid_parameter(
            "Give exactly one of the filters Queues, RoutingProfiles, Agents and UserHierarchyGroups."
        )
    ids = {id_in(each) for each in filters[chosen[0]]}
    states = set(filters.get("ContactFilter", {}).get("ContactStates", []))
    named: dict[str, Callable[[Agent], Iterable[str]]] = {
        "Queues": lambda agent: [each.queue_id for each in agent.profile.queues],
        "RoutingProfiles": lambda agent: [agent.profile.id],
        "Agents": lambda agent: [agent.user.id],
        "UserHierarchyGroups": lambda agent: [group.id for group in agent.user.hierarchy],
    }
    found = [
        _user_data(agent, states)
        for agent in exchange.agents.values()
        if agent.signed_in and ids & set(named[chosen[0]](agent)) and (not states or _has(agent, states))
    ]
    shown, token = page(found, asked, "user data")
    return {"UserDataList": shown, "NextToken": token, "ApproximateTotalCount": len(found)}


def _check(asked: Asked, groupings: Sequence[str]) -> None:
    filters = asked["Filters"]
    for name in UNPLAYED_FILTERS:
        if name in filters:
            raise invalid_request(f"The local Connect does not play the filter {name}: leave it out.")
    if unplayed := set(groupings) - set(GROUPINGS):
        raise invalid_request(
            f"The local Connect does not group by {', '.join(sorted(unplayed))}: group by {', '.join(GROUPINGS)}."
        )
    if bool(filters.get("Queues")) == bool(filters.get("RoutingProfiles")):
        raise invalid_parameter("Give either the filter Queues or the filter RoutingProfiles.")
    if "CHANNEL" in groupings and not filters.get("Channels"):
        raise invalid_parameter("To group by CHANNEL, give the filter Channels.")
    for metric in asked["CurrentMetrics"]:
        if metric.get("Name") not in METRICS:
            raise invalid_request(
                f"The local Connect does not count {metric.get('Name')}: give one of {', '.join(METRICS)}."
            )
        in_queue = metric["Name"] in ("CONTACTS_IN_QUEUE", "CONTACTS_SCHEDULED", "OLDEST_CONTACT_AGE")
        if in_queue and "ROUTING_PROFILE" in groupings and not filters.get("RoutingProfiles"):
            raise invalid_parameter(f"To group {metric['Name']} by ROUTING_PROFILE, give the filter RoutingProfiles.")


def _scene(
    exchange: Exchange, queues: Sequence[str], channels: Sequence[Channel], profiles: Sequence[str] | None
) -> Scene:
    """Return who serves these queues on these channels, or has one of these profiles, and what waits there."""
    if profiles is not None:
        served = {each.queue_id for profile in profiles for each in exchange.instance.routing_profiles[profile].queues}
        queues = [each for each in queues if each in served]
    agents = [
        agent
        for agent in exchange.agents.values()
        if (
            any(each.queue_id in queues and each.channel in channels for each in agent.profile.queues)
            if profiles is None
            else agent.profile.id in profiles
        )
    ]
    contacts = [
        contact
        for queue_id in queues
        for contact in exchange.queue(queue_id).members.values()
        if contact.channel in channels
    ]
    waits = [
        (exchange.now - contact.enqueued_at).total_seconds()
        for contact in contacts
        if contact.enqueued_at and contact.stage.is_queued
    ]
    return Scene(agents=agents, contacts=contacts, channels=channels, oldest_seconds=max(waits, default=0.0))


def _queue_id(exchange: Exchange, value: str) -> str:
    if id_in(value) not in exchange.instance.queues:
        raise not_found("queue", value)
    return id_in(value)


def _user_data(agent: Agent, states: set[str]) -> Document:
    most = agent.profile.concurrency
    levels = ("LevelOne", "LevelTwo", "LevelThree", "LevelFour", "LevelFive")
    return {
        "User": _reference(agent.user),
        "RoutingProfile": _reference(agent.profile),
        "HierarchyPath": {level: _reference(group) for level, group in zip(levels, agent.user.hierarchy, strict=False)},
        "Status": {
            "StatusStartTimestamp": agent.status_since,
            "StatusArn": agent.status.arn,
            "StatusName": agent.status.name,
        },
        "AvailableSlotsByChannel": {each: agent.available_slots(each) if agent.can_take(each) else 0 for each in most},
        "MaxSlotsByChannel": dict(most),
        "ActiveSlotsByChannel": {each: agent.used_slots(each) for each in most},
        "Contacts": [
            {
                "ContactId": held.contact.id,
                "Channel": held.contact.channel,
                "InitiationMethod": held.contact.method,
                "AgentContactState": str(held.state),
                "StateStartTimestamp": held.since,
                "ConnectedToAgentTimestamp": held.contact.connected_at,
                "Queue": _reference(held.contact.queue) if held.contact.queue else None,
            }
            for held in agent.contacts.values()
            if not states or held.state in states
        ],
        "NextStatus": agent.next_status.name if agent.next_status else None,
    }


def _reference(thing: Any) -> Document:
    # The floor keeps an agent's own queue as `agent/<user id>`; its id is what its ARN ends with.
    return {"Id": id_in(thing.arn), "Arn": thing.arn}


def _how_many(scene: Scene, test: Callable[[Agent], bool]) -> int:
    return sum(map(test, scene.agents))


def _is_online(agent: Agent) -> bool:
    return agent.signed_in and agent.status.type != "OFFLINE"


def _is_staffed(agent: Agent) -> bool:
    return _is_online(agent) and agent.status.type == "ROUTABLE"


def _is_on_contact(agent: Agent) -> bool:
    """Whether an agent has a contact in hand, or is dialling out, as metrics-definitions says."""
    dials = any(each.contact.stage is Stage.DIALLING for each in agent.contacts.values())
    return dials or _has(agent, IN_HAND)


def _has(agent: Agent, states: Collection[str]) -> bool:
    return any(each.state in states for each in agent.contacts.values())
