"""Connect's API as boto3 sees it: every operation that is answered, its errors, its pages, its limits."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest
from aiohttp import web
from botocore.config import Config
from botocore.exceptions import ClientError

from infra.local.connect.api.app import OPERATIONS, ConnectApi, application
from infra.local.connect.api.centre import Centre
from infra.local.connect.api.throttle import RATES
from infra.local.connect.intrinsics import INSTANCE_ARN, INSTANCE_ID, id_of
from infra.local.connect.template import Template
from infra.local.connect.timeline import Timeline
from infra.local.settings import REGION
from tests.local_connect.floor import Contact, Endpoint, Held, QuietFloor
from tests.local_connect.test_template import resource, small

NOW = datetime(2026, 6, 15, 1, tzinfo=UTC)
SUPPORT, PROFILE, HANA, FLOW = id_of("Support"), id_of("All"), id_of("Hana"), id_of("Inbound")


class Desk:
    """A floor, the API in front of it, and a client; `now` is the clock, which stands unless it is moved."""

    def __init__(self) -> None:
        template = small()
        template["Resources"]["Billing"] = resource("Queue", Name="Billing", HoursOfOperationArn={"Ref": "Hours"})
        template["Resources"]["Mail"] = resource(
            "RoutingProfile", Name="Mail", DefaultOutboundQueueArn={"Ref": "Billing"}, MediaConcurrencies=[{"Channel": "EMAIL", "Concurrency": 2}],
            QueueConfigs=[{"Priority": 1, "Delay": 0, "QueueReference": {"Channel": "EMAIL", "QueueArn": {"Ref": "Billing"}}}],
        )  # fmt: skip
        template["Resources"]["Ken"] = resource("User", Username="ken", RoutingProfileArn={"Ref": "Mail"})
        self.instance = Template(template, {"Card": "x"}).instance()
        self.floor = QuietFloor(self.instance, NOW)
        self.now = NOW
        self.woken = 0
        self.refuses: set[str] = set()
        self.client: Any = None

    def wake(self) -> None:
        self.woken += 1

    async def guard(self, authorization: str, operation: str, asked: Any) -> None:
        assert f"/{REGION}/connect/aws4_request" in authorization

    def contact(self, contact_id: str, **told: Any) -> Contact:
        self.floor.contacts[contact_id] = Contact(**{"id": contact_id, "initiated_at": NOW, **told})
        return self.floor.contacts[contact_id]

    def waiting(self, contact_id: str, seconds: int, **told: Any) -> Contact:
        queue = self.floor.queues[SUPPORT]
        told = {"stage": "waiting", "queue": queue, "enqueued_at": NOW - timedelta(seconds=seconds), **told}
        queue.members[contact_id] = self.contact(contact_id, **told)
        return queue.members[contact_id]

    def hana_talks(self, contact: Contact, state: str = "CONNECTED") -> None:
        hana = self.floor.agents[HANA]
        hana.signed_in, hana.status = True, self.instance.statuses[id_of("Available")]
        hana.contacts[contact.id] = Held(contact, state, NOW)
        contact.agent, contact.connected_at = hana, NOW


@contextmanager
def serving(desk: Desk) -> Iterator[str]:
    loop = asyncio.new_event_loop()
    runner: list[web.AppRunner] = []

    async def start() -> int:
        centre = Centre(instance=desk.instance, floor=desk.floor, timeline=Timeline(NOW))
        api = ConnectApi(centre, desk.guard, clock=lambda: desk.now, woken=desk.wake)
        runner.append(web.AppRunner(application(api)))
        await runner[0].setup()
        site = web.TCPSite(runner[0], "127.0.0.1", 0)
        await site.start()
        return int(runner[0].addresses[0][1])

    port = loop.run_until_complete(start())
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        asyncio.run_coroutine_threadsafe(runner[0].cleanup(), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


@pytest.fixture(scope="module")
def client_of() -> Iterator[Any]:
    """Return a client for an address: one is made, since that takes long, and led where it is needed."""
    session = boto3.Session("key", "secret", region_name=REGION)

    def made(address: str) -> Any:
        settings = Config(retries={"total_max_attempts": 1}, proxies={})
        return session.client("connect", endpoint_url=address, config=settings)

    return made  # type: ignore[return-value]


@pytest.fixture
def desk(client_of: Any) -> Iterator[Desk]:
    desk = Desk()
    with serving(desk) as address:
        desk.client = client_of(address)
        yield desk


def error(call: Any, **asked: Any) -> tuple[str, int, str]:
    with pytest.raises(ClientError) as raised:
        call(**asked)
    answer = raised.value.response
    return answer["Error"]["Code"], answer["ResponseMetadata"]["HTTPStatusCode"], answer["Error"]["Message"]


def test_a_contact_is_described_with_all_that_is_known(desk: Desk) -> None:
    contact = desk.waiting(
        "c1", 30, method="TRANSFER", initial_id="c0", previous_id="c0", attributes={"language": "ja"}, tags={"a": "b"},
        details={"Name": "Call"}, customer=Endpoint("+819000000000"), segment_attributes={"connect:Subtype": "connect:Telephony"},
        priority=3, time_adjustment=timedelta(seconds=10), holds=[2.5, 3.0],
    )  # fmt: skip
    desk.hana_talks(contact, "ENDED")
    contact.disconnected_at = contact.work_started_at = NOW + timedelta(seconds=60)
    contact.work_ended_at, contact.reason = NOW + timedelta(seconds=75), "CUSTOMER_DISCONNECT"
    told = desk.client.describe_contact(InstanceId=INSTANCE_ID, ContactId="c1")["Contact"]
    assert told["Arn"] == f"{INSTANCE_ARN}/contact/c1"
    assert (told["InitialContactId"], told["PreviousContactId"], told["InitiationMethod"]) == ("c0", "c0", "TRANSFER")
    assert told["QueueInfo"] == {"Id": SUPPORT, "EnqueueTimestamp": NOW - timedelta(seconds=30)}
    assert told["AgentInfo"]["Id"] == HANA
    assert told["AgentInfo"]["ConnectedToAgentTimestamp"] == NOW
    assert told["AgentInfo"]["AfterContactWorkDuration"] == 15
    assert told["AgentInfo"]["AgentInitiatedHoldDuration"] == 5
    assert [each["Arn"].rpartition("/")[2] for each in told["AgentInfo"]["HierarchyGroups"].values()] == [
        id_of("Japan"), id_of("Tokyo"),
    ]  # fmt: skip
    assert (told["DisconnectReason"], told["DisconnectTimestamp"]) == (
        "CUSTOMER_DISCONNECT",
        NOW + timedelta(seconds=60),
    )
    assert told["LastUpdateTimestamp"] == NOW + timedelta(seconds=75)
    assert told["CustomerEndpoint"] == {"Type": "TELEPHONE_NUMBER", "Address": "+819000000000"}
    assert (told["QueuePriority"], told["QueueTimeAdjustmentSeconds"]) == (3, 10)
    assert told["SegmentAttributes"] == {"connect:Subtype": {"ValueString": "connect:Telephony"}}
    assert (told["Attributes"], told["Tags"], told["Name"]) == ({"language": "ja"}, {"a": "b"}, "Call")


def test_a_contact_that_waits_has_no_agent_and_no_end(desk: Desk) -> None:
    desk.waiting("c1", 30)
    told = desk.client.describe_contact(InstanceId=INSTANCE_ARN, ContactId="c1")["Contact"]
    assert not told.keys() & {"AgentInfo", "DisconnectTimestamp", "DisconnectReason", "InitialContactId"}


def test_attributes_are_read_and_written(desk: Desk) -> None:
    desk.contact("c1", attributes={"a": "1"})
    desk.client.update_contact_attributes(InstanceId=INSTANCE_ID, InitialContactId="c1", Attributes={"b": "日本"})
    assert desk.client.get_contact_attributes(InstanceId=INSTANCE_ID, InitialContactId="c1")["Attributes"] == {
        "a": "1", "b": "日本",
    }  # fmt: skip
    assert desk.woken == 2, "the timeline is looked at after each request"


def test_a_contacts_place_is_changed_in_one_way_at_a_time(desk: Desk) -> None:
    desk.waiting("c1", 30)
    change = desk.client.update_contact_routing_data
    change(InstanceId=INSTANCE_ID, ContactId="c1", QueuePriority=1)
    change(InstanceId=INSTANCE_ID, ContactId="c1", QueueTimeAdjustmentSeconds=-20)
    step = {"Expiry": {"DurationInSeconds": 30}, "Expression": {"AttributeCondition": {"Name": "language", "Value": "en", "ProficiencyLevel": 3.0, "ComparisonOperator": "NumberGreaterOrEqualTo"}}}  # fmt: skip
    change(InstanceId=INSTANCE_ID, ContactId="c1", RoutingCriteria={"Steps": [step]})
    assert desk.floor.done == [("routing", "c1", 1, None, None), ("routing", "c1", None, -20, None), ("routing", "c1", None, None, [step])]  # fmt: skip
    for wrong in ({}, {"QueuePriority": 1, "QueueTimeAdjustmentSeconds": 1}):
        code, _, sentence = error(change, InstanceId=INSTANCE_ID, ContactId="c1", **wrong)
        assert (code, "exactly one" in sentence) == ("InvalidParameterException", True)


def test_a_contact_is_stopped_once(desk: Desk) -> None:
    contact = desk.contact("c1")
    desk.client.stop_contact(InstanceId=INSTANCE_ID, ContactId="c1")
    assert desk.floor.done == [("stop", "c1")]
    contact.disconnected_at = NOW
    assert error(desk.client.stop_contact, InstanceId=INSTANCE_ID, ContactId="c1")[:2] == (
        "ContactNotFoundException",
        410,
    )


def test_a_task_begins_once_however_often_it_is_asked_for_with_one_token(desk: Desk) -> None:
    asked = {"InstanceId": INSTANCE_ID, "ContactFlowId": FLOW, "Name": "Call back", "Attributes": {"a": "1"}, "References": {"order": {"Value": "7", "Type": "STRING"}}, "ClientToken": "t"}  # fmt: skip
    first, second = (desk.client.start_task_contact(**asked)["ContactId"] for _ in range(2))
    assert first == second
    [(_, flow, name, told)] = desk.floor.done
    assert (flow, name, told["attributes"]) == (FLOW, "Call back", {"a": "1"})
    assert told["references"] == {"order": {"Value": "7", "Type": "STRING"}}
    code, status, _ = error(desk.client.start_task_contact, InstanceId=INSTANCE_ID, ContactFlowId="nowhere", Name="x")
    assert (code, status) == ("ResourceNotFoundException", 404)
    for wrong, said in ({"Name": "x"}, "Give ContactFlowId"), ({"Name": "x", "ContactFlowId": FLOW, "ScheduledTime": NOW}, "ScheduledTime"):  # fmt: skip
        code, _, sentence = error(desk.client.start_task_contact, InstanceId=INSTANCE_ID, **wrong)
        assert (code, said in sentence) == ("InvalidRequestException", True)


def test_a_call_goes_out(desk: Desk) -> None:
    asked = {"InstanceId": INSTANCE_ID, "ContactFlowId": FLOW, "DestinationPhoneNumber": "+819000000000"}
    answer = desk.client.start_outbound_voice_contact(**asked, QueueId=SUPPORT)
    assert answer["ContactId"] == "call-1"
    assert desk.floor.done == [("outbound", FLOW, "+819000000000", {"queue_id": SUPPORT, "by": None, "attributes": {}})]
    code, _, sentence = error(desk.client.start_outbound_voice_contact, **asked)
    assert (code, "SourcePhoneNumber or QueueId" in sentence) == ("InvalidRequestException", True)


def test_recording_is_suspended_and_resumed_and_contacts_monitored(desk: Desk) -> None:
    desk.contact("c1")
    asked = {"InstanceId": INSTANCE_ID, "ContactId": "c1", "InitialContactId": "c1"}
    desk.client.suspend_contact_recording(**asked)
    desk.client.resume_contact_recording(**asked)
    watched = desk.client.monitor_contact(
        InstanceId=INSTANCE_ID, ContactId="c1", UserId=HANA, AllowedMonitorCapabilities=["SILENT_MONITOR"]
    )
    assert watched["ContactArn"] == f"{INSTANCE_ARN}/contact/{watched['ContactId']}"
    assert desk.floor.done == [("pause", "c1"), ("resume", "c1"), ("monitor", HANA, "c1")]


def test_queues_are_listed_described_and_switched(desk: Desk) -> None:
    listed = desk.client.list_queues(InstanceId=INSTANCE_ID, QueueTypes=["STANDARD"])["QueueSummaryList"]
    assert [(each["Name"], each["QueueType"]) for each in listed] == [("Support", "STANDARD"), ("Billing", "STANDARD")]
    everything = desk.client.list_queues(InstanceId=INSTANCE_ID)["QueueSummaryList"]
    assert f"{INSTANCE_ARN}/queue/agent/{HANA}" in [each["Arn"] for each in everything]
    queue = desk.client.describe_queue(InstanceId=INSTANCE_ID, QueueId=SUPPORT)["Queue"]
    assert (queue["Name"], queue["Status"], queue["MaxContacts"]) == ("Support", "DISABLED", 3)
    assert queue["HoursOfOperationId"] == id_of("Hours")
    desk.client.update_queue_status(InstanceId=INSTANCE_ID, QueueId=SUPPORT, Status="ENABLED")
    by_arn = desk.client.describe_queue(InstanceId=INSTANCE_ID, QueueId=f"{INSTANCE_ARN}/queue/{SUPPORT}")
    assert by_arn["Queue"]["Status"] == "ENABLED"


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
    status = {"InstanceId": INSTANCE_ID, "UserId": HANA, "AgentStatusId": id_of("Lunch")}
    assert error(desk.client.put_user_status, **status) == (
        "InvalidRequestException",
        400,
        "The agent is not signed in.",
    )
    desk.floor.agents[HANA].signed_in = True
    desk.client.put_user_status(**status)
    assert desk.floor.agents[HANA].status.name == "Lunch"
    wrong = {"InstanceId": INSTANCE_ID, "UserId": HANA, "PhoneConfig": {"PhoneType": "DESK_PHONE"}}
    assert error(desk.client.update_user_phone_config, **wrong)[0] == "InvalidParameterException"


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
    desk.waiting("c1", 24)
    desk.waiting("c2", 5, stage="ringing")
    desk.waiting("c3", 0, stage="scheduled")
    desk.hana_talks(desk.contact("c4"))
    one = {"Filters": {"Queues": [SUPPORT, id_of("Billing")], "Channels": ["VOICE"]}, "Groupings": ["QUEUE", "CHANNEL"]}
    names = ("CONTACTS_IN_QUEUE", "CONTACTS_SCHEDULED", "OLDEST_CONTACT_AGE", "AGENTS_ONLINE", "AGENTS_STAFFED", "AGENTS_AVAILABLE", "AGENTS_ON_CONTACT", "AGENTS_AFTER_CONTACT_WORK", "AGENTS_NON_PRODUCTIVE", "AGENTS_ERROR", "SLOTS_ACTIVE", "SLOTS_AVAILABLE")  # fmt: skip
    counted = figures(desk, *names, **one)
    assert counted[SUPPORT, "VOICE"] == [2, 1, 24, 1, 1, 0, 1, 0, 0, 0, 1, 0]
    assert counted[id_of("Billing"), "VOICE"] == [0] * 12
    ungrouped = figures(desk, "OLDEST_CONTACT_AGE", Filters={"Queues": [SUPPORT]})
    assert ungrouped == {(): [24_000]}, "without grouping it is milliseconds"
    by_profile = figures(desk, "AGENTS_ONLINE", "CONTACTS_IN_QUEUE", Filters={"RoutingProfiles": [PROFILE]}, Groupings=["ROUTING_PROFILE"])  # fmt: skip
    assert by_profile == {(PROFILE,): [1, 2]}


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
    desk.hana_talks(desk.waiting("c1", 10))
    desk.floor.agents[HANA].next_status = desk.instance.statuses[id_of("Lunch")]
    shown = desk.client.get_current_user_data(InstanceId=INSTANCE_ID, Filters={"RoutingProfiles": [PROFILE]})
    [hana] = shown["UserDataList"]
    assert (hana["User"]["Id"], hana["Status"]["StatusName"], hana["NextStatus"]) == (HANA, "Available", "Lunch")
    assert hana["HierarchyPath"]["LevelTwo"]["Id"] == id_of("Tokyo")
    assert (hana["MaxSlotsByChannel"], hana["ActiveSlotsByChannel"]["VOICE"]) == ({"VOICE": 1, "CHAT": 3}, 1)
    [contact] = hana["Contacts"]
    assert (contact["ContactId"], contact["AgentContactState"], contact["Queue"]["Id"]) == ("c1", "CONNECTED", SUPPORT)
    assert shown["ApproximateTotalCount"] == 1

    def count(**filters: Any) -> int:
        desk.now += timedelta(seconds=1)
        return len(desk.client.get_current_user_data(InstanceId=INSTANCE_ID, Filters=filters)["UserDataList"])

    assert count(Agents=[HANA]) == count(Queues=[SUPPORT]) == count(UserHierarchyGroups=[id_of("Tokyo")]) == 1
    assert count(Agents=[HANA], ContactFilter={"ContactStates": ["ENDED"]}) == 0
    assert count(Agents=[id_of("Ken")]) == 0, "who is not signed in is absent"
    desk.now += timedelta(seconds=5)
    wrong = {"Agents": [HANA], "Queues": [SUPPORT]}
    assert (
        error(desk.client.get_current_user_data, InstanceId=INSTANCE_ID, Filters=wrong)[0]
        == "InvalidParameterException"
    )


@pytest.mark.parametrize(
    ("operation", "asked", "what"),
    [
        ("describe_contact", {"ContactId": "x"}, "contact x"),
        ("get_contact_attributes", {"InitialContactId": "x"}, "contact x"),
        ("update_contact_attributes", {"InitialContactId": "x", "Attributes": {}}, "contact x"),
        ("update_contact_routing_data", {"ContactId": "x", "QueuePriority": 1}, "contact x"),
        ("stop_contact", {"ContactId": "x"}, "contact x"),
        ("suspend_contact_recording", {"ContactId": "x", "InitialContactId": "x"}, "contact x"),
        ("resume_contact_recording", {"ContactId": "x", "InitialContactId": "x"}, "contact x"),
        ("monitor_contact", {"ContactId": "x", "UserId": HANA}, "contact x"),
        ("describe_queue", {"QueueId": "x"}, "queue x"),
        ("update_queue_status", {"QueueId": "x", "Status": "ENABLED"}, "queue x"),
        ("describe_routing_profile", {"RoutingProfileId": "x"}, "routing profile x"),
        ("describe_user", {"UserId": "x"}, "user x"),
        ("update_user_routing_profile", {"UserId": HANA, "RoutingProfileId": "x"}, "routing profile x"),
        ("update_user_phone_config", {"UserId": "x", "PhoneConfig": {"PhoneType": "SOFT_PHONE"}}, "user x"),
        ("put_user_status", {"UserId": HANA, "AgentStatusId": "x"}, "agent status x"),
    ],
)
def test_what_is_not_there_is_named(desk: Desk, operation: str, asked: dict[str, Any], what: str) -> None:
    code, status, sentence = error(getattr(desk.client, operation), InstanceId=INSTANCE_ID, **asked)
    assert (code, status, what in sentence) == ("ResourceNotFoundException", 404, True)
    desk.now += timedelta(minutes=1)
    assert error(getattr(desk.client, operation), InstanceId="other", **asked)[0] == "ResourceNotFoundException"


def test_too_many_calls_are_throttled_each_operation_for_itself(desk: Desk) -> None:
    def tries(count: int) -> int:
        return count - len([told for told in map(tried, range(count)) if told])

    def tried(_: int) -> str | None:
        try:
            desk.client.update_queue_status(InstanceId=INSTANCE_ID, QueueId=SUPPORT, Status="ENABLED")
        except desk.client.exceptions.ThrottlingException as refused:
            return str(refused)
        return None

    assert tries(8) == 5, "a burst of five"
    desk.client.list_queues(InstanceId=INSTANCE_ID)
    desk.now += timedelta(seconds=1)
    assert tries(4) == 2, "then two a second"
    code, status, sentence = error(
        desk.client.update_queue_status, InstanceId=INSTANCE_ID, QueueId=SUPPORT, Status="ENABLED"
    )
    assert (code, status) == ("ThrottlingException", 429)
    assert sentence == "UpdateQueueStatus is called too often: wait a moment and try again."


def test_rates_are_for_operations_that_are_answered(desk: Desk) -> None:
    answered = {desk.client.meta.method_to_api_mapping[name] for name in OPERATIONS}
    assert set(RATES) <= answered


def test_an_operation_that_is_not_answered_is_named(desk: Desk) -> None:
    code, status, sentence = error(desk.client.list_prompts, InstanceId=INSTANCE_ID)
    assert (code, status) == ("InvalidRequestException", 400)
    assert sentence.startswith("The local Connect does not answer ListPrompts")


def test_words_that_the_model_does_not_know_are_refused(desk: Desk) -> None:
    code, _, sentence = error(desk.client.update_queue_status, InstanceId=INSTANCE_ID, QueueId=SUPPORT, Status="OPEN")
    assert (code, sentence) == ("InvalidParameterException", "Status is OPEN: give one of ENABLED, DISABLED.")
