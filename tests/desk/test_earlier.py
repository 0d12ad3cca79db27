"""What the same customer brought before: for whom, of whom, and what is left out."""

import json
from datetime import datetime, timedelta
from typing import Any

import pytest

from chalicelib import wiring
from chalicelib.contacts.model import Contact, ContactId
from chalicelib.contacts.model.said import Said
from chalicelib.contacts.service import forget
from chalicelib.desk.model.earlier import is_fresh, names_somebody
from chalicelib.privacy.service import accesses_of
from tests import lives
from tests.centre import Centre
from tests.desk.desk import NOON, Desk
from tests.support.cloud import Fault, Trouble

NUMBER = "+819012345678"
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.mark.parametrize(
    ("address", "somebody"),
    [
        (NUMBER, True),
        ("+1206555", True),
        ("hanako@example.jp", True),
        ("anonymous", False),
        ("Restricted", False),
        ("+", False),
        ("0120-000", False),
        ("", False),
        (None, False),
    ],
)
def test_a_withheld_number_leads_to_nobody(address: str | None, somebody: bool) -> None:
    assert names_somebody(address) is somebody


def contact(**said: Any) -> Contact:
    return Contact(contact_id=ContactId("c"), said=Said(**said), went_on={}, facts=1)


AGO = NOON - 3 * HOUR


@pytest.mark.parametrize(
    ("known", "fresh"),
    [
        (contact(), False),
        (contact(initiated_at=AGO), True),
        (contact(enqueued_at=AGO), True),
        (contact(connected_to_agent_at=AGO), True),
        (contact(connected_to_agent_at=AGO, disconnected_at=AGO), True),
        (contact(disconnected_at=NOON - HOUR + timedelta(seconds=1), completed=True), True),
        (contact(disconnected_at=NOON - HOUR, completed=True), False),
        (contact(completed=True), False),
    ],
)
def test_an_agent_may_look_while_it_goes_on_and_for_an_hour_after(known: Contact, fresh: bool) -> None:
    assert is_fresh(known, NOON) is fresh


def ended(centre: Centre, seed: int, began: datetime, *, number: str = NUMBER, **changes: Any) -> lives.Leg:
    leg = lives.answered_leg(seed, began=began, channel="VOICE", **changes)
    endpoint = {"Type": "TELEPHONE_NUMBER", "Address": number}
    centre.deliver(lives.bodies([leg]))
    centre.record([lives.record(leg, CustomerEndpoint=endpoint)])
    return leg


def rings(centre: Centre, seed: int = 99, number: str = NUMBER) -> lives.Leg:
    """Let a call come in: of its customer Connect alone knows."""
    leg = lives.answered_leg(seed, began=NOON - timedelta(minutes=1), channel="VOICE", queued=1.0, answered=30.0)
    stages = ("INITIATED", "QUEUED", "CONNECTED_TO_AGENT")
    centre.deliver([json.dumps(each) for each in lives.events(leg) if each["detail"]["eventType"] in stages])
    endpoint = {"Type": "TELEPHONE_NUMBER", "Address": number}
    description = lives.description(leg, NOON) | {"CustomerEndpoint": endpoint}
    centre.cloud.connect.contacts[leg.contact_id] = description
    centre.fold()
    return leg


def before(desk: Desk, leg: lives.Leg) -> list[str]:
    answer = desk.ask(f"/contacts/{leg.contact_id}/earlier")
    assert answer.status == 200, answer.body
    assert NUMBER not in json.dumps(answer.body)
    return [each["contact_id"] for each in answer.body["contacts"]]


def test_an_agent_sees_what_the_caller_brought_before_newest_first(centre: Centre, desk: Desk) -> None:
    old = [ended(centre, seed, NOON - seed * DAY) for seed in (3, 1, 2)]
    ended(centre, 4, NOON - DAY, number="+81355550000")
    call = rings(centre)
    by_age = sorted(old, key=lambda leg: leg.began, reverse=True)
    assert before(desk.sit_down("agent"), call) == [leg.contact_id for leg in by_age]
    assert centre.cloud.connect.asked == [call.contact_id]


def test_of_a_contact_whose_record_came_nobody_asks_connect(centre: Centre, desk: Desk) -> None:
    first, second = (ended(centre, seed, NOON - (3 - seed) * DAY) for seed in (1, 2))
    centre.fold()
    assert before(desk, second) == [first.contact_id]
    assert before(desk, first) == [], "what came later is not what was before"
    assert centre.cloud.connect.asked == []


def test_at_most_twenty_are_shown(centre: Centre, desk: Desk) -> None:
    for seed in range(25):
        ended(centre, seed, NOON - (seed + 1) * DAY)
    assert len(before(desk, rings(centre))) == 20


def test_legs_of_the_same_call_and_supervisors_who_listened_are_left_out(centre: Centre, desk: Desk) -> None:
    first = ended(centre, 1, NOON - 2 * HOUR, next="second")
    ended(
        centre,
        2,
        NOON - HOUR,
        contact_id="second",
        previous=first.contact_id,
        initial=first.contact_id,
        method="TRANSFER",
    )
    ended(centre, 3, NOON - 3 * HOUR, method="MONITOR")
    true = ended(centre, 4, NOON - DAY)
    centre.fold()
    assert before(desk, first) == [true.contact_id]
    second = lives.Leg(contact_id=ContactId("second"), began=NOON, outcome="answered")
    assert before(desk, second) == [true.contact_id]


def test_callers_who_withhold_their_number_do_not_see_each_other(centre: Centre, desk: Desk) -> None:
    ended(centre, 1, NOON - DAY, number="anonymous")
    assert before(desk, rings(centre, number="anonymous")) == []


def test_of_a_customer_who_was_forgotten_nothing_is_shown(centre: Centre, desk: Desk) -> None:
    old = ended(centre, 1, NOON - DAY)
    call = rings(centre)
    assert before(desk, call) == [old.contact_id]
    forget([old.contact_id, call.contact_id], now=NOON, facts=wiring.fact_book())
    centre.fold()
    asked = len(centre.cloud.connect.asked)
    assert before(desk, call) == []
    assert len(centre.cloud.connect.asked) == asked, "who was forgotten is not looked up again"


def test_an_agent_does_not_look_up_customers_at_leisure(centre: Centre, desk: Desk) -> None:
    old = ended(centre, 1, NOON - DAY)
    centre.fold()
    answer = desk.sit_down("agent").ask(f"/contacts/{old.contact_id}/earlier")
    assert (answer.status, answer.body["Code"]) == (403, "ForbiddenError")
    assert "ask a supervisor" in answer.message
    assert before(desk.sit_down("[agent, quality]"), old) == []


def test_whose_contacts_were_shown_is_noted(centre: Centre, desk: Desk) -> None:
    old = ended(centre, 1, NOON - DAY)
    before(desk, rings(centre))
    [access] = accesses_of("hana", start=NOON - HOUR, end=NOON + HOUR, log=wiring.access_log())
    assert (access.what, access.contact_ids) == ("earlier", [old.contact_id])


def test_a_contact_nobody_heard_of_is_answered_with_advice(desk: Desk) -> None:
    answer = desk.ask("/contacts/unheard-of/earlier")
    assert (answer.status, "look again" in answer.message) == (404, True)


def test_while_connect_wants_fewer_questions_the_desk_may_ask_again(centre: Centre, desk: Desk) -> None:
    call = rings(centre)
    centre.cloud.faults = lambda asked: Fault(Trouble.THROTTLED) if asked.operation == "DescribeContact" else None
    answer = desk.ask(f"/contacts/{call.contact_id}/earlier")
    assert (answer.status, answer.headers["Retry-After"]) == (503, "2")


def test_without_an_instance_to_ask_a_call_has_no_past_until_its_record_comes(
    centre: Centre, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    ended(centre, 1, NOON - DAY)
    monkeypatch.setenv("CONNECT_INSTANCE_ID", "")
    assert before(desk, rings(centre)) == []
