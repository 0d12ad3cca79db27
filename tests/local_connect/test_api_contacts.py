"""Connect's API as boto3 sees it: operations on contacts."""

from collections.abc import Generator
from datetime import timedelta

from infra.local.connect.flows.line import Answer, Ending, Line, Request
from infra.local.connect.intrinsics import INSTANCE_ARN, INSTANCE_ID, id_of
from tests.local_connect.desk import (
    DELAY,
    FLOW,
    HANA,
    KEN,
    NOW,
    NUMBER,
    SUPPORT,
    SUPPORTS_NUMBER,
    Desk,
    error,
    recorded,
)
from tests.local_connect.house import CALLER, flow_over, straight_to


def written_on(line: Line) -> Generator[Request, Answer, Ending]:
    """A flow to Support that notes all that can be noted of a contact."""
    line.set_attributes({"language": "ja"})
    line.tag({"a": "b"})
    line.set_data({"Name": "Call", "CustomerId": "c-7"})
    line.set_priority(3, 10)
    return (yield from straight_to(SUPPORT)(line))


def to_hana(line: Line) -> Generator[Request, Answer, Ending]:
    """A flow to Hana's own queue."""
    yield from ()
    line.choose_agent(HANA)
    line.enter_queue()
    return flow_over("agent")


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
    assert desk.contact(contact).recording.paused == {"AGENT"}
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
