"""An interval: the figures of one queue, site and channel in a quarter of an hour, and what CloudWatch was told."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import NamedTuple

from chalicelib.quality.model.figures import Figures
from chalicelib.quality.model.share import Cell, Share

CLOUDWATCH_KEEPS_OUT = timedelta(days=14) - timedelta(hours=1)
"""CloudWatch refuses points two weeks old; an hour is left for the run itself."""

AHEAD = timedelta(hours=1)
"""CloudWatch refuses points more than two hours ahead, and with them the whole call."""


class Interval(NamedTuple):
    """Figures of one queue, site and channel in a quarter of an hour.

    `published` holds, by metric, what CloudWatch was given in all; `published_at` when it was last given something.
    """

    cell: Cell
    site_id: str
    channel: str
    figures: Figures
    published: Mapping[str, int] = MappingProxyType({})
    published_at: datetime | None = None

    @property
    def unpublished(self) -> dict[str, int]:
        """What CloudWatch has still to be given, by metric; what it was given too much is negative."""
        due = measures(self.figures)
        owed = {name: due.get(name, 0) - self.published.get(name, 0) for name in MEASURES}
        return {name: difference for name, difference in owed.items() if difference}

    @property
    def longer_wait(self) -> int | None:
        """The longest wait, if CloudWatch knows only shorter ones; a maximum cannot be taken back."""
        longest = self.figures.longest_wait
        return longest if longest > self.published.get(LONGEST_WAIT, 0) else None

    def told(self, now: datetime) -> "Interval":
        """Return the interval after CloudWatch was given what it had not; the same one when there was nothing to give."""
        published = wholly_told(self.figures)
        if self.published.get(LONGEST_WAIT, 0) > self.figures.longest_wait:
            published[LONGEST_WAIT] = self.published[LONGEST_WAIT]
        return self if published == self.published else self._replace(published=published, published_at=now)

    def can_be_published(self, now: datetime) -> bool:
        """Whether CloudWatch still takes points of this interval, or takes them already."""
        return now - CLOUDWATCH_KEEPS_OUT < self.cell.start <= now + AHEAD

    def is_visible(self, now: datetime) -> bool:
        """Whether all that was published can be read back by now.

        CloudWatch shows points of the last hours in minutes, of the last day in hours, older ones in two days.
        """
        if self.published_at is None:
            return False
        age = self.published_at - self.cell.start
        if age < timedelta(hours=3):
            delay = timedelta(hours=1)
        elif age < timedelta(hours=24):
            delay = timedelta(hours=6)
        else:
            delay = timedelta(hours=50)
        return now >= self.published_at + delay

    @property
    def is_blank(self) -> bool:
        """Whether nothing counts here any more and CloudWatch holds nothing of it."""
        return self.figures.is_zero and not any(self.published.get(name) for name in MEASURES)


def recount(cell: Cell, shares: Iterable[Share], known: Iterable[Interval], threshold: int) -> list[Interval]:
    """Return the intervals of a cell as its shares make them; `known` tells what was published of each.

    An interval that no contact counts in any longer comes back empty, so that CloudWatch can be told.
    """
    counted: dict[tuple[str, str], Figures] = {}
    for share in shares:
        key = (share.site_id, share.channel)
        figures = counted.get(key)
        if figures is None:
            figures = counted[key] = Figures()
        figures.count(share, threshold)
    before = {(interval.site_id, interval.channel): interval for interval in known}
    intervals = []
    for site_id, channel in sorted({*counted, *before}):
        figures = counted.get((site_id, channel), Figures())
        fresh = Interval(cell=cell, site_id=site_id, channel=channel, figures=figures)
        intervals.append(before.get((site_id, channel), fresh)._replace(figures=figures))
    return intervals


LONGEST_WAIT = "LongestWait"

MEASURES = {
    "Arrived": "arrived",
    "LeftInMenu": "left_in_menu",
    "TurnedAway": "turned_away",
    "Offered": "offered",
    "Answered": "answered",
    "AnsweredInTime": "answered_in_time",
    "Abandoned": "abandoned",
    "CallbacksPromised": "callbacks_promised",
    "AnswerWaits": "answer_waits",
    "AnswerWaitSeconds": "answer_wait",
    "Handles": "handles",
    "HandleSeconds": "handle",
}
"""CloudWatch metric -> figure. Those named …Seconds are kept in milliseconds here and published in seconds."""


def wholly_told(figures: Figures) -> dict[str, int]:
    """Return what CloudWatch was given in all, once it was told of these figures and never of others."""
    longest = {LONGEST_WAIT: figures.longest_wait} if figures.longest_wait else {}
    return {**measures(figures), **longest}


def measures(figures: Figures) -> dict[str, int]:
    """Return what CloudWatch should hold of these figures, by metric, nothing for 0."""
    return {metric: value for metric, name in MEASURES.items() if (value := getattr(figures, name))}
