"""DynamoDB's items: one canonical text for equal items, their size, and what is refused."""

import base64
import json
from dataclasses import dataclass
from decimal import Context, Decimal, InvalidOperation
from typing import Any

from .answers import invalid

Value = dict[str, Any]
Item = dict[str, Value]

ITEM_LIMIT = 400 * 1024
EXACT = Context(prec=200)
_encode = json.JSONEncoder(ensure_ascii=False, check_circular=False, separators=(",", ":"), sort_keys=True).encode


@dataclass(slots=True)
class Row:
    """An item as it is kept: UTF-8 JSON (equal items, equal bytes) and its size in bytes by DynamoDB's rules."""

    text: bytes
    size: int

    @classmethod
    def of(cls, item: Item) -> "Row":
        """Return the row for an item, whose numbers are normalised in place; sizes are not limited here."""
        size = 0
        for name, value in item.items():
            size += len(name.encode()) + _measured(value)
        return cls(_encode(item).encode(), size)

    def item(self) -> Item:
        """Return the item anew; changing it changes no row."""
        item: Item = json.loads(self.text)
        return item

    def showing(self, names: tuple[str, ...] | None) -> bytes:
        """Return the JSON of the item, or of those of its attributes that are named."""
        if names is None:
            return self.text
        item = self.item()
        return text_of({name: item[name] for name in names if name in item})


def text_of(document: Any) -> bytes:
    """Return a document as canonical JSON."""
    return _encode(document).encode()


def comparable(value: Value) -> Any:
    """Return what DynamoDB sorts and compares a string, number or binary value by; other kinds as they are."""
    [(kind, content)] = value.items()
    if kind == "N":
        return Decimal(content)
    return base64.b64decode(content) if kind == "B" else content


def _measured(value: Value) -> int:
    """Return the size of a value in bytes; numbers inside are normalised, sets sorted."""
    try:
        [(kind, content)] = value.items()
    except ValueError:
        raise invalid("Supplied AttributeValue has more than one datatypes set") from None
    if kind == "S":
        return len(content.encode())
    if kind == "N":
        value["N"] = number = _normal(content)
        return _number_size(number)
    if kind in ("BOOL", "NULL"):
        return 1
    if kind == "M":
        return 3 + sum(len(name.encode()) + _measured(inner) + 1 for name, inner in content.items())
    if kind == "L":
        return 3 + sum(_measured(inner) + 1 for inner in content)
    if kind == "B":
        return len(base64.b64decode(content))
    return _measured_set(value, kind, content)


def _measured_set(value: Value, kind: str, content: list[str]) -> int:
    if not content:
        raise invalid("One or more parameter values were invalid: An string set  may not be empty")
    members = [_normal(text) for text in content] if kind == "NS" else content
    if len(set(members)) < len(members):
        raise invalid("One or more parameter values were invalid: Input collection contains duplicates")
    value[kind] = sorted(members)
    return sum(_measured({kind[0]: member}) for member in members)


def _normal(number: str) -> str:
    if number.isdecimal() and number.isascii() and len(number) <= 38 and (number[0] != "0" or number == "0"):
        return number
    try:
        exact = EXACT.normalize(Decimal(number))
    except InvalidOperation:
        raise invalid("The parameter cannot be converted to a numeric value") from None
    if not exact.is_finite():
        raise invalid("The parameter cannot be converted to a numeric value")
    if len(exact.as_tuple().digits) > 38:
        raise invalid("Attempting to store more than 38 significant digits in a Number")
    return "0" if exact == 0 else f"{exact:f}"


def _number_size(number: str) -> int:
    digits = number.lstrip("-").replace(".", "").strip("0")
    return (len(digits) + 1) // 2 + 1 + number.startswith("-")
