"""DynamoDB's TransactWriteItems: every condition holds and all is written, or nothing is."""

from dataclasses import dataclass
from typing import Any

from .answers import NotPlayed, Refused, invalid, json_of, only
from .expressions import Expressions
from .items import Item, Row
from .shelf import Shelf
from .tables import Key, Table

WRITES = 100
LIMIT = 4 * 1024 * 1024
_SHARED = (
    "TableName",
    "ConditionExpression",
    "ExpressionAttributeNames",
    "ExpressionAttributeValues",
    "ReturnValuesOnConditionCheckFailure",
)
_OWN = {"Put": ("Item",), "Delete": ("Key",), "Update": ("Key", "UpdateExpression"), "ConditionCheck": ("Key",)}


@dataclass(slots=True)
class _Write:
    table: Table
    kind: str
    key: Key
    reason: dict[str, Any]
    """Why it cancels the transaction; the code None is no reason."""
    item: Item | None
    row: Row | None

    def done(self) -> Row | None:
        """Write, and return the row that was written or removed."""
        if self.item is not None and self.row is not None:
            self.table.put(self.key, self.item, self.row)
            return self.row
        return self.table.delete(self.key) if self.kind == "Delete" else None


def transact_write_items(shelf: Shelf, request: dict[str, Any], tokens: set[str]) -> bytes:
    """Answer a transaction; one with a token that was answered before changes nothing."""
    only(request, "TransactItems", "ClientRequestToken")
    writes = [_write(shelf, kind, told) for each in request["TransactItems"] for kind, told in each.items()]
    if not 0 < len(writes) <= WRITES:
        raise invalid("Member must have length less than or equal to 100")
    if len({(write.table.name, write.key) for write in writes}) < len(writes):
        raise invalid("Transaction request cannot include multiple operations on one item")
    if sum(write.row.size for write in writes if write.row) > LIMIT:
        raise invalid("Transaction request cannot be larger than 4 MB")
    if request["ClientRequestToken"] in tokens:
        return json_of({})
    reasons = [write.reason for write in writes]
    if any(reason["Code"] != "None" for reason in reasons):
        codes = ", ".join(reason["Code"] for reason in reasons)
        raise Refused(
            "TransactionCanceledException",
            f"Transaction cancelled, please refer cancellation reasons for specific reasons [{codes}]",
            fields={"CancellationReasons": reasons},
        )
    tokens.add(request["ClientRequestToken"])
    for write in writes:
        shelf.wrote("TransactWriteItems", write.table, write.done())
    return json_of({})


def _write(shelf: Shelf, kind: str, told: dict[str, Any]) -> _Write:
    if kind not in _OWN:
        raise NotPlayed(f"{kind} in a transaction")
    only(told, *_SHARED, *_OWN[kind])
    table, expressions = shelf.table(told["TableName"]), Expressions(told)
    schema = table.schema
    key = schema.key_of(told["Item"]) if kind == "Put" else schema.key_alone(told["Key"])
    old = table.get(key)
    update = expressions.update(told["UpdateExpression"], schema) if kind == "Update" else None
    holds = expressions.condition(told.get("ConditionExpression"))(old.item() if old else {})
    expressions.done()
    reason: dict[str, Any] = {"Code": "None"}
    if not holds:
        reason = {"Code": "ConditionalCheckFailed", "Message": "The conditional request failed"}
        if old and told.get("ReturnValuesOnConditionCheckFailure") == "ALL_OLD":
            reason["Item"] = old.item()
        return _Write(table, kind, key, reason, None, None)
    item = told["Item"] if kind == "Put" else update(old.item() if old else told["Key"]) if update else None
    row = Row.of(item) if item is not None else None
    if item is not None and row is not None:
        table.check(item, row)
    return _Write(table, kind, key, reason, item, row)
