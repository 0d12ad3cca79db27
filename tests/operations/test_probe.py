"""A probe compares what a real instance answers with the local Connect: shapes, never values."""

import json
from collections.abc import Mapping
from typing import Any

import pytest
from botocore.exceptions import ClientError
from hypothesis import given
from hypothesis import strategies as st

from infra.operations.probe.__main__ import compared, observe
from infra.operations.probe.open_points import OPEN_POINTS
from infra.operations.probe.shapes import Difference, differences, shape_of, together
from tests.support.reference import reference

USER = "c3d4e5f6-3333-4ccc-8ddd-bbbbbbbbbb01"
PHONE = "+819012345678"
SAMPLES = reference("samples")


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        (None, "nothing"),
        ("", "nothing"),
        ([], "nothing"),
        (True, "true or false"),
        (20, "number"),
        (4.4, "number"),
        ("20", "number as text"),
        (USER, "uuid"),
        ("arn:aws:connect:ap-northeast-1:123456789012:instance/x", "arn"),
        ("2026-06-15T01:01:01Z", "moment to the second"),
        ("2026-06-15T01:01:01.020Z", "moment to the millisecond"),
        ("2026-06-15T01:01:01+09:00", "moment, written otherwise"),
        (PHONE, "telephone number"),
        ("CUSTOMER_DISCONNECT", "constant"),
        ("sato.hanako", "text"),
    ],
)
def test_a_value_is_known_by_its_kind(value: object, kind: str) -> None:
    assert shape_of({"it": value})["it"] == {kind}


def test_keys_that_people_chose_are_values_too() -> None:
    assert shape_of({"Attributes": {"surgery": "knee"}}) == {
        "": {"object"},
        "Attributes": {"object"},
        "Attributes.*": {"text"},
    }


DOCUMENTS = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abc"), inner, max_size=3),
    max_leaves=12,
)


@given(DOCUMENTS, DOCUMENTS)
def test_a_document_differs_from_another_as_that_does_from_it_and_never_from_itself(one: Any, other: Any) -> None:
    assert differences(shape_of(one), shape_of(one)) == []
    there, back = differences(shape_of(one), shape_of(other)), differences(shape_of(other), shape_of(one))
    assert there == [Difference(each.path, each.local, each.instance) for each in back]


def test_a_secret_is_in_no_shape() -> None:
    seen = shape_of({"CustomerEndpoint": {"Address": PHONE}, "Attributes": {"name": "Hanako"}, "Name": "Hanako"})
    assert "Hanako" not in str(seen)
    assert PHONE not in str(seen)


DESCRIBED = {
    "Contact": {"Id": USER, "QueueInfo": {"Id": USER, "EnqueueTimestamp": "2026-06-15T01:01:01Z"}, "Tags": None}
}


@pytest.mark.parametrize(
    ("local", "paths"),
    [
        (DESCRIBED, []),
        ({"Contact": {**DESCRIBED["Contact"], "Tags": {"a": "b"}}}, []),
        ({"Contact": {"Id": USER, "QueueInfo": DESCRIBED["Contact"]["QueueInfo"]}}, ["Contact.Tags"]),
        ({"Contact": {**DESCRIBED["Contact"], "Id": "queue one"}}, ["Contact.Id"]),
        ({"Contact": {"Id": USER, "Tags": None}}, ["Contact.QueueInfo"]),
        ({"Contact": {**DESCRIBED["Contact"], "QueueInfo": None}}, []),
        ({"Contact": {**DESCRIBED["Contact"], "Extra": 1}}, ["Contact.Extra"]),
    ],
    ids=[
        "alike",
        "set on one side only",
        "a member missing",
        "another kind",
        "a whole part missing",
        "a part unset",
        "a member too many",
    ],
)
def test_where_two_answers_differ(local: Mapping[str, Any], paths: list[str]) -> None:
    assert [each.path for each in differences(shape_of(DESCRIBED), shape_of(local))] == paths


class Instance:
    """An instance that answers as the API does; `behind` are its documents by operation, or the code of its error."""

    def __init__(self, behind: Mapping[str, Any]) -> None:
        self._behind = behind
        self.asked: list[str] = []

    def __getattr__(self, operation: str) -> Any:
        def call(**parameters: Any) -> Any:
            assert "InstanceId" in parameters
            self.asked.append(operation)
            answer = self._behind.get(operation, "ResourceNotFoundException")
            if isinstance(answer, str):
                raise ClientError({"Error": {"Code": answer, "Message": "no"}}, operation)
            return {**answer, "ResponseMetadata": {"RequestId": "secret"}}

        return call


LISTED = {
    "list_users": {"UserSummaryList": [{"Id": USER, "Username": "hanako"}, {"Id": "2", "Username": "ken"}]},
    "list_routing_profiles": {"RoutingProfileSummaryList": [{"Id": "p", "Name": "All"}]},
    "get_current_user_data": {"UserDataList": [{"User": {"Id": USER}}]},
    "start_task_contact": {"ContactId": USER},
}


def test_without_a_flow_no_contact_is_begun() -> None:
    instance = Instance(LISTED)
    observe(instance, "it", flow_id=None, told=lambda _: {})
    assert "start_task_contact" not in instance.asked


def test_what_was_told_of_the_test_contact_is_seen_and_open_points_are_read_from_it() -> None:
    told = {
        "contact events": [
            {"eventType": "INITIATED"},
            {"eventType": "COMPLETED", "globalResiliencyMetadata": {"a": "b"}},
        ]
    }
    evidence = observe(Instance(LISTED), "it", flow_id="f", told=lambda contact: told if contact == USER else {})
    read = {point.question: point.read(evidence) for point in OPEN_POINTS}
    assert read["Do contact events carry globalResiliencyMetadata?"] == "it is sent"
    assert read["Does a task's INITIATED event name a system endpoint?"] == "it is not sent"
    assert read["Does GetCurrentUserData show people who are signed out?"] == "1 of 2 users are shown"
    assert read["What answers StopContact to an unknown contact?"] == "ResourceNotFoundException"
    assert read["By which key are contact records put into Kinesis?"] is None


def test_another_error_is_a_difference_and_what_one_side_was_not_asked_is_none() -> None:
    one = observe(Instance(LISTED), "it", flow_id=None, told=lambda _: {})
    other = observe(
        Instance({**LISTED, "stop_contact": "InvalidRequestException"}), "it", flow_id="f", told=lambda _: {}
    )
    assert list(compared(one, other)) == ["the end of nobody"]
    assert compared(one, one) == {}


@pytest.mark.skipif(
    SAMPLES is None, reason="the samples are not at hand: TSUNAGU_REFERENCE names the directory that has them"
)
def test_recorded_events_and_records_are_of_one_shape_each() -> None:
    """Two records of one kind differ where one had an agent and the other none, and nowhere in how a value is written."""

    def sample(name: str) -> Any:
        assert SAMPLES is not None
        return json.loads((SAMPLES / name).read_text())

    handled, abandoned = sample("contact-record-voice-handled.json"), sample("contact-record-voice-abandoned.json")
    assert [each.path for each in differences(shape_of(handled), shape_of(abandoned))] == []
    events = [sample(f"contact-event-{name}.json")["detail"] for name in ("initiated", "queued", "completed")]
    assert "moment to the millisecond" in together(map(shape_of, events))["initiationTimestamp"]
    assert [each.path for each in differences(shape_of(events[0]), shape_of(events[1]))] != []
