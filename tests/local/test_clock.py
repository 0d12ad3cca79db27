"""The clock: EventBridge's envelope, one tick at a time, none of them lost for good."""

from datetime import UTC, datetime
from itertools import islice

import boto3
import pytest
from botocore.stub import Stubber
from chalice.app import CloudWatchEvent

from infra.local.clock import SCHEDULES, Schedule, due, send, tick


def test_a_tick_is_what_eventbridge_sends() -> None:
    event = tick("figures", datetime(2026, 6, 15, 10, 0, 0, 900, tzinfo=UTC))
    assert event["time"] == "2026-06-15T10:00:00Z"
    assert (event["source"], event["detail-type"], event["detail"]) == ("aws.events", "Scheduled Event", {})
    # The frame reads every key of the envelope; a missing one would be a KeyError here.
    assert CloudWatchEvent(event, None).region == "ap-northeast-1"


def test_schedules_take_turns_by_their_moments() -> None:
    fast, slow = Schedule(output="fast", every=5), Schedule(output="slow", every=12)
    ticks = [(moment, schedule.output) for moment, schedule in islice(due((fast, slow), 0), 7)]
    assert ticks == [(0, "fast"), (0, "slow"), (5, "fast"), (10, "fast"), (12, "slow"), (15, "fast"), (20, "fast")]


def test_figures_are_fresh_within_seconds() -> None:
    [figures] = [schedule for schedule in SCHEDULES if schedule.output == "QualityFiguresFunction"]
    assert figures.every <= 5


def test_a_failing_function_or_a_lost_connection_stops_no_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    client = boto3.client("lambda", region_name="ap-northeast-1", aws_access_key_id="a", aws_secret_access_key="b")
    with Stubber(client) as stub:
        stub.add_client_error("invoke", "ResourceNotFoundException")
        assert not send(tick("figures", datetime.now(UTC)), "figures", client)
