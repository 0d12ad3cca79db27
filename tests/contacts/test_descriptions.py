"""What Connect answers about a contact, beside what events and records say of it."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import permutations
from random import Random
from typing import Any

import pytest

from chalicelib.contacts.model import (
    Contact,
    ContactId,
    Fact,
    Outcome,
    Stage,
    read_description,
    read_event,
    read_record,
    still_telling,
)
from chalicelib.contacts.model.descriptions import gone
from chalicelib.contacts.model.telling import tell
from chalicelib.moments import stamp
from chalicelib.problems import Unreadable
from tests import lives

LEG = lives.answered_leg(3, channel="VOICE", queued=10.0, left_queue=40.0, answered=40.0, ended=100.0, worked=30.0)


def with_texts(contact: dict[str, Any]) -> dict[str, Any]:
    """Return an answer as the store passes it on: moments as text, nothing for null."""
    passed: dict[str, Any] = {}
    for name, value in contact.items():
        if isinstance(value, dict):
            passed[name] = with_texts(value)
        elif name.endswith("Timestamp") and value is not None:
            passed[name] = stamp(datetime.fromtimestamp(value, UTC))
        elif value is not None:
            passed[name] = value
    return passed


def described(leg: lives.Leg, after: float | None = None, **changes: Any) -> list[Fact]:
    at = None if after is None else leg.at(after)
    return read_description(leg.contact_id, {**with_texts(lives.description(leg, at)), **changes}).facts


def of_events(leg: lives.Leg, *kinds: str) -> list[Fact]:
    return [
        fact
        for event in lives.events(leg)
        if event["detail"]["eventType"] in kinds
        for fact in read_event(json.dumps(event))
    ]


def of_record(leg: lives.Leg, **changes: Any) -> list[Fact]:
    return read_record(json.dumps(lives.record(leg, **changes)))


def folded(facts: list[Fact], leg: lives.Leg = LEG) -> Contact:
    return Contact.of(leg.contact_id, [fact for fact in facts if fact.contact_id == leg.contact_id])


@pytest.mark.parametrize("kind", lives.KINDS)
@pytest.mark.parametrize("seed", range(3))
def test_an_answer_alone_tells_how_a_contact_ended(kind: str, seed: int) -> None:
    legs = lives.story(kind, Random(seed))
    facts = [fact for leg in legs for fact in described(leg)]
    for leg in legs:
        contact = folded(facts, leg)
        assert (contact.stage, contact.outcome) == (Stage.ENDED, leg.outcome)
        assert contact.said.queue_id == (leg.queue if leg.queued is not None else None)
        assert (contact.said.agent_id, contact.said.site_id) == (leg.agent, leg.site)


@pytest.mark.parametrize(
    ("after", "stage", "is_over"),
    [
        (5.0, Stage.IN_MENU, False),
        (20.0, Stage.WAITING, False),
        (50.0, Stage.WITH_AGENT, False),
        (110.0, Stage.AFTER_CONTACT_WORK, False),
        (140.0, Stage.ENDED, True),
    ],
)
def test_an_answer_tells_where_a_contact_is(after: float, stage: Stage, is_over: bool) -> None:
    told = read_description(LEG.contact_id, with_texts(lives.description(LEG, LEG.at(after))))
    assert (folded(told.facts).stage, told.is_over) == (stage, is_over)


def test_asking_twice_makes_one_fact_and_news_make_another() -> None:
    assert described(LEG, 50.0) == described(LEG, 60.0)
    assert described(LEG, 50.0) != described(LEG, 140.0)


AFTER_THE_ANSWER: list[tuple[float, tuple[str, ...], Stage]] = [
    # answered after   what came besides                                stage in the end
    (20.0, (), Stage.WAITING),
    (20.0, ("INITIATED", "QUEUED"), Stage.WAITING),
    (20.0, ("CONNECTED_TO_AGENT",), Stage.WITH_AGENT),
    (50.0, ("DISCONNECTED",), Stage.AFTER_CONTACT_WORK),
    (110.0, ("COMPLETED",), Stage.ENDED),
    (20.0, ("COMPLETED",), Stage.ENDED),
    (140.0, ("INITIATED", "QUEUED", "CONNECTED_TO_AGENT"), Stage.ENDED),
]


@pytest.mark.parametrize(("after", "kinds", "stage"), AFTER_THE_ANSWER)
def test_what_happened_after_the_answer_counts_in_whatever_order_it_comes(
    after: float, kinds: tuple[str, ...], stage: Stage
) -> None:
    ends = {contact_text(list(facts)) for facts in permutations([*described(LEG, after), *of_events(LEG, *kinds)])}
    assert len(ends) == 1
    assert folded([*described(LEG, after), *of_events(LEG, *kinds)]).stage is stage


def test_of_two_queues_the_one_entered_later_counts_whoever_tells_of_it() -> None:
    moved = {"Id": "billing", "EnqueueTimestamp": stamp(LEG.at(15))}
    answer = described(LEG, 20.0, QueueInfo=moved, LastUpdateTimestamp=stamp(LEG.at(15)))
    assert folded([*of_events(LEG, "QUEUED"), *answer]).said.queue_id == "billing"
    event = lives.event(LEG, "QUEUED", LEG.at(30))
    event["detail"]["queueInfo"] = {"queueArn": "x/queue/third", "enqueueTimestamp": stamp(LEG.at(30))}
    facts = [*answer, *read_event(json.dumps(event)), *of_events(LEG, "QUEUED")]
    assert {folded(list(each)).said.queue_id for each in permutations(facts)} == {"third"}


DISAGREEING: list[Callable[[], list[Fact]]] = [
    lambda: of_events(LEG, *lives.STAGES),
    lambda: described(LEG, DisconnectReason="OTHER"),
    lambda: of_record(LEG, DisconnectReason="AGENT_DISCONNECT"),
    lambda: described(LEG, 20.0),
]


def test_the_record_corrects_what_the_sweep_was_told_in_whatever_order_they_come() -> None:
    for order in permutations(each() for each in DISAGREEING):
        contact = folded([fact for facts in order for fact in facts])
        assert contact.said.disconnect_reason == "AGENT_DISCONNECT"
        assert contact.said.disconnected_at == LEG.at(100).replace(microsecond=0)
        assert contact.stage is Stage.ENDED


def test_a_contact_that_connect_forgot_is_over_and_keeps_what_was_known() -> None:
    forgotten = gone(LEG.contact_id, lives.MORNING).facts
    abandoned = folded([*forgotten, *of_events(LEG, "INITIATED", "QUEUED")])
    assert (abandoned.stage, abandoned.outcome, abandoned.wait_seconds) == (Stage.ENDED, Outcome.ABANDONED, None)
    recorded = folded([*of_record(LEG), *forgotten])
    assert recorded.said == folded(of_record(LEG)).said


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"LastUpdateTimestamp": None}, "LastUpdateTimestamp"),
        ({"QueueInfo": "support"}, "QueueInfo"),
        ({"AgentInfo": {"ConnectedToAgentTimestamp": "noon"}}, "AgentInfo.ConnectedToAgentTimestamp"),
        ({"Channel": "x" * 2000}, "Channel"),
    ],
)
def test_an_answer_that_cannot_be_read_names_its_field(changes: dict[str, Any], field: str) -> None:
    with pytest.raises(Unreadable) as problem:
        described(LEG, **changes)
    assert problem.value.field == field


def test_an_answer_tells_the_earlier_contact_that_it_went_on() -> None:
    first, callback = lives.story("callback_promised", Random(11))
    facts = [*of_events(first, *lives.STAGES), *described(callback)]
    assert folded(facts, first).outcome is Outcome.CALLBACK_PROMISED


def test_answers_are_listed_among_the_facts_of_a_contact() -> None:
    facts = [*of_events(LEG, "INITIATED"), *described(LEG), *gone(LEG.contact_id, lives.MORNING).facts, *of_record(LEG)]
    listed = [(told.source, told.type, told.moment) for told in tell(facts)]
    assert listed == [
        ("event", "INITIATED", to_the_millisecond(LEG.began)),
        ("described", "DESCRIBED", to_the_millisecond(LEG.at(130))),
        ("record", "RECORD", LEG.at(220).replace(microsecond=0)),
        ("described", "GONE", None),
    ]


def contact_text(facts: list[Fact]) -> str:
    return json.dumps(folded(facts).plain(), sort_keys=True)


def to_the_millisecond(moment: datetime) -> datetime:
    return moment - timedelta(microseconds=moment.microsecond % 1000)


def test_a_contact_id_is_not_said_again_inside_its_fact() -> None:
    (fact,) = described(LEG)
    assert ContactId(LEG.contact_id) == fact.contact_id
    assert '"Id":"' + LEG.contact_id not in fact.detail


def test_an_answer_about_a_forgotten_contact_tells_no_more_whom_it_was_about() -> None:
    secret: dict[str, Any] = {
        "CustomerId": "c-17",
        "Name": "Call Ms Sato back",
        "Attributes": {"name": "Sato", "turned_away": "full"},
    }
    facts = described(LEG, **secret)
    (untold,) = still_telling(facts)
    assert not any(told in untold.detail for told in ("c-17", "Sato", "+819012345678"))
    assert still_telling([untold, *gone(LEG.contact_id, lives.MORNING).facts]) == []
    before, after = folded(facts), folded([untold])
    assert after.said == before.said._replace(customer_address=None, customer_id=None)
