"""What is read from documents of every shape, and what is said about those that cannot be read."""

import json
from copy import deepcopy
from random import Random
from typing import Any

import pytest

from chalicelib.contacts.model import Contact, read_event, read_record
from chalicelib.problems import Unreadable
from tests import lives

UNREADABLE_EVENTS = [
    # what is wrong,                        at,                                      because
    ({"contactId": None}, "detail.contactId", "nobody can say whose event it is"),
    ({"contactId": ""}, "detail.contactId", "an empty id is nobody"),
    ({"contactId": 7}, "detail.contactId", "ids are text"),
    ({"contactId": "c" * 257}, "detail.contactId", "Connect's ids have at most 256 characters"),
    ({"contactId": "\ud800"}, "detail.contactId", "half a character cannot be stored"),
    ({"eventType": None}, "detail.eventType", "an event without a type says nothing"),
    ({"eventType": "Q" * 129}, "detail.eventType", "a type is a word"),
    ({"initiationTimestamp": "yesterday"}, "detail.initiationTimestamp", "not a time"),
    ({"initiationTimestamp": "2026-06-15T01:00:00"}, "detail.initiationTimestamp", "which zone?"),
    ({"initiationTimestamp": 1781485200}, "detail.initiationTimestamp", "times are text here"),
    ({"initiationTimestamp": "0001-01-01T00:00:00+14:00"}, "detail.initiationTimestamp", "before the calendar"),
    ({"queueInfo": []}, "detail.queueInfo", "a queue is an object"),
    ({"queueInfo": {"enqueueTimestamp": "x"}}, "detail.queueInfo.enqueueTimestamp", "the path leads to the field"),
    ({"queueInfo": {"queueArn": 5}}, "detail.queueInfo.queueArn", "ARNs are text"),
    ({"agentInfo": {"afterContactWorkDuration": "48"}}, "detail.agentInfo.afterContactWorkDuration", "a number"),
    ({"agentInfo": {"afterContactWorkDuration": -1}}, "detail.agentInfo.afterContactWorkDuration", "no time is < 0"),
    ({"agentInfo": {"hierarchyGroups": {"level1": 1}}}, "detail.agentInfo.hierarchyGroups.level1", "deep paths too"),
    ({"channel": "V" * 1025}, "detail.channel", "a channel is a word"),
    ({"previousContactId": 12}, "detail.previousContactId", "ids are text"),
]

UNREADABLE_RECORDS = [
    ({"ContactId": None}, "ContactId"),
    ({"LastUpdateTimestamp": None}, "LastUpdateTimestamp"),
    ({"LastUpdateTimestamp": "soon"}, "LastUpdateTimestamp"),
    ({"Queue": {"EnqueueTimestamp": 5}}, "Queue.EnqueueTimestamp"),
    ({"Agent": {"AgentInteractionDuration": True}}, "Agent.AgentInteractionDuration"),
    ({"Agent": "sato"}, "Agent"),
]

(LEG,) = lives.story("answered", Random(1))
ENVELOPE = lives.event(LEG, "COMPLETED", LEG.at(LEG.ended))


def with_detail(**changes: Any) -> str:
    envelope = deepcopy(ENVELOPE)
    envelope["detail"] |= changes
    return json.dumps(envelope)


@pytest.mark.parametrize(("wrong", "field", "because"), UNREADABLE_EVENTS, ids=lambda value: str(value)[:40])
def test_an_unreadable_event_is_refused_by_the_name_of_its_field(
    wrong: dict[str, Any], field: str, because: str
) -> None:
    with pytest.raises(Unreadable) as refused:
        read_event(with_detail(**wrong))
    assert refused.value.field == field, because


@pytest.mark.parametrize(("wrong", "field"), UNREADABLE_RECORDS, ids=lambda value: str(value)[:40])
def test_an_unreadable_record_is_refused_by_the_name_of_its_field(wrong: dict[str, Any], field: str) -> None:
    with pytest.raises(Unreadable) as refused:
        read_record(json.dumps(lives.record(LEG) | wrong))
    assert refused.value.field == field


@pytest.mark.parametrize("body", ["", "no", "[]", "null", '"text"', "7", "{}", '{"detail": []}'])
def test_what_is_no_envelope_is_refused(body: str) -> None:
    with pytest.raises(Unreadable):
        read_event(body)


def test_two_copies_make_one_fact_whatever_their_envelopes_say() -> None:
    copy = ENVELOPE | {"id": "another", "time": "2026-06-16T00:00:00Z", "resources": []}
    assert read_event(json.dumps(ENVELOPE)) == read_event(json.dumps(copy))


def test_two_pauses_of_one_task_are_two_facts() -> None:
    first, second = (
        read_event(json.dumps(ENVELOPE | {"time": time, "detail": ENVELOPE["detail"] | {"eventType": "PAUSED"}}))
        for time in ("2026-06-15T01:00:00Z", "2026-06-15T02:00:00Z")
    )
    assert first[0].key != second[0].key


def test_unknown_types_and_fields_are_kept() -> None:
    (fact,) = read_event(
        with_detail(eventType="SANG_A_SONG", songTitle="繋ぐ", nested={"anything": [1, None, {"x": 2}]})
    )
    kept = json.loads(fact.detail)
    assert fact.key.startswith("event#SANG_A_SONG#")
    assert (kept["songTitle"], kept["nested"]) == ("繋ぐ", {"anything": [1, None, {"x": 2}]})


def test_a_time_of_1970_says_nothing() -> None:
    info = ENVELOPE["detail"]["agentInfo"] | {"connectedToAgentTimestamp": "1970-01-01T00:00:00.001Z"}
    contact = Contact.of(LEG.contact_id, read_event(with_detail(agentInfo=info)))
    assert not contact.answered


def test_capitalised_names_mean_the_same() -> None:
    detail = deepcopy(ENVELOPE["detail"])
    info = detail.pop("agentInfo")
    detail["AgentInfo"] = {name[0].upper() + name[1:]: value for name, value in info.items()}
    detail["ContactId"] = detail.pop("contactId")
    detail["channel"] = "Voice"
    contact = Contact.of(LEG.contact_id, read_event(json.dumps(ENVELOPE | {"detail": detail})))
    assert contact.said.agent_id == LEG.agent
    assert contact.said.channel == "VOICE"


def test_routing_criteria_may_be_an_object_or_a_list() -> None:
    for criteria in ({"index": 0, "steps": []}, [{"index": 0, "steps": []}]):
        (fact,) = read_event(with_detail(routingCriteria=criteria))
        assert json.loads(fact.detail)["routingCriteria"] == criteria


def test_a_large_event_is_kept_and_one_that_no_table_holds_is_refused() -> None:
    (fact,) = read_event(with_detail(note="x" * 300_000))
    assert len(json.loads(fact.detail)["note"]) == 300_000
    with pytest.raises(Unreadable, match="390000"):
        read_event(with_detail(note="x" * 400_000))


def test_a_record_says_nothing_by_its_nulls() -> None:
    facts = [*read_event(json.dumps(ENVELOPE)), *read_record(json.dumps(lives.record(LEG, InitiationMethod=None)))]
    assert Contact.of(LEG.contact_id, facts).said.initiation_method == LEG.method
