"""The facts table and the contacts table."""

import base64
import binascii
import json
from collections.abc import Collection, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from botocore.exceptions import ClientError

from chalicelib.cloud import busy_means_try_again, is_refused_condition, pages, write_in_batches
from chalicelib.contacts.model import Contact, ContactId, Fact, Page, Silent, Stage, Talk, Waiting
from chalicelib.contacts.model.fact import CONTACT_ID_BYTES, FactKey
from chalicelib.contacts.model.mark import marks_of_text
from chalicelib.contacts.model.silence import silent_from
from chalicelib.contacts.packing import pack, unpack
from chalicelib.items import plain, typed
from chalicelib.moments import days, stamp
from chalicelib.problems import BadRequest, TryAgain
from chalicelib.slices import in_slices

NO_QUEUE = "none"
"""Stands for the queue of contacts that never saw one, in keys and in questions."""

OPEN_STAGES = (Stage.IN_MENU, Stage.WAITING, Stage.WITH_AGENT, Stage.AFTER_CONTACT_WORK)
"""The stages of open contacts that have a moment, and so a place in the indexes of open ones."""

NOW = "now"
"""The one partition of the sparse index of contacts with an agent: a few hundred at a time."""

READS_A_CALL = 100

_NOT_FROM_HERE = "`next` is not a token that a page of this question gave out; leave it out to begin anew."


class DynamoFactBook:
    """Facts as items (contact id, fact key), written without a condition: any order ends in the same set."""

    def __init__(self, dynamodb: Any, table: str, *, retention: timedelta) -> None:
        self._dynamodb = dynamodb
        self._table = table
        self._retention = retention

    def keep(self, facts: Collection[Fact]) -> Collection[Fact]:
        """Keep these facts and return those that DynamoDB had no room for at the moment."""
        requests = [{"PutRequest": {"Item": self._item(fact)}} for fact in facts]
        items = [left["PutRequest"]["Item"] for left in write_in_batches(self._dynamodb, self._table, requests)]
        names = {(item["contact_id"]["S"], item["fact"]["S"]) for item in items}
        return [fact for fact in facts if (fact.contact_id, fact.key) in names] if names else []

    def of(self, contact_id: ContactId) -> Sequence[Fact]:
        """Return all facts of one contact, read consistently: the stream that asks runs ahead of stale copies."""
        query = {
            "TableName": self._table,
            "KeyConditionExpression": "contact_id = :id",
            "ExpressionAttributeValues": {":id": {"S": contact_id}},
            "ConsistentRead": True,
        }
        return [self._fact(item) for page in pages(self._dynamodb, **query) for item in page]

    def _item(self, fact: Fact) -> dict[str, Any]:
        item: dict[str, str | int | bytes] = {"contact_id": fact.contact_id, "fact": fact.key}
        if fact.detail != "{}":
            item["detail"] = pack(fact.detail)
        if fact.since is not None:
            item["expires"] = int((fact.since + self._retention).timestamp())
        return typed(item)

    @staticmethod
    def _fact(item: dict[str, Any]) -> Fact:
        detail = unpack(item["detail"]["B"]) if "detail" in item else "{}"
        return Fact(
            contact_id=ContactId(item["contact_id"]["S"]), key=FactKey(item["fact"]["S"]), detail=detail, since=None
        )


class DynamoContactBook:
    """Contacts as items, one each; the newer of two is the one of more facts."""

    def __init__(self, dynamodb: Any, table: str, *, retention: timedelta) -> None:
        self._dynamodb = dynamodb
        self._table = table
        self._retention = retention

    def keep(self, contact: Contact) -> bool:
        """Keep the contact unless one of more facts is kept already; return whether it was kept.

        One of as many facts is made of the same ones: written again it changes nothing, unless our rules changed.
        """
        try:
            with busy_means_try_again():
                self._dynamodb.put_item(
                    TableName=self._table,
                    Item=typed(self._item(contact)),
                    ConditionExpression="attribute_not_exists(contact_id) OR facts <= :facts",
                    ExpressionAttributeValues={":facts": {"N": str(contact.facts)}},
                )
        except ClientError as error:
            if is_refused_condition(error):
                return False
            raise
        return True

    def get(self, contact_id: ContactId) -> Contact | None:
        """Return the contact, or None when nothing is known of it."""
        with busy_means_try_again():
            answer = self._dynamodb.get_item(TableName=self._table, Key={"contact_id": {"S": contact_id}})
        return Contact.of_plain(plain(answer["Item"])) if "Item" in answer else None

    def several(self, contact_ids: Sequence[ContactId]) -> list[Contact]:
        """Return those of these contacts of which something is known, a hundred a call."""
        found: list[Contact] = []
        for some in in_slices(contact_ids, READS_A_CALL):
            wanted = {self._table: {"Keys": [{"contact_id": {"S": each}} for each in some]}}
            with busy_means_try_again():
                answer = self._dynamodb.batch_get_item(RequestItems=wanted)
            if answer.get("UnprocessedKeys"):
                raise TryAgain("DynamoDB had no room for all contacts asked for; asking again is safe.")
            found += [Contact.of_plain(plain(item)) for item in answer["Responses"][self._table]]
        return found

    def page(self, queue_id: str | None, start: datetime, end: datetime, *, limit: int, after: str | None) -> Page:
        """Return contacts that arrived from `start` until before `end`, oldest first, a partition a day."""
        key = _key_in(after, queue_id, start, end) if after else None
        found: list[Contact] = []
        for day in days(start, end):
            if key is not None and day < key["queue_day"]["S"].rpartition("|")[2]:
                continue
            query: dict[str, Any] = {
                "TableName": self._table,
                "IndexName": "by_queue",
                "KeyConditionExpression": "queue_day = :day AND arrived_at BETWEEN :start AND :last",
                "ExpressionAttributeValues": {
                    ":day": {"S": _queue_day(queue_id, day)},
                    ":start": {"S": stamp(start)},
                    ":last": {"S": stamp(end - timedelta(milliseconds=1))},
                },
                "Limit": limit - len(found),
            }
            if key is not None:
                query["ExclusiveStartKey"], key = key, None
            while True:
                with busy_means_try_again():
                    answer = self._dynamodb.query(**query)
                found.extend(Contact.of_plain(plain(item)) for item in answer["Items"])
                last = answer.get("LastEvaluatedKey")
                if last is None:
                    break
                if len(found) >= limit:
                    return Page(contacts=found, next=_token_of(last))
                query["ExclusiveStartKey"], query["Limit"] = last, limit - len(found)
            if len(found) >= limit:
                return Page(contacts=found, next=_token_of(_key_of(found[-1], queue_id, day)))
        return Page(contacts=found, next=None)

    def of_customer(self, customer: str) -> Iterator[ContactId]:
        """Return the contacts of a customer by address or customer id."""
        for name in ("customer_address", "customer_id"):
            query = {
                "TableName": self._table,
                "IndexName": f"by_{name}",
                "KeyConditionExpression": "#customer = :customer",
                "ExpressionAttributeNames": {"#customer": name},
                "ExpressionAttributeValues": {":customer": {"S": customer}},
            }
            for page in pages(self._dynamodb, **query):
                yield from (ContactId(item["contact_id"]["S"]) for item in page)

    def waiting(self) -> Iterator[Waiting]:
        """Return who waits in a queue now, longest wait first, from the sparse index of open contacts."""
        query = {
            "TableName": self._table,
            "IndexName": "open",
            "KeyConditionExpression": "open_stage = :stage",
            "ExpressionAttributeValues": {":stage": {"S": Stage.WAITING.value}},
        }
        for page in pages(self._dynamodb, **query):
            for item in map(plain, page):
                yield Waiting(
                    contact_id=ContactId(str(item["contact_id"])),
                    queue_id=_text(item.get("queue_id")),
                    channel=_text(item.get("channel")),
                    since=datetime.fromisoformat(str(item["since"])),
                    initiation_method=_text(item.get("initiation_method")),
                )

    def talks(self) -> Iterator[Talk]:
        """Return the contacts that are with an agent now, the longest first, from their sparse index."""
        query = {
            "TableName": self._table,
            "IndexName": "with_agent",
            "KeyConditionExpression": "with_agent = :now",
            "ExpressionAttributeValues": {":now": {"S": NOW}},
        }
        for page in pages(self._dynamodb, **query):
            for item in map(plain, page):
                yield Talk(
                    contact_id=ContactId(str(item["contact_id"])),
                    queue_id=_text(item.get("queue_id")),
                    site_id=_text(item.get("site_id")),
                    channel=_text(item.get("channel")),
                    initiation_method=_text(item.get("initiation_method")),
                    agent_id=_text(item.get("agent_id")),
                    since=datetime.fromisoformat(str(item["since"])),
                    marks=marks_of_text(str(item.get("marks", "[]"))),
                )

    def silent(self, now: datetime) -> Sequence[Silent]:
        """Return the open contacts that are due to be asked about, the longest due first, each once."""
        found: dict[str, Silent] = {}
        for stage in OPEN_STAGES:
            query = {
                "TableName": self._table,
                "IndexName": "silent",
                "KeyConditionExpression": "open_stage = :stage AND look_at <= :now",
                "ExpressionAttributeValues": {":stage": {"S": stage.value}, ":now": {"S": stamp(now)}},
            }
            for page in pages(self._dynamodb, **query):
                for item in map(plain, page):
                    contact_id = ContactId(str(item["contact_id"]))
                    found[contact_id] = Silent(
                        contact_id=contact_id,
                        silent_from=datetime.fromisoformat(str(item["silent_from"])),
                        look_at=datetime.fromisoformat(str(item["look_at"])),
                    )
        return sorted(found.values(), key=lambda one: (one.look_at, one.contact_id))

    def look_again(self, silent: Silent, at: datetime) -> None:
        """Ask about this contact again at a later moment, unless there was news of it since it was found silent.

        News are folded into a whole new item, which says anew from when on the contact is silent.
        """
        try:
            with busy_means_try_again():
                self._dynamodb.update_item(
                    TableName=self._table,
                    Key={"contact_id": {"S": silent.contact_id}},
                    UpdateExpression="SET look_at = :at",
                    ConditionExpression="look_at = :seen",
                    ExpressionAttributeValues={":at": {"S": stamp(at)}, ":seen": {"S": stamp(silent.look_at)}},
                )
        except ClientError as error:
            if not is_refused_condition(error):
                raise

    def _item(self, contact: Contact) -> dict[str, str | int]:
        item = contact.plain()
        arrived_at = contact.arrived_at
        if arrived_at is not None:
            day = arrived_at.astimezone(UTC).date().isoformat()
            item["queue_day"] = _queue_day(contact.said.queue_id, day)
            item["expires"] = int((arrived_at + self._retention).timestamp())
            if contact.stage is not Stage.ENDED:
                item["open_stage"] = contact.stage.value
                item["since"] = stamp(contact.since or arrived_at)
                if contact.stage is Stage.WITH_AGENT:
                    item["with_agent"] = NOW
                if (silent := silent_from(contact)) is not None:
                    item["silent_from"] = item["look_at"] = stamp(silent)
        return item


def _queue_day(queue_id: str | None, day: str) -> str:
    return f"{queue_id or NO_QUEUE}|{day}"


def _key_of(contact: Contact, queue_id: str | None, day: str) -> dict[str, Any]:
    arrived_at = contact.arrived_at
    return typed(
        {
            "contact_id": contact.contact_id,
            "queue_day": _queue_day(queue_id, day),
            "arrived_at": stamp(arrived_at) if arrived_at else "",
        }
    )


def _token_of(key: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(plain(key), sort_keys=True).encode()).decode()


def _key_in(token: str, queue_id: str | None, start: datetime, end: datetime) -> dict[str, Any]:
    # DynamoDB refuses keys that lie outside of the question, or that no item could have.
    try:
        given = json.loads(base64.urlsafe_b64decode(token.encode()))
        key = {name: str(given[name]) for name in ("contact_id", "queue_day", "arrived_at")}
        arrived_at = stamp(datetime.fromisoformat(key["arrived_at"]))
        has_id = 0 < len(key["contact_id"].encode()) <= CONTACT_ID_BYTES
    except (binascii.Error, ValueError, KeyError, TypeError, OverflowError, RecursionError) as error:
        raise BadRequest(_NOT_FROM_HERE) from error
    is_ours = key["arrived_at"] == arrived_at and key["queue_day"] == _queue_day(queue_id, arrived_at[:10])
    if not has_id or not is_ours or not stamp(start) <= arrived_at < stamp(end):
        raise BadRequest(_NOT_FROM_HERE)
    return typed(key)


def _text(value: str | int | None) -> str | None:
    return None if value is None else str(value)
