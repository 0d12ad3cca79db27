"""Letters go back where they came from: chosen ones only, each deleted once it is back and not before."""

import base64
import io
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws
from rich.progress import Progress

from chalicelib.parking.model import Parked
from infra.operations.place import Place
from infra.operations.redrive.__main__ import Queue, redrive
from infra.operations.redrive.letters import Group
from infra.operations.redrive.ways_back import NotPutBack, WaysBack, dynamodb_records, kinesis_records

REGION = "ap-northeast-1"


class Lambda:
    """Stands for AWS Lambda, which moto does not run: remembers what it was asked, and fails as it is told."""

    def __init__(self, error: str | None = None) -> None:
        self.asked: list[tuple[str, Any]] = []
        self.error = error

    def invoke(self, **asked: Any) -> dict[str, Any]:
        self.asked.append((asked["FunctionName"], json.loads(asked["Payload"])))
        if self.error:
            said = json.dumps({"errorType": "TryAgain", "errorMessage": self.error}).encode()
            return {"FunctionError": "Unhandled", "Payload": io.BytesIO(said)}
        return {"Payload": io.BytesIO(b"null")}


class Centre:
    """A place with its queues and streams, and nobody who empties them."""

    def __init__(self) -> None:
        self.session = boto3.session.Session("test", "test", region_name=REGION)
        self.sqs, self.kinesis = self.session.client("sqs"), self.session.client("kinesis")
        names = (
            "ContactEventsQueueUrl",
            "RequestsQueueUrl",
            "ImportsQueueUrl",
            "ParkedQueueUrl",
            "DeadLetterQueueUrl",
            "StreamFailuresQueueUrl",
        )
        outputs = {name: self.sqs.create_queue(QueueName=name)["QueueUrl"] for name in names}
        self.kinesis.create_stream(StreamName="records", ShardCount=1)
        outputs |= {"ContactRecordsStream": "records", "ContactFoldingFunction": "folding"}
        outputs |= {"AgentFoldingFunction": "agent folding"}
        self.place = Place("test", self.session, outputs, "local.connect")
        self.functions = Lambda()
        self.ways = WaysBack(self.place)
        self.ways._clients["lambda"] = self.functions

    def park(self, source: str, reason: str, body: str) -> None:
        text = Parked(source=source, field="f", reason=reason, body=body).text()
        self.sqs.send_message(QueueUrl=self.place.outputs["ParkedQueueUrl"], MessageBody=text)

    def in_queue(self, output: str) -> list[str]:
        url, found = self.place.outputs[output], []
        while messages := self.sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", []):
            found += [message["Body"] for message in messages]
        return found

    def in_stream(self) -> list[bytes]:
        [shard] = self.kinesis.list_shards(StreamName="records")["Shards"]
        iterator = self.kinesis.get_shard_iterator(
            StreamName="records", ShardId=shard["ShardId"], ShardIteratorType="TRIM_HORIZON"
        )["ShardIterator"]
        return [record["Data"] for record in self.kinesis.get_records(ShardIterator=iterator)["Records"]]

    def redrive(self, *reasons: str) -> Any:
        """Put back the parked letters of these reasons."""

        def choose(groups: list[Group]) -> list[Group]:
            return [group for group in groups if group.reason in reasons]

        return redrive(Queue(self.place, "parked"), self.ways, choose, Progress(disable=True))


@pytest.fixture
def centre() -> Iterator[Centre]:
    with mock_aws():
        yield Centre()


def test_each_letter_goes_back_to_the_door_it_came_from(centre: Centre) -> None:
    centre.park("contact-events", "old release", '{"detail": {}}')
    centre.park("contact-records", "old release", '{"ContactId": "c-2"}')
    centre.park("facts", "old release", "c-3")
    centre.park("agent-facts", "old release", "a-7")
    centre.park("desk-requests", "old release", '{"request": "help"}')
    centre.park("account-imports", "old release", '{"key": "members/a.jsonl", "sequencer": "1", "slice": 3}')
    outcome = centre.redrive("old release")
    assert (outcome.put_back, outcome.kept.total()) == (6, 0)
    assert centre.in_queue("RequestsQueueUrl") == ['{"request": "help"}']
    assert centre.in_queue("ImportsQueueUrl") == ['{"key": "members/a.jsonl", "sequencer": "1", "slice": 3}']
    assert centre.in_queue("ContactEventsQueueUrl") == ['{"detail": {}}']
    assert centre.in_stream() == [b'{"ContactId": "c-2"}']
    asked = {function: event["Records"][0]["dynamodb"]["Keys"] for function, event in centre.functions.asked}
    assert asked["folding"]["contact_id"]["S"] == "c-3"
    assert asked["agent folding"]["agent_id"]["S"] == "a-7"
    assert centre.in_queue("ParkedQueueUrl") == []


def test_what_nobody_chose_stays_and_others_can_see_it_at_once(centre: Centre) -> None:
    centre.park("contact-events", "mended", "1")
    centre.park("contact-events", "not mended", "2")
    assert centre.redrive("mended").put_back == 1
    assert centre.in_queue("ContactEventsQueueUrl") == ["1"]
    assert [json.loads(each)["body"] for each in centre.in_queue("ParkedQueueUrl")] == ["2"]


def test_more_letters_than_one_answer_of_the_queue_holds(centre: Centre) -> None:
    for number in range(35):
        centre.park("contact-events", "mended", str(number))
    assert centre.redrive("mended").put_back == 35
    assert sorted(centre.in_queue("ContactEventsQueueUrl"), key=int) == [str(number) for number in range(35)]


def test_a_letter_that_fails_again_stays_with_its_reason(centre: Centre) -> None:
    centre.functions.error = "DynamoDB was busy"
    centre.park("facts", "mended", "c-3")
    outcome = centre.redrive("mended")
    assert (outcome.put_back, dict(outcome.kept)) == (0, {"it failed again: TryAgain DynamoDB was busy": 1})
    assert len(centre.in_queue("ParkedQueueUrl")) == 1


def test_a_letter_of_unknown_origin_stays(centre: Centre) -> None:
    centre.park("telegrams", "mended", "STOP")
    [reason] = centre.redrive("mended").kept
    assert "'telegrams'" in reason
    assert len(centre.in_queue("ParkedQueueUrl")) == 1


def test_somebody_who_leaves_without_choosing_hides_nothing(centre: Centre) -> None:
    centre.park("contact-events", "mended", "1")

    def leave(groups: list[Group]) -> list[Group]:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        redrive(Queue(centre.place, "parked"), centre.ways, leave, Progress(disable=True))
    assert len(centre.in_queue("ParkedQueueUrl")) == 1


def test_a_batch_of_kinesis_is_read_again_as_lambda_brought_it(centre: Centre) -> None:
    sent = [
        centre.kinesis.put_record(StreamName="records", Data=f"record {number}".encode(), PartitionKey="c")
        for number in range(5)
    ]
    stream = centre.kinesis.describe_stream(StreamName="records")["StreamDescription"]["StreamARN"]
    batch = {
        "streamArn": stream,
        "shardId": sent[0]["ShardId"],
        "startSequenceNumber": sent[1]["SequenceNumber"],
        "endSequenceNumber": sent[3]["SequenceNumber"],
        "batchSize": 3,
    }
    records = kinesis_records(batch, centre.kinesis)
    assert [base64.b64decode(each["kinesis"]["data"]) for each in records] == [b"record 1", b"record 2", b"record 3"]
    assert records[0]["eventID"] == f"{sent[0]['ShardId']}:{sent[1]['SequenceNumber']}"


class Shard:
    """A shard of a table's stream that answers as DynamoDB Streams does, some records at a time."""

    def __init__(self, numbers: range) -> None:
        self._numbers = numbers

    def get_shard_iterator(self, **asked: str) -> dict[str, str]:
        assert asked["ShardIteratorType"] == "AT_SEQUENCE_NUMBER"
        return {"ShardIterator": asked["SequenceNumber"]}

    def get_records(self, **asked: str) -> dict[str, Any]:
        at = int(asked["ShardIterator"])
        records = [self._record(number) for number in range(at, at + 2) if number in self._numbers]
        return {"Records": records, "NextShardIterator": str(at + 2)}

    def _record(self, number: int) -> dict[str, Any]:
        image = {"contact_id": {"S": f"c-{number}"}, "packed": {"B": b"\x01"}}
        change = {"Keys": {"contact_id": image["contact_id"]}, "NewImage": image, "SequenceNumber": str(number)}
        moment = {"ApproximateCreationDateTime": datetime(2026, 6, 15, tzinfo=UTC)}
        return {"eventID": str(number), "eventName": "INSERT", "dynamodb": {**change, **moment}}


BATCH = {"streamArn": "s", "shardId": "1", "startSequenceNumber": "101", "endSequenceNumber": "104", "batchSize": 4}


def test_a_batch_of_a_table_is_read_again_as_lambda_brought_it() -> None:
    records = json.loads(json.dumps(dynamodb_records(BATCH, Shard(range(100, 120)))))
    assert [each["dynamodb"]["Keys"]["contact_id"]["S"] for each in records] == ["c-101", "c-102", "c-103", "c-104"]
    assert records[0]["dynamodb"]["NewImage"]["packed"]["B"] == "AQ=="
    assert records[0]["eventName"] == "INSERT"


def test_a_batch_that_the_stream_no_longer_has_is_said_to_be_gone() -> None:
    with pytest.raises(NotPutBack, match="no longer in the stream"):
        dynamodb_records(BATCH, Shard(range(0)))


def test_a_queue_that_refuses_loses_nothing(centre: Centre) -> None:
    centre.park("contact-events", "mended", "1")
    centre.sqs.delete_queue(QueueUrl=centre.place.outputs["ContactEventsQueueUrl"])
    outcome = centre.redrive("mended")
    assert outcome.kept.total() == 1
    assert len(centre.in_queue("ParkedQueueUrl")) == 1


def test_the_stack_of_an_older_release_has_no_such_door(centre: Centre) -> None:
    centre.park("agent-events", "mended", "{}")
    assert list(centre.redrive("mended").kept) == ["the stack has no AgentEventsStream: deploy this release first"]


def test_a_centre_without_queues_is_an_error_of_aws(centre: Centre) -> None:
    centre.sqs.delete_queue(QueueUrl=centre.place.outputs["ParkedQueueUrl"])
    with pytest.raises(ClientError):
        centre.redrive("mended")
