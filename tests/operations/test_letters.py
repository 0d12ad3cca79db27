"""What lies in the queues of things that failed is read: where it came from, why, since when, and whom it concerns."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.parking.model import Parked
from infra.operations.redrive.letters import Letter, chosen, dead, given_up, grouped, parked

NOON = datetime(2026, 6, 15, 12, 0, tzinfo=UTC)


def message(body: str, **told: str) -> dict[str, Any]:
    return {
        "ReceiptHandle": "receipt",
        "Body": body,
        "Attributes": {"SentTimestamp": str(int(NOON.timestamp() * 1000)), "ApproximateReceiveCount": "2"},
        "MessageAttributes": {name: {"DataType": "String", "StringValue": value} for name, value in told.items()},
    }


def test_a_parked_event_names_its_contact_and_its_field() -> None:
    body = json.dumps({"detail": {"contactId": "c-1", "eventType": "QUEUED"}})
    text = Parked(source="contact-events", field="detail.channel", reason="must be text", body=body).text()
    letter = parked(message(text))
    assert letter == Letter(
        receipt="receipt",
        source="contact-events",
        field="detail.channel",
        reason="must be text",
        first_failed_at=NOON,
        about="c-1",
        body=body,
    )


@pytest.mark.parametrize(
    ("source", "body", "about"),
    [
        ("contact-records", '{"ContactId": "c-2"}', "c-2"),
        ("agent-events", '{"AgentARN": "arn:aws:connect:eu:1:instance/i/agent/a-7"}', "a-7"),
        ("facts", "c-3", "c-3"),
        ("contact-events", "no JSON", ""),
        ("contact-events", "[]", ""),
        ("contact-events", '{"detail": 5}', ""),
    ],
)
def test_a_letter_is_about_somebody_where_it_can_be_read(source: str, body: str, about: str) -> None:
    assert parked(message(Parked(source=source, field="", reason="", body=body).text())).about == about


@pytest.mark.parametrize("body", ["", "{}", "[1]", '{"source": 1}', '{"source":"s","field":"","reason":"","body":5}'])
def test_what_we_did_not_park_is_still_shown(body: str) -> None:
    letter = parked(message(body))
    assert letter.body in (body, 5)
    assert letter.receipt == "receipt"


@given(st.text(max_size=400_000 // 200).map(lambda text: text * 200))
def test_a_parked_letter_of_any_size_is_read_as_it_was_written(body: str) -> None:
    letter = Parked(source="contact-events", field="f", reason="r", body=body)
    assert Parked.of_text(letter.text()) == letter


def test_a_dead_letter_says_where_to_look_or_what_eventbridge_said() -> None:
    crashed = dead(message('{"detail": {"contactId": "c-1"}}'))
    assert (crashed.source, crashed.about) == ("contact-events", "c-1")
    assert "log" in crashed.reason
    refused = dead(message("{}", ERROR_CODE="NO_PERMISSIONS", ERROR_MESSAGE="not authorized", RULE_ARN="r"))
    assert refused.reason == "EventBridge could not deliver it: NO_PERMISSIONS not authorized"


def test_a_dead_request_from_the_desk_is_told_from_a_dead_event() -> None:
    told = {"request_id": "r", "ContactId": "c-1", "request": "help", "username": "hana", "at": "2026-06-15T12:00:00Z"}
    letter = dead(message(json.dumps(told)))
    assert (letter.source, letter.about) == ("desk-requests", "c-1")


def test_a_dead_slice_of_a_member_file_is_told_from_both() -> None:
    assert dead(message('{"key": "members/a.jsonl", "sequencer": "1", "slice": 3}')).source == "account-imports"


def test_a_given_up_batch_names_its_function_and_its_shard() -> None:
    note = {
        "requestContext": {
            "functionArn": "arn:aws:lambda:eu-central-1:123456789012:function:ContactFolding:live",
            "condition": "RetryAttemptsExhausted",
        },
        "timestamp": "2026-06-15T12:00:00.500Z",
        "DDBStreamBatchInfo": {"shardId": "shardId-1", "batchSize": 3, "startSequenceNumber": "1"},
    }
    letter = given_up(message(json.dumps(note)))
    assert (letter.source, letter.reason) == ("dynamodb-batch", "ContactFolding: RetryAttemptsExhausted")
    assert letter.about == "3 records of shardId-1"
    assert letter.first_failed_at == NOON.replace(microsecond=500_000)
    assert given_up(message('{"requestContext": null}')).source == "unknown"


def test_letters_are_grouped_by_reason_oldest_first() -> None:
    def letter(reason: str, minute: int) -> Letter:
        return parked(message(Parked(source="s", field="f", reason=reason, body="{}").text()))._replace(
            first_failed_at=NOON.replace(minute=minute)
        )

    groups = grouped([letter("late", 5), letter("early", 9), letter("early", 1), letter("late", 7)])
    assert [(group.reason, len(group.letters)) for group in groups] == [("early", 2), ("late", 2)]
    assert groups[0].first_failed_at == NOON.replace(minute=1)
    assert chosen("all", groups) == groups
    assert chosen("2, 1,2", groups) == [groups[1], groups[0]]


@pytest.mark.parametrize("words", ["0", "3", "x", "1,x", "-1", ",", "²"])
def test_a_choice_that_names_no_group_says_how_to_choose(words: str) -> None:
    groups = grouped([parked(message("{}")), dead(message("{}"))])
    with pytest.raises(ValueError, match=r"from 1 to 2, such as 1,3, or all"):
        chosen(words, groups)
