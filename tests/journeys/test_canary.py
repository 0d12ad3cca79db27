"""Card numbers are looked for wherever the centre keeps anything: a leak that is opened on purpose is found, in every kind of store."""

import gzip
import json
import time
from datetime import UTC, datetime

import pytest

from infra.operations.canary.numbers import marks_of, planting
from infra.operations.canary.searching import Search, search
from infra.operations.place import Place, find
from tests.journeys.running import RunningStack


@pytest.fixture
def place(alive: RunningStack, monkeypatch: pytest.MonkeyPatch) -> Place:
    monkeypatch.setenv("LOCAL_DIR", str(alive.directory))
    return find("local")


def test_a_leak_is_found_in_every_kind_of_store(place: Place, alive: RunningStack) -> None:
    drawn, began = planting(), datetime.now(UTC)
    number = next(drawn.numbers())
    outputs, name = place.outputs, f"leak-{time.time_ns()}"
    place.client("dynamodb").put_item(
        TableName=outputs["RequestsTable"],
        Item={"request_id": {"S": name}, "why": {"B": gzip.compress(number.encode())}},
    )
    place.client("sqs").send_message(QueueUrl=outputs["ParkedQueueUrl"], MessageBody=json.dumps({"body": [*number]}))
    place.client("kinesis").put_record(
        StreamName=outputs["ContactRecordsStream"], PartitionKey=name, Data=b'{"ContactId": "' + number.encode() + b'"}'
    )
    place.client("s3").put_object(Bucket=outputs["SiteBucket"], Key=name, Body=number[::-1].encode())
    logs = place.client("logs")
    group = f"/aws/lambda/{outputs['ContactFoldingFunction']}"
    logs.create_log_stream(logGroupName=group, logStreamName=name)
    line = {"timestamp": int(time.time() * 1000), "message": f"Traceback: ValueError: {number.encode().hex()}"}
    logs.put_log_events(logGroupName=group, logStreamName=name, logEvents=[line])
    place.client("cloudwatch").put_metric_data(
        Namespace=outputs["MetricsNamespace"],
        MetricData=[{"MetricName": "Leak", "Dimensions": [{"Name": "Card", "Value": number}], "Value": 1}],
    )
    (alive.directory / "logs" / f"{name}.log").write_text(f"card={number[:4]} {number[4:12]} {number[12:]}\n")

    seen = search(place, marks_of([number], drawn.shared), since=began, directory=alive.directory)

    assert {finding.store for finding in seen.findings} >= {
        "RequestsTable",
        "ParkedQueue",
        "ContactRecordsStream",
        "SiteBucket",
        "log of ContactFolding",
        "metrics",
        "local files",
    }
    assert all(number not in str(finding) for finding in seen.findings)
    assert left_out(seen) <= {"traces"}


def left_out(seen: Search) -> set[str]:
    """Return the stores that nobody looked at."""
    return {store.name for store in seen.stores if store.left_out}


def test_every_store_of_the_stack_is_searched(place: Place, alive: RunningStack) -> None:
    drawn = planting()
    seen = search(place, marks_of([], drawn.shared), since=datetime.now(UTC), directory=alive.directory)
    assert seen.findings == ()
    names = {store.name for store in seen.stores}
    tables = {name for name in place.outputs if name.endswith("Table")}
    assert tables <= names, tables - names
    assert {f"log of {name}" for name in ("ContactEvents", "DeskRequests", "APIHandler")} <= names
    assert {"ParkedQueue", "DeadLetterQueue", "ContactRecordsStream", "AgentEventsStream", "SiteBucket"} <= names
