"""Reviews: intervals summed to quarters of an hour, hours, days, weeks and months of the centre's own zone."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from chalicelib.quality.model.figures import Figures
from chalicelib.quality.model.interval import Interval


class Step(StrEnum):
    """The length of time that one row of a review covers."""

    QUARTER = "15m"
    HOUR = "hour"
    DAY = "day"
    WEEK = "week"
    MONTH = "month"


class By(StrEnum):
    """What rows of one moment are told apart by."""

    QUEUE = "queue"
    SITE = "site"
    CHANNEL = "channel"


class Row(NamedTuple):
    """The figures of one queue, site or channel from `start`, in the centre's zone, for one step."""

    start: datetime
    key: str
    figures: Figures


def review(intervals: Iterable[Interval], *, step: Step, by: By, zone: ZoneInfo) -> list[Row]:
    """Return one row for every step and queue, site or channel in which anything happened, in order of time."""
    sums: dict[tuple[datetime, str], Figures] = {}
    for interval in intervals:
        # In UTC, since in its own zone the hour that the clocks show twice would count as one.
        key = (step_start(interval.cell.start, step, zone).astimezone(UTC), _key_of(interval, by))
        if key not in sums:
            sums[key] = Figures()
        sums[key].add(interval.figures)
    return [Row(start=start.astimezone(zone), key=key, figures=sums[start, key]) for start, key in sorted(sums)]


def step_start(moment: datetime, step: Step, zone: ZoneInfo) -> datetime:
    """Return the start of the step in which a moment lies; weeks begin on Monday (ISO 8601)."""
    local = moment.astimezone(zone)
    if step is Step.QUARTER:
        return local.replace(minute=local.minute // 15 * 15, second=0, microsecond=0)
    if step is Step.HOUR:
        return local.replace(minute=0, second=0, microsecond=0)
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0, fold=0)
    if step is Step.WEEK:
        return midnight - timedelta(days=midnight.weekday())
    return midnight.replace(day=1) if step is Step.MONTH else midnight


def rates(figures: Figures) -> dict[str, Any]:
    """Return the figures as people read them.

    Rates are fractions of 1 and None where they would divide by nothing; durations are seconds. Service level is
    formula B of Connect's data lake reference queries: answered within the threshold over offered.
    """
    return {
        "arrived": figures.arrived,
        "left_in_menu": figures.left_in_menu,
        "turned_away": figures.turned_away,
        "offered": figures.offered,
        "answered": figures.answered,
        "answered_in_time": figures.answered_in_time,
        "abandoned": figures.abandoned,
        "abandoned_in_time": figures.abandoned_in_time,
        "callbacks_promised": figures.callbacks_promised,
        "transferred": figures.transferred,
        "other": figures.other,
        "answer_rate": _ratio(figures.answered, figures.offered),
        "answer_rate_of_arrived": _ratio(figures.answered, figures.arrived),
        "service_level": _ratio(figures.answered_in_time, figures.offered),
        "average_speed_of_answer": _ratio(figures.answer_wait, figures.answer_waits * 1000),
        "average_handle_time": _ratio(figures.handle, figures.handles * 1000),
        "longest_wait": figures.longest_wait / 1000,
    }


def _ratio(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def _key_of(interval: Interval, by: By) -> str:
    if by is By.QUEUE:
        return interval.cell.queue_id
    return interval.site_id if by is By.SITE else interval.channel
