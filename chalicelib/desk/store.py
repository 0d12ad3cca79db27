"""CloudWatch's console: dashboards, metrics and alarms."""

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from botocore.exceptions import ClientError

from chalicelib.cloud import busy_means_try_again
from chalicelib.desk.model.dashboard import Alarm, Body, Points, Query
from chalicelib.problems import NotFound
from chalicelib.slices import in_slices

QUERIES_A_CALL = 500
ALARMS_A_CALL = 100
NO_DASHBOARD = frozenset({"ResourceNotFound", "DashboardNotFoundError"})


class CloudWatchConsole:
    """A console that is CloudWatch."""

    def __init__(self, cloudwatch: Any) -> None:
        self._cloudwatch = cloudwatch

    @property
    def region(self) -> str:
        """The region whose metrics it reads."""
        return str(self._cloudwatch.meta.region_name)

    def dashboard(self, name: str) -> Body:
        """Return a dashboard as it is deployed."""
        try:
            with busy_means_try_again():
                answer = self._cloudwatch.get_dashboard(DashboardName=name)
        except ClientError as error:
            if error.response["Error"]["Code"] not in NO_DASHBOARD:
                raise
            raise NotFound(f"CloudWatch has no dashboard {name}: deploy the stack again to put it back.") from error
        body: Body = json.loads(answer["DashboardBody"])
        return body

    def points(self, queries: Collection[Query]) -> Mapping[Query, Points]:
        """Return the points of these series; those of one window are asked for together."""
        found = {query: Points() for query in queries}
        windows: dict[tuple[datetime, datetime], list[Query]] = {}
        for query in sorted(queries, key=_order):
            windows.setdefault((query.start, query.end), []).append(query)
        for (start, end), together in windows.items():
            for some in in_slices(together, QUERIES_A_CALL):
                by_id = {f"q{number}": query for number, query in enumerate(some)}
                asked = [_data_query(name, query) for name, query in by_id.items()]
                for result in self._results(MetricDataQueries=asked, StartTime=start, EndTime=end):
                    points = found[by_id[result["Id"]]]
                    points.timestamps.extend(int(at.timestamp()) for at in result["Timestamps"])
                    points.values.extend(result["Values"])
        return found

    def alarms(self, arns: Collection[str]) -> Sequence[Alarm]:
        """Return how these alarms stand; those that do not exist, or not here, are left out."""
        found: list[Alarm] = []
        names = sorted({arn.split(":", 6)[6] for arn in arns if arn.count(":") >= 6})
        for some in in_slices(names, ALARMS_A_CALL):
            with busy_means_try_again():
                answer = self._cloudwatch.describe_alarms(
                    AlarmNames=some, AlarmTypes=["MetricAlarm", "CompositeAlarm"], MaxRecords=ALARMS_A_CALL
                )
            known = (*answer.get("MetricAlarms", []), *answer.get("CompositeAlarms", []))
            found.extend(_alarm(alarm) for alarm in known if alarm["AlarmArn"] in arns)
        return found

    def _results(self, **question: Any) -> Iterator[dict[str, Any]]:
        while True:
            with busy_means_try_again():
                answer = self._cloudwatch.get_metric_data(**question, ScanBy="TimestampAscending")
            yield from answer["MetricDataResults"]
            if "NextToken" not in answer:
                return
            question["NextToken"] = answer["NextToken"]


def _data_query(id: str, query: Query) -> dict[str, Any]:
    dimensions = [{"Name": name, "Value": value} for name, value in query.dimensions]
    metric = {"Namespace": query.namespace, "MetricName": query.name, "Dimensions": dimensions}
    return {"Id": id, "MetricStat": {"Metric": metric, "Period": query.period, "Stat": query.stat}}


def _alarm(alarm: Mapping[str, Any]) -> Alarm:
    return Alarm(
        name=alarm["AlarmName"], arn=alarm["AlarmArn"], state=alarm["StateValue"], reason=alarm.get("StateReason", "")
    )


def _order(query: Query) -> tuple[Any, ...]:
    return query.start, query.period, query.namespace, query.name, query.dimensions, query.stat
