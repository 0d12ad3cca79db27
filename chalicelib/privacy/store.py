"""The accesses table: one partition an account, one item an access."""

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from chalicelib.cloud import busy_means_try_again, pages
from chalicelib.items import plain, typed
from chalicelib.moments import stamp
from chalicelib.privacy.model import Access


class DynamoAccessLog:
    """An access log that is a DynamoDB table."""

    def __init__(self, dynamodb: Any, table: str, *, retention: timedelta) -> None:
        self._dynamodb = dynamodb
        self._table = table
        self._retention = retention

    def add(self, access: Access) -> None:
        """Keep an access."""
        item: dict[str, str | int] = {
            "account": access.account,
            "access": f"{stamp(access.at)}|{access.request}",
            "what": access.what,
            "contacts": json.dumps(list(access.contact_ids)),
            "expires": int((access.at + self._retention).timestamp()),
        }
        with busy_means_try_again():
            self._dynamodb.put_item(TableName=self._table, Item=typed(item))

    def of(self, account: str, start: datetime, end: datetime) -> Iterator[Access]:
        """Return the accesses of an account from `start` until before `end`, oldest first."""
        query = {
            "TableName": self._table,
            "KeyConditionExpression": "account = :account AND #access BETWEEN :start AND :end",
            "ExpressionAttributeNames": {"#access": "access"},
            # Every entry goes on behind its moment, so none equals `:end`.
            "ExpressionAttributeValues": typed({":account": account, ":start": stamp(start), ":end": stamp(end)}),
        }
        for page in pages(self._dynamodb, **query):
            yield from (_access({name: str(value) for name, value in plain(item).items()}) for item in page)


def _access(item: dict[str, str]) -> Access:
    at, _, request = item["access"].partition("|")
    return Access(
        account=item["account"],
        at=datetime.fromisoformat(at),
        request=request,
        what=item["what"],
        contact_ids=json.loads(item["contacts"]),
    )
