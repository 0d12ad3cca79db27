"""A card system in small: its members, the lines it writes of them, and the files that reach a centre in memory."""

import json
from base64 import urlsafe_b64encode
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from random import Random
from typing import Any
from urllib.parse import quote_plus

from chalicelib import wiring
from chalicelib.accounts.entry.importing import account_import
from chalicelib.accounts.model.finding import Status
from chalicelib.accounts.model.imports import Import, ImportId
from chalicelib.accounts.model.member import Entry, Member, Withdrawal, cards_of, newest, text_of
from chalicelib.accounts.service.importing import Rooms
from tests.support.cloud import Cloud, Crash, queue_url
from tests.support.cloud.s3 import etag_of
from tests.support.lambda_context import LambdaContext

NOON = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
BUCKET, QUEUE = "ImportsBucket", queue_url("ImportsQueue")
RECEIVES = 3_000


def token(number: int, version: int = 1) -> str:
    """Return a token as KMS would make one."""
    return f"{version}.{urlsafe_b64encode(sha256(f'{version} {number}'.encode()).digest()).decode().rstrip('=')}"


def member(number: int = 1, **changes: Any) -> Member:
    """Return a member, changed as said."""
    return Member(
        account_id=f"A-{number:06}",
        name=f"会員 {number}",
        addresses=("+81312345678", f"member-{number}@example.jp"),
        language="ja",
        status=Status.OPEN,
        priority=5,
        cards=(token(number),),
        changed_at=NOON,
    )._replace(**changes)


def withdrawal(number: int = 1, at: datetime = NOON) -> Withdrawal:
    """Return the withdrawal of a member."""
    return Withdrawal(account_id=f"A-{number:06}", withdrawn_at=at)


def history(luck: Random, *, accounts: int, entries: int) -> list[Entry]:
    """Return what a card system might say over some days of so many accounts, in the order in which it happened."""
    told: list[Entry] = []
    for nth in range(entries):
        number, at = (
            luck.randrange(accounts),
            NOON - timedelta(hours=entries) + timedelta(hours=luck.choice((nth, nth, nth // 2))),
        )
        if luck.random() < 0.2:
            told.append(withdrawal(number, at))
        else:
            # Few cards for many accounts: some are shared, some move from one to another.
            cards = tuple(sorted({token(luck.randrange(6), luck.choice((1, 1, 2))) for _ in range(luck.randrange(4))}))
            told.append(
                member(
                    number, cards=cards, changed_at=at, priority=luck.randrange(1, 11), status=luck.choice(list(Status))
                )
            )
    return told


def file_of(lines: Iterable[Entry | str]) -> bytes:
    """Return a member file."""
    return "".join(f"{line if isinstance(line, str) else text_of(line)}\n" for line in lines).encode()


def arrives(
    cloud: Cloud, content: bytes, key: str = "members/delta.jsonl", sequencer: str = "0055AED6DCD90281E5"
) -> ImportId:
    """Let a file come into the bucket, of which S3 tells the queue."""
    cloud.s3.buckets[BUCKET][key] = content
    told = {"key": quote_plus(key, safe="/"), "size": len(content), "eTag": etag_of(content), "sequencer": sequencer}
    record = {"eventVersion": "2.1", "eventSource": "aws:s3", "eventTime": "2026-11-20T03:00:00.000Z",
              "eventName": "ObjectCreated:Put", "s3": {"bucket": {"name": BUCKET}, "object": told}}  # fmt: skip
    cloud.sqs.queues[QUEUE].append({"MessageBody": json.dumps({"Records": [record]})})
    return ImportId(key=key, sequencer=sequencer)


def carry(cloud: Cloud, luck: Random | None = None, *, most: int | None = None) -> int:
    """Let what lies in the queue reach its door until nothing is left, or for so many messages; return how many came.

    One that fails comes again. With `luck` they come in any order and now and then twice.
    """
    queue = cloud.sqs.queues[QUEUE]
    came, last = 0, None
    while queue and came != most:
        message = queue.pop(luck.randrange(len(queue)) if luck else 0)
        if luck and luck.random() < 0.2:
            queue.append(message)
        came += 1
        if came > RECEIVES:
            raise AssertionError("messages come for ever") from last
        try:
            account_import({"Records": [{"messageId": "m", "body": message["MessageBody"]}]}, LambdaContext())
        except (Exception, Crash) as error:
            last = error
            queue.append(message)
    return came


def stands(import_id: ImportId) -> Import:
    """Return an import as it stands."""
    rooms: Rooms = wiring.import_rooms()
    whole = rooms.imports.get(import_id)
    assert whole is not None
    return whole


def tables(cloud: Cloud) -> tuple[dict[str, dict[str, str]], set[tuple[str, str]]]:
    """Return what the tables hold: accounts by id, without what nobody reads, and tokens with their accounts."""
    accounts = {
        item["account_id"]["S"]: {name: next(iter(value.values())) for name, value in item.items() if name != "expires"}
        for item in cloud.table("AccountsTable").items()
    }
    tokens = {(item["token"]["S"], item["account_id"]["S"]) for item in cloud.table("CardTokensTable").items()}
    return accounts, tokens


def truth(entries: Sequence[Entry]) -> tuple[dict[str, Entry], set[tuple[str, str]]]:
    """Return what the tables must hold after all of these, whatever came when."""
    last = newest(entries)
    return last, {(card, entry.account_id) for entry in last.values() for card in cards_of(entry)}


def check(cloud: Cloud, entries: Sequence[Entry]) -> None:
    """See that the tables hold exactly what the entries add up to, and that tables and index agree."""
    accounts, tokens = tables(cloud)
    last, wanted = truth(entries)
    assert tokens == wanted
    assert accounts.keys() == last.keys()
    for account_id, entry in last.items():
        kept = accounts[account_id]
        if isinstance(entry, Withdrawal):
            assert kept.keys() == {"account_id", "changed_at", "fingerprint", "withdrawn_at"}
        else:
            assert (kept["name"], kept["status"], kept["priority"]) == (entry.name, entry.status, str(entry.priority))
            assert tuple(json.loads(kept["cards"])) == entry.cards
            assert tuple(json.loads(kept["addresses"])) == entry.addresses
