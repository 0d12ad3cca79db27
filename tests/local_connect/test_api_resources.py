"""Connect's API as boto3 sees it: queues, routing profiles and users."""

from datetime import timedelta
from typing import Any

import pytest

from infra.local.connect.flows.line import Refused
from infra.local.connect.intrinsics import INSTANCE_ARN, INSTANCE_ID, id_of
from tests.local_connect.desk import HANA, LUNCH, PROFILE, SUPPORT, Desk, error


def test_queues_are_listed_described_and_switched(desk: Desk) -> None:
    listed = desk.client.list_queues(InstanceId=INSTANCE_ID, QueueTypes=["STANDARD"])["QueueSummaryList"]
    assert [(each["Name"], each["QueueType"]) for each in listed] == [("Support", "STANDARD"), ("Billing", "STANDARD")]
    everything = desk.client.list_queues(InstanceId=INSTANCE_ID)["QueueSummaryList"]
    assert f"{INSTANCE_ARN}/queue/agent/{HANA}" in [each["Arn"] for each in everything]
    queue = desk.client.describe_queue(InstanceId=INSTANCE_ID, QueueId=SUPPORT)["Queue"]
    assert (queue["Name"], queue["Status"], queue["MaxContacts"]) == ("Support", "ENABLED", 3)
    assert queue["HoursOfOperationId"] == id_of("Hours")
    desk.client.update_queue_status(InstanceId=INSTANCE_ID, QueueId=SUPPORT, Status="DISABLED")
    with pytest.raises(Refused, match="Support is disabled"):
        desk.calls()
    by_arn = desk.client.describe_queue(InstanceId=INSTANCE_ID, QueueId=f"{INSTANCE_ARN}/queue/{SUPPORT}")
    assert by_arn["Queue"]["Status"] == "DISABLED"
    desk.client.update_queue_status(InstanceId=INSTANCE_ID, QueueId=SUPPORT, Status="ENABLED")
    assert desk.described(desk.calls())["QueueInfo"]["Id"] == SUPPORT


def test_long_lists_come_in_pages_and_a_token_is_good_for_its_own_question(desk: Desk) -> None:
    pages = desk.client.get_paginator("list_queues").paginate(InstanceId=INSTANCE_ID, PaginationConfig={"PageSize": 1})
    assert [len(each["QueueSummaryList"]) for each in pages] == [1, 1, 1, 1]
    token = desk.client.list_queues(InstanceId=INSTANCE_ID, MaxResults=1)["NextToken"]
    for call, foreign in (desk.client.list_users, token), (desk.client.list_queues, "bm9uc2Vuc2U="):
        code, _, sentence = error(call, InstanceId=INSTANCE_ID, NextToken=foreign)
        assert (code, "from the beginning" in sentence) == ("InvalidParameterException", True)
    code, _, sentence = error(desk.client.list_queues, InstanceId=INSTANCE_ID, MaxResults=1001)
    assert (code, sentence) == ("InvalidParameterException", "MaxResults is 1001, and 1000 is the most.")


def test_routing_profiles_are_listed_and_described(desk: Desk) -> None:
    listed = desk.client.list_routing_profiles(InstanceId=INSTANCE_ID)["RoutingProfileSummaryList"]
    assert [each["Name"] for each in listed] == ["All", "Mail"]
    profile = desk.client.describe_routing_profile(InstanceId=INSTANCE_ID, RoutingProfileId=PROFILE)["RoutingProfile"]
    assert (profile["DefaultOutboundQueueId"], profile["NumberOfAssociatedUsers"]) == (SUPPORT, 1)
    assert {each["Channel"]: each["Concurrency"] for each in profile["MediaConcurrencies"]} == {"VOICE": 1, "CHAT": 3}


def test_users_are_listed_described_and_found(desk: Desk) -> None:
    assert [each["Username"] for each in desk.client.list_users(InstanceId=INSTANCE_ID)["UserSummaryList"]] == [
        "hana",
        "ken",
    ]
    user = desk.client.describe_user(InstanceId=INSTANCE_ID, UserId=HANA)["User"]
    assert (user["IdentityInfo"]["LastName"], user["PhoneConfig"]["AfterContactWorkTimeLimit"]) == ("Sato", 60)
    assert user["HierarchyGroupId"] == id_of("Tokyo")

    def found(**criteria: Any) -> list[str]:
        desk.now += timedelta(seconds=1)
        return [each["Username"] for each in desk.client.search_users(InstanceId=INSTANCE_ID, **criteria)["Users"]]

    name = {"FieldName": "Username", "Value": "HA", "ComparisonType": "STARTS_WITH"}
    ken = {"FieldName": "username", "Value": "ken", "ComparisonType": "EXACT"}
    assert found() == ["hana", "ken"]
    assert found(SearchCriteria={"StringCondition": name}) == ["hana"]
    assert found(SearchCriteria={"OrConditions": [{"StringCondition": name}, {"StringCondition": ken}]}) == [
        "hana",
        "ken",
    ]
    assert found(SearchCriteria={"AndConditions": [{"StringCondition": name}, {"StringCondition": ken}]}) == []
    for match, names in ("WITH_CHILD_GROUPS", ["hana"]), ("EXACT", []):
        group = {"Value": id_of("Japan"), "HierarchyGroupMatchType": match}
        assert found(SearchCriteria={"HierarchyGroupCondition": group}) == names
    [hana] = desk.client.search_users(InstanceId=INSTANCE_ID, SearchCriteria={"StringCondition": name})["Users"]
    assert hana["PhoneConfig"]["AfterContactWorkTimeLimit"] == 60_000, "SearchUsers tells milliseconds"
    desk.now += timedelta(seconds=5)
    wrong = {"StringCondition": {"FieldName": "shoe", "Value": "43", "ComparisonType": "EXACT"}}
    assert (
        error(desk.client.search_users, InstanceId=INSTANCE_ID, SearchCriteria=wrong)[0] == "InvalidParameterException"
    )


def test_an_agents_profile_phone_and_status_are_changed(desk: Desk) -> None:
    desk.client.update_user_routing_profile(InstanceId=INSTANCE_ID, UserId=HANA, RoutingProfileId=id_of("Mail"))
    phone = {
        "PhoneType": "DESK_PHONE",
        "DeskPhoneNumber": "+81300000003",
        "AutoAccept": True,
        "AfterContactWorkTimeLimit": 0,
    }
    desk.client.update_user_phone_config(InstanceId=INSTANCE_ID, UserId=HANA, PhoneConfig=phone)
    user = desk.client.describe_user(InstanceId=INSTANCE_ID, UserId=HANA)["User"]
    assert (user["RoutingProfileId"], user["PhoneConfig"]) == (id_of("Mail"), phone)
    status = {"InstanceId": INSTANCE_ID, "UserId": HANA, "AgentStatusId": LUNCH}
    assert error(desk.client.put_user_status, **status) == (
        "InvalidRequestException",
        400,
        "Hana is not signed in.",
    )
    desk.exchange.sign_in(HANA)
    desk.client.put_user_status(**status)
    assert desk.exchange.agent(HANA).status.name == "Lunch"
    wrong = {"InstanceId": INSTANCE_ID, "UserId": HANA, "PhoneConfig": {"PhoneType": "DESK_PHONE"}}
    assert error(desk.client.update_user_phone_config, **wrong)[0] == "InvalidParameterException"
