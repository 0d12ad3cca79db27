"""A CloudWatch dashboard: which series its widgets draw, and from which alarms it tells.

Format: Amazon CloudWatch API Reference, "Dashboard body structure and syntax".
"""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from chalicelib.desk.model.asking import Span

Body = Mapping[str, Any]
Fields = tuple[str, ...]

POINTS = 1440
"""Points in the longest series that a page is given."""

USUAL_PERIOD = 300
USUAL_STAT = "Average"
ROUND_PERIODS = (60, 300, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400)

KEPT = ((timedelta(days=63), 3600), (timedelta(days=15), 300), (timedelta(hours=3), 60))
"""What CloudWatch keeps of points older than this: sums of so many seconds."""


class Query(NamedTuple):
    """One series to be read: a metric by statistic and period, from `start` until before `end`."""

    namespace: str
    name: str
    dimensions: tuple[tuple[str, str], ...]
    stat: str
    period: int
    start: datetime
    end: datetime


class Wanted(NamedTuple):
    """The series that an entry of a widget draws: places in `widgets` and in that widget's `metrics`."""

    widget: int
    metric: int
    query: Query


@dataclass(slots=True)
class Points:
    """The points of a series, oldest first; `timestamps` are seconds of the epoch."""

    timestamps: list[int] = field(default_factory=list)
    values: list[float] = field(default_factory=list)


class Alarm(NamedTuple):
    """How an alarm stands, and why."""

    name: str
    arn: str
    state: str
    reason: str


class Entry(NamedTuple):
    """One entry of a widget's `metrics`, written out; without `fields` it is an expression or cannot be read."""

    fields: Fields
    options: Mapping[str, Any]


def expand(entries: Iterable[Any]) -> list[Entry]:
    """Return the entries of a widget with their shorthand written out.

    ``.`` repeats the field at the same place of the metric above, ``...`` all its fields but as many as follow.
    """
    written: list[Entry] = []
    above: Fields = ()
    for entry in entries:
        parts = list(entry) if isinstance(entry, list) else []
        options = parts.pop() if parts and isinstance(parts[-1], dict) else {}
        given = _fields(parts, above)
        if given:
            above = given
        written.append(Entry(fields=given, options=options))
    return written


def series_of(body: Body, span: Span, now: datetime, region: str) -> Iterator[Wanted]:
    """Yield what the metric widgets of a dashboard draw in this span, with periods that keep each series short.

    Metrics of other regions and accounts are left out: the function that reads sees its own alone.
    """
    for number, properties in _properties(body, "metric"):
        entries = properties.get("metrics")
        for place, entry in enumerate(expand(entries if isinstance(entries, list) else [])):
            of_entry = {**_usual(properties), **entry.options}
            if not entry.fields or of_entry.get("accountId") or of_entry.get("region", region) != region:
                continue
            period = period_for(of_entry.get("period"), span, now)
            start, end = window(span, period)
            names = entry.fields[2:]
            query = Query(
                namespace=entry.fields[0],
                name=entry.fields[1],
                dimensions=tuple(zip(names[::2], names[1::2], strict=True)),
                stat=str(of_entry.get("stat") or USUAL_STAT),
                period=period,
                start=start,
                end=end,
            )
            yield Wanted(widget=number, metric=place, query=query)


def alarms_of(body: Body) -> list[str]:
    """Return the ARNs of the alarms that a dashboard shows, each once."""
    named: dict[str, None] = {}
    for kind in ("alarm", "metric"):
        for _, properties in _properties(body, kind):
            holder = properties if kind == "alarm" else properties.get("annotations")
            arns = holder.get("alarms") if isinstance(holder, dict) else None
            known = arns if isinstance(arns, list) else []
            named.update(dict.fromkeys(arn for arn in known if isinstance(arn, str)))
    return list(named)


def period_for(asked: Any, span: Span, now: datetime) -> int:
    """Return the period to read: the one asked for, or the next longer one that fits.

    A series has at most `POINTS` points, and CloudWatch keeps old points for long periods only. The longer period is
    a multiple of the one asked for, so that its sums are sums of the same intervals.
    """
    period = asked if isinstance(asked, int) and not isinstance(asked, bool) and asked > 0 else USUAL_PERIOD
    if period not in (1, 5, 10, 30):
        period = -(-period // 60) * 60
    least = -(-(span.end - span.start) // timedelta(seconds=POINTS))
    least = max([least, *(kept for age, kept in KEPT if now - span.start > age)])
    if period >= least:
        return period
    for longer in ROUND_PERIODS:
        if longer >= least and longer % period == 0:
            return longer
    return -(-least // period) * period


def window(span: Span, period: int) -> tuple[datetime, datetime]:
    """Return the span widened to whole periods, less the oldest of them if they are more than `POINTS`."""
    end = math.ceil(span.end.timestamp() / period) * period
    start = max(math.floor(span.start.timestamp() / period) * period, end - POINTS * period)
    return datetime.fromtimestamp(start, UTC), datetime.fromtimestamp(end, UTC)


def _properties(body: Body, kind: str) -> Iterator[tuple[int, dict[str, Any]]]:
    widgets = body.get("widgets")
    for number, widget in enumerate(widgets if isinstance(widgets, list) else []):
        if isinstance(widget, dict) and widget.get("type") == kind and isinstance(widget.get("properties"), dict):
            yield number, widget["properties"]


def _usual(properties: Mapping[str, Any]) -> dict[str, Any]:
    return {name: properties[name] for name in ("stat", "period", "region", "accountId") if name in properties}


def _fields(parts: Sequence[Any], above: Fields) -> Fields:
    if parts and parts[0] == "...":
        parts = [*above[: len(above) - len(parts) + 1], *parts[1:]]
    written = tuple(above[place] if part == "." and place < len(above) else part for place, part in enumerate(parts))
    is_metric = len(written) >= 2 and len(written) % 2 == 0
    return written if is_metric and all(isinstance(part, str) and part not in ("", ".") for part in written) else ()
