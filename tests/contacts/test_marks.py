"""Marks on contacts: facts like any other, which releases that do not know them survive, and forgetting leaves alone."""

import json
from collections.abc import Iterator
from datetime import timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib import wiring
from chalicelib.contacts.model import Contact, ContactId, Fact, Mark, MarkKind, mark_fact, read_event, still_telling
from chalicelib.contacts.model.events import said_by_event
from chalicelib.contacts.model.fact import FactKey
from chalicelib.contacts.model.mark import marks_of_text, text_of_marks
from chalicelib.contacts.model.said import Reader, Said
from chalicelib.contacts.model.telling import tell
from chalicelib.contacts.service import forget, mark
from chalicelib.problems import Unreadable
from chalicelib.quality.model import share_of
from tests import lives
from tests.centre import Centre

AT = lives.MORNING + timedelta(minutes=5)
HELP = Mark(kind=MarkKind.HELP, by="sato.hanako", at=AT)
HARASSMENT = Mark(kind=MarkKind.HARASSMENT, by="sato.hanako", at=AT + timedelta(seconds=40))
C = ContactId("c")


@pytest.fixture
def centre() -> Iterator[Centre]:
    with Centre() as running:
        yield running


def facts_of(leg: lives.Leg) -> list[Fact]:
    return [fact for body in lives.bodies([leg]) for fact in read_event(body)]


@given(st.randoms(use_true_random=False), st.sampled_from(lives.KINDS))
def test_marks_add_to_a_contact_and_change_nothing_else_of_it(luck: Random, kind: str) -> None:
    leg = lives.story(kind, luck)[0]
    said = facts_of(leg)
    marked = [mark_fact(leg.contact_id, HARASSMENT, "r-2"), mark_fact(leg.contact_id, HELP, "r-1")]
    facts = [*said, *marked, *marked]
    luck.shuffle(facts)
    plain, with_marks = Contact.of(leg.contact_id, said), Contact.of(leg.contact_id, facts)
    assert with_marks.marks == (HELP, HARASSMENT)
    assert with_marks._replace(marks=(), facts=plain.facts) == plain
    assert Contact.of_plain(with_marks.plain()) == with_marks
    assert share_of(with_marks) == share_of(plain), "no figure knows of it"


def test_a_release_that_does_not_know_marks_takes_one_for_an_event_that_says_nothing() -> None:
    """It reads what is neither record, description, link nor forgetting as an event of the type in the key."""
    fact = mark_fact(C, HELP, "r-1")
    source, kind, _ = fact.key.split("#", 2)
    assert source not in ("record", "described", "next", "forgotten")
    assert said_by_event(json.loads(fact.detail), kind) == Said()
    assert Reader(json.loads(fact.detail), "").moment("envelopeTime") == AT, "and shows it at its moment"


def test_a_kind_that_only_a_newer_release_knows_is_left_out() -> None:
    newer = mark_fact(C, HELP, "r-1")._replace(key=FactKey("mark#PRAISE#r-9"))
    assert Contact.of(C, [newer, mark_fact(C, HELP, "r-1")]).marks == (HELP,)
    assert marks_of_text('[["praise", "x", "2026-06-15T01:00:00.000Z"]]') == ()
    assert marks_of_text(text_of_marks([HELP])) == (HELP,)


def test_who_keeps_pressing_the_key_says_nothing_new_and_hides_nothing_else() -> None:
    pressed = [mark_fact(C, HELP._replace(at=AT + timedelta(seconds=each)), f"r-{each}") for each in range(500)]
    marks = Contact.of(C, [*pressed, mark_fact(C, HARASSMENT._replace(at=AT + timedelta(hours=1)), "h")]).marks
    assert (len(marks), marks[0], marks[-1].kind) == (11, HELP, MarkKind.HARASSMENT)


@pytest.mark.parametrize(("detail", "field"), [("{}", "by"), ('{"by": "x"}', "envelopeTime"), ('{"by": 7}', "by")])
def test_a_mark_that_nobody_of_ours_wrote_is_unreadable(detail: str, field: str) -> None:
    with pytest.raises(Unreadable) as problem:
        Contact.of(C, [mark_fact(C, HELP, "r-1")._replace(detail=detail)])
    assert problem.value.field == field


def test_a_mark_is_told_among_the_facts_at_its_moment() -> None:
    [told] = tell([mark_fact(C, HELP, "r-1")])
    assert (told.source, told.type, told.moment) == ("mark", "HELP", AT)


def test_a_mark_names_no_customer_and_stays_when_the_customer_is_forgotten(centre: Centre) -> None:
    leg = lives.answered_leg(1, channel="VOICE")
    assert still_telling([mark_fact(leg.contact_id, HELP, "r-1")]) == []
    centre.deliver(lives.bodies([leg]))
    centre.record([lives.record(leg)])
    mark(leg.contact_id, HELP, "r-1", facts=wiring.fact_book())
    centre.fold()
    forget([leg.contact_id], now=lives.MORNING + timedelta(days=1), facts=wiring.fact_book())
    centre.fold()
    [contact] = centre.contacts().values()
    assert (contact.said.customer_address, contact.marks) == (None, (HELP,))


def test_a_mark_ends_with_its_contact(centre: Centre) -> None:
    mark(C, HELP, "r-1", facts=wiring.fact_book())
    [item] = centre.items("FactsTable")
    assert int(item["expires"]["N"]) == int((AT + timedelta(days=800)).timestamp())


def test_a_mark_before_any_event_waits_for_its_contact(centre: Centre) -> None:
    leg = lives.answered_leg(1, channel="VOICE")
    mark(leg.contact_id, HELP, "r-1", facts=wiring.fact_book())
    centre.fold()
    assert centre.contacts()[leg.contact_id].stage.value == "unknown"
    centre.deliver(lives.bodies([leg]))
    centre.fold()
    contact = centre.contacts()[leg.contact_id]
    assert (contact.outcome, contact.marks) == ("answered", (HELP,))
