"""DynamoDB's batches. `parts` is how many entries take effect; the answer names the rest."""

from dataclasses import dataclass
from typing import Any

from .answers import invalid, only
from .expressions import Expressions
from .items import Item, Row, text_of
from .queries import PAGE
from .shelf import Shelf
from .tables import Key, Table

WRITES = 25
READS = 100
LIMIT = 16 * PAGE
"""Bytes of a request to write, and of an answer to a read."""


@dataclass(slots=True)
class _Read:
    table: Table
    request_key: Item
    key: Key
    shown: tuple[str, ...] | None


@dataclass(slots=True)
class _Write:
    table: Table
    request: dict[str, Any]
    key: Key
    item: Item
    row: Row | None
    """None: a deletion."""

    def done(self) -> Row | None:
        """Write, and return the row that was written or removed."""
        if self.row:
            self.table.put(self.key, self.item, self.row)
            return self.row
        return self.table.delete(self.key)


def batch_get_item(shelf: Shelf, request: dict[str, Any], parts: int) -> bytes:
    only(request, "RequestItems")
    reads = [read for name, asked in request["RequestItems"].items() for read in _reads(shelf.table(name), asked)]
    if len(reads) > READS:
        raise invalid("Too many items requested for the BatchGetItem call")
    found: dict[str, list[bytes]] = {name: [] for name in request["RequestItems"]}
    left: dict[str, dict[str, Any]] = {}
    room = LIMIT
    for number, read in enumerate(reads):
        row, name = read.table.get(read.key), read.table.name
        room -= row.size if row else 0
        if number >= parts or room < 0:
            left.setdefault(name, request["RequestItems"][name] | {"Keys": []})["Keys"].append(read.request_key)
        elif row:
            shelf.read("BatchGetItem", read.table, [row])
            found[name].append(row.showing(read.shown))
    responses = b",".join(text_of(name) + b":[" + b",".join(texts) + b"]" for name, texts in found.items())
    return b'{"Responses":{' + responses + b'},"UnprocessedKeys":' + text_of(left) + b"}"


def batch_write_item(shelf: Shelf, request: dict[str, Any], parts: int) -> bytes:
    only(request, "RequestItems")
    asked = [(shelf.table(name), write) for name, writes in request["RequestItems"].items() for write in writes]
    if len(asked) > WRITES:
        raise invalid("Too many items requested for the BatchWriteItem call")
    writes = [_write(table, write) for table, write in asked]
    _distinct([(write.table.name, write.key) for write in writes])
    if sum(write.row.size for write in writes if write.row) > LIMIT:
        raise invalid("The total size of the items in the batch exceeds 16 MB")
    for write in writes[:parts]:
        shelf.wrote("BatchWriteItem", write.table, write.done())
    left: dict[str, list[dict[str, Any]]] = {}
    for write in writes[parts:]:
        left.setdefault(write.table.name, []).append(write.request)
    return b'{"UnprocessedItems":' + text_of(left) + b"}"


def _reads(table: Table, asked: dict[str, Any]) -> list[_Read]:
    only(asked, "Keys", "ConsistentRead", "ProjectionExpression", "ExpressionAttributeNames")
    expressions = Expressions(asked)
    shown = expressions.projection(asked.get("ProjectionExpression"))
    expressions.done()
    reads = [_Read(table, key, table.schema.key_alone(key), shown) for key in asked["Keys"]]
    _distinct([(table.name, read.key) for read in reads])
    return reads


def _write(table: Table, request: dict[str, Any]) -> _Write:
    [(kind, content)] = request.items()
    if kind == "DeleteRequest":
        return _Write(table, request, table.schema.key_alone(content["Key"]), {}, None)
    item = content["Item"]
    key, row = table.schema.key_of(item), Row.of(item)
    table.check(item, row)
    return _Write(table, request, key, item, row)


def _distinct(keys: list[tuple[str, Key]]) -> None:
    if len(set(keys)) < len(keys):
        raise invalid("Provided list of item keys contains duplicates")
