"""What the parameters of an action may be: small rules to build the grammar from.

A rule is given a field's path and its value and yields what is wrong, as sentences without their end. Own code and no JSON Schema, since
a schema's complaint about "exactly one of" lists every alternative and says nothing to whoever writes a flow.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from infra.local.connect.flows.language import NUMBER
from infra.local.connect.flows.references import is_reference, path_of

Rule = Callable[[str, Any], Iterator[str]]


def text(field: str, value: Any) -> Iterator[str]:
    """Text, or one reference."""
    if isinstance(value, dict | list):
        yield f"{field} must be text"


def literal(field: str, value: Any) -> Iterator[str]:
    """Text that is known when the flow is written."""
    if isinstance(value, dict | list) or is_reference(value):
        yield f"{field} must be text and no reference"


def reference(field: str, value: Any) -> Iterator[str]:
    """One reference, which names something: `$.Attributes.tier`, not `$.Attributes`."""
    leafless = {
        "Attributes",
        "External",
        "FlowAttributes",
        "Metrics",
        "Queue",
        "Agent",
        "SegmentAttributes",
        "Modules",
        "Loop",
    }
    if not is_reference(value):
        yield f"{field} must be one reference, such as $.Attributes.name"
    elif len(path_of(value)) == 1 and path_of(value)[0] in leafless:
        yield f"{field} must say what of {value} it means, such as {value}.name"


def anything(_field: str, _value: Any) -> Iterator[str]:
    """Whatever JSON can hold: the module that it is for declares its types."""
    yield from ()


def number(low: int, high: int | None = None) -> Rule:
    """Return the rule: a whole number as text, within bounds, or one reference."""

    def rule(field: str, value: Any) -> Iterator[str]:
        if is_reference(value):
            return
        fits = (
            isinstance(value, str) and value.isdecimal() and low <= int(value) and (high is None or int(value) <= high)
        )
        if not fits:
            yield f'{field} must be a whole number as text, {f"{low} or more" if high is None else f"{low} to {high}"}, such as "{low}"'

    return rule


def choice(*words: str, static: bool = False) -> Rule:
    """Return the rule: one of these words; unless `static`, also a reference."""

    def rule(field: str, value: Any) -> Iterator[str]:
        if value not in words and (static or not is_reference(value)):
            yield f"{field} must be {' or '.join(words)}"

    return rule


def each(rule: Rule, *, least: int = 0) -> Rule:
    """Return the rule: a list whose members all keep a rule."""

    def of_list(field: str, value: Any) -> Iterator[str]:
        if not isinstance(value, list) or len(value) < least:
            yield f"{field} must be a list{f' with {least} or more entries' if least else ''}"
            return
        for place, inner in enumerate(value):
            yield from rule(f"{field}[{place}]", inner)

    return of_list


def entries(rule: Rule, *, least: int = 0, most: int | None = None, names: frozenset[str] | None = None) -> Rule:
    """Return the rule: an object of any keys, or of these, whose values all keep a rule."""

    def of_object(field: str, value: Any) -> Iterator[str]:
        if not isinstance(value, dict):
            yield f"{field} must be an object"
            return
        if len(value) < least or (most is not None and len(value) > most):
            yield f"{field} must have {f'exactly {least}' if least == most else f'{least} or more'} entries"
        for name, inner in value.items():
            if names is not None and name not in names:
                yield f"{field} must not name {name}: it may name {', '.join(sorted(names))}"
            yield from rule(f"{field}.{name}", inner)

    return of_object


def shape(
    required: Mapping[str, Rule] | None = None,
    optional: Mapping[str, Rule] | None = None,
    *,
    exactly_one: tuple[str, ...] = (),
    at_most_one: tuple[str, ...] = (),
    at_least_one: tuple[str, ...] = (),
) -> Rule:
    """Return the rule: an object with these fields and no others, some of which exclude each other."""
    required, optional = required or {}, optional or {}
    fields = {**required, **optional}

    def rule(field: str, value: Any) -> Iterator[str]:
        if not isinstance(value, dict):
            yield f"{field} must be an object"
            return
        yield from (f"{_inside(field, name)} is required" for name in required if name not in value)
        yield from (f"{_inside(field, name)} is no field of it" for name in value if name not in fields)
        if exactly_one and sum(name in value for name in exactly_one) != 1:
            yield f"{field} must have exactly one of {', '.join(exactly_one)}"
        if at_most_one and sum(name in value for name in at_most_one) > 1:
            yield f"{field} must have only one of {', '.join(at_most_one)}"
        if at_least_one and not any(name in value for name in at_least_one):
            yield f"{field} must have one of {', '.join(at_least_one)}"
        for name, inner in value.items():
            if name in fields:
                yield from fields[name](_inside(field, name), inner)

    return rule


def _inside(field: str, name: str) -> str:
    return name if field == "Parameters" else f"{field}.{name}"


def is_number(operand: str) -> bool:
    """Whether an operand is a number, or a reference that may become one."""
    return NUMBER.fullmatch(operand) is not None or is_reference(operand)
