"""Deliver contacts to the stack, as Connect does: events to EventBridge, records to the stream."""

import heapq
import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import count

from infra.local.connect.delivery import Post, batches
from infra.local.connect.outbox import Kind, Promise
from infra.local.traffic.customers import Contact
from infra.local.traffic.documents import Event, Record, events_of, record_of


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

    def __init__(self, post: Post) -> None:
        self._post = post

    def send(self, documents: Sequence[Event | Record]) -> None:
        """Deliver the documents, events first."""
        promises = [_promise(number, document) for number, document in enumerate(documents)]
        for kind in (Kind.EVENT, Kind.RECORD):
            for batch in batches([each for each in promises if each.kind is kind], kind):
                left: Sequence[Promise] = batch
                while left:
                    taken = {each.number for each in self._post.put(left)}
                    left = [each for each in left if each.number not in taken]


def _promise(number: int, document: Event | Record) -> Promise:
    at = document.at.timestamp()
    if isinstance(document, Event):
        kind, key, body = Kind.EVENT, document.detail["contactId"], document.detail
    else:
        kind, key, body = Kind.RECORD, document.body["ContactId"], document.body
    return Promise(number=number, kind=kind, key=key, told=at, due=at, document=json.dumps(body))
