"""Moments as they are stored: UTC, as text that sorts as time does."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta


def stamp(moment: datetime) -> str:
    """Return a moment as it is stored: UTC to the millisecond, of one length, so that text sorts as time does."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def days(start: datetime, end: datetime) -> Iterator[str]:
    """Yield the days, as 2026-06-15 in UTC, that hold a moment from `start` until before `end`, to the millisecond."""
    day = start.astimezone(UTC).date()
    last = (end.astimezone(UTC) - timedelta(milliseconds=1)).date()
    while day <= last:
        yield day.isoformat()
        day += timedelta(days=1)
