"""A fact: what one document says of one contact.

Facts are kept as they came and never changed. Two copies of one document make the same fact under the same key, so
writing it again changes nothing; that is why neither order, repetition nor concurrency can spoil a contact.
"""

import hashlib
import json
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any, NamedTuple, NewType

from chalicelib.problems import Unreadable

ContactId = NewType("ContactId", str)
FactKey = NewType("FactKey", str)
Document = Mapping[str, Any]

CONTACT_ID_BYTES = 256
TYPE_LENGTH = 128
METHOD_LENGTH = 64
DETAIL_LENGTH = 390_000
"""DynamoDB takes items of 400 KB; packing does not lengthen a text by more than a few bytes."""


class Fact(NamedTuple):
    """What one document says of one contact.

    `key` names the fact within its contact: ``event#<type>#<digest>``, ``record#<last update>#<digest>``,
    ``described#<last update>#<digest>``, ``next#<initiation method>#<contact id>`` or ``mark#<kind>#<request id>``.
    `detail` is the document as canonical JSON, without nulls and without what the key says. `since` is the earliest
    moment that the document names, if any; retention counts from it.
    """

    contact_id: ContactId
    key: FactKey
    detail: str
    since: datetime | None


def canonical(document: Document, *, but: Collection[str]) -> str:
    """Return the one spelling of this document, `but` for the members that its fact's key names already.

    Sorted keys, no spaces, no nulls: equal content gives equal text. Raises `Unreadable` for a document that no item
    of a table can hold.
    """
    told = dict(document)
    for name in but:
        told.pop(name, None)
    text = _spelled(told)
    if "null" in text:
        text = _spelled(_without_nulls(told))
    if len(text) > DETAIL_LENGTH:
        raise Unreadable("body", f"has {len(text)} characters; {DETAIL_LENGTH} are the most that can be kept")
    return text


def digest(text: str) -> str:
    """Return 12 hexadecimal digits that tell this text from the others of one contact and type."""
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def contact_id_in(document: Document, name: str, path: str = "") -> ContactId:
    """Return the contact id under `name`.

    Raises `Unreadable` when it is missing, empty, not text or too long.
    """
    value = document.get(name)
    if isinstance(value, str) and 0 < len(value.encode(errors="replace")) <= CONTACT_ID_BYTES:
        try:
            value.encode()
        except UnicodeEncodeError as error:
            raise Unreadable(path + name, "holds half a character (a lone surrogate)") from error
        return ContactId(value)
    raise Unreadable(path + name, f"must be text of 1 to {CONTACT_ID_BYTES} bytes")


def link(earlier: ContactId, later: ContactId, method: str | None, since: datetime | None) -> Fact:
    """Return what the `later` contact tells of the `earlier` one: that it went on, and how."""
    return Fact(
        contact_id=earlier,
        key=FactKey(f"next#{(method or 'UNKNOWN')[:METHOD_LENGTH]}#{later}"),
        detail="{}",
        since=since,
    )


_spelled = json.JSONEncoder(sort_keys=True, separators=(",", ":"), check_circular=False).encode


def _without_nulls(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_nulls(member) for key, member in value.items() if member is not None}
    if isinstance(value, list):
        return [_without_nulls(member) for member in value]
    return value
