"""How a letter goes back where it came from."""

import base64
import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from botocore.exceptions import ClientError

from chalicelib.accounts.service.importing import SOURCE as ACCOUNT_IMPORTS
from chalicelib.requests.service import SOURCE as DESK_REQUESTS
from infra.operations.place import Place
from infra.operations.redrive.letters import (
    AGENT_FACTS,
    CONTACT_EVENTS,
    DESCRIPTIONS,
    DYNAMODB,
    FACTS,
    KINESIS,
    Letter,
)

Records = list[dict[str, Any]]


class NotPutBack(Exception):
    """This letter stays where it is; the message says why and what to do."""


class WaysBack:
    """Takes letters back to the doors of one centre."""

    def __init__(self, place: Place) -> None:
        self._place = place
        self._clients: dict[str, Any] = {}
        self._ways: Mapping[str, Callable[[Letter], None]] = {
            CONTACT_EVENTS: lambda letter: self._to_a_queue(letter, "ContactEventsQueueUrl"),
            DESK_REQUESTS: lambda letter: self._to_a_queue(letter, "RequestsQueueUrl"),
            ACCOUNT_IMPORTS: lambda letter: self._to_a_queue(letter, "ImportsQueueUrl"),
            "contact-records": lambda letter: self._to_a_stream(letter, "ContactRecordsStream"),
            "agent-events": lambda letter: self._to_a_stream(letter, "AgentEventsStream"),
            FACTS: self._fold,
            AGENT_FACTS: self._fold_the_agent,
            DESCRIPTIONS: _asked_again_anyway,
            KINESIS: self._again,
            DYNAMODB: self._again,
        }

    def put_back(self, letter: Letter) -> None:
        """Send the letter to its door again; raises NotPutBack."""
        way = self._ways.get(letter.source)
        if way is None:
            raise NotPutBack(
                f"nobody knows the way back to {letter.source!r}; this release may be older than the letter"
            )
        try:
            way(letter)
        except ClientError as problem:
            raise NotPutBack(str(problem)) from problem

    def _to_a_queue(self, letter: Letter, output: str) -> None:
        self._client("sqs").send_message(QueueUrl=self._output(output), MessageBody=letter.body)

    def _to_a_stream(self, letter: Letter, output: str) -> None:
        self._client("kinesis").put_record(
            StreamName=self._output(output), PartitionKey=letter.about or "again", Data=letter.body.encode()
        )

    def _fold(self, letter: Letter) -> None:
        change = {"eventName": "MODIFY", "dynamodb": {"Keys": {"contact_id": {"S": letter.body}}}}
        self._invoke(self._output("ContactFoldingFunction"), [change])

    def _fold_the_agent(self, letter: Letter) -> None:
        # The event that could not be read had just come when the letter was written.
        keys = {"agent_id": {"S": letter.body}, "event": {"S": letter.first_failed_at.strftime("%Y-%m-%dT%H:%M:%S")}}
        change = {"eventName": "MODIFY", "dynamodb": {"Keys": keys}}
        self._invoke(self._output("AgentFoldingFunction"), [change])

    def _again(self, letter: Letter) -> None:
        note = json.loads(letter.body)
        if letter.source == KINESIS:
            records = kinesis_records(note["KinesisBatchInfo"], self._client("kinesis"))
        else:
            records = dynamodb_records(note["DDBStreamBatchInfo"], self._client("dynamodbstreams"))
        self._invoke(note["requestContext"]["functionArn"], records)

    def _invoke(self, function: str, records: Records) -> None:
        payload = json.dumps({"Records": records}).encode()
        answer = self._client("lambda").invoke(FunctionName=function, Payload=payload)
        if "FunctionError" in answer:
            said = json.loads(answer["Payload"].read() or b"{}")
            raise NotPutBack(f"it failed again: {said.get('errorType', '')} {said.get('errorMessage', '')}".strip())

    def _output(self, name: str) -> str:
        try:
            return self._place.outputs[name]
        except KeyError as missing:
            raise NotPutBack(f"the stack has no {name}: deploy this release first") from missing

    def _client(self, service: str) -> Any:
        if service not in self._clients:
            self._clients[service] = self._place.client(service)
        return self._clients[service]


def _asked_again_anyway(letter: Letter) -> None:
    """Leave it: the sweep asks Connect about this contact again by itself."""


def kinesis_records(batch: Mapping[str, Any], kinesis: Any) -> Records:
    """Return the records of a batch as Lambda brings them; raises NotPutBack when the stream no longer has them."""
    stream, shard = batch["streamArn"], batch["shardId"]
    place = {"ShardIteratorType": "AT_SEQUENCE_NUMBER", "StartingSequenceNumber": batch["startSequenceNumber"]}
    iterator = kinesis.get_shard_iterator(StreamName=stream.rpartition("/")[2], ShardId=shard, **place)["ShardIterator"]
    return [
        {
            "eventID": f"{shard}:{record['SequenceNumber']}",
            "eventSource": "aws:kinesis",
            "eventSourceARN": stream,
            "kinesis": {
                "partitionKey": record["PartitionKey"],
                "sequenceNumber": record["SequenceNumber"],
                "data": base64.b64encode(record["Data"]).decode(),
            },
        }
        for record in _until(batch, iterator, kinesis.get_records, lambda record: record["SequenceNumber"])
    ]


def dynamodb_records(batch: Mapping[str, Any], streams: Any) -> Records:
    """Return the changes of a batch as Lambda brings them; raises NotPutBack when the stream no longer has them."""
    stream, shard = batch["streamArn"], batch["shardId"]
    place = {"ShardIteratorType": "AT_SEQUENCE_NUMBER", "SequenceNumber": batch["startSequenceNumber"]}
    iterator = streams.get_shard_iterator(StreamArn=stream, ShardId=shard, **place)["ShardIterator"]
    return [
        {
            "eventID": record["eventID"],
            "eventName": record["eventName"],
            "eventSource": "aws:dynamodb",
            "eventSourceARN": stream,
            "dynamodb": _as_lambda_brings_it(record["dynamodb"]),
        }
        for record in _until(batch, iterator, streams.get_records, lambda record: record["dynamodb"]["SequenceNumber"])
    ]


def _until(
    batch: Mapping[str, Any], iterator: str | None, read: Callable[..., Any], number: Callable[[Any], str]
) -> Iterator[Any]:
    last, found = int(batch["endSequenceNumber"]), 0
    while iterator is not None and found < int(batch["batchSize"]):
        answer = read(ShardIterator=iterator)
        for record in answer["Records"]:
            if int(number(record)) > last:
                return
            found += 1
            yield record
        if not answer["Records"] and not answer.get("MillisBehindLatest"):
            break
        iterator = answer.get("NextShardIterator")
    if not found:
        raise NotPutBack("its records are no longer in the stream; contacts can be folded again by their ids")


def _as_lambda_brings_it(change: Mapping[str, Any]) -> dict[str, Any]:
    brought = {name: part for name, part in change.items() if name != "ApproximateCreationDateTime"}
    for image in ("Keys", "NewImage", "OldImage"):
        if image in brought:
            brought[image] = {name: _in_json(value) for name, value in brought[image].items()}
    return brought


def _in_json(value: Mapping[str, Any]) -> dict[str, Any]:
    return {kind: base64.b64encode(held).decode() if kind == "B" else held for kind, held in value.items()}
