"""A contact whose end was lost, on the running stack, IAM enforced: the sweep asks Connect and closes it."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from infra.local.clock import tick
from tests import lives
from tests.journeys.connect import ConnectInstance
from tests.journeys.staff import Staff, client, send_events, until

Stack = dict[str, Any]


@pytest.fixture(scope="module")
def leg(stack: Stack, connect: ConnectInstance) -> lives.Leg:
    """A call of this morning that was answered and ended; of its end nobody was told but Connect."""
    began = datetime.now(UTC) - timedelta(hours=10)
    leg = lives.answered_leg(1, contact_id="sweep-journey-1", began=began, channel="VOICE", site="tokyo", worked=None)
    connect.knows(lives.description(leg))
    told = ("INITIATED", "QUEUED", "CONNECTED_TO_AGENT")
    send_events(stack, [event for event in lives.events(leg) if event["detail"]["eventType"] in told])
    return leg


def test_the_sweep_closes_what_no_event_closed(stack: Stack, connect: ConnectInstance, leg: lives.Leg) -> None:
    supervisor, functions = Staff(stack, "supervisor"), client(stack, "lambda")

    def shown() -> dict[str, Any] | None:
        status, answer = supervisor.get(f"/contacts/{leg.contact_id}")
        return answer if status == 200 and len(answer["facts"]) >= 3 else None

    def closed() -> dict[str, Any] | None:
        payload = json.dumps(tick("contact_sweep", datetime.now(UTC)))
        answer = functions.invoke(FunctionName=stack["outputs"]["ContactSweepFunction"], Payload=payload)
        assert "FunctionError" not in answer, answer["Payload"].read()
        found = shown()
        return found if found and found["contact"]["stage"] == "ended" else None

    until(shown, "the contact's three events")
    found = until(closed, "the end that no event told")
    assert [fact["type"] for fact in found["facts"]] == ["INITIATED", "QUEUED", "CONNECTED_TO_AGENT", "DESCRIBED"]
    assert found["contact"]["outcome"] == "answered"
    assert found["contact"]["disconnect_reason"] == leg.reason
    assert found["contact"]["handle_seconds"] == pytest.approx(leg.ended - (leg.answered or 0), abs=0.002)
    assert all("/connect/aws4_request" in caller for caller in connect.callers)
    assert stack["connect_endpoint"] == connect.address


def test_cloudwatch_is_told_what_the_sweep_closed(stack: Stack, leg: lives.Leg) -> None:
    cloudwatch = client(stack, "cloudwatch")

    def reconciled() -> bool:
        points = cloudwatch.get_metric_statistics(
            Namespace=stack["outputs"]["MetricsNamespace"], MetricName="ContactsReconciled", Statistics=["Sum"],
            Dimensions=[{"Name": "Centre", "Value": "all"}], Period=3600,
            StartTime=datetime.now(UTC) - timedelta(hours=2), EndTime=datetime.now(UTC) + timedelta(hours=1),
        )["Datapoints"]  # fmt: skip
        return bool(sum(point["Sum"] for point in points) >= 1)

    until(reconciled, "the metric ContactsReconciled")
