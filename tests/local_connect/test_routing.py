"""Which contact goes to which agent: rules, one a scene."""

from typing import Any

import pytest

from infra.local.connect.floor.criteria import criteria_of, matches
from infra.local.connect.floor.problems import InvalidRequest
from tests.local_connect.house import AVAILABLE, LUNCH, House, profile, speaks, straight_to, user

VOICE_ONLY = profile()


def at_least(language: str, level: float) -> dict[str, Any]:
    return {
        "AttributeCondition": {
            "Name": "Language",
            "Value": language,
            "ProficiencyLevel": level,
            "ComparisonOperator": "NumberGreaterOrEqualTo",
        }
    }


def preferred(*ids: str) -> dict[str, Any]:
    return {
        "AttributeCondition": {
            "ComparisonOperator": "Match",
            "MatchCriteria": {"AgentsCriteria": {"AgentIds": list(ids)}},
        }
    }


def between(least: float, most: float) -> dict[str, Any]:
    bounds = {"MinProficiencyLevel": least, "MaxProficiencyLevel": most}
    return {
        "AttributeCondition": {"Name": "Language", "Value": "English", "ComparisonOperator": "Range", "Range": bounds}
    }


def test_who_has_been_idle_longest_gets_the_call() -> None:
    house = House()
    house.on_duty("c", "a", "b")
    first, second = house.calls(), house.calls()
    assert house.state("c", first) == house.state("a", second) == "CONNECTING"


def test_after_a_call_an_agent_stands_at_the_end_again() -> None:
    house = House()
    house.on_duty("a", "b")
    first = house.calls()
    house.talks("a", first)
    house.exchange.end("a", first)
    house.exchange.close("a", first)
    assert house.state("b", house.calls()) == "CONNECTING"


def test_who_waits_longest_is_served_first() -> None:
    house = House()
    waiting = [house.calls() for _ in range(3)]
    house.on_duty("a")
    assert [house.state("a", each) for each in waiting] == ["CONNECTING", None, None]


@pytest.mark.parametrize(
    ("changes", "first"),
    [
        ([{}, {}], 0),
        ([{}, {"priority": 4}], 1),
        ([{"priority": 6}, {}], 1),
        ([{}, {"time_adjustment": 30}], 1),
        ([{"time_adjustment": -30}, {}], 1),
        ([{}, {"time_adjustment": 5}], 0),
        ([{"time_adjustment": 9_000}, {"priority": 4}], 1),
    ],
    ids=str,
)
def test_priority_goes_before_age_and_age_can_be_adjusted(changes: list[dict[str, Any]], first: int) -> None:
    house = House()
    waiting = []
    for change in changes:
        waiting.append(house.calls())
        house.pass_seconds(10)
        if change:
            house.exchange.update_routing(waiting[-1], **change)
    house.on_duty("a")
    assert house.state("a", waiting[first]) == "CONNECTING"


def test_across_queues_the_profile_decides_then_age() -> None:
    tiers = profile("office", ("support", "VOICE", 2, 0), ("billing", "VOICE", 1, 0))
    house = House({"billing": straight_to("billing")}, profiles={"office": tiers})
    older = house.calls()
    house.pass_seconds(60)
    task_like = house.exchange.start_outbound(flow_id="billing", to="+81300000000")
    house.pass_seconds(10)
    house.on_duty("a")
    assert (house.state("a", task_like), house.state("a", older)) == ("CONNECTING", None)


def test_a_profile_with_delay_is_served_only_when_a_contact_has_waited() -> None:
    profiles = {"office": VOICE_ONLY, "second": profile("second", ("support", "VOICE", 1, 20))}
    house = House(profiles=profiles, users=(user("a"), user("b", profile="second")))
    house.on_duty("b")
    contact = house.calls()
    house.pass_seconds(19.9)
    assert house.state("b", contact) is None
    house.pass_seconds(0.1)
    assert house.state("b", contact) == "CONNECTING"


def test_who_comes_before_the_delay_is_over_waits_for_it_too() -> None:
    house = House(
        profiles={"office": VOICE_ONLY, "second": profile("second", ("support", "VOICE", 1, 20))},
        users=(user("b", profile="second"),),
    )
    contact = house.calls()
    house.pass_seconds(10)
    house.on_duty("b")
    assert house.state("b", contact) is None
    house.pass_seconds(9)
    assert house.state("b", contact) == "CONNECTING"


def test_who_has_been_idle_longest_is_found_across_profiles() -> None:
    profiles = {"office": VOICE_ONLY, "second": profile("second", ("support", "VOICE", 1, 0))}
    for names in ("ab", "ba"):
        house = House(profiles=profiles, users=(user("a"), user("b", profile="second")))
        house.on_duty(*names)
        assert house.state(names[0], house.calls()) == "CONNECTING"


def test_an_agent_moved_to_another_profile_gets_what_waits_there() -> None:
    profiles = {
        "office": profile("office", ("billing", "VOICE", 1, 0)),
        "second": profile("second", ("support", "VOICE", 1, 0)),
    }
    house = House(profiles=profiles)
    house.on_duty("a")
    contact = house.calls()
    assert house.state("a", contact) is None
    house.exchange.set_routing_profile("a", "second")
    assert house.state("a", contact) == "CONNECTING"


def test_who_has_chosen_a_next_status_gets_nothing_more() -> None:
    house = House(profiles={"office": profile("office", ("support", "TASK", 1, 0), concurrency={"TASK": 2})})
    house.on_duty("a")
    house.exchange.start_task(flow_id="main", name="First")
    house.exchange.set_status("a", LUNCH)
    second = house.exchange.start_task(flow_id="main", name="Second")
    assert house.state("a", second) is None
    house.exchange.set_status("a", AVAILABLE)
    assert house.state("a", second) == "CONNECTING"


def test_a_contact_that_was_missed_still_reaches_the_profile_with_delay() -> None:
    profiles = {"office": VOICE_ONLY, "second": profile("second", ("support", "VOICE", 1, 30))}
    house = House(profiles=profiles, users=(user("a"), user("b", profile="second")))
    house.on_duty("a", "b")
    contact = house.calls()
    house.pass_seconds(20)
    assert (house.state("a", contact), house.state("b", contact)) == ("MISSED", None)
    house.pass_seconds(10)
    assert house.state("b", contact) == "CONNECTING"


def test_an_agent_on_a_call_gets_no_task_unless_the_profile_says_so() -> None:
    both = (("support", "VOICE", 1, 0), ("support", "TASK", 1, 0))
    for any_channel, state in ((frozenset(), None), (frozenset({"VOICE"}), "CONNECTING")):
        mixed = profile("office", *both, concurrency={"VOICE": 1, "TASK": 2}, any_channel=any_channel)  # type: ignore[arg-type]
        house = House(profiles={"office": mixed})
        house.on_duty("a")
        house.talks("a", house.calls())
        task = house.exchange.start_task(flow_id="main", name="Call the supplier")
        assert house.state("a", task) == state


def test_as_many_tasks_at_once_as_the_profile_allows() -> None:
    tasks = profile("office", ("support", "TASK", 1, 0), concurrency={"TASK": 2})
    house = House(profiles={"office": tasks})
    house.on_duty("a")
    started = [house.exchange.start_task(flow_id="main", name=str(number)) for number in range(3)]
    assert [house.state("a", each) for each in started] == ["CONNECTING", "CONNECTING", None]


def test_criteria_ask_for_less_step_by_step() -> None:
    house = House(users=(user("a", proficiencies=speaks("English", 2.0)), user("b")))
    contact = house.calls()
    steps = [
        {"Expression": at_least("English", 4.0), "Expiry": {"DurationInSeconds": 30}},
        {"Expression": at_least("English", 2.0), "Expiry": {"DurationInSeconds": "30"}},
    ]
    house.exchange.update_routing(contact, criteria=steps)
    house.on_duty("b", "a")
    house.pass_seconds(27)
    assert house.state("a", contact) is None
    house.pass_seconds(1)
    assert house.state("a", contact) == "CONNECTING"
    house.exchange.reject("a", contact)
    house.pass_seconds(30)
    assert house.state("b", contact) == "CONNECTING"
    updates = [each["routingCriteria"] for each in house.world.events if each["eventType"] == "CONTACT_DATA_UPDATED"]
    assert [[step["status"] for step in each["steps"]] for each in updates] == [
        ["ACTIVE", "INACTIVE"],
        ["EXPIRED", "ACTIVE"],
        ["EXPIRED", "EXPIRED"],
    ]


def test_a_preferred_agent_is_waited_for() -> None:
    house = House()
    contact = house.calls()
    house.exchange.update_routing(
        contact, criteria=[{"Expression": preferred("b"), "Expiry": {"DurationInSeconds": 60}}]
    )
    house.on_duty("a", "c", "b")
    assert house.state("b", contact) == "CONNECTING"


EXPRESSIONS = [
    (at_least("English", 4.0), True),
    (at_least("English", 4.5), False),
    (at_least("German", 1.0), False),
    (between(3.0, 4.0), True),
    (between(1.0, 3.5), False),
    (preferred("a"), True),
    (preferred("b"), False),
    ({"AndExpression": [at_least("English", 1.0), preferred("a")]}, True),
    ({"AndExpression": [at_least("English", 1.0), preferred("b")]}, False),
    ({"OrExpression": [at_least("German", 1.0), preferred("a")]}, True),
    ({"OrExpression": [at_least("German", 1.0), preferred("b")]}, False),
    ({"NotAttributeCondition": at_least("German", 1.0)["AttributeCondition"]}, True),
    ({"NotAttributeCondition": at_least("English", 1.0)["AttributeCondition"]}, False),
]


@pytest.mark.parametrize(("expression", "suits"), EXPRESSIONS, ids=str)
def test_expressions(expression: dict[str, Any], suits: bool) -> None:
    assert matches(expression, user("a", proficiencies=speaks("English", 4.0))) is suits


@pytest.mark.parametrize(
    "steps",
    [
        [],
        [{"Expression": at_least("English", 1.0)}] * 6,
        [{}],
        [{"Expression": {}}],
        [{"Expression": {"AttributeCondition": {"Name": "Language"}}}],
        [{"Expression": {"AndExpression": [], "OrExpression": []}}],
        [{"Expression": {"AttributeCondition": {"ComparisonOperator": "Match"}}}],
    ],
    ids=str,
)
def test_criteria_that_cannot_be(steps: list[dict[str, Any]]) -> None:
    with pytest.raises(InvalidRequest):
        criteria_of(steps)
