"""Agents dial out: who may, what is told of it, and how it ends."""

from collections.abc import Callable, Generator
from typing import Any

import pytest

from infra.local.connect.floor.contact import Stage
from infra.local.connect.floor.problems import InvalidRequest, NotPossible, UnknownResource
from infra.local.connect.flows.line import Answer, Ending, Line, Request, Speak
from tests.local_connect.house import CALLER, LUNCH, MOBILE, NUMBER, House, flow_over, profile, user
from tests.local_connect.scripts import HELLO

TALKED = ["INITIATED", "CONNECTED_TO_SYSTEM", "CONNECTED_TO_AGENT", "DISCONNECTED", "COMPLETED"]
FAILED = ["INITIATED", "DISCONNECTED", "COMPLETED"]


def whisper(line: Line) -> Generator[Request, Answer, Ending]:
    """Two seconds that whoever was called hears first."""
    assert line.data()["Queue"]["Name"] in ("support", "billing")
    yield Speak(prompt=HELLO)
    return flow_over("flow")


def signed_in(picks_up: bool = True, **of: Any) -> House:
    house = House({"whisper": whisper}, outbound_flow_id="whisper", **of)
    house.world.answering = iter([picks_up] * 9)
    house.exchange.sign_in("a")
    return house


def test_somebody_is_rung_up_hears_the_whisper_and_talks() -> None:
    house = signed_in()
    contact = house.exchange.dial("a", MOBILE)
    assert (house.state("a", contact), house.hears(contact).kind, house.hears(contact).by) == (
        "CONNECTING", "ringing", "agent",
    )  # fmt: skip
    house.pass_seconds(4)
    assert (house.state("a", contact), house.hears(contact).by) == ("CONNECTING", "customer")
    house.pass_seconds(2)
    assert (house.state("a", contact), house.hears(contact).kind) == ("CONNECTED", "agent")
    house.pass_seconds(60)
    house.exchange.hang_up(contact)
    assert house.state("a", contact) == "ENDED"
    house.pass_seconds(10)
    house.exchange.close("a", contact)
    assert house.told(contact) == TALKED
    record = house.record(contact)
    assert (record["InitiationMethod"], record["DisconnectReason"], record["Queue"]) == ("OUTBOUND", "CUSTOMER_DISCONNECT", None)  # fmt: skip
    assert (record["CustomerEndpoint"]["Address"], record["SystemEndpoint"]["Address"]) == (MOBILE, NUMBER)
    assert (record["Agent"]["AgentInteractionDuration"], record["Agent"]["AfterContactWorkDuration"]) == (60, 10)
    assert record["ConnectedToSystemTimestamp"] == "2026-06-15T01:00:04Z"
    assert record["Agent"]["ConnectedToAgentTimestamp"] == "2026-06-15T01:00:06Z"


def test_no_event_names_a_queue_but_the_agent_s_own_do() -> None:
    house = signed_in()
    contact = house.exchange.dial("a", MOBILE, "billing")
    house.pass_seconds(4)
    house.exchange.hang_up(contact)
    assert not [each for each in house.world.events if "queueInfo" in each]
    (shown,) = house.world.agent_events[-1]["CurrentAgentSnapshot"]["Contacts"]
    assert (shown["InitiationMethod"], shown["Queue"]["Name"], shown["QueueTimestamp"]) == ("OUTBOUND", "billing", None)
    assert house.exchange.metrics("billing").contacts_in_queue == 0


def nobody_answers(house: House, contact: str) -> None:
    house.pass_seconds(60)


def agent_gives_up(house: House, contact: str) -> None:
    house.exchange.end("a", contact)


def gone_in_the_whisper(house: House, contact: str) -> None:
    house.pass_seconds(5)
    house.exchange.hang_up(contact)


def agent_leaves_in_the_whisper(house: House, contact: str) -> None:
    house.pass_seconds(5)
    house.exchange.end("a", contact)


def line_drops(house: House, contact: str) -> None:
    house.exchange.lose_line("a")


def stopped(house: House, contact: str) -> None:
    house.exchange.stop(contact)


@pytest.mark.parametrize(
    ("picks_up", "deed", "reason", "left", "events"),
    [
        (False, nobody_answers, "TELECOM_UNANSWERED", "ERROR", FAILED),
        (False, agent_gives_up, "TELECOM_ORIGINATOR_CANCEL", None, FAILED),
        (False, line_drops, "TELECOM_PROBLEM", None, FAILED),
        (False, stopped, None, None, FAILED),
        (
            True,
            agent_leaves_in_the_whisper,
            "AGENT_DISCONNECT",
            None,
            ["INITIATED", "CONNECTED_TO_SYSTEM", *FAILED[1:]],
        ),
        (True, gone_in_the_whisper, "CUSTOMER_DISCONNECT", "ERROR", ["INITIATED", "CONNECTED_TO_SYSTEM", *FAILED[1:]]),
    ],
)
def test_a_call_that_reaches_nobody_ends(
    picks_up: bool, deed: Callable[[House, str], None], reason: str | None, left: str | None, events: list[str]
) -> None:
    house = signed_in(picks_up)
    contact = house.exchange.dial("a", MOBILE)
    with pytest.raises(InvalidRequest, match="no customer"):
        house.exchange.hang_up(contact)
    deed(house, contact)
    assert house.state("a", contact) == left
    assert house.told(contact) == events
    record = house.record(contact)
    assert (record["DisconnectReason"], record["Agent"]) == (reason, None)
    house.pass_seconds(60)
    assert house.contact(contact).stage is Stage.OVER
    if left:
        house.exchange.close("a", contact)
    assert not house.exchange.agent("a").contacts


def test_whoever_dials_gets_no_call_and_what_waited_comes_afterwards() -> None:
    house = signed_in()
    house.exchange.set_status("a", "available")
    contact = house.exchange.dial("a", MOBILE)
    waiting = house.calls()
    house.pass_seconds(6)
    assert house.state("a", waiting) is None
    house.exchange.end("a", contact)
    house.exchange.close("a", contact)
    assert house.state("a", waiting) == "CONNECTING"


def test_an_agent_at_lunch_may_dial_and_stays_at_lunch() -> None:
    house = signed_in()
    house.exchange.set_status("a", LUNCH)
    contact = house.exchange.dial("a", MOBILE)
    house.pass_seconds(6)
    assert (house.state("a", contact), house.exchange.agent("a").status.id) == ("CONNECTED", LUNCH)


def busy(house: House) -> None:
    house.exchange.dial("a", MOBILE)


def ringing(house: House) -> None:
    house.exchange.set_status("a", "available")
    house.calls()


def listening(house: House) -> None:
    house.exchange.sign_in("b")
    contact = house.exchange.dial("b", CALLER)
    house.pass_seconds(6)
    house.exchange.monitor("a", contact)


def idle(house: House) -> None:
    return


@pytest.mark.parametrize(
    ("before", "who", "number", "queue", "problem", "says"),
    [
        (busy, "a", MOBILE, None, InvalidRequest, "has a call in hand"),
        (ringing, "a", MOBILE, None, InvalidRequest, "has a call in hand"),
        (listening, "a", MOBILE, None, InvalidRequest, "has a call in hand"),
        (idle, "b", MOBILE, None, InvalidRequest, "not signed in"),
        (idle, "nobody", MOBILE, None, UnknownResource, "no user"),
        (idle, "a", "", None, InvalidRequest, "no number to dial"),
        (idle, "a", "09012345678", None, InvalidRequest, "no number to dial"),
        (idle, "a", "+81 90 1234", None, InvalidRequest, "no number to dial"),
        (idle, "a", MOBILE, "none", UnknownResource, "no queue"),
        (idle, "a", MOBILE, "agent/a", InvalidRequest, "no number to show"),
    ],
)
def test_who_may_not_dial_is_told_why(
    before: Callable[[House], None], who: str, number: str, queue: str | None, problem: type[NotPossible], says: str
) -> None:
    house = signed_in()
    before(house)
    told = len(house.world.events)
    with pytest.raises(problem, match=says):
        house.exchange.dial(who, number, queue)
    assert len(house.world.events) == told


def test_who_takes_no_calls_at_all_places_none() -> None:
    mails = profile("mails", ("support", "EMAIL", 1, 0), concurrency={"EMAIL": 2})
    house = signed_in(profiles={"mails": mails}, users=(user("a", profile="mails"),))
    with pytest.raises(InvalidRequest, match="has no calls"):
        house.exchange.dial("a", MOBILE)
