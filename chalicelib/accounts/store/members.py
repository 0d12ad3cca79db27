"""Accounts and their tokens as items; DynamoDB's transactions keep the two in step.

An account's item names its tokens, since the index `by_account` may not have heard of the last change yet. What that change
was made of stands there as a fingerprint: a write meets its condition only if nobody wrote in between.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from botocore.exceptions import ClientError

from chalicelib.accounts.model.member import Entry, Member, Rank, key_version, rank_of
from chalicelib.accounts.service.importing import Change, Known
from chalicelib.cloud import busy_means_try_again, pages
from chalicelib.items import Item, plain, typed
from chalicelib.moments import stamp
from chalicelib.problems import TryAgain
from chalicelib.slices import in_slices

WRITES = 100
"""Items in a transaction at most."""

READS = 100
"""Keys in one call of BatchGetItem at most."""

TOMBSTONE_FOR = timedelta(days=400)
"""How long it is kept that an account was withdrawn: no file of before may bring it back."""

_RANKED = "account_id, changed_at, withdrawn_at, cards, fingerprint"
_MET_ANOTHER = frozenset({"ConditionalCheckFailed", "TransactionConflict"})


class DynamoMemberBook:
    """The tables of accounts and of card tokens."""

    def __init__(self, dynamodb: Any, accounts: str, tokens: str) -> None:
        self._dynamodb = dynamodb
        self._accounts = accounts
        self._tokens = tokens

    def known(self, account_ids: Iterable[str]) -> Mapping[str, Known]:
        """Return what is known of these accounts, read consistently: a copy may be older than what it shall be weighed against."""
        keys = [{"account_id": {"S": account_id}} for account_id in account_ids]
        found = (item for some in in_slices(keys, READS) for item in self._items(list(some)))
        return {str(item["account_id"]): _known(item) for item in found}

    def tokens(self, account_id: str) -> Sequence[str]:
        """Return the tokens that lead to an account, as far as the index has heard."""
        found = pages(
            self._dynamodb,
            TableName=self._tokens,
            IndexName="by_account",
            KeyConditionExpression="account_id = :account_id",
            ExpressionAttributeValues={":account_id": {"S": account_id}},
        )
        return [str(plain(item)["token"]) for items in found for item in items]

    def write(self, changes: Sequence[Change], *, at: datetime) -> Sequence[Change]:
        """Write each change whole or not at all, as many in one transaction as it takes; return those that met another writer."""
        met: list[Change] = []
        for some in _together(changes):
            if not self._written(some, at):
                met += [change for change in some if len(some) == 1 or not self._written([change], at)]
        return met

    def _written(self, changes: Sequence[Change], at: datetime) -> bool:
        try:
            with busy_means_try_again():
                self._dynamodb.transact_write_items(
                    TransactItems=[write for change in changes for write in self._writes(change, at)]
                )
        except ClientError as error:
            reasons = {reason.get("Code", "") for reason in error.response.get("CancellationReasons", ())}
            if not reasons:
                raise
            if reasons & _MET_ANOTHER:
                return False
            raise TryAgain(f"AWS was busy: {error}") from error
        return True

    def _writes(self, change: Change, at: datetime) -> Iterator[dict[str, Any]]:
        account_id = change.entry.account_id
        put: dict[str, Any] = {"TableName": self._accounts, "Item": account_item(change.entry, at=at)}
        seen = change.before.rank.fingerprint if change.before else ""
        put["ConditionExpression"] = "fingerprint = :seen" if seen else "attribute_not_exists(fingerprint)"
        if seen:
            put["ExpressionAttributeValues"] = typed({":seen": seen})
        yield {"Put": put}
        for token in change.new:
            yield {"Put": {"TableName": self._tokens, "Item": token_item(token, account_id)}}
        # More than fit are strays, which have no place in any account's item and lead to one that is withdrawn.
        for token in change.gone[: WRITES - 1 - len(change.new)]:
            yield {"Delete": {"TableName": self._tokens, "Key": token_item(token, account_id)}}

    def _items(self, keys: list[Any]) -> Iterator[Mapping[str, str | int]]:
        left = {self._accounts: {"Keys": keys, "ProjectionExpression": _RANKED, "ConsistentRead": True}}
        while left:
            with busy_means_try_again():
                answer = self._dynamodb.batch_get_item(RequestItems=left)
            found = answer["Responses"].get(self._accounts, [])
            left = answer.get("UnprocessedKeys", {})
            if left and not found:
                raise TryAgain("AWS was too busy to read accounts.")
            yield from map(plain, found)


def account_item(entry: Entry, *, at: datetime) -> Item:
    """Return an account as an item, as it is brought in at this moment; of a withdrawn one no more than that it was."""
    rank = rank_of(entry)
    kept: dict[str, str | int] = {
        "account_id": entry.account_id,
        "changed_at": rank.at,
        "fingerprint": rank.fingerprint,
    }
    if isinstance(entry, Member):
        kept |= {
            "name": entry.name,
            "addresses": json.dumps(entry.addresses, ensure_ascii=False),
            "language": entry.language,
            "status": entry.status.value,
            "priority": entry.priority,
            "cards": json.dumps(entry.cards),
        }
    else:
        kept |= {
            "withdrawn_at": stamp(entry.withdrawn_at),
            "expires": int((at + TOMBSTONE_FOR).timestamp()),
        }
    return typed(kept)


def token_item(token: str, account_id: str) -> Item:
    """Return a token as an item, which is its whole key: nothing stands beside it."""
    return typed({"token": token, "account_id": account_id})


def _known(item: Mapping[str, str | int]) -> Known:
    cards = [str(card) for card in json.loads(str(item.get("cards", "[]")))]
    rank = Rank(
        at=str(item.get("changed_at", "")),
        is_withdrawal="withdrawn_at" in item,
        key_version=key_version(cards),
        fingerprint=str(item.get("fingerprint", "")),
    )
    return Known(rank=rank, cards=cards)


def _together(changes: Sequence[Change]) -> Iterator[Sequence[Change]]:
    some: list[Change] = []
    room = WRITES
    for change in changes:
        size = 1 + len(change.new) + len(change.gone)
        if size > room and some:
            yield some
            some, room = [], WRITES
        some.append(change)
        room -= size
    if some:
        yield some
