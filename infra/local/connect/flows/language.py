"""A flow as it is written: the JSON of Connect's flow language, read into values and checked as publishing checks it.

Sources: "Amazon Connect Flow language" (Administrator and API guides) and what public projects saw `CreateContactFlow` accept and refuse.
What each type of action may say is a table, `grammar.FORMS`.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, TypeVar

VERSION = "2019-10-30"
MOST_ACTIONS = 250
LONGEST_CONTENT = 256_000
LONGEST_IDENTIFIER = 50
FORBIDDEN_IN_IDENTIFIERS = frozenset("%:(\\/)=$,;[]{}")
JAVASCRIPT_NAMES = frozenset(
    {"constructor", "hasOwnProperty", "isPrototypeOf", "propertyIsEnumerable", "toLocaleString", "toString", "valueOf"}
    | {"__proto__", "__defineGetter__", "__defineSetter__", "__lookupGetter__", "__lookupSetter__"}
)
OPERATORS = frozenset(
    {"Equals", "TextStartsWith", "TextEndsWith", "TextContains", "KeyExists"}
    | {"NumberGreaterThan", "NumberGreaterOrEqualTo", "NumberLessThan", "NumberLessOrEqualTo"}
)

_Kind = TypeVar("_Kind")


@dataclass(frozen=True, kw_only=True)
class Condition:
    """Where a flow goes on if the value fits; of several that fit the first counts."""

    operator: str
    operand: str
    next: str


@dataclass(frozen=True, kw_only=True)
class Transitions:
    """Where a flow goes on after an action; `errors` goes by error type."""

    next: str | None = None
    conditions: tuple[Condition, ...] = ()
    errors: Mapping[str, str] = field(default_factory=dict)

    def targets(self) -> Iterator[str]:
        """Yield every action that may come next."""
        if self.next is not None:
            yield self.next
        yield from (condition.next for condition in self.conditions)
        yield from self.errors.values()


@dataclass(frozen=True, kw_only=True)
class Action:
    """One step of a flow."""

    id: str
    type: str
    parameters: Mapping[str, Any]
    transitions: Transitions


@dataclass(frozen=True, kw_only=True)
class Document:
    """A whole flow, or a module; `actions` goes by identifier."""

    version: str
    start: str
    actions: Mapping[str, Action]
    settings: Mapping[str, Any] | None = None


class InvalidFlow(Exception):
    """The text is no flow at all; `problems` says why, in sentences for whoever wrote it."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__(" ".join(problems))
        self.problems = problems


@lru_cache(maxsize=512)
def read(content: str) -> Document:
    """Read a flow without asking whether Connect would publish it.

    Raises:
        InvalidFlow: it is not built as a flow is, so that nothing could play it.
    """
    try:
        document = json.loads(content)
    except (ValueError, RecursionError) as problem:
        raise InvalidFlow([f"The flow is no JSON: {problem}."]) from problem
    try:
        return _document(document)
    except _Misshapen as misshapen:
        raise InvalidFlow([str(misshapen)]) from None


class _Misshapen(Exception):
    """A part of the document is of the wrong kind."""


def _document(said: Any) -> Document:
    document = _is(dict, said, "The flow")
    actions: dict[str, Action] = {}
    for number, written in enumerate(_is(list, document.get("Actions"), "Actions"), start=1):
        action = _action(written, number)
        if action.id in actions:
            raise _Misshapen(f"Two actions have the Identifier {action.id}: give one of them another.")
        actions[action.id] = action
    settings = document.get("Settings")
    return Document(
        version=_is(str, document.get("Version"), "Version"),
        start=_is(str, document.get("StartAction"), "StartAction"),
        actions=actions,
        settings=None if settings is None else _is(dict, settings, "Settings"),
    )


def _action(said: Any, number: int) -> Action:
    written = _is(dict, said, f"Action {number}")
    identifier = _is(str, written.get("Identifier"), f"Action {number}: Identifier")
    return Action(
        id=identifier,
        type=_is(str, written.get("Type"), f"Action {identifier}: Type"),
        parameters=_is(dict, written.get("Parameters", {}), f"Action {identifier}: Parameters"),
        transitions=_transitions(written.get("Transitions", {}), f"Action {identifier}: Transitions"),
    )


def _transitions(said: Any, where: str) -> Transitions:
    written = _is(dict, said, where)
    errors = {}
    for said_error in _is(list, written.get("Errors", []), f"{where}.Errors"):
        error = _is(dict, said_error, f"{where}.Errors, an entry")
        kind = _is(str, error.get("ErrorType"), f"{where}.Errors, ErrorType")
        if kind in errors:
            raise _Misshapen(f"{where}.Errors names {kind} twice: one branch an error.")
        errors[kind] = _is(str, error.get("NextAction"), f"{where}.Errors, NextAction of {kind}")
    conditions = tuple(
        _condition(entry, f"{where}.Conditions")
        for entry in _is(list, written.get("Conditions", []), f"{where}.Conditions")
    )
    onward = written.get("NextAction")
    if onward is not None:
        _is(str, onward, f"{where}.NextAction")
    return Transitions(next=onward, conditions=conditions, errors=errors)


def _condition(said: Any, where: str) -> Condition:
    entry = _is(dict, said, f"{where}, an entry")
    condition = _is(dict, entry.get("Condition"), f"{where}, Condition")
    operands = _is(list, condition.get("Operands"), f"{where}, Operands")
    if len(operands) != 1:
        raise _Misshapen(f"{where}: Operands must hold one operand, not {len(operands)}.")
    return Condition(
        operator=_is(str, condition.get("Operator"), f"{where}, Operator"),
        operand=_is(str, operands[0], f"{where}, the operand"),
        next=_is(str, entry.get("NextAction"), f"{where}, NextAction"),
    )


_WORDS: Mapping[type, str] = {dict: "an object", list: "a list", str: "text"}


def _is(kind: type[_Kind], value: Any, where: str) -> _Kind:
    if not isinstance(value, kind):
        raise _Misshapen(f"{where} must be {_WORDS[kind]}{', and is missing' if value is None else ''}.")
    return value


def identifier_problem(id: str) -> str | None:
    """Return what is wrong with an action's identifier, if anything is."""
    if not 1 <= len(id) <= LONGEST_IDENTIFIER:
        return f"must have 1 to {LONGEST_IDENTIFIER} characters"
    if wrong := sorted(set(id) & FORBIDDEN_IN_IDENTIFIERS):
        return f"must not contain {' '.join(wrong)}"
    if id in JAVASCRIPT_NAMES:
        return "is a name that JavaScript uses itself: choose another"
    return None


NUMBER = re.compile(r"-?\d+(\.\d+)?")
