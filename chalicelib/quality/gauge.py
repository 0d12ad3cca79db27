"""CloudWatch, as the place where supervisors look."""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from chalicelib.cloud import busy_means_try_again
from chalicelib.quality.model import Point, Series
from chalicelib.quality.model.share import INTERVAL
from chalicelib.slices import in_slices

POINTS_A_CALL = 500
SERIES_A_CALL = 500
PERIOD = int(INTERVAL.total_seconds())


class CloudWatchGauge:
    """A gauge that is a CloudWatch namespace; its client is made when first needed."""

    def __init__(self, cloudwatch: Callable[[], Any], namespace: str) -> None:
        self._cloudwatch = cloudwatch
        self._namespace = namespace

    def publish(self, points: Sequence[Point]) -> None:
        """Add these points."""
        for some in in_slices(points, POINTS_A_CALL):
            with busy_means_try_again():
                self._cloudwatch().put_metric_data(
                    Namespace=self._namespace, MetricData=[_datum(point) for point in some]
                )

    def held(self, series: Collection[Series], start: datetime, end: datetime) -> Mapping[tuple[Series, datetime], int]:
        """Return the sums that CloudWatch holds, by series and quarter of an hour."""
        held: dict[tuple[Series, datetime], int] = {}
        for some in in_slices(sorted(series), SERIES_A_CALL):
            by_id = {f"s{number}": each for number, each in enumerate(some)}
            question: dict[str, Any] = {
                "MetricDataQueries": [self._query(name, each) for name, each in by_id.items()],
                "StartTime": start,
                "EndTime": end,
                "ScanBy": "TimestampAscending",
            }
            while True:
                with busy_means_try_again():
                    answer = self._cloudwatch().get_metric_data(**question)
                for result in answer["MetricDataResults"]:
                    each = by_id[result["Id"]]
                    for at, value in zip(result["Timestamps"], result["Values"], strict=True):
                        held[each, at.astimezone(UTC)] = round(value * _scale(each))
                if "NextToken" not in answer:
                    break
                question["NextToken"] = answer["NextToken"]
        return held

    def _query(self, name: str, series: Series) -> dict[str, Any]:
        metric = {"Namespace": self._namespace, "MetricName": series.metric, "Dimensions": _dimensions(series)}
        return {"Id": name, "MetricStat": {"Metric": metric, "Period": PERIOD, "Stat": "Sum"}}


def _datum(point: Point) -> dict[str, Any]:
    scale = _scale(point.series)
    return {
        "MetricName": point.series.metric,
        "Dimensions": _dimensions(point.series),
        "Timestamp": point.at,
        "Value": point.value / scale,
        "Unit": "Count" if scale == 1 else "Seconds",
    }


def _dimensions(series: Series) -> list[dict[str, str]]:
    name, value = series.dimension
    return [{"Name": name, "Value": value}]


def _scale(series: Series) -> int:
    """Times that a published value must be taken to be the whole number kept here: seconds are kept in milliseconds."""
    return 1000 if series.metric.endswith("Seconds") or series.metric.startswith("LongestWait") else 1
