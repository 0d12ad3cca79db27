"""Figures of an interval: sums and histograms, never averages, so that any number of them can be added.

Every formula that Amazon Connect publishes for these contacts can be computed from them (Administrator Guide, "Metric
definitions"): both formulas of service level for the queue's threshold, and for every edge of the histograms besides.
"""

from bisect import bisect_left
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from chalicelib.contacts.model import Outcome
from chalicelib.quality.model.share import Share

EDGES = (5, 10, 15, 20, 25, 30, 45, 60, 90, 120, 180, 240, 300, 600, 900, 1800, 3600, 7200, 14400, 28800, 86400)
"""Upper edges of the histograms in seconds; a wait equal to an edge lies below it. Includes Connect's own presets."""

BEYOND = "beyond"
"""Stands for the edge of waits longer than the last one."""

Histogram = dict[str, int]
"""Counts by upper edge, nothing for 0."""


@dataclass(slots=True)
class Figures:
    """Counts of contacts, sums of milliseconds, and waits by histogram.

    Who is turned away for a reason that is neither closed, full nor no_staff counts under `turned_away_error`.
    """

    arrived: int = 0
    left_in_menu: int = 0
    turned_away: int = 0
    turned_away_closed: int = 0
    turned_away_full: int = 0
    turned_away_no_staff: int = 0
    turned_away_error: int = 0
    offered: int = 0
    answered: int = 0
    answered_in_time: int = 0
    abandoned: int = 0
    abandoned_in_time: int = 0
    callbacks_promised: int = 0
    callbacks_promised_in_time: int = 0
    transferred: int = 0
    other: int = 0
    answer_waits: int = 0
    answer_wait: int = 0
    abandon_waits: int = 0
    abandon_wait: int = 0
    handles: int = 0
    handle: int = 0
    hold: int = 0
    after_contact_work: int = 0
    longest_wait: int = 0
    answered_by_wait: Histogram = field(default_factory=dict)
    abandoned_by_wait: Histogram = field(default_factory=dict)
    callbacks_promised_by_wait: Histogram = field(default_factory=dict)

    def count(self, share: Share, threshold: int) -> None:
        """Add one contact; `threshold` is the number of seconds within which it should have been answered."""
        wait = share.wait
        self.arrived += share.arrived
        self.offered += share.offered
        if share.handle is not None:
            self.handles += 1
            self.handle += share.handle
            self.hold += share.hold
            self.after_contact_work += share.after_contact_work
        if wait is not None and wait > self.longest_wait and not share.callback:
            self.longest_wait = wait
        if share.outcome is not None:
            in_time = wait is not None and wait <= threshold * 1000
            _COUNTERS[share.outcome](self, share, in_time)

    def add(self, other: "Figures") -> None:
        """Add the figures of another interval, queue, site or channel."""
        for name in _SUMS:
            setattr(self, name, getattr(self, name) + getattr(other, name))
        for name in _HISTOGRAMS:
            mine = getattr(self, name)
            for edge, number in getattr(other, name).items():
                mine[edge] = mine.get(edge, 0) + number
        self.longest_wait = max(self.longest_wait, other.longest_wait)

    @property
    def is_zero(self) -> bool:
        """Whether nothing was counted."""
        return not any(getattr(self, name) for name in _NAMES)

    def plain(self) -> dict[str, Any]:
        """Return what is stored: every figure that is not 0, by name, histograms by edge."""
        return {name: value for name in _NAMES if (value := getattr(self, name))}

    @classmethod
    def of_plain(cls, known: Mapping[str, Any]) -> "Figures":
        """Return the figures that `plain` wrote, in this release or in a newer one that counts more parts."""
        return cls(**{name: value for name, value in known.items() if name in _NAMES})

    def _count_answered(self, share: Share, in_time: bool) -> None:
        if not share.offered:
            return
        self.answered += 1
        self.answered_in_time += in_time
        if share.wait is not None:
            _count_wait(self.answered_by_wait, share.wait)
            if not share.callback:
                self.answer_waits += 1
                self.answer_wait += share.wait

    def _count_abandoned(self, share: Share, in_time: bool) -> None:
        self.abandoned += 1
        self.abandoned_in_time += in_time
        if share.wait is not None:
            self.abandon_waits += 1
            self.abandon_wait += share.wait
            _count_wait(self.abandoned_by_wait, share.wait)

    def _count_callback_promised(self, share: Share, in_time: bool) -> None:
        self.callbacks_promised += 1
        self.callbacks_promised_in_time += in_time
        if share.wait is not None:
            _count_wait(self.callbacks_promised_by_wait, share.wait)

    def _count_turned_away(self, share: Share, in_time: bool) -> None:
        self.turned_away += 1
        match share.turned_away:
            case "closed":
                self.turned_away_closed += 1
            case "full":
                self.turned_away_full += 1
            case "no_staff":
                self.turned_away_no_staff += 1
            case _:
                self.turned_away_error += 1

    def _count_left_in_menu(self, share: Share, in_time: bool) -> None:
        self.left_in_menu += 1

    def _count_transferred(self, share: Share, in_time: bool) -> None:
        self.transferred += 1

    def _count_other(self, share: Share, in_time: bool) -> None:
        self.other += share.arrived


def total(figures: Iterable[Figures]) -> Figures:
    """Return the sum of these figures."""
    sum_of_all = Figures()
    for each in figures:
        sum_of_all.add(each)
    return sum_of_all


def _count_wait(histogram: Histogram, wait: int) -> None:
    edge = _EDGE_NAMES[bisect_left(_EDGES_IN_MILLISECONDS, wait)]
    histogram[edge] = histogram.get(edge, 0) + 1


_EDGE_NAMES = (*map(str, EDGES), BEYOND)
_EDGES_IN_MILLISECONDS = tuple(edge * 1000 for edge in EDGES)
_HISTOGRAMS = ("answered_by_wait", "abandoned_by_wait", "callbacks_promised_by_wait")
_NAMES = tuple(each.name for each in fields(Figures))
_SUMS = tuple(each.name for each in fields(Figures) if each.name not in _HISTOGRAMS and each.name != "longest_wait")
_COUNTERS = {
    Outcome.ANSWERED: Figures._count_answered,
    Outcome.ABANDONED: Figures._count_abandoned,
    Outcome.CALLBACK_PROMISED: Figures._count_callback_promised,
    Outcome.TURNED_AWAY: Figures._count_turned_away,
    Outcome.LEFT_IN_MENU: Figures._count_left_in_menu,
    Outcome.TRANSFERRED: Figures._count_transferred,
    Outcome.OTHER: Figures._count_other,
}
