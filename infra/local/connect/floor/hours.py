"""Whether hours of operation are open. Overrides outweigh the week, the first that names the day first (unconfirmed)."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from infra.local.connect.instance import Hours, Opening


def is_open(hours: Hours, now: datetime) -> bool:
    """Whether a moment lies in opening hours; the end is not part of them, and hours past midnight belong to the day they began."""
    local = now.astimezone(ZoneInfo(hours.zone))
    today, clock = local.date(), local.time().replace(tzinfo=None)
    for each in _openings(hours, today):
        if each.start <= clock and (clock < each.end or each.end <= each.start):
            return True
    return any(each.end <= each.start and clock < each.end for each in _openings(hours, today - timedelta(days=1)))


def _openings(hours: Hours, day: date) -> tuple[Opening, ...]:
    week = next((each.week for each in hours.overrides if each.first <= day <= each.last), hours.week)
    return week.get(day.weekday(), ())
