"""Before the busiest hour comes: what it takes of each quota, and what to raise."""

from collections.abc import Iterator
from typing import Any

import pytest

from infra.operations import preflight
from infra.operations.preflight import Peak, Quota, advice, at_once, compared, needs, quotas_of

MONDAY = Peak(calls=180, seconds=420, agents=40, queues=10, supervisors=5)
CALLS = Quota("connect", "L-12AB", "Concurrent active calls per instance", 10, adjustable=True)
NEW_ACCOUNT = [
    CALLS,
    Quota("connect", "L-U", "Users per instance", 500, adjustable=True),
    Quota("connect", "L-Q", "Queues per instance", 50, adjustable=True),
    Quota("connect", "L-X", "Queues per routing profile per instance", 5, adjustable=True),
    Quota("lambda", "L-B99A", "Concurrent executions", 10, adjustable=True),
]


@pytest.mark.parametrize(
    ("arrivals", "seconds", "least", "most"),
    [(0, 420, 0, 0), (1, 3600, 4, 5), (180, 420, 21 + 14, 21 + 15), (3600, 100, 130, 132)],
)
def test_as_many_are_there_at_once_as_but_once_in_a_thousand(
    arrivals: int, seconds: int, least: int, most: int
) -> None:
    assert least <= at_once(arrivals, seconds) <= most


def test_a_new_account_takes_ten_calls_and_a_monday_needs_more() -> None:
    findings = compared(needs(MONDAY), NEW_ACCOUNT)
    assert [each.enough for each in findings] == [False, True, True, False]
    calls = findings[0].need.amount
    said = advice(findings)
    assert said[0] == (
        "aws service-quotas request-service-quota-increase --service-code connect "
        f"--quota-code L-12AB --desired-value {calls}"
    )
    assert "--quota-code L-B99A" in said[1]


def test_once_raised_as_advised_nothing_is_left_to_do() -> None:
    raised = [quota._replace(value=1000) for quota in NEW_ACCOUNT]
    findings = compared(needs(MONDAY), raised)
    assert all(each.enough for each in findings)
    assert advice(findings) == []


def test_a_quota_that_is_not_reported_or_cannot_be_raised_is_said() -> None:
    fixed = CALLS._replace(adjustable=False)
    said = advice(compared(needs(MONDAY), [fixed]))
    assert "cannot be raised" in said[0]
    assert "Look up the quota for users" in said[1]


class ServiceQuotas:
    """Answers as Service Quotas does, a page at a time."""

    def __init__(self, defaults: dict[str, float], applied: dict[str, float]) -> None:
        self._answers = {"list_aws_default_service_quotas": defaults, "list_service_quotas": applied}

    def get_paginator(self, operation: str) -> Any:
        answers = self._answers[operation]

        class Pages:
            def paginate(self, **asked: str) -> Iterator[dict[str, Any]]:
                for name, value in answers.items():
                    quota = {"QuotaCode": name, "QuotaName": name, "Value": value, "Adjustable": True}
                    yield {"Quotas": [quota] if asked["ServiceCode"] == "lambda" else []}

        return Pages()


def test_what_is_applied_to_the_account_counts_before_the_default() -> None:
    client = ServiceQuotas(
        {"Concurrent executions": 1000, "Function and layer storage": 75}, {"Concurrent executions": 10}
    )
    found = {quota.name: quota.value for quota in quotas_of(("connect", "lambda"), client)}
    assert found == {"Concurrent executions": 10, "Function and layer storage": 75}


def test_the_command_says_what_to_raise(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    client = ServiceQuotas({"Concurrent executions": 1000}, {"Concurrent executions": 10})
    monkeypatch.setattr("infra.operations.preflight.boto3.client", lambda service: client)
    monkeypatch.setenv("COLUMNS", "200")
    assert preflight.main(["--peak", "180", "--agents", "40"]) == 1
    said = capsys.readouterr().out
    assert "too small" in said
    assert "--desired-value" in said


@pytest.mark.parametrize(
    "words", [["--peak", "many", "--agents", "4"], ["--peak", "0", "--agents", "4"], ["--peak", "5"]]
)
def test_a_peak_that_makes_no_sense_is_refused(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        preflight.main(words)
    assert "error" in capsys.readouterr().err


def test_without_credentials_it_says_so(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    for name, value in {"AWS_EC2_METADATA_DISABLED": "true", "AWS_CONFIG_FILE": "/dev/null"}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/dev/null")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "ap-northeast-1")
    monkeypatch.delenv("AWS_ACCESS_KEY_ID", raising=False)
    monkeypatch.delenv("AWS_PROFILE", raising=False)
    assert preflight.main(["--peak", "180", "--agents", "40"]) == 2
    assert "could not be asked" in capsys.readouterr().err
