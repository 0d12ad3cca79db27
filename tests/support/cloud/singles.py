"""DynamoDB's operations on one item."""

from typing import Any

from .answers import NotPlayed, Refused, invalid, only
from .expressions import Expressions
from .items import Row
from .shelf import Shelf
from .tables import Key, Table

_CONDITIONAL = (
    "TableName",
    "ConditionExpression",
    "ExpressionAttributeNames",
    "ExpressionAttributeValues",
    "ReturnValues",
    "ReturnValuesOnConditionCheckFailure",
)


def get_item(shelf: Shelf, request: dict[str, Any]) -> bytes:
    only(request, "TableName", "Key", "ConsistentRead", "ProjectionExpression", "ExpressionAttributeNames")
    table, expressions = shelf.table(request["TableName"]), Expressions(request)
    shown = expressions.projection(request.get("ProjectionExpression"))
    expressions.done()
    row = table.get(table.schema.key_alone(request["Key"]))
    shelf.read("GetItem", table, [row] if row else [])
    return b'{"Item":' + row.showing(shown) + b"}" if row else b"{}"


def put_item(shelf: Shelf, request: dict[str, Any]) -> bytes:
    only(request, "Item", *_CONDITIONAL)
    table, item = shelf.table(request["TableName"]), request["Item"]
    row = Row.of(item)
    table.check(item, row)
    key = table.schema.key_of(item)
    old = _met(request, Expressions(request), table, key)
    table.put(key, item, row)
    shelf.wrote("PutItem", table, row)
    return _returned(request, old, None)


def delete_item(shelf: Shelf, request: dict[str, Any]) -> bytes:
    only(request, "Key", *_CONDITIONAL)
    table = shelf.table(request["TableName"])
    key = table.schema.key_alone(request["Key"])
    old = _met(request, Expressions(request), table, key)
    shelf.wrote("DeleteItem", table, table.delete(key))
    return _returned(request, old, None)


def update_item(shelf: Shelf, request: dict[str, Any]) -> bytes:
    only(request, "Key", "UpdateExpression", *_CONDITIONAL)
    table, expressions = shelf.table(request["TableName"]), Expressions(request)
    key = table.schema.key_alone(request["Key"])
    update = expressions.update(request["UpdateExpression"], table.schema)
    old = _met(request, expressions, table, key)
    item = update(old.item() if old else request["Key"])
    row = Row.of(item)
    table.check(item, row)
    table.put(key, item, row)
    shelf.wrote("UpdateItem", table, row)
    return _returned(request, old, row)


def _met(request: dict[str, Any], expressions: Expressions, table: Table, key: Key) -> Row | None:
    """Return the item as it is, if it meets the request's condition."""
    condition = expressions.condition(request.get("ConditionExpression"))
    expressions.done()
    old = table.get(key)
    if not condition(old.item() if old and "ConditionExpression" in request else {}):
        wanted = old and request.get("ReturnValuesOnConditionCheckFailure") == "ALL_OLD"
        fields = {"Item": old.item()} if old and wanted else {}
        raise Refused("ConditionalCheckFailedException", "The conditional request failed", fields=fields)
    return old


def _returned(request: dict[str, Any], old: Row | None, new: Row | None) -> bytes:
    wanted = request.get("ReturnValues", "NONE")
    if wanted not in ("NONE", "ALL_OLD", "ALL_NEW"):
        raise NotPlayed(f"ReturnValues {wanted}")
    if wanted == "ALL_NEW" and new is None:
        raise invalid("Return values set to invalid value")
    row = {"NONE": None, "ALL_OLD": old, "ALL_NEW": new}[wanted]
    return b'{"Attributes":' + row.text + b"}" if row else b"{}"
