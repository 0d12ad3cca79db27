"""Whom a keyed card has named: who may look, what they see before and after a second check, and what leaves a trace."""

import json
from datetime import timedelta
from typing import Any

import pytest

from chalicelib import wiring
from chalicelib.accounts.model.checks import Registered
from chalicelib.privacy.service import accesses_of
from tests import lives
from tests.centre import Centre
from tests.desk.desk import NOON, Answer, Desk
from tests.desk.members import JIRO, MAIL, PHONE, TARO, known_by_card
from tests.support.cloud import Fault, Trouble, queue_url

SECOND, MINUTE, HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)
STAGES = ("INITIATED", "QUEUED", "CONNECTED_TO_AGENT")


def talks(centre: Centre, *members: Registered, **changes: Any) -> lives.Leg:
    """Let an agent talk with somebody whose card has named these members, or was never keyed."""
    leg = lives.answered_leg(1, began=NOON - MINUTE, channel="VOICE", queued=1.0, answered=30.0, **changes)
    centre.deliver([json.dumps(each) for each in lives.events(leg) if each["detail"]["eventType"] in STAGES])
    centre.fold()
    if members:
        known_by_card(centre, leg.contact_id, *members, at=NOON - MINUTE)
    return leg


def account(desk: Desk, leg: lives.Leg) -> Any:
    answer = desk.ask(f"/contacts/{leg.contact_id}/account")
    assert answer.status == 200, answer.body
    return answer.body


def say(desk: Desk, leg: lives.Leg, said: str, fact: str = "address") -> Answer:
    return desk.send(f"/contacts/{leg.contact_id}/checks", {"fact": fact, "said": said})


def accesses(desk: Desk) -> list[tuple[str, list[str]]]:
    found = accesses_of("hana", start=NOON - HOUR, end=NOON + HOUR, log=wiring.access_log())
    return [(each.what, list(each.contact_ids)) for each in found]


@pytest.fixture
def agent(desk: Desk) -> Desk:
    return desk.sit_down("agent")


def test_where_no_card_was_keyed_nobody_is_named_and_nothing_noted(centre: Centre, agent: Desk) -> None:
    assert account(agent, talks(centre)) == {"state": "none", "accounts": [], "tries_left": 0, "check": None}
    assert accesses(agent) == []


def test_before_a_check_there_is_nothing_personal(centre: Centre, agent: Desk) -> None:
    leg = talks(centre, TARO)
    seen = account(agent, leg)
    assert (seen["state"], seen["tries_left"], seen["check"]) == ("identified", 3, None)
    assert seen["accounts"] == [
        {"account_id": "A-1", "language": "ja", "status": "open", "name": None, "addresses": None}
    ]
    assert accesses(agent) == [("account id", [leg.contact_id])]


@pytest.mark.parametrize("role", ["agent", "supervisor", "leader", "quality", "auditor", "administrator"])
def test_no_role_sees_anything_personal_before_a_check(centre: Centre, desk: Desk, role: str) -> None:
    seen = json.dumps(account(desk.sit_down(role), talks(centre, TARO, JIRO)), ensure_ascii=False)
    assert not [each for each in (TARO.name, JIRO.name, *TARO.addresses, *JIRO.addresses) if each in seen]


def test_after_a_check_the_agent_sees_who_it_is_and_that_is_noted(centre: Centre, agent: Desk) -> None:
    leg = talks(centre, TARO)
    taken = say(agent, leg, "090 1234 5678")
    assert (taken.status, taken.body) == (202, {"check_id": "request-1"})
    assert account(agent, leg)["state"] == "identified", "the API itself only takes it"
    centre.compare_checks()
    seen = account(agent, leg)
    assert (seen["state"], seen["tries_left"]) == ("verified", 0)
    assert (seen["accounts"][0]["name"], seen["accounts"][0]["addresses"]) == (TARO.name, [PHONE, MAIL])
    check = {"check_id": "request-1", "fact": "address", "right": True, "passed": True}
    assert seen["check"] == check | {"at": "2026-06-15T12:00:00.000+09:00"}
    assert accesses(agent)[-1] == ("account", [leg.contact_id])


def test_a_right_name_is_told_as_right_and_shows_nothing(centre: Centre, agent: Desk) -> None:
    leg = talks(centre, TARO)
    say(agent, leg, "ヤマダ", "name")
    centre.compare_checks()
    assert (account(agent, leg)["tries_left"], account(agent, leg)["check"]["right"]) == (2, False)


def test_the_check_chooses_among_several_accounts(centre: Centre, agent: Desk) -> None:
    leg = talks(centre, TARO, JIRO)
    assert [each["account_id"] for each in account(agent, leg)["accounts"]] == ["A-1", "A-2"]
    say(agent, leg, MAIL)
    centre.compare_checks()
    assert [each["name"] for each in account(agent, leg)["accounts"]] == [TARO.name]


def test_not_this_customer_takes_the_account_from_the_desk(centre: Centre, agent: Desk) -> None:
    leg = talks(centre, TARO)
    assert agent.send(f"/contacts/{leg.contact_id}/checks", {"fact": "not_this_customer"}).status == 202
    centre.compare_checks()
    assert account(agent, leg) == {"state": "undone", "accounts": [], "tries_left": 0, "check": None}


def test_after_a_transfer_the_next_agent_sees_whom_the_first_contact_named(centre: Centre, agent: Desk) -> None:
    first = talks(centre, TARO)
    second = lives.answered_leg(
        2, began=NOON, channel="VOICE", queued=1.0, answered=5.0, contact_id="second",
        previous=first.contact_id, initial=first.contact_id, method="TRANSFER",
    )  # fmt: skip
    centre.deliver([json.dumps(each) for each in lives.events(second) if each["detail"]["eventType"] in STAGES])
    centre.fold()
    assert account(agent, second)["accounts"][0]["account_id"] == "A-1"


def test_agents_look_while_a_contact_goes_on_and_for_an_hour_after(centre: Centre, desk: Desk) -> None:
    leg = lives.answered_leg(1, began=NOON - 3 * HOUR, channel="VOICE")
    centre.deliver(lives.bodies([leg]))
    centre.fold()
    known_by_card(centre, leg.contact_id, at=leg.began)
    for answer in (desk.sit_down("agent").ask(f"/contacts/{leg.contact_id}/account"), say(desk.sit_down("agent"), leg, PHONE)):  # fmt: skip
        assert (answer.status, "ask a supervisor" in answer.message) == (403, True)
    assert account(desk, leg)["state"] == "identified"


def test_a_contact_nobody_heard_of_yet_is_answered_with_advice(desk: Desk) -> None:
    for answer in (desk.ask("/contacts/unheard-of/account"), desk.send("/contacts/unheard-of/checks", {"fact": "name", "said": "x"})):  # fmt: skip
        assert (answer.status, "look again" in answer.message) == (404, True)


@pytest.mark.parametrize("said", ["4111 1111 1111 1111", "4111-1111-1111-1112", "378282246310005"])
@pytest.mark.parametrize("fact", ["address", "name"])
def test_what_looks_like_a_card_number_goes_nowhere(
    centre: Centre, agent: Desk, monkeypatch: pytest.MonkeyPatch, said: str, fact: str
) -> None:
    logged: list[Any] = []
    monkeypatch.setattr("chalicelib.desk.doorway.logger.info", lambda *said, **more: logged.append((said, more)))
    answer = say(agent, talks(centre, TARO), said, fact)
    assert (answer.status, "looks like a card number" in answer.message) == (400, True)
    assert centre.cloud.sqs.queues[queue_url("ChecksQueue")] == []
    assert "41" not in answer.message + str(logged).replace("/contacts", "")
    assert said not in str(logged)


@pytest.mark.parametrize(
    "sent",
    ["", "[]", "{}", '{"said": "x"}', '{"fact": "mood", "said": "x"}', '{"fact": "name"}', '{"fact": "name", "said": ""}',
     '{"fact": "name", "said": 7}', '{"fact": "name", "said": "x", "y": "z"}', '{"fact": "not_this_customer", "said": "x"}'],
)  # fmt: skip
def test_what_is_no_check_is_refused_with_advice(centre: Centre, agent: Desk, sent: str) -> None:
    answer = agent.send(f"/contacts/{talks(centre, TARO).contact_id}/checks", sent)
    assert (answer.status, "`said`" in answer.message or "`fact`" in answer.message) == (400, True)


@pytest.mark.parametrize("operation", ["SendMessage", "GetItem"])
def test_while_the_cloud_is_busy_nothing_was_taken(centre: Centre, agent: Desk, operation: str) -> None:
    leg = talks(centre, TARO)
    centre.cloud.faults = lambda call: Fault(Trouble.THROTTLED) if call.operation == operation else None
    assert say(agent, leg, PHONE).status == 503


def test_nobody_looks_without_leaving_a_trace(centre: Centre, agent: Desk) -> None:
    leg = talks(centre, TARO)
    centre.cloud.faults = lambda call: Fault(Trouble.THROTTLED) if call.operation == "PutItem" else None
    assert agent.ask(f"/contacts/{leg.contact_id}/account").status == 503
