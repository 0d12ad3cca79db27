"""The deployed dashboard at the desk: its shorthand written out, its series read, its alarms told."""

import json
import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import boto3
import pytest
from hypothesis import given
from hypothesis import strategies as st
from moto import mock_aws

from chalicelib import wiring
from chalicelib.desk.model import Span
from chalicelib.desk.model.dashboard import POINTS, alarms_of, expand, period_for, series_of, window
from chalicelib.desk.store import CloudWatchConsole
from tests.desk.desk import NOON, Desk
from tests.support.cloud import Template

REGION = "ap-northeast-1"
DAY = Span(start=NOON - timedelta(days=1), end=NOON)


@pytest.mark.parametrize(
    ("entries", "fields"),
    [
        ([["N", "A"]], [("N", "A")]),
        ([["N", "A"], [".", "B"]], [("N", "A"), ("N", "B")]),
        ([["N", "A", {"id": "a"}], [".", "B", {"id": "b"}]], [("N", "A"), ("N", "B")]),
        ([["N", "A", "D", "1"], ["...", "2"]], [("N", "A", "D", "1"), ("N", "A", "D", "2")]),
        ([["N", "A", "D", "1"], ["...", "E", "2"]], [("N", "A", "D", "1"), ("N", "A", "E", "2")]),
        ([["N", "A", "D", "1"], ["...", {"stat": "p90"}]], [("N", "A", "D", "1"), ("N", "A", "D", "1")]),
        ([["N", "A", "D", "1"], [".", "B", ".", "."]], [("N", "A", "D", "1"), ("N", "B", "D", "1")]),
        ([["N", "A", "D", "1"], [".", ".", ".", "2"], ["...", "3"]], [("N", "A", "D", v) for v in "123"]),
        ([["N", "A", "D", "1", "E", "2"], ["...", "3", ".", "4"]], [("N", "A", "D", "1", "E", "2"), ("N", "A", "D", "3", "E", "4")]),
        # An expression repeats nothing and is nothing to be repeated.
        ([["N", "A"], [{"expression": "a*2"}], [".", "B"]], [("N", "A"), (), ("N", "B")]),
        # What cannot be written out draws nothing, and the next entry repeats the last that could.
        ([[".", "A"]], [()]),
        ([["...", "A"]], [()]),
        ([["N", "A"], ["N"], [".", "B"]], [("N", "A"), (), ("N", "B")]),
        ([["N", "A", "D"]], [()]),
        ([["N", ""]], [()]),
        ([["N", 7]], [()]),
        (["N", None, 7, {}, []], [(), (), (), (), ()]),
    ],
)  # fmt: skip
def test_shorthand_is_written_out(entries: list[Any], fields: list[tuple[str, ...]]) -> None:
    assert [entry.fields for entry in expand(entries)] == fields


def widget(metrics: list[Any], **properties: Any) -> dict[str, Any]:
    return {"type": "metric", "properties": {"region": REGION, "metrics": metrics, **properties}}


def read(*widgets: Any, span: Span = DAY) -> list[tuple[int, int, str, tuple[Any, ...], str, int]]:
    wanted = series_of({"widgets": list(widgets)}, span, NOON, REGION)
    return [(w.widget, w.metric, w.query.name, w.query.dimensions, w.query.stat, w.query.period) for w in wanted]


@pytest.mark.parametrize(
    ("widgets", "series"),
    [
        ([widget([["N", "A"]])], [(0, 0, "A", (), "Average", 300)]),
        ([widget([["N", "A"]], stat="Sum", period=900)], [(0, 0, "A", (), "Sum", 900)]),
        ([widget([["N", "A", {"stat": "p90", "period": 60}]], stat="Sum", period=900)], [(0, 0, "A", (), "p90", 60)]),
        # Options are an entry's own: the next one does not repeat them.
        ([widget([["N", "A", {"stat": "Maximum"}], [".", "B"]], stat="Sum")], [(0, 0, "A", (), "Maximum", 300), (0, 1, "B", (), "Sum", 300)]),
        # What is not shown may still be part of an expression.
        ([widget([["N", "A", {"visible": False, "id": "a"}], [{"expression": "a*2"}]])], [(0, 0, "A", (), "Average", 300)]),
        ([widget([["N", "A", "D", "1", "E", "2"]])], [(0, 0, "A", (("D", "1"), ("E", "2")), "Average", 300)]),
        ([{"type": "text", "properties": {"markdown": "#"}}, widget([["N", "A"]])], [(1, 0, "A", (), "Average", 300)]),
        ([widget([["N", "A"]], region="us-east-1")], []),
        ([widget([["N", "A", {"region": "us-east-1"}], [".", "B"]])], [(0, 1, "B", (), "Average", 300)]),
        ([widget([["N", "A", {"accountId": "210987654321"}]])], []),
        ([widget([["N", "A"]], accountId="210987654321")], []),
        ([widget([["N", "A", {"period": "900"}]])], [(0, 0, "A", (), "Average", 300)]),
        ([widget([]), {"type": "metric"}, {"type": "metric", "properties": {"metrics": "x"}}, 7, None], []),
    ],
)  # fmt: skip
def test_each_entry_asks_for_its_own_series(widgets: list[Any], series: list[Any]) -> None:
    assert read(*widgets) == series


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.sampled_from(["", ".", "...", "N", "metric", "alarm"]),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["widgets", "type", "properties", "metrics", "alarms", "annotations", "period", "stat"]),
            inner,
        )
    ),
    max_leaves=20,
)


@given(
    st.dictionaries(st.just("widgets"), st.lists(st.fixed_dictionaries({"type": JSON, "properties": JSON}), max_size=3))
)
def test_no_body_breaks_the_reading(body: dict[str, Any]) -> None:
    list(series_of(body, DAY, NOON, REGION))
    alarms_of(body)


@pytest.mark.parametrize(
    ("asked", "days", "ago", "period"),
    [
        (60, 1, 0, 60),
        (900, 1, 0, 900),
        (60, 2, 0, 300),
        (60, 5, 0, 300),
        (60, 6, 0, 900),
        (60, 15, 0, 900),
        (60, 35, 0, 3600),
        (900, 15, 0, 900),
        (900, 16, 0, 1800),
        (900, 35, 0, 3600),
        (3600, 35, 0, 3600),
        (86400, 35, 0, 86400),
        # Sums of 20 minutes are sums of 20-minute sums, not of anything rounder.
        (1200, 35, 0, 3600),
        (420, 35, 0, 2100),
        (1, 1, 0, 60),
        (10, 0.1, 0, 10),
        (10, 0.1, 1, 60),
        (45, 1, 0, 60),
        (61, 1, 0, 120),
        (None, 1, 0, 300),
        (True, 1, 0, 300),
        (-60, 1, 0, 300),
        ("60", 1, 0, 300),
        # CloudWatch keeps minutes for 15 days and five minutes for 63.
        (60, 1, 20, 300),
        (60, 1, 70, 3600),
        (900, 1, 20, 900),
    ],
)
def test_periods_are_raised_until_the_series_is_short_and_still_kept(
    asked: Any, days: float, ago: float, period: int
) -> None:
    end = NOON - timedelta(days=ago)
    assert period_for(asked, Span(start=end - timedelta(days=days), end=end), NOON) == period


@given(
    st.integers(1, 86400),
    st.timedeltas(timedelta(days=-165), timedelta(0)).map(lambda ago: NOON + ago),
    st.timedeltas(timedelta(milliseconds=1), timedelta(days=36)),
)
def test_no_series_has_more_points_than_a_page_can_draw(asked: int, start: datetime, length: timedelta) -> None:
    span = Span(start=start, end=start + length)
    period = period_for(asked, span, NOON)
    first, last = window(span, period)
    points = (last - first) / timedelta(seconds=period)
    assert points == int(points)
    assert 1 <= points <= POINTS
    assert first.timestamp() % period == 0
    assert first < span.start + timedelta(seconds=period)
    assert span.end <= last < span.end + timedelta(seconds=period)


ARN = f"arn:aws:cloudwatch:{REGION}:123456789012:alarm:"


@pytest.mark.parametrize(
    ("widgets", "arns"),
    [
        ([{"type": "alarm", "properties": {"alarms": ["a", "b", "a"]}}], ["a", "b"]),
        ([widget([], annotations={"alarms": ["c"]})], ["c"]),
        ([widget([], annotations={"horizontal": [{"value": 80}]}), widget([]), {"type": "text", "properties": {}}], []),
        ([{"type": "alarm", "properties": {"alarms": "a"}}, {"type": "alarm"}], []),
    ],
)
def test_alarms_are_those_that_widgets_show(widgets: list[Any], arns: list[str]) -> None:
    assert alarms_of({"widgets": widgets}) == arns


def test_of_the_deployed_dashboard_every_metric_can_be_read() -> None:
    text = Template().definitions("AWS::CloudWatch::Dashboard")["QualityDashboard"]["DashboardBody"]["Fn::Sub"]
    body = json.loads(re.sub(r"\$\{AWS::Region\}", REGION, text))
    entries = [
        entry
        for each in body["widgets"]
        for entry in each["properties"].get("metrics", [])
        if not (isinstance(entry[0], dict) and "expression" in entry[0])
    ]
    assert len(list(series_of(body, DAY, NOON, REGION))) == len(entries) > 0
    assert alarms_of(body)


# --- on CloudWatch ----------------------------------------------------------------------------------------------------


@pytest.fixture
def cloudwatch(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    for name, value in Template().environment("APIHandler").items():
        monkeypatch.setenv(name, value)
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "memory")
    monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)
    monkeypatch.setenv("DASHBOARD", "tsunagu-test")
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    with mock_aws():
        _forget()
        yield boto3.client("cloudwatch")
        _forget()


def _forget() -> None:
    for made in vars(wiring).values():
        if hasattr(made, "cache_clear"):
            made.cache_clear()


def deploy(cloudwatch: Any, *widgets: Any) -> None:
    cloudwatch.put_dashboard(DashboardName="tsunagu-test", DashboardBody=json.dumps({"widgets": list(widgets)}))


def put(cloudwatch: Any, metric: str, at: datetime, value: float, **dimensions: str) -> None:
    named = [{"Name": name, "Value": each} for name, each in dimensions.items()]
    cloudwatch.put_metric_data(
        Namespace="N", MetricData=[{"MetricName": metric, "Timestamp": at, "Value": value, "Dimensions": named}]
    )


def test_a_dashboard_is_answered_with_what_it_draws(cloudwatch: Any) -> None:
    body = widget(
        [["N", "Offered", "Channel", "VOICE"], ["...", "CHAT", {"stat": "Maximum"}], [{"expression": "1+1"}]],
        stat="Sum", period=900,
    )  # fmt: skip
    deploy(cloudwatch, {"type": "text", "properties": {"markdown": "# Today"}}, body)
    quarter = NOON - timedelta(minutes=30)
    put(cloudwatch, "Offered", quarter, 2, Channel="VOICE")
    put(cloudwatch, "Offered", quarter + timedelta(minutes=14), 3, Channel="VOICE")
    put(cloudwatch, "Offered", NOON - timedelta(minutes=1), 4, Channel="VOICE")
    put(cloudwatch, "Offered", NOON - timedelta(hours=25), 99, Channel="VOICE")
    put(cloudwatch, "Offered", quarter, 7, Channel="CHAT")
    answer = Desk().ask("/dashboard")
    assert answer.status == 200
    assert answer.body["name"] == "tsunagu-test"
    assert answer.body["body"]["widgets"][1] == body
    assert (answer.body["from"], answer.body["to"]) == (
        "2026-06-14T12:00:00.000+09:00",
        "2026-06-15T12:00:00.000+09:00",
    )
    epoch = int(quarter.timestamp())
    assert answer.body["series"] == [
        {
            "widget": 1,
            "metric": 0,
            "period": 900,
            "stat": "Sum",
            "timestamps": [epoch, epoch + 900],
            "values": [5.0, 4.0],
        },
        {"widget": 1, "metric": 1, "period": 900, "stat": "Maximum", "timestamps": [epoch], "values": [7.0]},
    ]
    assert answer.body["alarms"] == []


def test_alarms_are_told_in_the_dashboards_order_and_none_that_it_does_not_name(cloudwatch: Any) -> None:
    for name in ("late", "parked", "foreign"):
        cloudwatch.put_metric_alarm(
            AlarmName=name, MetricName="A", Namespace="N", Statistic="Sum", Period=60, EvaluationPeriods=1, Threshold=1,
            ComparisonOperator="GreaterThanThreshold",
        )  # fmt: skip
    cloudwatch.set_alarm_state(AlarmName="parked", StateValue="ALARM", StateReason="one letter")
    elsewhere = "arn:aws:cloudwatch:us-east-1:123456789012:alarm:foreign"
    named = [f"{ARN}parked", f"{ARN}late", f"{ARN}gone", elsewhere, "no-arn"]
    deploy(cloudwatch, {"type": "alarm", "properties": {"alarms": named}})
    told = Desk().ask("/dashboard").body["alarms"]
    assert [(alarm["name"], alarm["state"]) for alarm in told] == [("parked", "ALARM"), ("late", "OK")]
    assert told[0] == {"name": "parked", "arn": f"{ARN}parked", "state": "ALARM", "reason": "one letter"}


def test_a_dashboard_that_is_not_there_is_missed_with_advice(cloudwatch: Any) -> None:
    answer = Desk().ask("/dashboard")
    assert answer.status == 404
    assert "deploy the stack again" in answer.message


def test_five_weeks_are_the_most_that_is_drawn(cloudwatch: Any) -> None:
    deploy(cloudwatch)
    assert Desk().ask("/dashboard", from_="2026-05-11", to="2026-06-15").status == 200
    answer = Desk().ask("/dashboard", from_="2026-05-10", to="2026-06-15")
    assert (answer.status, answer.message) == (
        400,
        "From `from` to `to` may be at most 35 days. Ask /quality for longer ones.",
    )


class Calls:
    """Stands for CloudWatch's client: notes what is asked, answers each series in two pages."""

    class meta:  # noqa: N801
        region_name = REGION

    def __init__(self) -> None:
        self.asked: list[dict[str, Any]] = []

    def get_metric_data(self, **asked: Any) -> dict[str, Any]:
        self.asked.append(asked)
        first = "NextToken" not in asked
        at = asked["StartTime"] if first else asked["StartTime"] + timedelta(minutes=1)
        ids = [query["Id"] for query in asked["MetricDataQueries"]]
        results = [{"Id": id_, "Timestamps": [at], "Values": [1.0 if first else 2.0]} for id_ in ids]
        return {"MetricDataResults": results} | ({"NextToken": "more"} if first else {})


def test_many_series_are_read_500_a_call_each_once_and_page_after_page() -> None:
    metrics = [["N", f"M{number}"] for number in range(1100)]
    body = {"widgets": [widget(metrics, period=60), widget(metrics[:50], period=60), widget(metrics[:1], period=900)]}
    wanted = list(series_of(body, DAY, NOON, REGION))
    calls = Calls()
    found = CloudWatchConsole(calls).points({each.query for each in wanted})
    sizes = [len(asked["MetricDataQueries"]) for asked in calls.asked]
    assert sum(sizes) == 2 * (1100 + 1), "each series once, in two pages"
    assert max(sizes) == 500
    assert all(asked["ScanBy"] == "TimestampAscending" for asked in calls.asked)
    assert {tuple(points.values) for points in found.values()} == {(1.0, 2.0)}
    assert len(wanted) == 1151
    assert all(found[each.query].timestamps for each in wanted)
