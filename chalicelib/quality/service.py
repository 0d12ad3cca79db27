"""What is done about connection quality: count what changed, tell CloudWatch, check it, review it."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple, Protocol
from zoneinfo import ZoneInfo

from chalicelib.contacts.model import Contact, Waiting
from chalicelib.problems import TryAgain
from chalicelib.quality.model import By, Cell, Interval, Point, Row, Series, Share, Step, recount, review, share_of
from chalicelib.quality.model.interval import CLOUDWATCH_KEEPS_OUT
from chalicelib.quality.model.publication import corrections, differences, published, waiting_now
from chalicelib.routing.model import Directory
from chalicelib.slices import in_slices

CELLS_A_ROUND = 200
"""Cells recounted between two publications: enough to fill calls, few enough for a small memory."""


class Mark(NamedTuple):
    """A note that a cell changed; `name` tells marks of one cell apart, so that forgetting one keeps a newer one."""

    cell: Cell
    name: str


class Change(NamedTuple):
    """A contact before and after it changed."""

    before: Contact | None
    after: Contact


class Tally(Protocol):
    """Shares of contacts, the intervals they add up to, and marks on cells that changed since they were counted.

    Every method raises `TryAgain` when the store is busy; repeating it is safe.
    """

    def keep_shares(self, shares: Collection[Share], left: Collection[Share]) -> None:
        """Keep these shares, and remove those that contacts `left` behind in other cells."""

    def mark(self, marks: Collection[Mark]) -> None:
        """Mark cells as changed."""

    def marks(self) -> Iterable[Mark]:
        """Return all marks, newest interval first: today does not wait while years of history come in."""

    def forget(self, marks: Collection[Mark]) -> None:
        """Remove these marks and no others."""

    def cell(self, cell: Cell) -> tuple[Sequence[Share], Sequence[Interval]]:
        """Return the shares in a cell and its intervals as last counted."""

    def keep_intervals(self, intervals: Collection[Interval]) -> None:
        """Keep these intervals in place of all that was counted before of their cells; blank ones are dropped."""

    def intervals(self, start: datetime, end: datetime) -> Iterable[Interval]:
        """Return the intervals that start from `start` until before `end`."""

    def note_correction(self, intervals: Sequence[Interval], now: datetime) -> None:
        """Note when the intervals of one cell were corrected, unless they were counted again since they were read."""


class Gauge(Protocol):
    """Where supervisors look: CloudWatch."""

    def publish(self, points: Sequence[Point]) -> None:
        """Add these points.

        Raises `TryAgain` when CloudWatch is busy.
        """

    def held(self, series: Collection[Series], start: datetime, end: datetime) -> Mapping[tuple[Series, datetime], int]:
        """Return the sums that CloudWatch holds, by series and quarter of an hour.

        Raises `TryAgain` when CloudWatch is busy.
        """


class Counted(NamedTuple):
    """What a run did; `complete` is False when it ran out of time and left marks for the next one."""

    cells: int
    points: int
    complete: bool


def note_changes(changes: Sequence[Change], *, tally: Tally, name: str) -> int:
    """Keep the shares of changed contacts and mark the cells they touch; return how many cells.

    `name` is of this batch alone. The share kept is the last one of each contact, and every other cell that the batch
    names is cleared of it: a batch may come again, whole or in part, after part of it was done.
    """
    seen: dict[str, dict[Cell, Share]] = {}
    last: dict[str, Share] = {}
    changed: set[str] = set()
    for change in changes:
        contact_id = change.after.contact_id
        before = share_of(change.before) if change.before else None
        after = share_of(change.after)
        for share in filter(None, (before, after)):
            seen.setdefault(contact_id, {})[share.cell] = share
        if after is not None:
            last[contact_id] = after
        if before != after:
            changed.add(contact_id)
    kept = [last[contact_id] for contact_id in sorted(changed & last.keys())]
    left = [share for own in kept for share in seen[own.contact_id].values() if share.cell != own.cell]
    tally.keep_shares(kept, left)
    cells = sorted({share.cell for share in (*kept, *left)})
    tally.mark([Mark(cell=cell, name=name) for cell in cells])
    return len(cells)


def bring_up_to_date(
    *, now: datetime, tally: Tally, gauge: Gauge, directory: Directory, more_time: Callable[[], bool]
) -> Counted:
    """Recount the cells that changed since they were last counted, and give CloudWatch the difference.

    What CloudWatch was told is kept with the figures, and the marks are forgotten last, so that a run that dies is
    simply done again. One that dies between telling and keeping tells it twice; `correct_drift` mends that.
    Raises `TryAgain` when a store is busy; the marks that are left wait for the next run.
    """
    cells = points = 0
    for marks in in_slices(tally.marks(), CELLS_A_ROUND):
        if not more_time():
            return Counted(cells=cells, points=points, complete=False)
        intervals: list[Interval] = []
        changed = sorted({mark.cell for mark in marks})
        for cell in changed:
            shares, known = tally.cell(cell)
            intervals += recount(cell, shares, known, directory.threshold(cell.queue_id))
        points += _tell_and_keep(intervals, now=now, tally=tally, gauge=gauge, directory=directory)
        tally.forget(marks)
        cells += len(changed)
    return Counted(cells=cells, points=points, complete=True)


def show_waiting(*, now: datetime, waiting: Iterable[Waiting], gauge: Gauge, directory: Directory) -> None:
    """Tell CloudWatch who waits now.

    Raises `TryAgain` when CloudWatch is busy; the next run tells it what is true then.
    """
    gauge.publish(waiting_now(waiting, directory, now))


def correct_drift(*, now: datetime, tally: Tally, gauge: Gauge, directory: Directory) -> int:
    """Make CloudWatch hold what was meant for it wherever that can be read back; return how many points it took.

    An interval that was corrected is left alone until the correction is visible, so that none is made twice.
    Raises `TryAgain` when a store is busy.
    """
    start = now - CLOUDWATCH_KEEPS_OUT
    by_start: dict[datetime, list[Interval]] = {}
    by_cell: dict[Cell, list[Interval]] = {}
    for interval in tally.intervals(start, now):
        by_start.setdefault(interval.cell.start, []).append(interval)
        by_cell.setdefault(interval.cell, []).append(interval)
    settled = [
        interval
        for intervals in by_start.values()
        if all(interval.is_visible(now) for interval in intervals)
        for interval in intervals
    ]
    due = published(settled, directory)
    if not due:
        return 0
    starts = {at for _, at in due}
    held = gauge.held({series for series, _ in due}, min(starts), now)
    points = corrections(due, {key: value for key, value in held.items() if key[1] in starts})
    if points:
        gauge.publish(points)
        mended = {point.at for point in points}
        for cell, intervals in by_cell.items():
            if cell.start in mended:
                tally.note_correction(intervals, now)
    return len(points)


def look_back(*, start: datetime, end: datetime, step: Step, by: By, zone: ZoneInfo, tally: Tally) -> list[Row]:
    """Return the figures of the intervals that start from `start` until before `end`, by step and dimension."""
    return review(tally.intervals(start, end), step=step, by=by, zone=zone)


def _tell_and_keep(
    intervals: Sequence[Interval], *, now: datetime, tally: Tally, gauge: Gauge, directory: Directory
) -> int:
    points = differences((each for each in intervals if each.can_be_published(now)), directory)
    try:
        if points:
            gauge.publish(points)
    except TryAgain:
        # The figures themselves do not wait for CloudWatch.
        tally.keep_intervals(intervals)
        raise
    tally.keep_intervals([each.told(now) if each.can_be_published(now) else each for each in intervals])
    return len(points)
