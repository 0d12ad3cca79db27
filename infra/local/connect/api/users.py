"""Operations on users, who are agents when they work."""

from collections.abc import Callable, Mapping
from typing import Any

from infra.local.connect.api.pages import page
from infra.local.connect.api.problems import invalid_parameter, invalid_request, not_found
from infra.local.connect.api.resources import profile_of
from infra.local.connect.floor.agent import Agent
from infra.local.connect.floor.exchange import Exchange
from infra.local.connect.instance import id_in

Document = dict[str, Any]
Asked = Mapping[str, Any]
Test = Callable[[Agent], bool]

FIELDS: dict[str, Callable[[Agent], str]] = {
    "username": lambda agent: agent.user.name,
    "firstname": lambda agent: agent.user.first_name,
    "lastname": lambda agent: agent.user.last_name,
    "routingprofileid": lambda agent: agent.profile.id,
    "resourceid": lambda agent: agent.user.id,
}
"""What SearchUsers may look at."""
COMPARISONS: dict[str, Callable[[str, str], bool]] = {
    "STARTS_WITH": str.startswith,
    "CONTAINS": str.__contains__,
    "EXACT": str.__eq__,
}


def list_users(exchange: Exchange, asked: Asked) -> Document:
    """ListUsers."""
    users = [{"Id": user.id, "Arn": user.arn, "Username": user.name} for user in exchange.instance.users.values()]
    shown, token = page(users, asked, "users")
    return {"UserSummaryList": shown, "NextToken": token}


def search_users(exchange: Exchange, asked: Asked) -> Document:
    """SearchUsers. After-contact work is told in milliseconds here, in seconds by DescribeUser; letters count alike, large or small."""
    if "SearchFilter" in asked:
        raise invalid_request("The local Connect does not play SearchFilter: leave it out and use SearchCriteria.")
    fits = _test(asked.get("SearchCriteria", {}))
    found = [_user(agent, work_unit=1000) for agent in exchange.agents.values() if fits(agent)]
    shown, token = page(found, asked, "search")
    return {"Users": shown, "NextToken": token, "ApproximateTotalCount": len(found)}


def describe_user(exchange: Exchange, asked: Asked) -> Document:
    """DescribeUser."""
    return {"User": _user(agent_of(exchange, asked), work_unit=1)}


def update_user_routing_profile(exchange: Exchange, asked: Asked) -> Document:
    """UpdateUserRoutingProfile."""
    profile = profile_of(exchange, asked["RoutingProfileId"])
    exchange.set_routing_profile(agent_of(exchange, asked).user.id, profile.id)
    return {}


def update_user_phone_config(exchange: Exchange, asked: Asked) -> Document:
    """UpdateUserPhoneConfig."""
    config = asked["PhoneConfig"]
    if config.get("PhoneType") == "DESK_PHONE" and not config.get("DeskPhoneNumber"):
        raise invalid_parameter("A DESK_PHONE needs a DeskPhoneNumber.")
    exchange.set_phone(
        agent_of(exchange, asked).user.id,
        phone_type=config.get("PhoneType"),
        auto_accept=config.get("AutoAccept"),
        after_contact_work_limit=config.get("AfterContactWorkTimeLimit"),
        desk_phone_number=config.get("DeskPhoneNumber"),
    )
    return {}


def put_user_status(exchange: Exchange, asked: Asked) -> Document:
    """PutUserStatus."""
    agent, status_id = agent_of(exchange, asked), id_in(asked["AgentStatusId"])
    if status_id not in exchange.instance.statuses:
        raise not_found("agent status", asked["AgentStatusId"])
    exchange.set_status(agent.user.id, status_id)
    return {}


def agent_of(exchange: Exchange, asked: Asked) -> Agent:
    """Return the agent who is asked for. Raises ApiProblem."""
    user_id = id_in(asked["UserId"])
    if user_id not in exchange.instance.users:
        raise not_found("user", asked["UserId"])
    return exchange.agent(user_id)


def _user(agent: Agent, *, work_unit: int) -> Document:
    user = agent.user
    return {
        "Id": user.id,
        "Arn": user.arn,
        "Username": user.name,
        "IdentityInfo": {"FirstName": user.first_name, "LastName": user.last_name},
        "PhoneConfig": {
            "PhoneType": agent.phone_type,
            "AutoAccept": agent.auto_accept,
            "AfterContactWorkTimeLimit": agent.work_limit * work_unit,
            "DeskPhoneNumber": agent.desk_phone_number,
        },
        "RoutingProfileId": agent.profile.id,
        "HierarchyGroupId": user.hierarchy[-1].id if user.hierarchy else None,
    }


def _test(criteria: Asked) -> Test:
    tests: list[Test] = []
    if "OrConditions" in criteria:
        either = [_test(each) for each in criteria["OrConditions"]]
        tests.append(lambda agent: any(test(agent) for test in either))
    if "AndConditions" in criteria:
        tests += [_test(each) for each in criteria["AndConditions"]]
    if "StringCondition" in criteria:
        tests.append(_string_test(criteria["StringCondition"]))
    if "HierarchyGroupCondition" in criteria:
        tests.append(_group_test(criteria["HierarchyGroupCondition"]))
    if "ListCondition" in criteria:
        raise invalid_request("The local Connect does not play ListCondition: use OrConditions.")
    return lambda agent: all(test(agent) for test in tests)


def _string_test(condition: Asked) -> Test:
    field, comparison = condition.get("FieldName", ""), condition.get("ComparisonType", "EXACT")
    if field.lower() not in FIELDS:
        raise invalid_parameter(f"FieldName is {field}: give one of {', '.join(FIELDS)}.")
    value, read, compare = condition.get("Value", "").lower(), FIELDS[field.lower()], COMPARISONS[comparison]
    return lambda agent: compare(read(agent).lower(), value)


def _group_test(condition: Asked) -> Test:
    wanted, below = condition.get("Value"), condition.get("HierarchyGroupMatchType") == "WITH_CHILD_GROUPS"

    def fits(agent: Agent) -> bool:
        groups = [group.id for group in agent.user.hierarchy]
        return wanted in (groups if below else groups[-1:])

    return fits
