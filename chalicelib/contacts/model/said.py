"""What a document says of a contact, in our own words, whichever kind of document it was."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from operator import attrgetter
from typing import Any, NamedTuple

from chalicelib.problems import Unreadable

SET = datetime(1971, 1, 1, tzinfo=UTC)
"""Connect writes 1970-01-01T00:00:00.001Z for 'not set'; nothing before this moment is a time."""

TEXT_LENGTH = 1024
"""Characters in the longest text that is ours to read."""


class Said(NamedTuple):
    """What is said of a contact; None where nothing is said. Durations are whole seconds, moments are UTC."""

    channel: str | None = None
    initiation_method: str | None = None
    initial_contact_id: str | None = None
    previous_contact_id: str | None = None
    next_contact_id: str | None = None
    related_contact_id: str | None = None
    initiated_at: datetime | None = None
    scheduled_at: datetime | None = None
    connected_to_system_at: datetime | None = None
    enqueued_at: datetime | None = None
    dequeued_at: datetime | None = None
    connected_to_agent_at: datetime | None = None
    disconnected_at: datetime | None = None
    after_contact_work_started_at: datetime | None = None
    after_contact_work_ended_at: datetime | None = None
    queue_id: str | None = None
    queue_name: str | None = None
    queue_type: str | None = None
    agent_id: str | None = None
    agent_name: str | None = None
    site_id: str | None = None
    site_name: str | None = None
    interaction_seconds: int | None = None
    hold_seconds: int | None = None
    after_contact_work_seconds: int | None = None
    disconnect_reason: str | None = None
    turned_away: str | None = None
    customer_address: str | None = None
    customer_id: str | None = None
    system_address: str | None = None
    transferred_to: str | None = None
    last_updated_at: datetime | None = None
    completed: bool | None = None
    reached_agent: bool | None = None

    def moments(self) -> list[datetime]:
        """Return every moment said, in no order."""
        return [moment for moment in _moments(self) if moment is not None]


_moments = attrgetter(*(name for name in Said._fields if name.endswith("_at") and name != "last_updated_at"))


def merge(sayings: Iterable[Said]) -> Said:
    """Return what all of these say together; where two speak of the same thing, the later one in the order counts."""
    merged: dict[str, Any] = {}
    for said in sayings:
        merged.update({name: value for name, value in zip(Said._fields, said, strict=True) if value is not None})
    return Said(**merged)


class Reader:
    """Reads the members of one object of a document, and says which one is at fault.

    Every method returns None for a member that is absent or null, and raises `Unreadable` for one of the wrong kind.
    """

    __slots__ = ("_document", "_path")

    def __init__(self, document: Mapping[str, Any], path: str) -> None:
        self._document = document
        self._path = path

    def text(self, name: str) -> str | None:
        """Return a text; empty text says nothing."""
        value = self._document.get(name)
        if value is None:
            return None
        if type(value) is str and len(value) <= TEXT_LENGTH and value.isascii():
            return value or None
        return self._unusual(name, value)

    def resource(self, name: str, kind: str) -> str | None:
        """Return what an ARN names, such as the queue id in ``…/queue/<id>``; text that is no ARN stands for itself."""
        arn = self.text(name)
        if arn is None:
            return None
        return arn.partition(f"/{kind}/")[2] or arn.rpartition("/")[2] or arn

    def moment(self, name: str) -> datetime | None:
        """Return a moment in UTC to the millisecond; the sentinel of 1970 says nothing."""
        if self._document.get(name) is None:
            return None
        text = self.text(name)
        if text is None:
            return None
        try:
            moment = datetime.fromisoformat(text)
        except ValueError as error:
            raise Unreadable(self._path + name, "must be an ISO 8601 time such as 2026-06-15T01:00:00.000Z") from error
        if moment.tzinfo is not UTC:
            moment = self._in_utc(name, moment)
        if moment.microsecond % 1000:
            moment = moment.replace(microsecond=moment.microsecond // 1000 * 1000)
        return moment if moment >= SET else None

    def seconds(self, name: str) -> int | None:
        """Return a duration in whole seconds, never negative."""
        value = self._document.get(name)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < 10**9:
            raise Unreadable(self._path + name, "must be a number of seconds, 0 or more")
        return int(value)

    def inside(self, name: str) -> "Reader":
        """Return a reader of an object within this one; an absent object has no members."""
        value = self._document.get(name)
        if value is None:
            return NOTHING
        if not isinstance(value, dict):
            raise Unreadable(self._path + name, f"must be an object, not {type(value).__name__}")
        return Reader(value, f"{self._path}{name}.")

    def _unusual(self, name: str, value: Any) -> str:
        if not isinstance(value, str):
            raise Unreadable(self._path + name, f"must be text, not {type(value).__name__}")
        if len(value) > TEXT_LENGTH:
            raise Unreadable(self._path + name, f"must have at most {TEXT_LENGTH} characters")
        if any("\ud800" <= character <= "\udfff" for character in value):
            raise Unreadable(self._path + name, "holds half a character (a lone surrogate)")
        return value

    def _in_utc(self, name: str, moment: datetime) -> datetime:
        if moment.tzinfo is None:
            raise Unreadable(self._path + name, "must name its offset from UTC, such as Z")
        try:
            return moment.astimezone(UTC)
        except OverflowError as error:
            raise Unreadable(self._path + name, "lies outside the calendar") from error


NOTHING = Reader({}, "")
"""Reads an object that is not there."""
