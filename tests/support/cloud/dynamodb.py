"""DynamoDB: requests, decoded, in; JSON out."""

from collections.abc import Callable
from typing import Any

from .answers import NotPlayed
from .batches import batch_get_item, batch_write_item
from .queries import query
from .shelf import Shelf
from .singles import delete_item, get_item, put_item, update_item
from .transactions import transact_write_items

_SINGLES: dict[str, Callable[[Shelf, dict[str, Any]], bytes]] = {
    "GetItem": get_item,
    "PutItem": put_item,
    "DeleteItem": delete_item,
    "UpdateItem": update_item,
    "Query": query,
}
_BATCHES: dict[str, Callable[[Shelf, dict[str, Any], int], bytes]] = {
    "BatchGetItem": batch_get_item,
    "BatchWriteItem": batch_write_item,
}


class DynamoDB:
    """Answers from a shelf of tables; raises `Refused` for the errors that DynamoDB answers with."""

    throttled = "ProvisionedThroughputExceededException"

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf
        self._tokens: set[str] = set()

    def resources(self, request: dict[str, Any]) -> tuple[str, ...]:
        if "TransactItems" in request:
            told = [write for each in request["TransactItems"] for write in each.values()]
            return tuple(sorted({write["TableName"] for write in told}))
        return (request["TableName"],) if "TableName" in request else tuple(request.get("RequestItems", ()))

    def answer(self, operation: str, request: dict[str, Any], parts: int) -> bytes:
        """Do the operation; of a batch, only the first `parts` entries."""
        if operation in _BATCHES:
            return _BATCHES[operation](self._shelf, request, parts)
        if operation in _SINGLES:
            return _SINGLES[operation](self._shelf, request)
        if operation == "TransactWriteItems":
            return transact_write_items(self._shelf, request, self._tokens)
        raise NotPlayed(f"DynamoDB's {operation}")
