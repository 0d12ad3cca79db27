"""It rings at an agent: who answers, who misses it, who is gone before, and whose line drops."""

from collections.abc import Callable, Generator

import pytest

from infra.local.connect.floor.contact import Stage
from infra.local.connect.flows.line import Answer, Dial, Ending, Line, Request, Speak
from tests.local_connect.house import AVAILABLE, House, menu, profile, straight_to, user
from tests.local_connect.scripts import HELLO, hooked, says


def test_a_caller_who_goes_out_while_it_rings_is_taken_from_the_agent() -> None:
    house = House(
        {
            "main": hooked("CustomerQueue", then=straight_to("support")),
            "CustomerQueue": says(Dial(number="+81399999999", seconds=20), to="third_party"),
        }
    )
    house.on_duty("a")
    contact = house.calls()
    assert house.state("a", contact) == "CONNECTING"
    house.pass_seconds(4)
    assert (house.state("a", contact), house.contact(contact).stage) == (None, Stage.THIRD_PARTY)
    house.pass_seconds(60)
    assert not house.exchange.agent("a").contacts
    house.exchange.hang_up(contact)
    assert house.record(contact)["Agent"] is None


def test_a_missed_call_goes_to_the_next_and_the_agent_gets_none_until_it_is_cleared() -> None:
    house = House()
    house.on_duty("a", "b")
    contact = house.calls()
    house.pass_seconds(20)
    assert (house.state("a", contact), house.state("b", contact)) == ("MISSED", "CONNECTING")
    second = house.calls()
    assert house.state("a", second) is None
    house.exchange.close("a", contact)
    assert house.state("a", second) == "CONNECTING"
    house.talks("b", contact)
    house.exchange.end("b", contact)
    house.exchange.close("b", contact)
    assert house.record(contact)["AgentConnectionAttempts"] == 2


@pytest.mark.parametrize(("channel", "state"), [("VOICE", "MISSED"), ("TASK", "REJECTED")])
def test_a_rejected_call_shows_as_missed_a_task_as_rejected(channel: str, state: str) -> None:
    both = profile("office", ("support", "VOICE", 1, 0), ("support", "TASK", 1, 0), concurrency={"VOICE": 1, "TASK": 1})
    house = House(profiles={"office": both})
    house.on_duty("a")
    contact = house.calls() if channel == "VOICE" else house.exchange.start_task(flow_id="main", name="Order")
    house.exchange.reject("a", contact)
    assert house.state("a", contact) == state
    house.exchange.set_status("a", AVAILABLE)
    assert house.state("a", contact) == "CONNECTING"


def test_an_agent_with_auto_accept_is_connected_within_a_second() -> None:
    house = House(users=(user("a", auto_accept=True),))
    house.on_duty("a")
    contact = house.calls()
    house.pass_seconds(0.5)
    assert house.state("a", contact) == "CONNECTED"


def test_whispers_play_to_the_agent_first_then_to_the_customer() -> None:
    house = House(
        {
            "main": hooked("AgentWhisper", "CustomerWhisper", then=straight_to("support")),
            "AgentWhisper": says(Speak(prompt=HELLO), to="flow"),
            "CustomerWhisper": says(Speak(prompt=HELLO), Speak(prompt=HELLO), to="flow"),
        }
    )
    house.on_duty("a")
    contact = house.calls()
    house.exchange.accept("a", contact)
    assert house.hears(contact).by == "agent"
    house.pass_seconds(2)
    assert house.hears(contact).by == "customer"
    assert house.state("a", contact) == "CONNECTING"
    house.pass_seconds(4)
    assert house.state("a", contact) == "CONNECTED"
    house.exchange.end("a", contact)
    house.exchange.close("a", contact)
    # The contact stays queued until the agent whisper ends.
    assert house.record(contact)["Queue"]["Duration"] == 2


def rings(house: House, contact: str) -> None:
    house.on_duty("a")


def whispers(house: House, contact: str) -> None:
    house.on_duty("a")
    house.exchange.accept("a", contact)


def waits(house: House, contact: str) -> None:
    house.pass_seconds(5)


@pytest.mark.parametrize(("before", "left"), [(waits, None), (rings, "MISSED"), (whispers, None)])
def test_the_customer_hangs_up_before_being_answered(before: Callable[[House, str], None], left: str | None) -> None:
    house = House(
        {
            "main": hooked("AgentWhisper", then=straight_to("support")),
            "AgentWhisper": says(Speak(prompt=HELLO), to="flow"),
        }
    )
    contact = house.calls()
    before(house, contact)
    house.exchange.hang_up(contact)
    assert house.told(contact) == ["INITIATED", "QUEUED", "DISCONNECTED", "COMPLETED"]
    assert house.state("a", contact) == left
    record = house.record(contact)
    assert record["Agent"] is None
    assert record["Queue"]["DequeueTimestamp"] == record["DisconnectTimestamp"]
    assert not house.exchange.queue("support").members


def test_who_missed_a_caller_gets_no_further_call_until_that_is_cleared() -> None:
    house = House()
    house.on_duty("a")
    house.exchange.hang_up(house.calls())
    second = house.calls()
    (missed,) = house.exchange.agent("a").contacts
    assert [each["State"] for each in house.world.agent_events[-1]["CurrentAgentSnapshot"]["Contacts"]] == ["MISSED"]
    house.pass_seconds(60)
    assert house.state("a", second) is None
    house.exchange.close("a", missed)
    assert house.state("a", second) == "CONNECTING"


def test_an_agent_whom_another_stops_asking_has_missed_it_and_a_stopped_call_is_missed_by_nobody() -> None:
    house = House()
    house.on_duty("a", "b")
    first = house.calls()
    house.talks("a", first)
    asked = house.exchange.transfer("a", first, "to-b")
    assert house.state("b", asked) == "CONNECTING"
    house.exchange.end("a", first)
    assert house.state("b", asked) == "MISSED"
    house.exchange.close("b", asked)
    second = house.calls()
    assert house.state("b", second) == "CONNECTING"
    house.exchange.stop(second)
    assert house.state("b", second) is None


def test_a_lost_line_puts_the_caller_into_the_flow_for_who_remains() -> None:
    def back(line: Line) -> Generator[Request, Answer, Ending]:
        assert line.data()["Attributes"] == {"choice": "1"}
        line.set_priority(1, None)
        return (yield from straight_to("support")(line))

    house = House({"main": hooked("CustomerRemaining", then=menu), "CustomerRemaining": back})
    house.on_duty("a", "b")
    contact = house.calls()
    house.exchange.press(contact, "1")
    house.talks("a", contact)
    house.exchange.lose_line("a")
    following = house.newest()
    assert (following.method, following.previous_id, following.initial_id) == ("DISCONNECT", contact, contact)
    assert house.state("b", following.id) == "CONNECTING"
    house.exchange.close("a", contact)
    record = house.record(contact)
    assert (record["NextContactId"], record["DisconnectReason"]) == (following.id, "TELECOM_PROBLEM")
    house.exchange.hang_up(contact)
    assert not house.contact(following.id).stage.is_live


def test_a_lost_line_ends_the_call_where_no_flow_is_chosen_and_misses_what_rings() -> None:
    house = House()
    house.on_duty("a")
    contact = house.calls()
    house.exchange.lose_line("a")
    assert house.state("a", contact) == "MISSED"
    house.exchange.set_status("a", AVAILABLE)
    house.talks("a", contact)
    house.exchange.lose_line("a")
    assert house.contact(contact).reason == "TELECOM_PROBLEM"
    assert house.state("a", contact) == "ENDED"
