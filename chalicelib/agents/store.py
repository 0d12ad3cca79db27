"""The table of agent events and the table of agent states."""

import json
import zlib
from collections.abc import Collection, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from chalicelib.agents.model import AgentEvent, AgentId, Held, Interval, State, read_event
from chalicelib.cloud import busy_means_try_again, pages, write_in_batches
from chalicelib.contacts.model import ContactId
from chalicelib.items import Item, plain, typed
from chalicelib.moments import days, stamp
from chalicelib.problems import TryAgain

NOW = "now"
"""The one partition of the sparse index of open intervals."""

FIRST_PAGE, LARGEST_PAGE = 2, 512
"""Most folds end at the second event, a heartbeat like the one before; the others read pages of four times the size."""

_TEXTS = ("status", "username", "site_id", "site_name", "routing_profile_id", "routing_profile", "next_status")


class DynamoEventBook:
    """Agent events as items (agent id, key), written without a condition: any order ends in the same set."""

    def __init__(self, dynamodb: Any, table: str, *, retention: timedelta) -> None:
        self._dynamodb = dynamodb
        self._table = table
        self._retention = retention

    def keep(self, events: Collection[AgentEvent]) -> int:
        """Keep these events and return how many DynamoDB had no room for at the moment."""
        requests = [{"PutRequest": {"Item": self._item(event)}} for event in events]
        return len(write_in_batches(self._dynamodb, self._table, requests))

    def back(self, agent_id: AgentId, key: str) -> Iterator[AgentEvent]:
        """Yield the agent's events from the one of this key backwards."""
        return self._events(agent_id, "<=", key, forward=False)

    def on(self, agent_id: AgentId, key: str) -> Iterator[AgentEvent]:
        """Yield the agent's events after this key."""
        return self._events(agent_id, ">", key, forward=True)

    def _events(self, agent_id: AgentId, side: str, key: str, *, forward: bool) -> Iterator[AgentEvent]:
        # Read consistently: the stream that asks runs ahead of stale copies.
        query: dict[str, Any] = {
            "TableName": self._table,
            "KeyConditionExpression": f"agent_id = :id AND event {side} :key",
            "ExpressionAttributeValues": typed({":id": agent_id, ":key": key}),
            "ScanIndexForward": forward,
            "ConsistentRead": True,
            "Limit": FIRST_PAGE,
        }
        while True:
            with busy_means_try_again():
                answer = self._dynamodb.query(**query)
            for item in answer["Items"]:
                yield read_event(zlib.decompress(item["detail"]["B"]).decode())
            if "LastEvaluatedKey" not in answer:
                return
            query["ExclusiveStartKey"] = answer["LastEvaluatedKey"]
            query["Limit"] = min(query["Limit"] * 4, LARGEST_PAGE)

    def _item(self, event: AgentEvent) -> Item:
        return typed(
            {
                "agent_id": event.agent_id,
                "event": event.key,
                "detail": zlib.compress(event.text.encode(), 9),
                "expires": int((event.at + self._retention).timestamp()),
            }
        )


class DynamoStateBook:
    """Intervals as items (agent id, start), those that have ended in pieces of at most a day.

    The sparse index `now` holds the open ones, the sparse index `by_day` the pieces that have ended.
    """

    def __init__(self, dynamodb: Any, table: str, *, retention: timedelta) -> None:
        self._dynamodb = dynamodb
        self._table = table
        self._retention = retention

    def replace(
        self, agent_id: AgentId, intervals: Sequence[Interval], start: datetime | None, end: datetime | None
    ) -> int:
        """Write what differs: new pieces first, so that at no moment the agent is in no state."""
        wanted = [typed(self._item(piece)) for interval in intervals for piece in interval.by_day()]
        there = {item["start"]["S"]: item for item in self._of(agent_id, start, end)}
        starts = {item["start"]["S"] for item in wanted}
        puts = [{"PutRequest": {"Item": item}} for item in wanted if there.get(item["start"]["S"]) != item]
        gone = [{"DeleteRequest": {"Key": _key(agent_id, start)}} for start in there if start not in starts]
        left = write_in_batches(self._dynamodb, self._table, [*puts, *gone])
        if left:
            raise TryAgain(f"DynamoDB had no room for {len(left)} intervals; folding them again is safe.")
        return len(puts) + len(gone)

    def open(self) -> Iterator[Interval]:
        """Return the intervals that go on, from their sparse index."""
        query = {"KeyConditionExpression": "standing = :now", "ExpressionAttributeValues": typed({":now": NOW})}
        for page in pages(self._dynamodb, TableName=self._table, IndexName="now", **query):
            yield from map(_interval, page)

    def between(self, start: datetime, end: datetime) -> Iterator[Interval]:
        """Return pieces that have ended, a query a day: no piece reaches over midnight."""
        for day in days(start, end):
            query = {
                "KeyConditionExpression": "#day = :day AND #start < :end",
                "FilterExpression": "#end > :start",
                "ExpressionAttributeNames": {"#day": "day", "#start": "start", "#end": "end"},
                "ExpressionAttributeValues": typed({":day": day, ":start": stamp(start), ":end": stamp(end)}),
            }
            for page in pages(self._dynamodb, TableName=self._table, IndexName="by_day", **query):
                yield from map(_interval, page)

    def _of(self, agent_id: AgentId, start: datetime | None, end: datetime | None) -> Iterator[Item]:
        first, last = stamp(start) if start else "0", stamp(end) if end else "9999"
        query = {
            "KeyConditionExpression": "agent_id = :id AND #start BETWEEN :first AND :last",
            "ExpressionAttributeNames": {"#start": "start"},
            "ExpressionAttributeValues": typed({":id": agent_id, ":first": first, ":last": last}),
            "ConsistentRead": True,
        }
        for page in pages(self._dynamodb, TableName=self._table, **query):
            yield from (item for item in page if item["start"]["S"] < last)

    def _item(self, interval: Interval) -> dict[str, str | int | bytes]:
        item: dict[str, str | int | bytes] = {
            "agent_id": interval.agent_id,
            "start": stamp(interval.start),
            "state": interval.state.value,
            "expires": int((interval.start + self._retention).timestamp()),
        }
        if interval.end is None:
            item["standing"] = NOW
        else:
            item |= {"end": stamp(interval.end), "day": stamp(interval.start)[:10]}
        if interval.contacts:
            item["contacts"] = json.dumps(interval.contacts)
        if interval.held:
            item["held"] = json.dumps([_told(each) for each in interval.held], sort_keys=True)
        return item | {name: text for name in _TEXTS if (text := getattr(interval, name)) is not None}


def _interval(item: Item) -> Interval:
    said = plain(item)
    texts: dict[str, Any] = {name: said.get(name) for name in _TEXTS}
    return Interval(
        agent_id=AgentId(str(said["agent_id"])),
        state=State(str(said["state"])),
        start=datetime.fromisoformat(str(said["start"])),
        end=datetime.fromisoformat(str(said["end"])) if "end" in said else None,
        contacts=tuple(map(ContactId, json.loads(str(said.get("contacts", "[]"))))),
        held=tuple(map(_held, json.loads(str(said.get("held", "[]"))))),
        **texts,
    )


def _told(held: Held) -> dict[str, str]:
    told = {name: value for name, value in held._asdict().items() if value is not None}
    return told | {"since": stamp(held.since)}


def _held(told: dict[str, str]) -> Held:
    return Held(
        contact_id=ContactId(told["contact_id"]),
        state=told["state"],
        since=datetime.fromisoformat(told["since"]),
        initiation_method=told.get("initiation_method"),
        channel=told.get("channel"),
        queue_id=told.get("queue_id"),
        queue_name=told.get("queue_name"),
    )


def _key(agent_id: AgentId, start: str) -> Item:
    return typed({"agent_id": agent_id, "start": start})
