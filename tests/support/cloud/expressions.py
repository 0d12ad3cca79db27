"""DynamoDB's expressions: conditions, key conditions, updates, projections; an unknown form raises `NotPlayed`."""

from collections.abc import Callable
from dataclasses import dataclass
from operator import eq, ge, gt, le, lt
from typing import Any

from .answers import NotPlayed, invalid
from .grammar import Words
from .items import Item, Value, comparable
from .tables import KeySchema
from .updates import operand, updating

Condition = Callable[[Item], bool]

_ORDER: dict[str, Callable[[Any, Any], bool]] = {"=": eq, "<": lt, "<=": le, ">": gt, ">=": ge}


@dataclass(frozen=True)
class Span:
    """The part of a partition that a key condition asks for; `low` and `high` are range values, None is open."""

    partition: Any
    low: Any = None
    high: Any = None
    with_low: bool = True
    with_high: bool = True
    prefix: Any = None


class Expressions:
    """The expressions of one request, with its placeholders; `done` refuses those that no expression used."""

    def __init__(self, request: dict[str, Any]) -> None:
        for given in ("ExpressionAttributeNames", "ExpressionAttributeValues"):
            if request.get(given) == {}:
                raise invalid(f"{given} must not be empty")
        self._names: dict[str, str] = request.get("ExpressionAttributeNames") or {}
        self._values: dict[str, Value] = request.get("ExpressionAttributeValues") or {}
        self._used: set[str] = set()

    def condition(self, expression: str | None) -> Condition:
        """Return what tells whether an item meets a condition or filter; none is always met."""
        if expression is None:
            return lambda item: True
        words = self._words(expression)
        condition = _any_of(words)
        words.end()
        return condition

    def span(self, expression: str, schema: KeySchema) -> Span:
        """Return what a key condition asks for: the partition, and with AND a part of its range."""
        words = self._words(expression)
        _expect_name(words, schema.hash.name)
        words.expect("=")
        partition = _key_value(words)
        return _ranged(words, schema, partition) if words.skips("AND") else _ended(words, Span(partition))

    def projection(self, expression: str | None) -> tuple[str, ...] | None:
        """Return the names of the attributes to show, None for all."""
        if expression is None:
            return None
        words = self._words(expression)
        names = [words.attribute()]
        while words.skips(","):
            names.append(words.attribute())
        words.end()
        return tuple(names)

    def update(self, expression: str, schema: KeySchema) -> Callable[[Item], Item]:
        """Return what makes an item's new form of its old one; reads see the old form, as on AWS."""
        return updating(self._words(expression), schema.names)

    def done(self) -> None:
        for kind, given in (("Names", self._names), ("Values", self._values)):
            if unused := given.keys() - self._used:
                raise invalid(
                    f"Value provided in ExpressionAttribute{kind} unused in expressions: keys: {{{', '.join(unused)}}}"
                )

    def _words(self, expression: str) -> Words:
        return Words(expression, self._names, self._values, self._used)


def _any_of(words: Words) -> Condition:
    parts = [_all_of(words)]
    while words.skips("OR"):
        parts.append(_all_of(words))
    return parts[0] if len(parts) == 1 else lambda item: any(part(item) for part in parts)


def _all_of(words: Words) -> Condition:
    parts = [_single(words)]
    while words.skips("AND"):
        parts.append(_single(words))
    return parts[0] if len(parts) == 1 else lambda item: all(part(item) for part in parts)


def _single(words: Words) -> Condition:
    if words.skips("NOT"):
        inner = _single(words)
        return lambda item: not inner(item)
    if words.skips("("):
        inner = _any_of(words)
        words.expect(")")
        return inner
    for function in ("attribute_exists", "attribute_not_exists", "begins_with"):
        if words.skips(function.upper()):
            return _function(function, words)
    return _comparison(words)


def _function(function: str, words: Words) -> Condition:
    words.expect("(")
    name = words.attribute()
    if function == "begins_with":
        words.expect(",")
        prefix = words.value()["S"]
        words.expect(")")
        return lambda item: "S" in item.get(name, {}) and item[name]["S"].startswith(prefix)
    words.expect(")")
    if function == "attribute_exists":
        return lambda item: name in item
    return lambda item: name not in item


def _comparison(words: Words) -> Condition:
    left = operand(words)
    if words.skips("BETWEEN"):
        low = operand(words)
        words.expect("AND")
        high = operand(words)
        return lambda item: _compares(ge, left(item), low(item)) and _compares(le, left(item), high(item))
    operator = words.take()
    if operator == "<>":
        other = operand(words)
        return lambda item: not _compares(eq, left(item), other(item))
    if operator not in _ORDER:
        raise NotPlayed(f"the comparison {operator!r}")
    compare, right = _ORDER[operator], operand(words)
    return lambda item: _compares(compare, left(item), right(item))


def _compares(compare: Callable[[Any, Any], bool], left: Value | None, right: Value | None) -> bool:
    """Missing values and values of different kinds meet no comparison."""
    if left is None or right is None or left.keys() != right.keys():
        return False
    return compare(comparable(left), comparable(right))


def _ranged(words: Words, schema: KeySchema, partition: Any) -> Span:
    if schema.range is None:
        raise invalid("Query key condition not supported")
    if words.skips("BEGINS_WITH"):
        words.expect("(")
        _expect_name(words, schema.range.name)
        words.expect(",")
        prefix = _key_value(words)
        words.expect(")")
        return _ended(words, Span(partition, low=prefix, prefix=prefix))
    _expect_name(words, schema.range.name)
    if words.skips("BETWEEN"):
        low = _key_value(words)
        words.expect("AND")
        return _ended(words, Span(partition, low, _key_value(words)))
    operator, bound = words.take(), _key_value(words)
    if operator == "=":
        return _ended(words, Span(partition, bound, bound))
    if operator in ("<", "<="):
        return _ended(words, Span(partition, high=bound, with_high=operator == "<="))
    if operator in (">", ">="):
        return _ended(words, Span(partition, low=bound, with_low=operator == ">="))
    raise NotPlayed(f"the key comparison {operator!r}")


def _key_value(words: Words) -> Any:
    return comparable(words.value())


def _expect_name(words: Words, name: str) -> None:
    if (came := words.attribute()) != name:
        raise invalid(f"Query condition missed key schema element: {name} (not {came})")


def _ended(words: Words, span: Span) -> Span:
    words.end()
    return span
