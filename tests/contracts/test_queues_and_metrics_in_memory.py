"""SQS and CloudWatch in memory answer as moto's do."""

from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest
from moto import mock_aws

from tests.support.cloud import Cloud, Fault, Trouble, in_turn, queue_url
from tests.support.dynamodb_calls import CONTRACT, outcome

REGION = "ap-northeast-1"
NOW = datetime(2026, 6, 15, 1, 7, tzinfo=UTC)
QUEUE = [{"Name": "Queue", "Value": "support"}]


@pytest.fixture
def cloud() -> Cloud:
    return Cloud(CONTRACT)


@pytest.fixture
def sqs(cloud: Cloud) -> Any:
    return cloud.client("sqs")


def _datum(at: datetime, **value: Any) -> dict[str, Any]:
    return {"MetricName": "Offered", "Dimensions": QUEUE, "Timestamp": at, **value}


def _asked(stat: str) -> dict[str, Any]:
    metric = {"Namespace": "Tsunagu", "MetricName": "Offered", "Dimensions": QUEUE}
    wanted = {"Id": "m", "MetricStat": {"Metric": metric, "Period": 900, "Stat": stat}}
    start, end = NOW.replace(minute=0), NOW + timedelta(hours=1)
    return {"MetricDataQueries": [wanted], "StartTime": start, "EndTime": end, "ScanBy": "TimestampAscending"}


def test_queues_keep_what_was_sent(cloud: Cloud, sqs: Any) -> None:
    url = queue_url("Parked")
    reason = {"reason": {"DataType": "String", "StringValue": "no contactId"}}
    sqs.send_message(QueueUrl=url, MessageBody="one", MessageAttributes=reason)
    cloud.faults = in_turn([Fault(Trouble.UNPROCESSED, applied=1)])
    answer = sqs.send_message_batch(
        QueueUrl=url, Entries=[{"Id": "a", "MessageBody": "two"}, {"Id": "b", "MessageBody": "three"}]
    )
    assert ([sent["Id"] for sent in answer["Successful"]], [sent["Id"] for sent in answer["Failed"]]) == (["a"], ["b"])
    assert cloud.sqs.queues[url] == [{"MessageBody": "one", "MessageAttributes": reason}, {"MessageBody": "two"}]


def test_queues_refuse_as_motos_do(cloud: Cloud, sqs: Any) -> None:
    calls = [
        (queue_url("Nowhere"), [{"Id": "a", "MessageBody": "x"}]),
        (queue_url("Parked"), [{"Id": "a", "MessageBody": "x"}] * 2),
        (queue_url("Parked"), [{"Id": str(number), "MessageBody": "x"} for number in range(11)]),
        (queue_url("Parked"), []),
    ]
    ours = [outcome(sqs, "send_message_batch", {"QueueUrl": url, "Entries": entries}) for url, entries in calls]
    with mock_aws():
        moto = boto3.Session("moto", "moto", region_name=REGION).client("sqs")
        moto.create_queue(QueueName="Parked")
        theirs = [outcome(moto, "send_message_batch", {"QueueUrl": url, "Entries": entries}) for url, entries in calls]
    assert ours == theirs


def test_queues_refuse_more_than_256_kilobytes(sqs: Any) -> None:
    body = {"QueueUrl": queue_url("Parked"), "MessageBody": "x" * (256 * 1024 + 1)}
    assert outcome(sqs, "send_message", body)[0].endswith("InvalidParameterValue")


@pytest.mark.parametrize("stat", ["Sum", "SampleCount", "Minimum", "Maximum", "Average"])
def test_metrics_add_up_as_motos_do(stat: str) -> None:
    data = [
        _datum(NOW, Value=10),
        _datum(NOW, Value=-2),
        _datum(NOW + timedelta(minutes=10), Values=[1.0, 3.0], Counts=[2.0, 1.0]),
    ]
    ours = Cloud(CONTRACT).client("cloudwatch")
    ours.put_metric_data(Namespace="Tsunagu", MetricData=data)
    answer = outcome(ours, "get_metric_data", _asked(stat))
    with mock_aws():
        moto: Any = boto3.Session("moto", "moto", region_name=REGION).client("cloudwatch")
        moto.put_metric_data(Namespace="Tsunagu", MetricData=data)
        expected = outcome(moto, "get_metric_data", _asked(stat))
    assert answer["MetricDataResults"][0]["Values"] == expected["MetricDataResults"][0]["Values"]
    assert answer["MetricDataResults"][0]["Timestamps"] == [NOW.replace(minute=0), NOW.replace(minute=15)]


def test_metrics_older_than_two_weeks_are_refused() -> None:
    cloud = Cloud(CONTRACT, now=lambda: NOW)
    client = cloud.client("cloudwatch")
    old = {
        "Namespace": "Tsunagu",
        "MetricData": [_datum(NOW, Value=1), _datum(NOW - timedelta(days=14, seconds=1), Value=1)],
    }
    assert outcome(client, "put_metric_data", old)[0] == "InvalidParameterValue"
    assert not cloud.cloudwatch.series
