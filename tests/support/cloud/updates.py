"""Update expressions: SET (values, attributes, if_not_exists, + and -), REMOVE, ADD of numbers."""

from collections.abc import Callable
from decimal import Decimal

from .answers import NotPlayed, invalid
from .grammar import Words
from .items import EXACT, Item, Value

Operand = Callable[[Item], Value | None]


def updating(words: Words, keys: tuple[str, ...]) -> Callable[[Item], Item]:
    """Return what makes an item's new form of its old one; reads see the old form, as on AWS. Keys may not change."""
    changes: list[tuple[str, Operand]] = []
    while words.next:
        changes += _clause(words)
    changed = {name for name, _ in changes}
    if changed & set(keys):
        raise invalid("One or more parameter values were invalid: Cannot update attribute that is part of the key")
    if len(changed) < len(changes):
        raise invalid("Invalid UpdateExpression: Two document paths overlap with each other")
    return lambda item: _applied(item, changes)


def operand(words: Words) -> Operand:
    """Take a value or an attribute; an attribute the item lacks reads None."""
    if words.next.startswith(":"):
        value = words.value()
        return lambda item: value
    name = words.attribute()
    return lambda item: item.get(name)


def _applied(item: Item, changes: list[tuple[str, Operand]]) -> Item:
    news = {name: new(item) for name, new in changes}
    kept = {name: value for name, value in item.items() if name not in news}
    return kept | {name: value for name, value in news.items() if value is not None}


def _clause(words: Words) -> list[tuple[str, Operand]]:
    clause = words.take().upper()
    if clause not in ("SET", "REMOVE", "ADD"):
        raise NotPlayed(f"the update clause {clause!r}")
    change = {"SET": _set, "REMOVE": _remove, "ADD": _add}[clause]
    changes = [change(words)]
    while words.skips(","):
        changes.append(change(words))
    return changes


def _set(words: Words) -> tuple[str, Operand]:
    name = words.attribute()
    words.expect("=")
    left = _set_operand(words)
    if words.next not in ("+", "-"):
        return name, lambda item: _present(left(item))
    sign = 1 if words.take() == "+" else -1
    right = _set_operand(words)
    return name, lambda item: _sum(left(item), right(item), sign)


def _set_operand(words: Words) -> Operand:
    if not words.skips("IF_NOT_EXISTS"):
        return operand(words)
    words.expect("(")
    name = words.attribute()
    words.expect(",")
    default = operand(words)
    words.expect(")")
    return lambda item: item.get(name) or default(item)


def _remove(words: Words) -> tuple[str, Operand]:
    return words.attribute(), lambda item: None


def _add(words: Words) -> tuple[str, Operand]:
    name, value = words.attribute(), words.value()
    if "N" not in value:
        raise NotPlayed(f"ADD of {value}")
    return name, lambda item: _sum(item.get(name, {"N": "0"}), value, 1)


def _present(value: Value | None) -> Value:
    if value is None:
        raise invalid("The provided expression refers to an attribute that does not exist in the item")
    return value


def _sum(left: Value | None, right: Value | None, sign: int) -> Value:
    left, right = _present(left), _present(right)
    if "N" not in left or "N" not in right:
        raise invalid("Incorrect operand type for operator or function")
    return {"N": str(EXACT.fma(Decimal(right["N"]), sign, Decimal(left["N"])))}
