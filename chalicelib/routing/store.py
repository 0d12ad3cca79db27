"""The directory table."""

from collections.abc import Iterator, Sequence
from typing import Any, get_args

from chalicelib.cloud import pages, write_in_batches
from chalicelib.items import plain, typed
from chalicelib.problems import TryAgain
from chalicelib.routing.model import Entry, Kind


class DynamoDirectoryBook:
    """Queues and sites as items (kind, id)."""

    def __init__(self, dynamodb: Any, table: str) -> None:
        self._dynamodb = dynamodb
        self._table = table

    def keep(self, entries: Sequence[Entry]) -> None:
        """Keep these entries in place of those of the same kind and id."""
        items = {(entry.kind, entry.id): {"PutRequest": {"Item": typed(_item(entry))}} for entry in entries}
        if write_in_batches(self._dynamodb, self._table, list(items.values())):
            raise TryAgain("DynamoDB was busy; entering the directory again is safe.")

    def all(self) -> Iterator[Entry]:
        """Return every entry."""
        for kind in get_args(Kind):
            query = {
                "TableName": self._table,
                "KeyConditionExpression": "kind = :kind",
                "ExpressionAttributeValues": {":kind": {"S": kind}},
            }
            for page in pages(self._dynamodb, **query):
                for item in map(plain, page):
                    seconds = item.get("service_level_seconds")
                    yield Entry(
                        kind=kind,
                        id=str(item["id"]),
                        name=str(item["name"]),
                        service_level_seconds=None if seconds is None else int(seconds),
                    )


def _item(entry: Entry) -> dict[str, str | int]:
    item: dict[str, str | int] = {"kind": entry.kind, "id": entry.id, "name": entry.name}
    if entry.service_level_seconds is not None:
        item["service_level_seconds"] = entry.service_level_seconds
    return item
