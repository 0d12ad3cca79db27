"""Moments as Connect writes them: events to the millisecond, records to the second.

The same moment is told over and over, in event after event of a contact and snapshot after snapshot of an agent: it is written once.
"""

from datetime import UTC, datetime
from functools import lru_cache

NOT_SET = "1970-01-01T00:00:00.001Z"
"""What CONTACT_DATA_UPDATED says of moments that have not come; seen in the guide's sample."""


@lru_cache(maxsize=4096)
def exact(moment: datetime) -> str:
    """Return a moment as events have it: `2026-06-15T01:00:00.000Z`."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds")[:-6] + "Z"


def whole(moment: datetime | None) -> str | None:
    """Return a moment as records have it: `2026-06-15T01:00:00Z`, fractions cut off; None for none."""
    return None if moment is None else moment.astimezone(UTC).isoformat(timespec="seconds")[:-6] + "Z"


def seconds_between(start: datetime | None, end: datetime | None) -> int | None:
    """Return the whole seconds between two moments as documents write them, so that they add up for whoever reads both."""
    if start is None or end is None:
        return None
    return int((end.replace(microsecond=0) - start.replace(microsecond=0)).total_seconds())
