"""Delivery of what Connect tells: contact events to EventBridge, contact records and agent events to Kinesis.

EventBridge gets contact events by best effort: `BestEffort` makes them as bad as that allows. Records and agent events come at least once.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from random import Random
from typing import TYPE_CHECKING, Any, NamedTuple

import boto3

from infra.local.connect.outbox import Kind, Outbox, Promise
from infra.local.settings import EVENT_SOURCE

if TYPE_CHECKING:
    from mypy_boto3_events import EventBridgeClient
    from mypy_boto3_events.type_defs import PutEventsRequestEntryTypeDef
    from mypy_boto3_kinesis import KinesisClient
    from mypy_boto3_kinesis.type_defs import PutRecordsRequestEntryTypeDef

DETAIL_TYPE = "Amazon Connect Contact Event"
MOST = {Kind.EVENT: 10, Kind.RECORD: 500, Kind.AGENT: 500}
"""Entries in one call, as AWS allows."""
MOST_BYTES = {Kind.EVENT: 256 * 1024, Kind.RECORD: 5 * 1024 * 1024, Kind.AGENT: 5 * 1024 * 1024}
"""Bytes in one call, as AWS allows."""
OVERHEAD = 1024
"""Bytes that an entry takes beside its document: key, source, resources."""
FARTHEST = 60.0
"""Seconds by which a shuffled event may be late."""


def resources(detail: dict[str, Any]) -> list[str]:
    """Return the envelope's resources for an event's detail."""
    return [detail["instanceArn"], f"{detail['instanceArn']}/contact/{detail['contactId']}"]


class BestEffort(NamedTuple):
    """How badly it is delivered: the shares of events that are lost and of documents that come twice, and whether events are shuffled."""

    lose: float = 0.0
    duplicate: float = 0.0
    shuffle: bool = False

    def moments(self, kind: Kind, now: datetime, dice: Random) -> list[datetime]:
        """Return when a document that is told now goes out: never, once or twice. Only contact events may be lost or late."""
        # Three throws each time, so that a change of one setting leaves what the others do as it was.
        lost, doubled, late = dice.random() < self.lose, dice.random() < self.duplicate, dice.random() * FARTHEST
        if kind is not Kind.EVENT:
            return [now] * (1 + doubled)
        if lost:
            return []
        first = now + timedelta(seconds=late if self.shuffle else 0.0)
        return [first, first + timedelta(seconds=late)] if doubled else [first]


class Post:
    """The way into one stack: a call for each batch, which says what was not taken."""

    def __init__(
        self, *, events: "EventBridgeClient", kinesis: "KinesisClient", records_stream: str, agents_stream: str
    ) -> None:
        self._events = events
        self._kinesis = kinesis
        self._streams = {Kind.RECORD: records_stream, Kind.AGENT: agents_stream}

    @classmethod
    def of(cls, outputs: Mapping[str, str]) -> "Post":
        """Return the way into the stack with these outputs, by this process's own AWS settings."""
        return cls(
            events=boto3.client("events"),
            kinesis=boto3.client("kinesis"),
            records_stream=outputs["ContactRecordsStream"],
            agents_stream=outputs["AgentEventsStream"],
        )

    def put(self, promises: Sequence[Promise]) -> list[Promise]:
        """Send promises of one kind, no more than one call takes, and return those that AWS took.

        Raises:
            ClientError: AWS refused them all, after botocore's own retries.
            BotoCoreError: AWS could not be reached.
        """
        kind = promises[0].kind
        if kind is Kind.EVENT:
            answered: Sequence[Any] = self._events.put_events(Entries=[_event(each) for each in promises])["Entries"]
        else:
            records = [_record(each) for each in promises]
            answered = self._kinesis.put_records(StreamName=self._streams[kind], Records=records)["Records"]
        return [each for each, answer in zip(promises, answered, strict=True) if "ErrorCode" not in answer]


def deliver(outbox: Outbox, post: Post, kind: Kind, now: datetime) -> int:
    """Deliver what is due, once through, and return how many documents AWS took; what it did not take stays for the next time.

    Raises what `Post.put` raises; what was taken before that is crossed off.
    """
    taken = 0
    for batch in batches(outbox.due(kind, now, most=10 * MOST[kind]), kind):
        delivered = post.put(batch)
        outbox.delivered(delivered)
        taken += len(delivered)
    return taken


def batches(promises: Sequence[Promise], kind: Kind) -> Iterator[list[Promise]]:
    """Yield promises of one kind in order, as many at a time as one call takes."""
    batch: list[Promise] = []
    size = 0
    for each in promises:
        bytes_of_it = len(each.document.encode()) + OVERHEAD
        if batch and (len(batch) == MOST[kind] or size + bytes_of_it > MOST_BYTES[kind]):
            yield batch
            batch, size = [], 0
        batch.append(each)
        size += bytes_of_it
    if batch:
        yield batch


def _event(promise: Promise) -> "PutEventsRequestEntryTypeDef":
    return {
        "Source": EVENT_SOURCE,
        "DetailType": DETAIL_TYPE,
        "Detail": promise.document,
        "Resources": resources(json.loads(promise.document)),
        "Time": datetime.fromtimestamp(promise.told, UTC),
    }


def _record(promise: Promise) -> "PutRecordsRequestEntryTypeDef":
    return {"Data": promise.document.encode(), "PartitionKey": promise.key}
