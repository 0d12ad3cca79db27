"""CloudWatch's metrics: everything that was put, added up as CloudWatch adds it up."""

import math
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from .answers import NotPlayed, Refused, json_of, only

DATA_A_CALL = 1000
VALUES_A_DATUM = 150
OLDEST, NEWEST = timedelta(days=14), timedelta(hours=2)

_DATUM = ("MetricName", "Dimensions", "Timestamp", "Unit", "Value", "Values", "Counts", "StatisticValues")

Series = tuple[str, str, tuple[tuple[str, str], ...]]
"""Namespace, metric name, and dimensions by name."""


@dataclass
class Sums:
    """A statistic set: what CloudWatch keeps of a minute."""

    count: float = 0.0
    sum: float = 0.0
    minimum: float = math.inf
    maximum: float = -math.inf

    def add(self, other: "Sums") -> None:
        self.count += other.count
        self.sum += other.sum
        self.minimum = min(self.minimum, other.minimum)
        self.maximum = max(self.maximum, other.maximum)

    def statistic(self, name: str) -> float:
        known = {"SampleCount": self.count, "Sum": self.sum, "Minimum": self.minimum, "Maximum": self.maximum}
        if name == "Average":
            return self.sum / self.count
        if name not in known:
            raise NotPlayed(f"the statistic {name}")
        return known[name]


class CloudWatch:
    """Metrics by series and minute. `now`, if given, makes points of wrong age refused, as AWS refuses them."""

    throttled = "ThrottlingException"

    def __init__(self, now: Callable[[], datetime] | None = None) -> None:
        self.series: defaultdict[Series, defaultdict[datetime, Sums]] = defaultdict(lambda: defaultdict(Sums))
        self._now = now

    def resources(self, request: dict[str, Any]) -> tuple[str, ...]:
        return (request.get("Namespace", ""),)

    def answer(self, operation: str, request: dict[str, Any], parts: int) -> bytes:
        """Do the operation; neither has parts."""
        if operation == "PutMetricData":
            return self._put(request)
        if operation == "GetMetricData":
            return self._get(request)
        raise NotPlayed(f"CloudWatch's {operation}")

    def sums(self, series: Series, since: datetime, until: datetime) -> Sums:
        """Return what a series adds up to over the minutes that begin from `since` to before `until`."""
        total = Sums()
        for minute, sums in self.series.get(series, {}).items():
            if since <= minute < until:
                total.add(sums)
        return total

    def _put(self, request: dict[str, Any]) -> bytes:
        only(request, "Namespace", "MetricData")
        if len(request["MetricData"]) > DATA_A_CALL:
            raise _wrong("The collection MetricData must not have a size greater than 1000.")
        points = [self._point(request["Namespace"], datum) for datum in request["MetricData"]]
        for series, minute, sums in points:
            self.series[series][minute].add(sums)
        return json_of({})

    def _point(self, namespace: str, datum: dict[str, Any]) -> tuple[Series, datetime, Sums]:
        only(datum, *_DATUM)
        # Without a time of its own a point is of the moment at which it came.
        came = self._now() if self._now else datetime.now(UTC)
        at = datetime.fromtimestamp(datum["Timestamp"], UTC) if "Timestamp" in datum else came
        if self._now and not self._now() - OLDEST <= at <= self._now() + NEWEST:
            raise _wrong("The parameter MetricData.member.1.Timestamp must specify a time within the past two weeks.")
        series = namespace, datum["MetricName"], _dimensions(datum)
        return series, at.replace(second=0, microsecond=0), _sums(datum)

    def _get(self, request: dict[str, Any]) -> bytes:
        only(request, "MetricDataQueries", "StartTime", "EndTime", "ScanBy")
        newest_first = request.get("ScanBy", "TimestampDescending") == "TimestampDescending"
        start, end = (datetime.fromtimestamp(request[name], UTC) for name in ("StartTime", "EndTime"))
        results = [self._result(query, start, end, newest_first) for query in request["MetricDataQueries"]]
        return json_of({"MetricDataResults": results, "Messages": []})

    def _result(self, query: dict[str, Any], start: datetime, end: datetime, newest_first: bool) -> dict[str, Any]:
        only(query, "Id", "MetricStat", "Label", "ReturnData")
        stat = query["MetricStat"]
        metric = stat["Metric"]
        series = metric["Namespace"], metric["MetricName"], _dimensions(metric)
        if start.timestamp() % stat["Period"]:
            raise NotPlayed(f"periods of {stat['Period']} s that begin at {start}")
        periods: defaultdict[datetime, Sums] = defaultdict(Sums)
        for minute, sums in self.series.get(series, {}).items():
            if start <= minute < end:
                periods[_period_of(minute, stat["Period"])].add(sums)
        times = sorted(periods, reverse=newest_first)
        return {
            "Id": query["Id"],
            "Label": query.get("Label", metric["MetricName"]),
            "Timestamps": [at.timestamp() for at in times],
            "Values": [periods[at].statistic(stat["Stat"]) for at in times],
            "StatusCode": "Complete",
        }


def _period_of(minute: datetime, seconds: int) -> datetime:
    return datetime.fromtimestamp(minute.timestamp() // seconds * seconds, UTC)


def _dimensions(named: dict[str, Any]) -> tuple[tuple[str, str], ...]:
    return tuple(sorted((dimension["Name"], dimension["Value"]) for dimension in named.get("Dimensions", [])))


def _sums(datum: dict[str, Any]) -> Sums:
    if "StatisticValues" in datum:
        given = datum["StatisticValues"]
        return Sums(given["SampleCount"], given["Sum"], given["Minimum"], given["Maximum"])
    values = datum["Values"] if "Values" in datum else [datum["Value"]]
    if len(values) > VALUES_A_DATUM:
        raise _wrong("The collection MetricData.member.1.Values must not have a size greater than 150.")
    if not all(map(math.isfinite, values)):
        raise _wrong("The value must be a finite number.")
    return _added(zip(values, datum.get("Counts", [1.0] * len(values)), strict=True))


def _added(counted: Iterable[tuple[float, float]]) -> Sums:
    total = Sums()
    for value, count in counted:
        total.add(Sums(count, value * count, value, value))
    return total


def _wrong(message: str) -> Refused:
    return Refused("InvalidParameterValueException", message, old_code="InvalidParameterValue")
