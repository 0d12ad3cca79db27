"""What CloudWatch is given: points of metrics, for the whole centre and by queue, site and channel."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import NamedTuple

from chalicelib.contacts.model import Waiting
from chalicelib.quality.model.interval import LONGEST_WAIT, Interval
from chalicelib.quality.model.share import NOWHERE
from chalicelib.routing.model import Directory

NAME_LENGTH = 255
"""Characters of the longest queue, site or channel name that CloudWatch is given."""


Dimension = tuple[str, str]
WHOLE_CENTRE: Dimension = ("Centre", "all")
"""The whole centre has a dimension of its own: not every reader takes 'no dimension' for 'without dimensions'."""


class Series(NamedTuple):
    """One metric of the whole centre, or of one queue, site or channel."""

    metric: str
    dimension: Dimension = WHOLE_CENTRE


class Point(NamedTuple):
    """A value of a series at a moment: milliseconds for metrics in seconds, else a count."""

    series: Series
    at: datetime
    value: int


def differences(intervals: Iterable[Interval], directory: Directory) -> list[Point]:
    """Return the points that bring CloudWatch up to date with these intervals.

    CloudWatch adds up the points of a metric, so each is what the metric lacks, and may be negative.
    """
    lacking: dict[tuple[Dimension, datetime], dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for interval in intervals:
        owed, wait = interval.unpublished, interval.longer_wait or 0
        for dimension in dimensions_of(interval, directory):
            sums = lacking[dimension, interval.cell.start]
            for metric, value in owed.items():
                sums[metric] += value
            sums[LONGEST_WAIT] = max(sums[LONGEST_WAIT], wait)
    return [
        Point(Series(metric, dimension), at, value)
        for (dimension, at), sums in lacking.items()
        for metric, value in sums.items()
        if value
    ]


def published(intervals: Iterable[Interval], directory: Directory) -> dict[tuple[Series, datetime], int]:
    """Return what CloudWatch should hold, by series and interval, if every publication reached it once."""
    sums: dict[tuple[Series, datetime], int] = defaultdict(int)
    for interval in intervals:
        for metric, value in interval.published.items():
            if metric != LONGEST_WAIT:
                for dimension in dimensions_of(interval, directory):
                    sums[Series(metric, dimension), interval.cell.start] += value
    return dict(sums)


def corrections(due: Mapping[tuple[Series, datetime], int], held: Mapping[tuple[Series, datetime], int]) -> list[Point]:
    """Return the points that make CloudWatch hold what is due instead of what it holds."""
    keys = sorted({*due, *held}, key=lambda key: (key[1], key[0]))
    return [
        Point(series, at, difference)
        for series, at in keys
        if (difference := due.get((series, at), 0) - held.get((series, at), 0))
    ]


def waiting_now(waiting: Iterable[Waiting], directory: Directory, now: datetime) -> list[Point]:
    """Return how many wait now and how long the longest has waited, 0 for queues in which nobody waits."""
    dimensions: set[Dimension] = {WHOLE_CENTRE, *(("Queue", entry.name) for entry in directory.queues())}
    counts: dict[Dimension, int] = dict.fromkeys(sorted(dimensions), 0)
    longest = dict(counts)
    for contact in waiting:
        wait = max(round((now - contact.since).total_seconds() * 1000), 0)
        named = [
            ("Queue", directory.name("queue", contact.queue_id or NOWHERE)),
            ("Channel", contact.channel or NOWHERE),
        ]
        for dimension in (WHOLE_CENTRE, *(each for each in named if _can_be_shown(each[1]))):
            counts[dimension] = counts.get(dimension, 0) + 1
            longest[dimension] = max(longest.get(dimension, 0), wait)
    return [
        *(Point(Series("WaitingNow", dimension), now, count) for dimension, count in counts.items()),
        *(Point(Series("LongestWaitNow", dimension), now, wait) for dimension, wait in longest.items()),
    ]


def dimensions_of(interval: Interval, directory: Directory) -> list[Dimension]:
    """Return the dimensions under which an interval is published: the centre, its queue, site and channel.

    CloudWatch refuses names beyond ASCII, and with one such point the whole call; those count for the centre alone.
    """
    named = [
        ("Queue", directory.name("queue", interval.cell.queue_id)),
        ("Site", directory.name("site", interval.site_id)),
        ("Channel", interval.channel),
    ]
    return [
        WHOLE_CENTRE,
        *(dimension for dimension in named if dimension[1] != NOWHERE and _can_be_shown(dimension[1])),
    ]


def _can_be_shown(name: str) -> bool:
    return name.isascii() and name.isprintable() and 0 < len(name.strip()) <= NAME_LENGTH and not name.startswith(":")
