"""What callers ask: parameters understood, or refused in words that say how to ask."""

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import NamedTuple, TypeVar
from zoneinfo import ZoneInfo

from chalicelib.problems import BadRequest

Choice = TypeVar("Choice", bound=StrEnum)

LENGTH = 1024
"""Characters in the longest value that any parameter may have."""

TOKEN_LENGTH = 8192
"""Characters in the longest page token; it names a contact, a queue and a moment."""

EARLIEST, LATEST = datetime(1971, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)
"""Contacts, imported history among them, and whatever may be asked of them lie between."""

_LOST_PLUS = re.compile(r"(?<=[T ])(\d\d(?::?\d\d){0,2}(?:[.,]\d+)?) (\d\d(?::?\d\d)?)$")
"""A plus sign that nobody wrote as %2B arrives as a space."""


class Span(NamedTuple):
    """The moments from `start` until before `end`, both UTC."""

    start: datetime
    end: datetime


class Limits(NamedTuple):
    """How long a span may be; `advice` tells those who asked for more what to do."""

    days: int
    advice: str


class Parameters:
    """The parameters of one question; an empty value says nothing, as if it were left out."""

    def __init__(self, given: Mapping[str, Sequence[str]], known: Sequence[str]) -> None:
        """Take the parameters that were given.

        Raises `BadRequest` for one that is not among `known`, comes twice or is too long.
        """
        self._given: dict[str, str] = {}
        for name, values in given.items():
            if name not in known:
                raise BadRequest(f"There is no parameter {_quoted(name)} here. {_known(known)}")
            if len(values) != 1:
                raise BadRequest(f"Give `{name}` once, not {len(values)} times.")
            most = TOKEN_LENGTH if name == "next" else LENGTH
            if len(values[0]) > most:
                raise BadRequest(f"`{name}` may have at most {most} characters.")
            if values[0].strip():
                self._given[name] = values[0].strip()

    def text(self, name: str) -> str | None:
        """Return the value as it is."""
        return self._given.get(name)

    def choice(self, name: str, among: type[Choice], usual: Choice) -> Choice:
        """Return one of several words.

        Raises `BadRequest` for any other.
        """
        try:
            return among(self._given.get(name, usual))
        except ValueError as error:
            words = ", ".join(each.value for each in among)
            raise BadRequest(f"`{name}` must be one of {words}, not {_quoted(self._given[name])}.") from error

    def number(self, name: str, *, usual: int, most: int) -> int:
        """Return a whole number from 1 to `most`.

        Raises `BadRequest` for anything else.
        """
        text = self._given.get(name, str(usual))
        if text.isascii() and text.isdigit() and len(text) <= len(str(most)) and 1 <= int(text) <= most:
            return int(text)
        raise BadRequest(f"`{name}` must be a whole number from 1 to {most}, not {_quoted(text)}.")

    def span(self, now: datetime, zone: ZoneInfo, limits: Limits, *, usual: timedelta | None = None) -> Span:
        """Return the moments between `from` and `to`.

        Without `to` the span ends `now`; without `from` it begins `usual` before its end, or at the midnight before it.
        Raises `BadRequest` for what is no moment, ends before it begins, or is longer than `limits` allow.
        """
        end = self._moment("to", zone) or now.astimezone(UTC)
        start = self._moment("from", zone) or (end - usual if usual else _midnight_before(end, zone))
        if start >= end:
            raise BadRequest(
                f"`from` ({_told(start, zone)}) must lie before `to` ({_told(end, zone)}); without `to` that is now."
            )
        if end > days_after(start, limits.days, zone):
            raise BadRequest(f"From `from` to `to` may be at most {limits.days} days. {limits.advice}")
        return Span(start=start, end=end)

    def _moment(self, name: str, zone: ZoneInfo) -> datetime | None:
        text = self._given.get(name)
        if text is None:
            return None
        moment = moment_in(text, zone)
        if moment is None:
            raise BadRequest(
                f"`{name}` must be an ISO 8601 time between 1971 and 2100, such as 2026-06-15T10:00:00+09:00, "
                f"2026-06-15T01:00:00Z, or 2026-06-15 for midnight in {zone.key}; not {_quoted(text)}."
            )
        return moment


def moment_in(text: str, zone: ZoneInfo) -> datetime | None:
    """Return the moment that an ISO 8601 text names, in UTC to the millisecond, or None if it names none.

    Without an offset it is a time of the centre's zone; a date alone is its midnight. Of a time that the clocks show
    twice the first is meant; one that they skip is as long after the last that they show as it says.
    """
    if not text.isprintable():
        return None
    try:
        moment = datetime.fromisoformat(_LOST_PLUS.sub(r"\1+\2", text))
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=zone)
        moment = moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000) if EARLIEST <= moment < LATEST else None


def days_after(moment: datetime, days: int, zone: ZoneInfo) -> datetime:
    """Return the moment at which the clocks of `zone` show the same time so many days later."""
    return (moment.astimezone(zone) + timedelta(days=days)).astimezone(UTC)


def _midnight_before(moment: datetime, zone: ZoneInfo) -> datetime:
    local = moment.astimezone(zone) - timedelta(milliseconds=1)
    return local.replace(hour=0, minute=0, second=0, microsecond=0, fold=0).astimezone(UTC)


def _known(known: Sequence[str]) -> str:
    return f"Known are {', '.join(known)}." if known else "There are none at all."


def _quoted(text: str) -> str:
    shown = text if len(text) <= 60 else f"{text[:59]}…"
    return f"'{''.join(character if character.isprintable() else '?' for character in shown)}'"


def _told(moment: datetime, zone: ZoneInfo) -> str:
    return moment.astimezone(zone).isoformat(timespec="seconds")
