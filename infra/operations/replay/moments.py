"""Moments as older systems write them: by the clocks of a place, with or without seconds."""

import re
from datetime import UTC, datetime, timedelta, timezone
from typing import NamedTuple
from zoneinfo import ZoneInfo

EARLIEST = datetime(1971, 1, 1, tzinfo=UTC)
"""What lies before says "not set" in contact records."""

_MOMENT = re.compile(
    r"(\d{4})[-/](\d{1,2})[-/](\d{1,2})[ T](\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,6})\d*)?)? ?(?:(Z)|([+-]\d{2}):?(\d{2}))?",
    re.ASCII,
)


class Moment(NamedTuple):
    """A moment, UTC.

    `again` is the later moment at which the clocks showed the same, if they were put back. `skipped` says that they
    never showed it: they were put forward, and `at` is counted on from before.
    """

    at: datetime
    again: datetime | None = None
    skipped: bool = False


def read_moment(text: str, zone: ZoneInfo) -> Moment:
    """Return the moment that `text` names by the clocks of `zone`, or by the offset that it gives itself.

    Raises ValueError for text that is no moment, or one before 1971.
    """
    match = _MOMENT.fullmatch(text)
    if match is None:
        raise ValueError("must be a time such as 2026-06-15 10:00:00, or with an offset 2026-06-15T10:00:00+09:00")
    year, month, day, hour, minute, second, fraction, utc, hours, minutes = match.groups()
    try:
        clock = (int(hour), int(minute), int(second or 0), int((fraction or "").ljust(6, "0")))
        local = datetime(int(year), int(month), int(day), *clock, tzinfo=zone)
        if utc or hours:
            moment = Moment(local.replace(tzinfo=_offset(hours, minutes)).astimezone(UTC))
        else:
            moment = _by_clocks(local)
    except (ValueError, OverflowError) as error:
        raise ValueError("names a day or an hour that does not exist") from error
    if moment.at < EARLIEST:
        raise ValueError("lies before 1971")
    return moment


def _offset(hours: str | None, minutes: str | None) -> timezone:
    if hours is None or minutes is None:
        return UTC
    sign = -1 if hours.startswith("-") else 1
    return timezone(sign * timedelta(hours=int(hours[1:]), minutes=int(minutes)))


def _by_clocks(first: datetime) -> Moment:
    second = first.replace(fold=1)
    at = first.astimezone(UTC)
    if first.utcoffset() == second.utcoffset():
        return Moment(at)
    if at.astimezone(first.tzinfo).replace(tzinfo=None) != first.replace(tzinfo=None):
        return Moment(at, skipped=True)
    return Moment(at, again=second.astimezone(UTC))
