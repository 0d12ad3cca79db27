"""A certificate that nears its end is seen long before a caller notices, and so is a watch that has died."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.accounts.entry.watching import card_key_watch
from chalicelib.accounts.model.certificate import Certificate
from chalicelib.accounts.store.certificates import DynamoCertificateBook
from chalicelib.problems import TryAgain
from tests.centre import forget_wiring, scheduled
from tests.support.cloud import Cloud, Fault, Trouble
from tests.support.lambda_context import LambdaContext

NOW = datetime(2026, 11, 16, 6, 0, tzinfo=UTC)
DAY = timedelta(days=1)
NAMESPACE = "Tsunagu/Stage"


@pytest.fixture(scope="module")
def room() -> Iterator[Cloud]:
    """The cloud in memory, as the watch is deployed in it."""
    cloud = Cloud()
    forget_wiring()
    with cloud.everywhere(cloud.template.environment("CardKeyWatch")):
        yield cloud
    forget_wiring()


@pytest.fixture
def cloud(room: Cloud) -> Cloud:
    room.clear()
    return room


def book(cloud: Cloud) -> DynamoCertificateBook:
    """Return the table as `make card-key` writes it; the watch itself only reads."""
    return DynamoCertificateBook(cloud.client("dynamodb"), "CardCertificatesTable")


def keep(cloud: Cloud, *days: float, key_id: str | None = "key") -> None:
    """Keep certificates that end so many days from now."""
    for number, each in enumerate(days):
        certificate = Certificate(
            fingerprint=f"{number:064x}", key_id=f"{key_id}-{number}" if key_id else None, ends=NOW + each * DAY
        )
        book(cloud).keep(certificate)


def tick(now: datetime = NOW) -> None:
    card_key_watch(scheduled(now), LambdaContext())


def told(cloud: Cloud, metric: str, statistic: str = "Minimum", **dimension: str) -> float:
    series = NAMESPACE, metric, tuple((dimension or {"Centre": "all"}).items())
    assert series in cloud.cloudwatch.series, "nothing was published"
    return cloud.cloudwatch.sums(series, NOW - DAY, NOW + DAY).statistic(statistic)


def test_the_days_left_are_told_of_each_key_and_the_fewest_of_all(cloud: Cloud) -> None:
    keep(cloud, 400, 29.9)
    tick()
    assert told(cloud, "CardCertificateDaysLeft", CardKey="key-0") == 400
    assert told(cloud, "CardCertificateDaysLeft", CardKey="key-1") == 29
    assert told(cloud, "CardCertificateDaysLeft") == 29
    assert told(cloud, "CardCertificatesWatched") == 2


def test_a_key_that_connect_has_not_named_yet_goes_by_its_fingerprint(cloud: Cloud) -> None:
    keep(cloud, 730, key_id=None)
    tick()
    assert told(cloud, "CardCertificateDaysLeft", CardKey="0" * 16) == 730


def test_without_a_key_nothing_ends_and_the_watch_still_says_that_it_lives(cloud: Cloud) -> None:
    tick()
    assert (NAMESPACE, "CardCertificateDaysLeft", (("Centre", "all"),)) not in cloud.cloudwatch.series
    assert told(cloud, "CardCertificatesWatched", "SampleCount") == 1


def test_a_key_that_was_retired_is_watched_no_longer(cloud: Cloud) -> None:
    keep(cloud, 5, 700)
    book(cloud).forget(f"{0:064x}")
    tick()
    assert told(cloud, "CardCertificateDaysLeft") == 700


@pytest.mark.parametrize("operation", ["Query", "PutMetricData"])
def test_a_busy_cloud_fails_the_run_loudly_and_the_next_run_tells(cloud: Cloud, operation: str) -> None:
    keep(cloud, 10)
    cloud.faults = lambda call: Fault(Trouble.SERVER_ERROR) if call.operation == operation else None
    with pytest.raises(TryAgain):
        tick()
    cloud.faults = lambda call: None
    tick()
    assert told(cloud, "CardCertificateDaysLeft") == 10


@given(st.timedeltas(min_value=-1000 * DAY, max_value=1000 * DAY))
def test_days_are_whole_and_never_promise_too_many(left: timedelta) -> None:
    certificate = Certificate(fingerprint="f" * 64, key_id=None, ends=NOW + left)
    days = certificate.days_left(NOW)
    assert days * DAY <= left < (days + 1) * DAY


def alarm(cloud: Cloud, name: str) -> dict[str, Any]:
    return cloud.template.definitions("AWS::CloudWatch::Alarm")[name]


def test_the_alarms_listen_to_what_is_told(cloud: Cloud) -> None:
    """A month is time to change a key; a watch that does not run for a day is an alarm of its own, and silences no other."""
    ends, stopped = alarm(cloud, "CardCertificateEnds"), alarm(cloud, "CardKeyWatchStopped")
    keep(cloud, 30)
    tick()
    for each in (ends, stopped):
        assert cloud.template.resolved(each["Namespace"]) == NAMESPACE
        assert each["Dimensions"] == [{"Name": "Centre", "Value": "all"}]
        assert each["Period"] == 86400
    assert told(cloud, ends["MetricName"], ends["Statistic"]) <= ends["Threshold"] == 30
    assert ends["ComparisonOperator"] == "LessThanOrEqualToThreshold"
    assert ends["TreatMissingData"] == "ignore"
    assert told(cloud, stopped["MetricName"], stopped["Statistic"]) >= stopped["Threshold"]
    assert (stopped["ComparisonOperator"], stopped["TreatMissingData"]) == ("LessThanThreshold", "breaching")
