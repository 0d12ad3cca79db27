"""Connect's API as boto3 sees it: figures, and what agents have in hand."""

from collections.abc import Generator
from datetime import timedelta
from typing import Any

import pytest

from infra.local.connect.flows.line import Answer, Callback, Ending, Line, Request
from infra.local.connect.intrinsics import INSTANCE_ID, id_of
from tests.local_connect.desk import BILLING, DELAY, HANA, KEN, LUNCH, PROFILE, SUPPORT, SUPPORTS_NUMBER, Desk, error
from tests.local_connect.house import CALLER, flow_over, straight_to


def promising(line: Line) -> Generator[Request, Answer, Ending]:
    """A flow that promises a callback from Support in ten minutes."""
    yield from ()
    line.create_callback(Callback(initial_delay=600, retry_delay=60, attempts=1, queue_id=SUPPORT))
    return flow_over("disconnect")


def figures(desk: Desk, *names: str, **asked: Any) -> dict[tuple[str, ...], list[float]]:
    metrics = [{"Name": name, "Unit": "COUNT"} for name in names]
    answer = desk.client.get_current_metric_data(InstanceId=INSTANCE_ID, CurrentMetrics=metrics, **asked)
    assert answer["DataSnapshotTime"] == desk.now
    return {
        tuple(each if isinstance(each, str) else each["Id"] for each in result["Dimensions"].values()): [
            each["Value"] for each in result["Collections"]
        ]
        for result in answer["MetricResults"]
    }


def test_queues_are_counted_as_they_stand(desk: Desk) -> None:
    desk.on_duty(HANA)
    talks = desk.talks()
    desk.script = promising
    desk.calls()
    desk.script = straight_to(SUPPORT)
    desk.calls()
    desk.ken_helps()
    desk.pass_seconds(DELAY)
    desk.calls()
    desk.pass_seconds(5)
    one = {"Filters": {"Queues": [SUPPORT, BILLING], "Channels": ["VOICE"]}, "Groupings": ["QUEUE", "CHANNEL"]}
    names = ("CONTACTS_IN_QUEUE", "CONTACTS_SCHEDULED", "OLDEST_CONTACT_AGE", "AGENTS_ONLINE", "AGENTS_STAFFED", "AGENTS_AVAILABLE", "AGENTS_ON_CONTACT", "AGENTS_AFTER_CONTACT_WORK", "AGENTS_NON_PRODUCTIVE", "AGENTS_ERROR", "SLOTS_ACTIVE", "SLOTS_AVAILABLE")  # fmt: skip
    counted = figures(desk, *names, **one)
    assert counted[SUPPORT, "VOICE"] == [2, 1, 35, 2, 2, 0, 1, 0, 0, 0, 2, 0], "one rings at Ken, one waits, Hana talks"
    assert counted[BILLING, "VOICE"] == [0] * 12
    ungrouped = figures(desk, "OLDEST_CONTACT_AGE", Filters={"Queues": [SUPPORT]})
    assert ungrouped == {(): [35_000]}, "without grouping it is milliseconds"
    by_profile = figures(desk, "AGENTS_ONLINE", "CONTACTS_IN_QUEUE", Filters={"RoutingProfiles": [PROFILE]}, Groupings=["ROUTING_PROFILE"])  # fmt: skip
    assert by_profile == {(PROFILE,): [2, 2]}
    desk.pass_seconds(15)
    desk.exchange.hang_up(talks)
    counted = figures(desk, *names, **one)
    assert counted[SUPPORT, "VOICE"] == [2, 1, 50, 2, 2, 0, 1, 1, 0, 1, 1, 0], "Ken missed it, Hana writes up"
    desk.exchange.set_status(KEN, LUNCH)
    counted = figures(desk, *names, **one)
    assert counted[SUPPORT, "VOICE"] == [2, 1, 50, 2, 1, 0, 1, 1, 1, 0, 1, 0], "Ken has lunch"


def test_an_agent_who_dials_is_on_contact_from_the_first_ring(desk: Desk) -> None:
    desk.on_duty(HANA)
    contact = desk.exchange.dial(HANA, CALLER)
    asked = {"Filters": {"Queues": [SUPPORT]}}
    names = ("AGENTS_ON_CONTACT", "AGENTS_AVAILABLE", "CONTACTS_IN_QUEUE", "AGENTS_ERROR")
    assert figures(desk, *names, **asked) == {(): [1, 0, 0, 0]}
    desk.exchange.end(HANA, contact)
    assert figures(desk, *names, **asked) == {(): [0, 1, 0, 0]}
    assert desk.described(contact)["InitiationMethod"] == "OUTBOUND"
    assert desk.described(contact)["SystemEndpoint"]["Address"] == SUPPORTS_NUMBER


def test_an_agent_who_is_free_is_counted_as_available(desk: Desk) -> None:
    desk.on_duty(HANA)
    counted = figures(desk, "AGENTS_AVAILABLE", "SLOTS_AVAILABLE", Filters={"Queues": [SUPPORT], "Channels": ["VOICE"]})
    assert counted == {(): [1, 1]}


@pytest.mark.parametrize(
    ("asked", "code", "said"),
    [
        ({"Filters": {}}, "InvalidParameterException", "either the filter Queues or"),
        ({"Filters": {"Queues": [SUPPORT], "RoutingProfiles": [PROFILE]}}, "InvalidParameterException", "either the filter Queues or"),
        ({"Filters": {"Queues": ["nowhere"]}}, "ResourceNotFoundException", "no queue nowhere"),
        ({"Filters": {"Queues": [SUPPORT]}, "Groupings": ["CHANNEL"]}, "InvalidParameterException", "the filter Channels"),
        ({"Filters": {"Queues": [SUPPORT]}, "Groupings": ["SUBTYPE"]}, "InvalidRequestException", "does not group by SUBTYPE"),
        ({"Filters": {"Queues": [SUPPORT]}, "Groupings": ["ROUTING_PROFILE"]}, "InvalidParameterException", "give the filter RoutingProfiles"),
        ({"Filters": {"Queues": [SUPPORT], "AgentStatuses": ["x"]}}, "InvalidRequestException", "the filter AgentStatuses"),
    ],
)  # fmt: skip
def test_figures_that_cannot_be_had_are_refused(desk: Desk, asked: Any, code: str, said: str) -> None:
    metrics = [{"Name": "CONTACTS_IN_QUEUE", "Unit": "COUNT"}]
    told = error(desk.client.get_current_metric_data, InstanceId=INSTANCE_ID, CurrentMetrics=metrics, **asked)
    assert (told[0], said in told[2]) == (code, True), told


def test_a_metric_that_is_not_counted_is_named(desk: Desk) -> None:
    metrics = [{"Name": "ESTIMATED_WAIT_TIME", "Unit": "SECONDS"}]
    told = error(desk.client.get_current_metric_data, InstanceId=INSTANCE_ID, CurrentMetrics=metrics, Filters={"Queues": [SUPPORT]})  # fmt: skip
    assert told[0] == "InvalidRequestException"
    assert "does not count ESTIMATED_WAIT_TIME" in told[2]


def test_agents_are_shown_with_what_they_have_in_hand(desk: Desk) -> None:
    desk.on_duty(HANA)
    talks = desk.talks()
    desk.exchange.set_status(HANA, LUNCH)
    shown = desk.client.get_current_user_data(InstanceId=INSTANCE_ID, Filters={"RoutingProfiles": [PROFILE]})
    [hana] = shown["UserDataList"]
    assert (hana["User"]["Id"], hana["Status"]["StatusName"], hana["NextStatus"]) == (HANA, "Available", "Lunch")
    assert hana["HierarchyPath"]["LevelTwo"]["Id"] == id_of("Tokyo")
    assert (hana["MaxSlotsByChannel"], hana["ActiveSlotsByChannel"]["VOICE"]) == ({"VOICE": 1, "CHAT": 3}, 1)
    [contact] = hana["Contacts"]
    assert (contact["ContactId"], contact["AgentContactState"], contact["Queue"]["Id"]) == (talks, "CONNECTED", SUPPORT)
    assert shown["ApproximateTotalCount"] == 1

    def count(**filters: Any) -> int:
        desk.now += timedelta(seconds=1)
        return len(desk.client.get_current_user_data(InstanceId=INSTANCE_ID, Filters=filters)["UserDataList"])

    assert count(Agents=[HANA]) == count(Queues=[SUPPORT]) == count(UserHierarchyGroups=[id_of("Tokyo")]) == 1
    assert count(Agents=[HANA], ContactFilter={"ContactStates": ["ENDED"]}) == 0
    assert count(Agents=[KEN]) == 0, "who is not signed in is absent"
    desk.now += timedelta(seconds=5)
    wrong = {"Agents": [HANA], "Queues": [SUPPORT]}
    assert (
        error(desk.client.get_current_user_data, InstanceId=INSTANCE_ID, Filters=wrong)[0]
        == "InvalidParameterException"
    )
