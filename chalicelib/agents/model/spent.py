"""The time that agents spent in their states, by quarter of an hour."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

from chalicelib.agents.model.events import AgentId
from chalicelib.agents.model.interval import Interval
from chalicelib.agents.model.states import State
from chalicelib.quality.model import interval_start
from chalicelib.quality.model.share import INTERVAL


class Spent(NamedTuple):
    """The seconds that an agent spent in one state within the quarter of an hour that begins at `start` (UTC)."""

    start: datetime
    agent_id: AgentId
    site_id: str | None
    routing_profile_id: str | None
    state: State
    status: str | None
    seconds: float


def spent(intervals: Iterable[Interval], start: datetime, end: datetime) -> list[Spent]:
    """Return the time that these intervals took from `start` until `end`, quarter by quarter.

    An open interval lasts until `end`, which is therefore no later than now.
    """
    sums: dict[Spent, timedelta] = {}
    for interval in intervals:
        until = end if interval.end is None else min(interval.end, end)
        at = max(interval.start, start)
        while at < until:
            quarter = interval_start(at)
            after = min(until, quarter + INTERVAL)
            nothing = _nothing_in(quarter, interval)
            sums[nothing] = sums.get(nothing, timedelta()) + (after - at)
            at = after
    return sorted((nothing._replace(seconds=time.total_seconds()) for nothing, time in sums.items()), key=_order)


def _nothing_in(quarter: datetime, interval: Interval) -> Spent:
    return Spent(
        start=quarter,
        agent_id=interval.agent_id,
        site_id=interval.site_id,
        routing_profile_id=interval.routing_profile_id,
        state=interval.state,
        status=interval.status,
        seconds=0.0,
    )


def _order(spent: Spent) -> tuple[datetime, list[str]]:
    return spent.start, [str(part) for part in spent[1:]]
