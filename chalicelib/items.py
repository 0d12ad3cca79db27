"""DynamoDB's typed form of our flat items: texts, whole numbers and bytes.

`boto3.dynamodb.types` does the same for every type, at the price of importing boto3's resources; our items are flat.
"""

from collections.abc import Mapping
from typing import Any

Value = str | int | bytes
Item = dict[str, dict[str, Any]]


def typed(plain: Mapping[str, Value]) -> Item:
    """Return the item that says what `plain` says."""
    return {name: _typed(value) for name, value in plain.items()}


def plain(item: Mapping[str, Mapping[str, Any]]) -> dict[str, str | int]:
    """Return the texts and whole numbers of an item.

    Raises ValueError for a number with a fraction: we store none.
    """
    return {
        name: int(value["N"]) if "N" in value else value["S"]
        for name, value in item.items()
        if "N" in value or "S" in value
    }


def _typed(value: Value) -> dict[str, Any]:
    if isinstance(value, str):
        return {"S": value}
    if isinstance(value, bytes):
        return {"B": value}
    return {"N": str(value)}
