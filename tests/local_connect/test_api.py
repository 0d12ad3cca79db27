"""Connect's API as boto3 sees it, before the real exchange: every operation, its errors, its pages, its limits."""

import asyncio
import threading
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest
from aiohttp import web
from botocore.config import Config
from botocore.exceptions import ClientError

from infra.local.connect.api.app import OPERATIONS, ConnectApi, application
from infra.local.connect.api.throttle import RATES
from infra.local.connect.floor.contact import Contact, Player
from infra.local.connect.floor.exchange import Exchange
from infra.local.connect.flows.line import Answer, Callback, Ending, Line, Refused, Request
from infra.local.connect.intrinsics import INSTANCE_ARN, INSTANCE_ID, id_of
from infra.local.connect.template import Template
from infra.local.connect.timeline import Timeline
from infra.local.settings import REGION
from tests.local_connect.house import CALLER, World, flow_over, straight_to
from tests.local_connect.test_template import resource, small

NOW = datetime(2026, 6, 15, 1, tzinfo=UTC)
SUPPORT, BILLING, PROFILE, HANA, KEN, FLOW = map(id_of, ("Support", "Billing", "All", "Hana", "Ken", "Inbound"))
AVAILABLE, LUNCH = id_of("Available"), id_of("Lunch")
NUMBER, SUPPORTS_NUMBER = "+81300000009", "+81300000001"
DELAY = 30.0
"""Seconds that a call waits in Support before it rings at an agent: the delay in the routing profile."""


class Desk:
    """An exchange with Hana, who serves Support, and Ken, who takes mails; the API in front of it, and a client.

    `now` is the clock, which stands unless it is moved; `script` is what plays in place of the flow.
    """

    def __init__(self) -> None:
        template = small()
        template["Resources"]["Support"]["Properties"]["Status"] = "ENABLED"
        template["Resources"]["Billing"] = resource("Queue", Name="Billing", HoursOfOperationArn={"Ref": "Hours"})
        template["Resources"]["Mail"] = resource(
            "RoutingProfile", Name="Mail", DefaultOutboundQueueArn={"Ref": "Billing"}, MediaConcurrencies=[{"Channel": "EMAIL", "Concurrency": 2}],
            QueueConfigs=[{"Priority": 1, "Delay": 0, "QueueReference": {"Channel": "EMAIL", "QueueArn": {"Ref": "Billing"}}}],
        )  # fmt: skip
        template["Resources"]["Ken"] = resource("User", Username="ken", RoutingProfileArn={"Ref": "Mail"})
        self.instance = Template(template, {"Card": "x"}).instance()
        self.now = NOW
        self.timeline = Timeline(NOW)
        self.script = straight_to(SUPPORT)
        self.exchange = Exchange(self.instance, self.timeline, World(self.timeline), self._player)
        self.woken = 0
        self.client: Any = None

    def _player(self) -> Player:
        return lambda _, line: self.script(line)

    def wake(self) -> None:
        self.woken += 1

    async def guard(self, authorization: str, operation: str, asked: Any) -> None:
        assert f"/{REGION}/connect/aws4_request" in authorization

    def pass_seconds(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)
        self.timeline.advance(self.now)

    def on_duty(self, *user_ids: str) -> None:
        for user_id in user_ids:
            self.exchange.sign_in(user_id)
            self.exchange.set_status(user_id, AVAILABLE)

    def ken_helps(self) -> None:
        """Let Ken serve Support too."""
        self.exchange.set_routing_profile(KEN, PROFILE)
        self.on_duty(KEN)

    def calls(self, **attributes: str) -> str:
        return self.exchange.call(to=NUMBER, by=CALLER, attributes=attributes)

    def talks(self, user_id: str = HANA) -> str:
        """Let a caller come and an agent answer."""
        contact_id = self.calls()
        self.pass_seconds(DELAY)
        self.exchange.accept(user_id, contact_id)
        return contact_id

    def contact(self, contact_id: str) -> Contact:
        return self.exchange.contact(contact_id)

    def described(self, contact_id: str) -> dict[str, Any]:
        told = self.client.describe_contact(InstanceId=INSTANCE_ID, ContactId=contact_id)["Contact"]
        assert isinstance(told, dict)
        return told


def recorded(line: Line) -> Generator[Request, Answer, Ending]:
    """A flow to Support that wants agent and customer recorded."""
    line.set_recording(["Agent", "Customer"], menu=None, screen=[])
    return (yield from straight_to(SUPPORT)(line))


def written_on(line: Line) -> Generator[Request, Answer, Ending]:
    """A flow to Support that notes all that can be noted of a contact."""
    line.set_attributes({"language": "ja"})
    line.tag({"a": "b"})
    line.set_data({"Name": "Call", "CustomerId": "c-7"})
    line.set_priority(3, 10)
    return (yield from straight_to(SUPPORT)(line))


def promising(line: Line) -> Generator[Request, Answer, Ending]:
    """A flow that promises a callback from Support in ten minutes."""
    yield from ()
    line.create_callback(Callback(initial_delay=600, retry_delay=60, attempts=1, queue_id=SUPPORT))
    return flow_over("disconnect")


def to_hana(line: Line) -> Generator[Request, Answer, Ending]:
    """A flow to Hana's own queue."""
    yield from ()
    line.choose_agent(HANA)
    line.enter_queue()
    return flow_over("agent")


@contextmanager
def serving(desk: Desk) -> Iterator[str]:
    loop = asyncio.new_event_loop()
    runner: list[web.AppRunner] = []

    async def start() -> int:
        api = ConnectApi(desk.exchange, desk.timeline, desk.guard, clock=lambda: desk.now, woken=desk.wake)
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
    desk.script = written_on
    desk.ken_helps()
    first = desk.talks(KEN)
    second = desk.exchange.transfer(KEN, first, id_of("ToSupport"))
    desk.exchange.leave(KEN, first)
    queued = desk.now
    desk.on_duty(HANA)
    desk.pass_seconds(DELAY)
    desk.exchange.accept(HANA, second)
    answered = desk.now
    for seconds in (2.5, 3.0):
        desk.exchange.hold(HANA, second)
        desk.pass_seconds(seconds)
        desk.exchange.resume(HANA, second)
    desk.exchange.hang_up(second)
    over = desk.now
    desk.pass_seconds(15)
    desk.exchange.close(HANA, second)
    told = desk.described(second)
    assert told["Arn"] == f"{INSTANCE_ARN}/contact/{second}"
    assert (told["InitialContactId"], told["PreviousContactId"], told["InitiationMethod"]) == (first, first, "TRANSFER")
    assert told["QueueInfo"] == {"Id": SUPPORT, "EnqueueTimestamp": queued}
    assert told["AgentInfo"]["Id"] == HANA
    assert told["AgentInfo"]["ConnectedToAgentTimestamp"] == answered
    assert told["AgentInfo"]["AfterContactWorkDuration"] == 15
    assert told["AgentInfo"]["AgentInitiatedHoldDuration"] == 5
    assert [each["Arn"].rpartition("/")[2] for each in told["AgentInfo"]["HierarchyGroups"].values()] == [
        id_of("Japan"), id_of("Tokyo"),
    ]  # fmt: skip
    assert (told["DisconnectReason"], told["DisconnectTimestamp"]) == ("CUSTOMER_DISCONNECT", over)
    assert told["LastUpdateTimestamp"] == over + timedelta(seconds=15)
    assert told["CustomerEndpoint"] == {"Type": "TELEPHONE_NUMBER", "Address": CALLER}
    assert told["SystemEndpoint"] == {"Type": "TELEPHONE_NUMBER", "Address": NUMBER}
    assert (told["QueuePriority"], told["QueueTimeAdjustmentSeconds"]) == (3, 10)
    assert told["SegmentAttributes"] == {"connect:Subtype": {"ValueString": "connect:Telephony"}}
    assert (told["Attributes"], told["Name"], told["CustomerId"]) == ({"language": "ja"}, "Call", "c-7")
    assert told["Tags"].items() >= {"a": "b", "aws:connect:systemEndpoint": NUMBER}.items()
    assert desk.described(first)["DisconnectReason"] == "AGENT_DISCONNECT"


def test_a_contact_that_waits_has_no_agent_and_no_end(desk: Desk) -> None:
    waiting = desk.calls()
    unknown = {"AgentInfo", "DisconnectTimestamp", "DisconnectReason", "InitialContactId"}
    told = desk.client.describe_contact(InstanceId=INSTANCE_ARN, ContactId=waiting)["Contact"]
    assert not told.keys() & unknown
    desk.on_duty(HANA)
    desk.pass_seconds(DELAY)
    assert waiting in desk.exchange.agent(HANA).contacts
    assert not desk.described(waiting).keys() & unknown, "an agent at whom it rings does not have it yet"


def test_an_agents_own_queue_is_named_as_it_is_listed(desk: Desk) -> None:
    desk.script = to_hana
    desk.on_duty(HANA)
    contact = desk.calls()
    [listed] = [
        each
        for each in desk.client.list_queues(InstanceId=INSTANCE_ID, QueueTypes=["AGENT"])["QueueSummaryList"]
        if each["Id"] == HANA
    ]
    assert desk.described(contact)["QueueInfo"]["Id"] == listed["Id"]
    [hana] = desk.client.get_current_user_data(InstanceId=INSTANCE_ID, Filters={"Agents": [HANA]})["UserDataList"]
    assert hana["Contacts"][0]["Queue"] == {"Id": listed["Id"], "Arn": listed["Arn"]}


def test_attributes_are_read_and_written(desk: Desk) -> None:
    asked = {"InstanceId": INSTANCE_ID, "InitialContactId": desk.calls(a="1")}
    desk.client.update_contact_attributes(**asked, Attributes={"b": "日本"})
    assert desk.client.get_contact_attributes(**asked)["Attributes"] == {"a": "1", "b": "日本"}
    assert desk.woken == 2, "the timeline is looked at after each request"
    code, _, sentence = error(desk.client.update_contact_attributes, **asked, Attributes={"c": "x" * 32_767})
    assert (code, "32768 bytes" in sentence) == ("InvalidRequestException", True)


def test_a_contacts_place_is_changed_in_one_way_at_a_time(desk: Desk) -> None:
    first, second = desk.calls(), desk.calls()
    change = desk.client.update_contact_routing_data
    change(InstanceId=INSTANCE_ID, ContactId=second, QueuePriority=1)
    change(InstanceId=INSTANCE_ID, ContactId=second, QueueTimeAdjustmentSeconds=-20)
    told = desk.described(second)
    assert (told["QueuePriority"], told["QueueTimeAdjustmentSeconds"]) == (1, -20)
    for wrong in ({}, {"QueuePriority": 1, "QueueTimeAdjustmentSeconds": 1}):
        code, _, sentence = error(change, InstanceId=INSTANCE_ID, ContactId=second, **wrong)
        assert (code, "exactly one" in sentence) == ("InvalidParameterException", True)
    desk.pass_seconds(DELAY)
    desk.on_duty(HANA)
    assert list(desk.exchange.agent(HANA).contacts) == [second], "the later call is served first now"
    for contact_id in (first, second):
        desk.exchange.hang_up(contact_id)
    code, _, sentence = error(change, InstanceId=INSTANCE_ID, ContactId=first, QueuePriority=1)
    assert (code, "has ended" in sentence) == ("InvalidParameterException", True)


def test_a_contact_asks_for_who_speaks_its_language_and_later_for_anybody(desk: Desk) -> None:
    contact = desk.calls()
    condition = {"Name": "language", "Value": "en", "ProficiencyLevel": 3.0, "ComparisonOperator": "NumberGreaterOrEqualTo"}  # fmt: skip
    steps = [{"Expiry": {"DurationInSeconds": 60}, "Expression": {"AttributeCondition": condition}}]
    desk.client.update_contact_routing_data(InstanceId=INSTANCE_ID, ContactId=contact, RoutingCriteria={"Steps": steps})
    desk.ken_helps()
    desk.pass_seconds(59)
    assert not desk.exchange.agent(KEN).contacts
    desk.pass_seconds(1)
    assert contact in desk.exchange.agent(KEN).contacts


def test_a_contact_is_stopped_once(desk: Desk) -> None:
    contact = desk.calls()
    desk.client.stop_contact(InstanceId=INSTANCE_ID, ContactId=contact)
    assert desk.described(contact)["DisconnectTimestamp"] == NOW
    assert not desk.exchange.queue(SUPPORT).members
    assert error(desk.client.stop_contact, InstanceId=INSTANCE_ID, ContactId=contact)[:2] == (
        "ContactNotFoundException",
        410,
    )


def test_a_call_that_an_agent_transfers_is_not_stopped(desk: Desk) -> None:
    desk.on_duty(HANA)
    transferred = desk.exchange.transfer(HANA, desk.talks(), id_of("ToSupport"))
    code, _, sentence = error(desk.client.stop_contact, InstanceId=INSTANCE_ID, ContactId=transferred)
    assert (code, "begun by TRANSFER" in sentence) == ("InvalidRequestException", True)
    assert "DisconnectTimestamp" not in desk.described(transferred)


def test_a_task_begins_once_however_often_it_is_asked_for_with_one_token(desk: Desk) -> None:
    asked = {"InstanceId": INSTANCE_ID, "ContactFlowId": FLOW, "Name": "Call back", "Description": "Soon", "Attributes": {"a": "1"}, "References": {"order": {"Value": "7", "Type": "STRING"}}, "ClientToken": "t"}  # fmt: skip
    first, second = (desk.client.start_task_contact(**asked)["ContactId"] for _ in range(2))
    assert first == second
    assert list(desk.exchange.contacts) == [first]
    told = desk.described(first)
    assert (told["Channel"], told["InitiationMethod"], told["QueueInfo"]["Id"]) == ("TASK", "API", SUPPORT)
    assert (told["Name"], told["Description"], told["Attributes"]) == ("Call back", "Soon", {"a": "1"})
    assert told["SegmentAttributes"] == {"connect:Subtype": {"ValueString": "connect:Task"}}
    assert desk.contact(first).references == {"order": {"Value": "7", "Type": "STRING"}}
    code, status, _ = error(desk.client.start_task_contact, InstanceId=INSTANCE_ID, ContactFlowId="nowhere", Name="x")
    assert (code, status) == ("ResourceNotFoundException", 404)
    for wrong, said in ({"Name": "x"}, "Give ContactFlowId"), ({"Name": "x", "ContactFlowId": FLOW, "ScheduledTime": NOW}, "ScheduledTime"):  # fmt: skip
        code, _, sentence = error(desk.client.start_task_contact, InstanceId=INSTANCE_ID, **wrong)
        assert (code, said in sentence) == ("InvalidRequestException", True)


def test_a_task_that_continues_a_contact_adds_to_its_attributes(desk: Desk) -> None:
    call = desk.calls(a="1")
    asked = {"InstanceId": INSTANCE_ID, "ContactFlowId": FLOW, "Name": "Call back", "PreviousContactId": call}
    task = desk.client.start_task_contact(**asked, Attributes={"b": "2"})["ContactId"]
    told = desk.described(task)
    assert (told["PreviousContactId"], told["InitialContactId"]) == (call, call)
    assert told["Attributes"] == desk.described(call)["Attributes"] == {"a": "1", "b": "2"}
    code, _, sentence = error(desk.client.start_task_contact, **asked, Attributes={"c": "x" * 32_767})
    assert (code, "32768 bytes" in sentence) == ("ServiceQuotaExceededException", True)
    assert len(desk.exchange.contacts) == 2


def test_a_call_goes_out_and_is_answered_when_the_clock_says_so(desk: Desk) -> None:
    asked = {"InstanceId": INSTANCE_ID, "ContactFlowId": FLOW, "DestinationPhoneNumber": CALLER}
    contact = desk.client.start_outbound_voice_contact(**asked, QueueId=SUPPORT, Attributes={"a": "1"})["ContactId"]
    told = desk.described(contact)
    assert (told["CustomerEndpoint"]["Address"], told["SystemEndpoint"]["Address"]) == (CALLER, SUPPORTS_NUMBER)
    assert (told["Attributes"], "ConnectedToSystemTimestamp" in told) == ({"a": "1"}, False)
    desk.now += timedelta(seconds=10)
    told = desk.described(contact)
    assert told["ConnectedToSystemTimestamp"] == NOW + timedelta(seconds=4)
    assert told["QueueInfo"]["Id"] == SUPPORT
    for wrong, said in ({}, "SourcePhoneNumber or QueueId"), ({"SourcePhoneNumber": "+81399999999"}, "claimed one"):
        code, _, sentence = error(desk.client.start_outbound_voice_contact, **asked, **wrong)
        assert (code, said in sentence) == ("InvalidRequestException", True)


def test_recording_is_suspended_and_resumed_and_contacts_monitored(desk: Desk) -> None:
    desk.script = recorded
    desk.on_duty(HANA, KEN)
    contact = desk.talks()
    asked = {"InstanceId": INSTANCE_ID, "ContactId": contact, "InitialContactId": contact}
    desk.client.suspend_contact_recording(**asked)
    assert desk.contact(contact).recording.paused
    desk.pass_seconds(5)
    desk.client.resume_contact_recording(**asked)
    begun = [each.start for each in desk.contact(contact).recording.spans]
    assert begun == [desk.now - timedelta(seconds=5), desk.now]
    watch = {"InstanceId": INSTANCE_ID, "ContactId": contact, "AllowedMonitorCapabilities": ["SILENT_MONITOR"]}
    watched = desk.client.monitor_contact(**watch, UserId=KEN)
    assert watched["ContactArn"] == f"{INSTANCE_ARN}/contact/{watched['ContactId']}"
    told = desk.described(watched["ContactId"])
    assert (told["InitiationMethod"], told["RelatedContactId"], told["AgentInfo"]["Id"]) == ("MONITOR", contact, KEN)
    for operation, more in (desk.client.monitor_contact, {**watch, "UserId": KEN}), (desk.client.suspend_contact_recording, {**asked, "ContactId": desk.calls()}):  # fmt: skip
        assert error(operation, **more)[0] == "InvalidRequestException"


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


def test_every_operation_is_answered_by_the_exchange(desk: Desk) -> None:
    desk.script = recorded
    desk.on_duty(HANA, KEN)
    contact, flow = {"ContactId": desk.talks()}, {"ContactFlowId": FLOW}
    initial = {"InitialContactId": contact["ContactId"]}
    asked: dict[str, dict[str, Any]] = {
        "describe_contact": contact,
        "get_contact_attributes": initial,
        "update_contact_attributes": {**initial, "Attributes": {"a": "1"}},
        "update_contact_routing_data": {**contact, "QueuePriority": 1},
        "suspend_contact_recording": {**contact, **initial},
        "resume_contact_recording": {**contact, **initial},
        "monitor_contact": {**contact, "UserId": KEN},
        "stop_contact": contact,
        "start_task_contact": {**flow, "Name": "Call back"},
        "start_outbound_voice_contact": {**flow, "DestinationPhoneNumber": CALLER, "SourcePhoneNumber": NUMBER},
        "list_queues": {},
        "describe_queue": {"QueueId": SUPPORT},
        "update_queue_status": {"QueueId": SUPPORT, "Status": "DISABLED"},
        "list_routing_profiles": {},
        "describe_routing_profile": {"RoutingProfileId": PROFILE},
        "list_users": {},
        "search_users": {},
        "describe_user": {"UserId": HANA},
        "update_user_routing_profile": {"UserId": HANA, "RoutingProfileId": id_of("Mail")},
        "update_user_phone_config": {"UserId": HANA, "PhoneConfig": {"PhoneType": "SOFT_PHONE"}},
        "put_user_status": {"UserId": HANA, "AgentStatusId": LUNCH},
        "get_current_metric_data": {"Filters": {"Queues": [SUPPORT]}, "CurrentMetrics": [{"Name": "AGENTS_ONLINE", "Unit": "COUNT"}]},
        "get_current_user_data": {"Filters": {"Agents": [HANA]}},
    }  # fmt: skip
    assert asked.keys() == OPERATIONS.keys()
    for operation, members in asked.items():
        getattr(desk.client, operation)(InstanceId=INSTANCE_ID, **members)
    assert desk.woken == len(OPERATIONS)
