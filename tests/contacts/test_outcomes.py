"""How contacts end, and where they are before that."""

import json
from random import Random

import pytest

from chalicelib.contacts.model import Contact, ContactId, Fact, Outcome, Stage, read_event, read_record
from tests import lives

AFTER = {
    # said so far                       stage                      outcome
    ("INITIATED",): (Stage.IN_MENU, None),
    ("INITIATED", "QUEUED"): (Stage.WAITING, None),
    ("QUEUED",): (Stage.WAITING, None),
    ("INITIATED", "QUEUED", "CONNECTED_TO_AGENT"): (Stage.WITH_AGENT, Outcome.ANSWERED),
    ("CONNECTED_TO_AGENT",): (Stage.WITH_AGENT, Outcome.ANSWERED),
    ("DISCONNECTED",): (Stage.AFTER_CONTACT_WORK, Outcome.ANSWERED),
    ("COMPLETED",): (Stage.ENDED, Outcome.ANSWERED),
    ("COMPLETED", "QUEUED"): (Stage.ENDED, Outcome.ANSWERED),
}


def facts_about(contact_id: str, documents: list[Fact]) -> Contact:
    return Contact.of(ContactId(contact_id), [fact for fact in documents if fact.contact_id == contact_id])


def facts_of_events(legs: list[lives.Leg]) -> list[Fact]:
    return [fact for body in lives.bodies(legs) for fact in read_event(body)]


def facts_of_records(legs: list[lives.Leg]) -> list[Fact]:
    return [fact for leg in legs for fact in read_record(json.dumps(lives.record(leg)))]


@pytest.mark.parametrize("kind", lives.KINDS)
@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("told_by", ["records", "events and records"])
def test_every_leg_ends_in_the_way_it_truly_did(kind: str, seed: int, told_by: str) -> None:
    legs = lives.story(kind, Random(seed))
    facts = facts_of_records(legs)
    if told_by != "records":
        facts += facts_of_events(legs)
    for leg in legs:
        contact = facts_about(leg.contact_id, facts)
        assert contact.outcome == leg.outcome
        assert contact.stage is Stage.ENDED


@pytest.mark.parametrize("kind", sorted({*lives.KINDS} - {"task_expired"}))
@pytest.mark.parametrize("seed", range(5))
def test_events_alone_tell_how_it_ended(kind: str, seed: int) -> None:
    legs = lives.story(kind, Random(seed))
    facts = facts_of_events(legs)
    assert {leg.contact_id: facts_about(leg.contact_id, facts).outcome for leg in legs} == {
        leg.contact_id: Outcome(leg.outcome) for leg in legs
    }


@pytest.mark.parametrize("lost", lives.STAGES)
def test_one_lost_event_does_not_hide_an_answer(lost: str) -> None:
    leg = lives.answered_leg(7, queued=30.0, answered=42.5, ended=99.0)
    said = [json.dumps(event) for event in lives.events(leg) if event["detail"]["eventType"] != lost]
    contact = facts_about(leg.contact_id, [fact for body in said for fact in read_event(body)])
    assert contact.outcome is Outcome.ANSWERED
    assert contact.wait_seconds == 12.5


@pytest.mark.parametrize(("said", "expected"), AFTER.items(), ids=lambda value: "+".join(map(str, value)))
def test_where_a_contact_is_depends_on_what_was_said_so_far(
    said: tuple[str, ...], expected: tuple[Stage, Outcome | None]
) -> None:
    leg = lives.answered_leg(3, worked=30.0)
    envelopes = [event for event in lives.events(leg) if event["detail"]["eventType"] in said]
    contact = facts_about(leg.contact_id, [fact for each in envelopes for fact in read_event(json.dumps(each))])
    assert (contact.stage, contact.outcome) == expected


def test_a_record_corrects_what_events_said_and_a_later_record_corrects_it_again() -> None:
    leg = lives.answered_leg(5, queued=30.0, answered=42.5, ended=99.0)
    first = lives.record(leg, updated=60, DisconnectReason="OTHER")
    later = lives.record(leg, updated=600, DisconnectReason="AGENT_DISCONNECT")
    facts = [*facts_of_events([leg])]
    for document in (later, first):
        facts += read_record(json.dumps(document))
    contact = facts_about(leg.contact_id, facts)
    assert contact.said.disconnect_reason == "AGENT_DISCONNECT"
    assert contact.said.agent_name == leg.agent
    assert contact.said.connected_to_agent_at == leg.at(42.5).replace(microsecond=0)


def test_the_wait_of_a_callback_ends_when_the_agent_accepts_it() -> None:
    first, callback = lives.story("callback_promised", Random(11))
    facts = facts_of_records([first, callback])
    assert facts_about(first.contact_id, facts).went_on == {callback.contact_id: "CALLBACK"}
    contact = facts_about(callback.contact_id, facts)
    assert contact.is_callback
    assert contact.said.dequeued_at is not None
    assert contact.said.enqueued_at is not None
    assert contact.wait_seconds == (contact.said.dequeued_at - contact.said.enqueued_at).total_seconds()


def test_a_record_that_names_an_agent_was_answered_even_if_nobody_says_when() -> None:
    leg = lives.answered_leg(5)
    agent = {"Username": leg.agent}
    queue = {"EnqueueTimestamp": lives.record(leg)["Queue"]["EnqueueTimestamp"]}
    contact = facts_about(leg.contact_id, read_record(json.dumps(lives.record(leg, Agent=agent, Queue=queue))))
    assert contact.outcome is Outcome.ANSWERED
    assert contact.offered
    assert (contact.wait_seconds, contact.handle_seconds) == (None, None), "nothing is invented"
    assert Contact.of_plain(contact.plain()) == contact

    nobody = facts_about(leg.contact_id, read_record(json.dumps(lives.record(leg, Agent={}, Queue=queue))))
    assert nobody.outcome is Outcome.ABANDONED


def test_who_left_a_queue_was_in_it_even_if_nobody_says_since_when() -> None:
    leg = lives.abandoned_leg(5)
    queue = {"DequeueTimestamp": lives.record(leg)["Queue"]["DequeueTimestamp"]}
    contact = facts_about(leg.contact_id, read_record(json.dumps(lives.record(leg, Queue=queue))))
    assert (contact.outcome, contact.offered) == (Outcome.ABANDONED, True)
    assert contact.wait_seconds is None
    assert contact.arrived_at == leg.began.replace(microsecond=0)


@pytest.mark.parametrize("kind", lives.KINDS)
def test_a_stored_record_reads_back_as_the_same_contact(kind: str) -> None:
    legs = lives.story(kind, Random(13))
    facts = [*facts_of_events(legs), *facts_of_records(legs)]
    for leg in legs:
        contact = facts_about(leg.contact_id, facts)
        assert Contact.of_plain(contact.plain()) == contact
