"""What a document looks like: which members it has and what kind of value each holds, never the value itself."""

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from typing import Any, NamedTuple

Shape = Mapping[str, frozenset[str]]
"""Kinds of value by path; `[]` stands for any element of a list, `.*` for any key of a map whose keys people choose."""

NOTHING = "nothing"
"""The kind of null, of an empty text and of an empty list or map: they say that a member exists, not what it holds."""

FREE_KEYS = re.compile(
    r"(^|\.)(Attributes|attributes|Tags|tags|SegmentAttributes|segmentAttributes|References|ContactDetails|contactDetails"
    r"|ContactEvaluations|contactEvaluations)$"
)
"""Maps whose keys people choose: their keys are values too, and may tell of a customer."""

KINDS = (
    ("uuid", re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")),
    ("arn", re.compile(r"arn:aws[a-z-]*:.+")),
    ("moment to the millisecond", re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")),
    ("moment to the second", re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")),
    ("moment, written otherwise", re.compile(r"\d{4}-\d\d-\d\dT.+")),
    ("telephone number", re.compile(r"\+\d{7,15}")),
    ("number as text", re.compile(r"-?\d+(\.\d+)?")),
    ("constant", re.compile(r"[A-Z][A-Z0-9]*(_[A-Z0-9]+)*")),
)


class Difference(NamedTuple):
    """Where an instance and the local Connect differ; a side that never had the member has no kinds."""

    path: str
    instance: frozenset[str]
    local: frozenset[str]


def shape_of(document: Any) -> Shape:
    """Return the shape of a document as JSON or botocore has it."""
    found: dict[str, set[str]] = {}
    for path, kind in _walk("", document):
        found.setdefault(path, set()).add(kind)
    return {path: frozenset(kinds) for path, kinds in found.items()}


def together(shapes: Iterable[Shape]) -> Shape:
    """Return the shape of several documents of one kind."""
    found: dict[str, frozenset[str]] = {}
    for shape in shapes:
        for path, kinds in shape.items():
            found[path] = found.get(path, frozenset()) | kinds
    return found


def differences(instance: Shape, local: Shape) -> list[Difference]:
    """Return where two shapes differ, by path. A member that holds nothing on one side fits whatever the other holds there.

    Below a member that one side lacks altogether, only the member itself is named.
    """
    found: list[Difference] = []
    for path in sorted({*instance, *local}):
        one, other = instance.get(path, frozenset()), local.get(path, frozenset())
        said, known = one - {NOTHING}, other - {NOTHING}
        fits = bool(one) == bool(other) and (not said or not known or said == known)
        if not fits and not _lies_below_a_hole(path, instance, local):
            found.append(Difference(path=path, instance=one, local=other))
    return found


def _lies_below_a_hole(path: str, instance: Shape, local: Shape) -> bool:
    return any(_is_hole(instance.get(above), local.get(above)) for above in _above(path))


def _is_hole(one: frozenset[str] | None, other: frozenset[str] | None) -> bool:
    """Whether one of two has nothing where the other has something."""
    if one is None or other is None:
        return True
    return one != other and NOTHING in one | other


def _above(path: str) -> Iterator[str]:
    for place in range(1, len(path)):
        if path[place] == "." or path[place : place + 2] == "[]":
            yield path[:place]


def _walk(path: str, value: Any) -> Iterator[tuple[str, str]]:
    if value is None or value in ("", [], {}):
        yield path, NOTHING
    elif isinstance(value, Mapping):
        yield path, "object"
        free = FREE_KEYS.search(path) is not None
        for key, member in value.items():
            name = "*" if free else str(key)
            yield from _walk(f"{path}.{name}" if path else name, member)
    elif isinstance(value, list | tuple):
        yield path, "list"
        for element in value:
            yield from _walk(f"{path}[]", element)
    else:
        yield path, _kind(value)


def _kind(value: Any) -> str:
    match value:
        case bool():
            return "true or false"
        case int() | float():
            return "number"
        case datetime() | date():
            return "moment"
        case _:
            return next((kind for kind, form in KINDS if form.fullmatch(str(value))), "text")
