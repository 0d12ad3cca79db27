"""Which rows a Query answers with: a span of a partition, forwards or backwards, a page at a time."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from .answers import invalid, only
from .expressions import Expressions, Span
from .items import Item, Row
from .shelf import Shelf
from .tables import Index, Partition, Table

PAGE = 1024 * 1024
_EMPTY = Partition()
_PARAMETERS = (
    "TableName",
    "IndexName",
    "KeyConditionExpression",
    "FilterExpression",
    "ProjectionExpression",
    "ExpressionAttributeNames",
    "ExpressionAttributeValues",
    "Limit",
    "ScanIndexForward",
    "ExclusiveStartKey",
    "ConsistentRead",
    "Select",
)


@dataclass(frozen=True)
class _Page:
    """Rows looked at, and the row to go on after if there may be more."""

    rows: list[Row]
    last: Row | None


def query(shelf: Shelf, request: dict[str, Any]) -> bytes:
    """Answer a Query of a table or one of its indexes."""
    only(request, *_PARAMETERS)
    table = shelf.table(request["TableName"])
    index = _index(table, request)
    expressions = Expressions(request)
    span = expressions.span(request["KeyConditionExpression"], (index or table).schema)
    passes = expressions.condition(request.get("FilterExpression"))
    shown = expressions.projection(request.get("ProjectionExpression"))
    expressions.done()
    page = _page_of(table, index, span, request)
    shelf.read("Query", table, page.rows)
    rows = [row for row in page.rows if passes(row.item())] if "FilterExpression" in request else page.rows
    members = [b'"Count":%d,"ScannedCount":%d' % (len(rows), len(page.rows))]
    if request.get("Select") != "COUNT":
        members.append(b'"Items":[' + b",".join([row.showing(shown) for row in rows]) + b"]")
    if page.last:
        members.append(b'"LastEvaluatedKey":' + page.last.showing(_key_names(table, index)))
    return b"{" + b",".join(members) + b"}"


def _index(table: Table, request: dict[str, Any]) -> Index | None:
    if "IndexName" not in request:
        return None
    if request["IndexName"] not in table.indexes:
        raise invalid(f"The table does not have the specified index: {request['IndexName']}")
    if request.get("ConsistentRead"):
        raise invalid("Consistent reads are not supported on global secondary indexes")
    return table.indexes[request["IndexName"]]


def _page_of(table: Table, index: Index | None, span: Span, request: dict[str, Any]) -> _Page:
    """Return the coming page: at most 1 MB of items, and `Limit` of them."""
    partition = (index or table).partitions.get(span.partition, _EMPTY)
    low, high = _bounds(partition.order, span, of_index=index is not None)
    forward = request.get("ScanIndexForward", True)
    start = request.get("ExclusiveStartKey")
    if start:
        place = _place(table, index, start)
        if forward:
            low = max(low, bisect_right(partition.order, place))
        else:
            high = min(high, bisect_left(partition.order, place))
    return _filled(_in_order(partition.rows, low, high, forward=forward), request.get("Limit"))


def _key_names(table: Table, index: Index | None) -> tuple[str, ...]:
    """Return the attributes of a `LastEvaluatedKey`."""
    return tuple(dict.fromkeys(table.schema.names + (index.schema.names if index else ())))


def _filled(rows: Iterator[Row], limit: int | None) -> _Page:
    page: list[Row] = []
    size = 0
    for row in rows:
        size += row.size
        if page and size > PAGE:
            return _Page(page, page[-1])
        page.append(row)
        if len(page) == limit:
            return _Page(page, row)
    return _Page(page, None)


def _in_order(rows: list[Row], low: int, high: int, *, forward: bool) -> Iterator[Row]:
    places = range(low, high) if forward else range(high - 1, low - 1, -1)
    return (rows[at] for at in places)


def _bounds(order: list[Any], span: Span, *, of_index: bool) -> tuple[int, int]:
    def value(place: Any) -> Any:
        return place[0] if of_index else place

    low, high = 0, len(order)
    if span.low is not None:
        low = (bisect_left if span.with_low else bisect_right)(order, span.low, key=value)
    if span.high is not None:
        high = (bisect_right if span.with_high else bisect_left)(order, span.high, key=value)
    if span.prefix is not None:
        high = bisect_left(order, True, lo=low, key=lambda place: not value(place).startswith(span.prefix))
    return low, high


def _place(table: Table, index: Index | None, start: Item) -> Any:
    key = table.schema.key_of(start)
    return (index.schema.key_of(start)[1], key) if index else key[1]
