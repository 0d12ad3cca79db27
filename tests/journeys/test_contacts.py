"""Contacts on the running stack, IAM enforced: events in, records out, figures for those who may see them."""

import json
from collections import Counter
from datetime import UTC, datetime, timedelta
from functools import partial
from random import Random
from typing import Any

import pytest

from chalicelib.contacts.model import Contact, ContactId
from chalicelib.quality.model import interval_start, rates
from tests import lives
from tests.journeys.staff import Staff, client, send_events, send_records, until
from tests.journeys.telling import figures_of, truth_of

Stack = dict[str, Any]
SEED = 20261122
OVER = timedelta(minutes=100)
"""By then every leg of these stories has begun; contacts of other journeys are later than that."""


@pytest.fixture(scope="module")
def began() -> datetime:
    """Two hours ago, so that every story is over by now, and at a full quarter, where an interval starts."""
    return interval_start(datetime.now(UTC) - timedelta(hours=2))


@pytest.fixture(scope="module")
def legs(began: datetime) -> list[lives.Leg]:
    luck = Random(SEED)
    return [leg for kind in lives.KINDS for _ in range(3) for leg in lives.story(kind, luck, began)]


@pytest.fixture(scope="module")
def truth(legs: list[lives.Leg]) -> dict[ContactId, Contact]:
    """What the contacts add up to, without any cloud."""
    return truth_of(legs)


@pytest.fixture(scope="module")
def supervisor(stack: Stack, legs: list[lives.Leg]) -> Staff:
    """A supervisor, after Connect has told of every contact: twice, shuffled, some of it nonsense."""
    envelopes = [event for leg in legs for event in lives.events(leg)] * 2
    nonsense = [{"detail": {"contactId": "nobody", "eventType": "QUEUED", "queueInfo": {"enqueueTimestamp": "noon"}}}]
    Random(SEED).shuffle(envelopes)
    send_events(stack, [*envelopes[:50], *nonsense, *envelopes[50:]])
    send_records(stack, [lives.record(leg) for leg in legs])
    return Staff(stack, "supervisor")


def question(began: datetime, **more: str) -> dict[str, str]:
    return {"from": began.isoformat(), "to": (began + OVER).isoformat(), **more}


def test_every_figure_is_what_truly_happened(
    supervisor: Staff, truth: dict[ContactId, Contact], began: datetime
) -> None:
    expected = rates(figures_of(truth))
    counts = ("arrived", "offered", "answered", "abandoned", "left_in_menu", "turned_away", "callbacks_promised")

    def figures_agree() -> bool:
        status, answer = supervisor.get("/quality", **question(began, step="15m", by="channel"))
        assert status == 200, answer
        sums = Counter[str]()
        for row in answer["rows"]:
            sums.update({name: row[name] for name in counts})
        return all(sums[name] == expected[name] for name in counts)

    until(figures_agree, "the figures of the quality API")


def test_each_contact_ended_as_it_truly_did(supervisor: Staff, truth: dict[ContactId, Contact]) -> None:
    for contact_id, contact in truth.items():
        seen = until(partial(whole, supervisor, contact_id, contact.facts), f"contact {contact_id}")
        assert seen["outcome"] == contact.outcome
        assert seen["wait_seconds"] == contact.wait_seconds
        assert seen["handle_seconds"] == contact.handle_seconds


def whole(supervisor: Staff, contact_id: str, facts: int) -> dict[str, Any] | None:
    """Return the contact once all its facts are in."""
    status, answer = supervisor.get(f"/contacts/{contact_id}")
    if status != 200 or len(answer["facts"]) < facts:
        return None
    contact: dict[str, Any] = answer["contact"]
    return contact


def test_nonsense_is_parked_by_the_name_of_its_field(supervisor: Staff, stack: Stack) -> None:
    sqs = client(stack, "sqs")

    def letter() -> dict[str, Any] | None:
        url = stack["outputs"]["ParkedQueueUrl"]
        messages = sqs.receive_message(QueueUrl=url, VisibilityTimeout=0).get("Messages", [])
        return json.loads(messages[0]["Body"]) if messages else None

    parked = until(letter, "the parked letter")
    assert parked["field"] == "detail.queueInfo.enqueueTimestamp"
    for queue in ("DeadLetterQueueUrl", "StreamFailuresQueueUrl"):
        assert "Messages" not in sqs.receive_message(QueueUrl=stack["outputs"][queue])


def test_cloudwatch_shows_the_same_sums(
    supervisor: Staff, stack: Stack, truth: dict[ContactId, Contact], began: datetime
) -> None:
    cloudwatch = client(stack, "cloudwatch")
    expected = figures_of(truth)

    def held(metric: str) -> float:
        data = cloudwatch.get_metric_statistics(
            Namespace=stack["outputs"]["MetricsNamespace"], MetricName=metric, Period=900, Statistics=["Sum"],
            Dimensions=[{"Name": "Centre", "Value": "all"}],
            StartTime=began - timedelta(minutes=15), EndTime=began + OVER,
        )  # fmt: skip
        return float(sum(point["Sum"] for point in data["Datapoints"]))

    until(lambda: held("Answered") == expected.answered and held("Offered") == expected.offered, "CloudWatch's sums")
    assert held("HandleSeconds") == pytest.approx(expected.handle / 1000)


def test_an_event_of_300_kilobytes_is_kept(supervisor: Staff, stack: Stack) -> None:
    leg = lives.abandoned_leg(99, began=datetime.now(UTC))
    event = lives.event(leg, "INITIATED", leg.began)
    event["detail"]["note"] = "x" * 300_000
    send_events(stack, [event])
    until(lambda: supervisor.get(f"/contacts/{leg.contact_id}")[0] == 200, "the large event's contact")


def test_a_wrong_password_opens_nothing_and_a_forged_token_neither(supervisor: Staff) -> None:
    status, answer = supervisor.sign_in("not-the-password")
    assert status == 400
    assert answer["__type"].endswith("NotAuthorizedException")
    head, body, _ = supervisor.token.split(".")
    for token in ("nonsense", f"{head}.{body}.{'A' * 342}"):
        assert supervisor.get("/quality/now", token=token)[0] in {401, 403}


@pytest.mark.parametrize(
    ("role", "path", "status"),
    [
        ("agent", "/quality/now", 403),
        ("agent", "/contacts/anything", 403),
        ("analyst", "/contacts/anything", 403),
        ("analyst", "/quality/now", 200),
        ("auditor", "/contacts/anything", 404),
        ("administrator", "/dashboard", 200),
    ],
)
def test_a_role_sees_what_it_may(stack: Stack, role: str, path: str, status: int) -> None:
    assert Staff(stack, role).get(path)[0] == status


def test_nobody_was_refused_anything_by_iam(supervisor: Staff, stack: Stack, running: Any) -> None:
    """Every function has the rights that its work needs; what it need not do, its policy does not name."""
    log = (running.directory / "logs" / "emulator.log").read_text()
    assert [line for line in log.splitlines() if "not authorized" in line] == []
