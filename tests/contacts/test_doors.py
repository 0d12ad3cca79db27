"""Contact events and records at the doors: what is kept, what is parked, what goes back to its carrier."""

import json
import random
import string
from collections.abc import Iterator
from random import Random

import boto3
import pytest

from chalicelib.contacts.entry import contact_records
from chalicelib.contacts.packing import pack, unpack
from chalicelib.items import typed
from chalicelib.problems import TryAgain, Unreadable
from tests import lives
from tests.centre import Centre
from tests.support.cloud import Call, Fault, Trouble
from tests.support.cloud.template import REGION
from tests.support.lambda_context import LambdaContext


@pytest.fixture
def centre() -> Iterator[Centre]:
    with Centre() as running:
        yield running


def test_an_event_of_300_kilobytes_is_kept(centre: Centre) -> None:
    (leg,) = lives.story("answered", Random(1))
    event = lives.event(leg, "INITIATED", leg.began)
    event["detail"]["note"] = "x" * 300_000
    delivered = centre.deliver([json.dumps(event)])
    centre.fold()
    assert len(delivered.applied) == 1
    assert leg.contact_id in centre.contacts()


def test_an_unreadable_event_of_300_kilobytes_is_parked_packed(centre: Centre) -> None:
    centre.deliver(["no JSON " * 37_500])
    (letter,) = centre.parked()
    assert letter["encoding"] == "zlib+base85"
    assert (letter["source"], letter["field"]) == ("contact-events", "body")


def test_what_not_even_the_parked_queue_can_hold_is_dead_lettered_whole_and_alone(centre: Centre) -> None:
    noise = "".join(random.Random(0).choices(string.printable, k=900_000))
    legs = lives.story("answered", Random(1))
    delivered = centre.deliver([*lives.bodies(legs), noise], batch=100)
    assert delivered.dead == [noise]
    assert len(delivered.applied) == len(lives.bodies(legs))


def test_one_bad_letter_never_holds_up_the_post(centre: Centre) -> None:
    legs = lives.story("answered", Random(1))
    first, *rest = lives.bodies(legs)
    centre.deliver([first, "not JSON", *rest], batch=100)
    centre.fold()
    assert centre.contacts()[legs[0].contact_id].outcome == "answered"
    assert [letter["reason"] for letter in centre.parked()] == ["must be a JSON document"]


def test_facts_that_the_table_refused_for_now_come_again_and_no_others(centre: Centre) -> None:
    refused: list[int] = []

    def once(call: Call) -> Fault | None:
        if call.operation == "BatchWriteItem" and not refused:
            refused.append(call.number)
            return Fault(Trouble.UNPROCESSED, applied=2)
        return None

    centre.cloud.faults = once
    (leg,) = lives.story("answered", Random(1))
    delivered = centre.deliver(lives.bodies([leg]), batch=100)
    centre.fold()
    written = sum(count.items_written for count in [centre.cloud.tally.of("BatchWriteItem", "FactsTable")])
    assert len(delivered.applied) == written == 5
    assert centre.contacts()[leg.contact_id].facts == 5


def test_a_batch_of_records_comes_again_as_a_whole_while_the_table_is_busy(centre: Centre) -> None:
    centre.cloud.faults = lambda call: Fault(Trouble.THROTTLED)
    event = {"Records": [{"kinesis": {"sequenceNumber": "1", "data": "e30="}}]}
    with pytest.raises(TryAgain):
        contact_records(event, LambdaContext())


def test_a_record_that_cannot_be_read_does_not_block_its_shard(centre: Centre) -> None:
    (leg,) = lives.story("answered", Random(1))
    centre.record(["not JSON", lives.record(leg)])
    centre.fold()
    assert centre.contacts()[leg.contact_id].outcome == "answered"
    assert [letter["source"] for letter in centre.parked()] == ["contact-records"]


def test_open_contacts_are_in_the_index_of_open_ones_and_ended_ones_are_not(centre: Centre) -> None:
    waiting, ended = lives.story("abandoned", Random(1))[0], lives.story("abandoned", Random(2))[0]
    centre.deliver([json.dumps(event) for event in lives.events(waiting)[:2]])
    centre.deliver(lives.bodies([ended]))
    centre.fold()
    items = centre.items("ContactsTable")
    assert [item["contact_id"]["S"] for item in items if "open_stage" in item] == [waiting.contact_id]


@pytest.mark.parametrize("text", ["", "{}", "繋ぐ" * 1000, '{"contactId":"x"}'])
def test_packed_text_unpacks_to_itself(text: str) -> None:
    assert unpack(pack(text)) == text


def test_a_fact_of_a_newer_release_is_named_as_such() -> None:
    with pytest.raises(Unreadable, match="newer release"):
        unpack(b"\x02anything")


def test_after_a_rollback_contacts_with_newer_facts_are_parked_and_hold_nobody_up(centre: Centre) -> None:
    """A newer release may pack facts in a format that this one does not know; it knows the key of every fact."""
    (later,), (other,) = lives.story("answered", Random(1)), lives.story("abandoned", Random(2))
    centre.deliver(lives.bodies([later])[:2])
    centre.fold()
    before = centre.contacts()[later.contact_id]
    newer: dict[str, str | int | bytes] = {
        "contact_id": later.contact_id,
        "fact": "event#COMPLETED#0123456789ab",
        "detail": b"\x02of tomorrow",
    }
    boto3.Session(region_name=REGION).client("dynamodb").put_item(TableName="FactsTable", Item=typed(newer))
    centre.deliver(lives.bodies([other]))
    centre.fold()
    (letter,) = centre.parked()
    assert (letter["source"], letter["field"], letter["body"]) == ("facts", "detail", later.contact_id)
    assert "newer release" in letter["reason"]
    assert centre.contacts()[later.contact_id] == before
    assert centre.contacts()[other.contact_id].outcome == "abandoned"
