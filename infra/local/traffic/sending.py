"""Deliver contacts to the stack, as Connect does: events to EventBridge, records to the stream."""

import heapq
import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import count
from typing import TYPE_CHECKING

from infra.local.settings import EVENT_SOURCE
from infra.local.traffic.customers import Contact
from infra.local.traffic.documents import DETAIL_TYPE, Event, Record, events_of, record_of, resources

if TYPE_CHECKING:
    from mypy_boto3_events import EventBridgeClient
    from mypy_boto3_events.type_defs import PutEventsRequestEntryTypeDef
    from mypy_boto3_kinesis import KinesisClient
    from mypy_boto3_kinesis.type_defs import PutRecordsRequestEntryTypeDef

LARGEST_PUT = {"events": 10, "records": 500}  # entries in one call, as AWS allows


def in_order(customers: Iterable[Sequence[Contact]]) -> Iterator[Event | Record]:
    """Yield all that happens to all customers by its moment; customers come in the order of their arrival."""
    waiting: list[tuple[datetime, int, Event | Record]] = []
    number = count()
    for contacts in customers:
        arrival = contacts[0].initiated_at
        while waiting and waiting[0][0] <= arrival:
            yield heapq.heappop(waiting)[2]
        for contact in contacts:
            documents: list[Event | Record] = [*events_of(contact), record_of(contact)]
            for document in documents:
                heapq.heappush(waiting, (document.at, next(number), document))
    while waiting:
        yield heapq.heappop(waiting)[2]


class Sender:
    """The way into one stack. What AWS refuses for now is sent again; contacts must not be lost on the way in."""

    def __init__(self, *, events: "EventBridgeClient", kinesis: "KinesisClient", stream: str) -> None:
        self._events = events
        self._kinesis = kinesis
        self._stream = stream

    def send(self, documents: Sequence[Event | Record]) -> None:
        """Deliver the documents, events first."""
        events = [_entry(document) for document in documents if isinstance(document, Event)]
        records = [_stream_entry(document) for document in documents if isinstance(document, Record)]
        for start in range(0, len(events), LARGEST_PUT["events"]):
            self._put_events(events[start : start + LARGEST_PUT["events"]])
        for start in range(0, len(records), LARGEST_PUT["records"]):
            self._put_records(records[start : start + LARGEST_PUT["records"]])

    def _put_events(self, entries: "list[PutEventsRequestEntryTypeDef]") -> None:
        while entries:
            answer = self._events.put_events(Entries=entries)
            entries = [entry for entry, said in zip(entries, answer["Entries"], strict=True) if "ErrorCode" in said]

    def _put_records(self, entries: "list[PutRecordsRequestEntryTypeDef]") -> None:
        while entries:
            answer = self._kinesis.put_records(StreamName=self._stream, Records=entries)
            entries = [entry for entry, said in zip(entries, answer["Records"], strict=True) if "ErrorCode" in said]


def _entry(event: Event) -> "PutEventsRequestEntryTypeDef":
    return {
        "Source": EVENT_SOURCE,
        "DetailType": DETAIL_TYPE,
        "Detail": json.dumps(event.detail),
        "Resources": resources(event.detail),
        "Time": event.at,
    }


def _stream_entry(record: Record) -> "PutRecordsRequestEntryTypeDef":
    return {"Data": json.dumps(record.body).encode(), "PartitionKey": record.body["ContactId"]}
