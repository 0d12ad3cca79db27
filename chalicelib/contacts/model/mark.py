"""Marks: what somebody at the centre says of a contact while it goes on. A mark is a fact like any other.

Its key has the three parts that every release tells facts apart by, and its document no member that an event has but the
moment on the envelope: a release that does not know marks keeps one as an event that says nothing. It names staff and no
customer, so forgetting leaves it as it is.
"""

import json
from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from chalicelib.contacts.model.fact import ContactId, Fact, FactKey, canonical
from chalicelib.contacts.model.said import Reader
from chalicelib.moments import stamp
from chalicelib.problems import Unreadable

MARK = "mark"
"""The source of facts that are marks, as `event` and `record` are."""


MOST_OF_A_KIND = 10
"""Marks of one kind that a contact shows: an agent who keeps pressing the key says nothing new."""


class MarkKind(StrEnum):
    """What a mark says."""

    HELP = "help"
    HARASSMENT = "harassment"


class Mark(NamedTuple):
    """One mark: `by` is the user name of the member of staff who made it, `at` when."""

    kind: MarkKind
    by: str
    at: datetime


def mark_fact(contact_id: ContactId, mark: Mark, name: str) -> Fact:
    """Return the fact of a mark; `name` tells it from other marks of the contact, so that making it twice makes one."""
    return Fact(
        contact_id=contact_id,
        key=FactKey(f"{MARK}#{mark.kind.upper()}#{name}"),
        detail=canonical({"by": mark.by, "envelopeTime": stamp(mark.at)}, but=()),
        since=mark.at,
    )


def marks_in(facts: Iterable[Fact]) -> tuple[Mark, ...]:
    """Return the first marks of each kind among these facts, the earliest first; a kind that only a newer release knows is left out.

    Raises `Unreadable` for a mark that no release of ours wrote.
    """
    marks = sorted((_mark(fact) for fact in facts if _is_mark(fact)), key=lambda mark: (mark.at, mark.kind, mark.by))
    seen: Counter[MarkKind] = Counter()
    shown: list[Mark] = []
    for mark in marks:
        seen[mark.kind] += 1
        if seen[mark.kind] <= MOST_OF_A_KIND:
            shown.append(mark)
    return tuple(shown)


def text_of_marks(marks: Iterable[Mark]) -> str:
    """Return marks as they are stored with their contact."""
    return json.dumps([[mark.kind, mark.by, stamp(mark.at)] for mark in marks])


def marks_of_text(text: str) -> tuple[Mark, ...]:
    """Return the marks that `text_of_marks` wrote; a kind that only a newer release knows is left out."""
    told = [(kind, by, datetime.fromisoformat(at)) for kind, by, at in json.loads(text) if kind in _KINDS]
    return tuple(Mark(kind=MarkKind(kind), by=by, at=at) for kind, by, at in told)


def _is_mark(fact: Fact) -> bool:
    source, kind, _ = fact.key.split("#", 2)
    return source == MARK and kind.lower() in _KINDS


def _mark(fact: Fact) -> Mark:
    kind = fact.key.split("#", 2)[1]
    document = Reader(json.loads(fact.detail), "")
    by, at = document.text("by"), document.moment("envelopeTime")
    if by is None or at is None:
        raise Unreadable("by" if by is None else "envelopeTime", "must be there: a mark says who made it, and when")
    return Mark(kind=MarkKind(kind.lower()), by=by, at=at)


_KINDS = frozenset(MarkKind)
