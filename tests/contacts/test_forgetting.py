"""A customer asks to be forgotten: nothing that tells of them stays or comes back, and no figure changes."""

import base64
import json
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis import strategies as st

from chalicelib import wiring
from chalicelib.contacts.model import Contact, ContactId, Fact, forgetting, read_event, read_record, still_telling
from chalicelib.contacts.packing import unpack
from chalicelib.contacts.service import contacts_of, forget
from tests import lives
from tests.centre import Centre

NOW = lives.MORNING + timedelta(days=3)
NUMBER = "+819012345678"
SECRETS = (NUMBER, "customer-4711", "Hanako", "hanako@example.jp", "urn:recording")
PERSONAL: dict[str, Any] = {
    "CustomerId": "customer-4711",
    "Attributes": {"name": "Hanako", "turned_away": None},
    "Recordings": [{"Location": "urn:recording"}],
    "AdditionalEmailRecipients": {"ToList": [{"Address": "hanako@example.jp"}]},
}


def documents(leg: lives.Leg) -> tuple[list[str], list[str]]:
    """Return the leg's events and records, with everything in them that tells of Hanako."""
    envelopes = lives.events(leg)
    for envelope in envelopes:
        envelope["detail"]["customerEndpoint"] = {"type": "TELEPHONE_NUMBER", "address": NUMBER}
        envelope["detail"]["tags"] = {"name": "Hanako"}
    attributes = {**PERSONAL["Attributes"], "turned_away": leg.turned_away}
    records = [lives.record(leg, updated=each, **{**PERSONAL, "Attributes": attributes}) for each in (60.0, 120.0)]
    return [json.dumps(each) for each in envelopes], [json.dumps(each) for each in records]


def facts_of(leg: lives.Leg) -> list[Fact]:
    events, records = documents(leg)
    facts = [fact for each in events for fact in read_event(each)]
    facts += [fact for each in records for fact in read_record(each)]
    return [fact for fact in facts if fact.contact_id == leg.contact_id]


@pytest.mark.parametrize("kind", lives.KINDS)
def test_what_stays_of_a_fact_says_the_same_to_our_rules_and_nothing_of_the_customer(kind: str) -> None:
    for leg in lives.story(kind, Random(1)):
        facts = facts_of(leg)
        untold = {fact.key: fact for fact in still_telling(facts)}
        left = [untold.get(fact.key, fact) for fact in facts]
        assert not [secret for secret in SECRETS for fact in left if secret in fact.detail]
        assert still_telling(left) == []
        before, after = Contact.of(leg.contact_id, facts), Contact.of(leg.contact_id, left)
        assert after.said == before.said._replace(customer_address=None, customer_id=None)
        assert {fact.since for fact in untold.values()} == {
            fact.since for fact in facts if fact.key in untold and fact.since is not None
        }


def test_a_forgotten_contact_names_nobody_even_while_its_facts_still_do() -> None:
    [leg] = lives.story("answered", Random(1))
    facts = facts_of(leg)
    assert Contact.of(leg.contact_id, facts).said.customer_address == NUMBER
    contact = Contact.of(leg.contact_id, [*facts, forgetting(leg.contact_id, NOW)])
    assert (contact.said.customer_address, contact.said.customer_id) == (None, None)


def traces(centre: Centre) -> list[str]:
    """Return where in the tables anything that tells of Hanako still stands."""
    found = []
    for table in ("FactsTable", "ContactsTable", "QualityTable"):
        for item in centre.items(table):
            detail = unpack(base64.b64decode(item["detail"]["B"])) if "B" in item.get("detail", {}) else ""
            plain = json.dumps({name: value for name, value in item.items() if "B" not in value})
            found += [f"{table}: {secret}" for secret in SECRETS if secret in detail + plain]
    return found


@settings(
    max_examples=60, phases=[Phase.explicit, Phase.reuse, Phase.generate], suppress_health_check=[HealthCheck.too_slow]
)
@given(luck=st.randoms(use_true_random=False), kind=st.sampled_from(lives.KINDS), asked_at=st.integers(0, 40))
def test_in_whatever_order_facts_and_the_request_come_nothing_stays(luck: Random, kind: str, asked_at: int) -> None:
    legs = lives.story(kind, luck)
    assume(len({leg.contact_id for leg in legs}) == len(legs))
    brought: list[tuple[str, str]] = []
    for leg in legs:
        events, records = documents(leg)
        brought += [("event", each) for each in events * 2] + [("record", each) for each in records * 2]
    luck.shuffle(brought)
    with Centre() as centre:
        for number, (kind_of, body) in enumerate([*brought, ("ask", "")]):
            if number == min(asked_at, len(brought)):
                forget([leg.contact_id for leg in legs], now=NOW, facts=wiring.fact_book())
            if kind_of == "event":
                centre.deliver([body])
            elif kind_of == "record":
                centre.record([body])
            if luck.random() < 0.3:
                centre.fold()
        centre.fold()
        centre.fold()
        assert traces(centre) == []
        ended = {leg.contact_id: centre.contacts()[leg.contact_id].outcome for leg in legs}
        assert ended == {leg.contact_id: leg.outcome for leg in legs}
        assert contacts_of(NUMBER, contacts=wiring.contact_book()) == []


def test_figures_do_not_change_when_a_customer_is_forgotten() -> None:
    legs = [leg for kind in lives.KINDS for leg in lives.story(kind, Random(7))]
    span = lives.MORNING - timedelta(days=1), lives.MORNING + timedelta(days=2)
    with Centre() as centre:
        for leg in legs:
            events, records = documents(leg)
            centre.deliver(events)
            centre.record(records)
        centre.fold()
        centre.tick(NOW)
        before = [each.figures for each in centre.intervals(*span)]
        assert traces(centre)
        forget([leg.contact_id for leg in legs], now=NOW, facts=wiring.fact_book())
        centre.fold()
        centre.fold()
        centre.tick(NOW + timedelta(minutes=1))
        assert [each.figures for each in centre.intervals(*span)] == before
        assert traces(centre) == []


def test_a_customer_is_found_by_number_by_id_and_through_transfers() -> None:
    first, second = lives.story("agent_transfer", Random(3))
    [stranger] = lives.story("answered", Random(4))
    with Centre() as centre:
        for leg in (first, second):
            centre.deliver(lives.bodies([leg]))
        centre.record([lives.record(second, **PERSONAL)])
        centre.deliver(lives.bodies([stranger]))
        centre.fold()
        expected = sorted([first.contact_id, second.contact_id])
        assert contacts_of(NUMBER, contacts=wiring.contact_book()) == expected
        assert contacts_of("customer-4711", contacts=wiring.contact_book()) == expected
        assert contacts_of("+810000000000", contacts=wiring.contact_book()) == []


def test_a_request_outlives_all_other_facts_of_its_contact() -> None:
    now = datetime(2026, 6, 15, tzinfo=UTC)
    fact = forgetting(ContactId("c-1"), now)
    assert fact.since == now
    assert fact.key == "forgotten#2026-06-15T00:00:00.000+00:00#request"
