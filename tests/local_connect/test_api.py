"""Connect's API as boto3 sees it: what holds of every operation, its errors and its limits."""

from datetime import timedelta
from typing import Any

import pytest

from infra.local.connect.api.app import OPERATIONS
from infra.local.connect.api.throttle import RATES
from infra.local.connect.intrinsics import INSTANCE_ID, id_of
from tests.local_connect.desk import FLOW, HANA, KEN, LUNCH, NUMBER, PROFILE, SUPPORT, Desk, error, recorded
from tests.local_connect.house import CALLER


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
