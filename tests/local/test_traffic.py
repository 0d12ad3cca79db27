"""Synthetic contacts: the same seed makes the same ones, and what is written of them is what Connect would write."""

import json
from datetime import UTC, datetime
from itertools import islice, pairwise

import pytest

from chalicelib.contacts.model import Contact as Folded
from chalicelib.contacts.model import ContactId, Fact, Outcome, read_event, read_record
from infra.local.connect.centre import Centre
from infra.local.traffic.customers import Contact, Customers
from infra.local.traffic.documents import Event, Record, events_of, record_of
from infra.local.traffic.sending import in_order

START = datetime(2026, 6, 15, 1, tzinfo=UTC)


def contacts(seed: int, customers: int = 400) -> list[Contact]:
    stream = Customers(centre=Centre.of_file(), seed=seed, start=START)
    return [contact for one in islice(stream, customers) for contact in one]


def test_the_same_seed_makes_the_same_contacts_and_another_seed_others() -> None:
    assert contacts(7) == contacts(7)
    assert contacts(7) != contacts(8)


def test_every_channel_and_way_occurs() -> None:
    seen = contacts(1)
    assert {contact.channel for contact in seen} == {"VOICE", "CHAT", "TASK", "EMAIL"}
    assert {contact.method for contact in seen} == {"INBOUND", "API", "CALLBACK", "QUEUE_TRANSFER", "TRANSFER"}
    assert {contact.turned_away for contact in seen} >= {"closed", "full", "no_staff"}
    assert len({contact.id for contact in seen}) == len(seen)
    assert {contact.agent.site.name for contact in seen if contact.agent} == {"Tokyo", "Sapporo"}


def test_moments_are_in_order_and_agents_have_one_contact_at_a_time() -> None:
    by_agent: dict[str, list[Contact]] = {}
    for contact in contacts(1):
        moments = [
            contact.initiated_at,
            contact.enqueued_at,
            contact.answered_at,
            contact.disconnected_at,
            contact.completed_at,
        ]
        known = [moment for moment in moments if moment is not None]
        assert known == sorted(known)
        if contact.agent:
            by_agent.setdefault(contact.agent.user.id, []).append(contact)
    for busy in by_agent.values():
        busy.sort(key=lambda contact: contact.answered_at or START)
        for before, after in pairwise(busy):
            assert after.answered_at is not None
            assert before.completed_at <= after.answered_at


@pytest.mark.parametrize("only", ["events", "records", "both"])
def test_our_own_rules_read_every_outcome_from_them(only: str) -> None:
    facts: dict[str, list[Fact]] = {}
    for contact in contacts(1):
        texts = []
        if only != "records":
            texts += [
                read_event(json.dumps({"detail": event.detail, "time": "2026-06-15T01:00:00Z"}))
                for event in events_of(contact)
            ]
        if only != "events":
            texts.append(read_record(json.dumps(record_of(contact).body)))
        for fact in [fact for some in texts for fact in some]:
            facts.setdefault(fact.contact_id, []).append(fact)
    outcomes = {Folded.of(ContactId(contact_id), some).outcome for contact_id, some in facts.items()}
    assert outcomes >= {
        Outcome.ANSWERED,
        Outcome.ABANDONED,
        Outcome.LEFT_IN_MENU,
        Outcome.TURNED_AWAY,
        Outcome.CALLBACK_PROMISED,
        Outcome.TRANSFERRED,
    }
    assert None not in outcomes


def test_documents_come_in_the_order_of_their_moments() -> None:
    stream = Customers(centre=Centre.of_file(), seed=3, start=START)
    documents: list[Event | Record] = list(in_order(islice(stream, 100)))
    moments = [document.at for document in documents]
    assert moments == sorted(moments)
    assert any(isinstance(document, Event) for document in documents)
    assert any(isinstance(document, Record) for document in documents)
