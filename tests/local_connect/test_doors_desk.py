"""Agents at the desk's door: what they see, what they may do, and what happens when their pages go."""

import asyncio

import pytest

from infra.local.connect.doors import desk as door
from infra.local.connect.doors import page as doorway
from infra.local.connect.doors.desk import COMMANDS
from infra.local.connect.floor.exchange import Exchange
from tests.local_connect.doors import Centre, Document, Page, scene, signed
from tests.local_connect.house import AVAILABLE, CALLER, MOBILE, menu


async def answered(centre: Centre) -> tuple[Page, str]:
    """Agent a at a desk, with a call."""
    desk = await centre.available()
    contact_id = centre.house.calls()
    assert await desk.asks("accept", contact=contact_id) is None
    return desk, contact_id


def test_a_call_from_ring_to_closed_work() -> None:
    async def play(centre: Centre) -> None:
        desk = await centre.available()
        contact_id = centre.house.calls()
        held = await desk.holds(state="connecting", accepted=False)
        assert (held["id"], held["customer"]) == (contact_id, CALLER)
        steps: list[tuple[str, Document]] = [
            ("accept", {"state": "connected"}),
            ("mute", {"muted": True}),
            ("unmute", {"muted": False}),
            ("hold", {"held": True}),
            ("resume", {"held": False}),
            ("end", {"state": "ended"}),
        ]
        for do, members in steps:
            assert await desk.asks(do, contact=contact_id) is None
            (seen,) = next(each["agent"]["contacts"] for each in reversed(desk.told) if "agent" in each)
            assert members.items() <= seen.items(), "a page sees what a command has done before it is answered"
        assert await desk.asks("closeWork", contact=contact_id) is None
        assert centre.exchange.agent("a").contacts == {}
        assert await desk.asks("signOut") is None
        assert not centre.exchange.agent("a").signed_in

    scene(play)


def test_a_transfer_becomes_a_conference_and_is_left() -> None:
    async def play(centre: Centre) -> None:
        desk, contact_id = await answered(centre)
        other = await centre.available("agent-b")
        assert await desk.asks("transfer", contact=contact_id, destination="to-b") is None
        offered = await other.holds(state="connecting")
        assert offered["from"] == "A Sato"
        assert await other.asks("accept", contact=offered["id"]) is None
        talking = {"id": offered["id"], "name": "B Sato", "state": "talking"}
        await desk.holds(consult=talking, held=True)
        assert await desk.asks("conference", contact=contact_id) is None
        await other.holds(joined=True)
        assert await desk.asks("leave", contact=contact_id) is None
        await desk.holds(state="ended")
        assert (await other.holds(joined=False))["state"] == "connected"

    scene(play)


def test_a_supervisor_joins_a_call_and_stops() -> None:
    async def play(centre: Centre) -> None:
        desk, contact_id = await answered(centre)
        supervisor = await centre.desk("agent-b", "supervisor")
        watcher = centre.exchange.monitor("b", contact_id)
        assert (await supervisor.holds(supervision="listening"))["id"] == watcher
        assert await supervisor.asks("barge", contact=contact_id) == (
            f"You do not listen by contact {contact_id}: listen to a call first."
        )
        assert await supervisor.asks("barge", contact=watcher) is None
        await supervisor.holds(supervision="joined")
        await desk.holds(watched=True)
        assert await supervisor.asks("stopListening", contact=watcher) is None
        await desk.holds(watched=False)

    scene(play)


def test_an_agent_dials() -> None:
    async def play(centre: Centre) -> None:
        desk = await centre.available()
        assert await desk.asks("dial", number=MOBILE) is None
        assert (await desk.holds(state="connecting"))["customer"] == MOBILE

    scene(play)


def test_two_pages_of_one_agent_see_the_same_and_both_may_act() -> None:
    async def play(centre: Centre) -> None:
        one = await centre.available()
        two = await centre.desk()
        contact_id = centre.house.calls()
        await one.holds(state="connecting")
        assert await two.asks("accept", contact=contact_id) is None
        assert await one.asks("accept", contact=contact_id) == (
            f"Contact {contact_id} is not being offered to agent-a."
        )  # fmt: skip
        await one.holds(state="connected")

    scene(play)


def test_several_changes_of_one_turn_are_one_snapshot() -> None:
    async def play(centre: Centre) -> None:
        desk, contact_id = await answered(centre)
        known = len(desk.told)
        for _ in range(3):
            centre.exchange.hold("a", contact_id)
            centre.exchange.resume("a", contact_id)
        centre.exchange.hold("a", contact_id)
        await desk.asks("mute", contact=contact_id)
        assert [sorted(each) for each in desk.told[known:]] == [["agent", "now"], ["agent", "now"], ["re"]]

    scene(play)


def test_what_cannot_be_done_or_read_is_said_and_the_socket_stays() -> None:
    async def play(centre: Centre) -> None:
        desk, contact_id = await answered(centre)
        await centre.desk("agent-b")
        theirs = await centre.page("/connect/desk")
        await theirs.sends({"token": signed("agent-b")})
        assert await theirs.asks("end", contact=contact_id) == f"Agent-b does not have contact {contact_id}."
        assert await desk.asks("accept", contact="nothing") == "The instance has no contact nothing."
        assert "no agent status" in (await desk.asks("setStatus", status="dancing") or "")
        assert (await desk.asks("accept") or "").startswith('"contact" is missing')
        assert "one of setStatus, accept" in (await desk.asks("dance") or "")
        for text, problem in [
            ("{", "not JSON"),
            ("[" * 9000, "not JSON"),
            ("[1]", "no JSON object"),
            ("{}", "whole number"),
        ]:
            await desk.socket.send_str(text)
            assert problem in await desk.problem()
        await desk.socket.send_bytes(b"{}")
        assert "not text" in await desk.problem()
        assert await desk.asks("hold", contact=contact_id) is None

    scene(play)


def test_more_than_twenty_commands_a_second_close_the_page() -> None:
    async def play(centre: Centre) -> None:
        desk = await centre.desk()
        for number in range(25):
            await desk.sends({"id": number, "do": "mute", "contact": "x"})
        assert await desk.closed() == 4429

    scene(play)


def test_a_message_of_20_kb_closes_the_page_and_no_other() -> None:
    async def play(centre: Centre) -> None:
        large, other = await centre.desk(), await centre.desk("agent-b")
        await large.sends({"id": 1, "do": "x" * 20_000})
        assert await large.closed() == 1009
        assert await other.asks("setStatus", status=AVAILABLE) is None

    scene(play)


async def gone(centre: Centre, *pages: Page) -> None:
    """Let pages go, and wait until the door knows."""
    for page in pages:
        await page.socket.close()
    async with asyncio.timeout(5):
        while not centre.desks._absences:
            await asyncio.sleep(0)


def test_an_agent_whose_pages_are_gone_for_15_seconds_loses_the_line() -> None:
    async def play(centre: Centre) -> None:
        desk, contact_id = await answered(centre)
        second = await centre.desk()
        await second.socket.close()
        assert await desk.asks("mute", contact=contact_id) is None
        centre.house.pass_seconds(16)
        assert centre.house.state("a", contact_id) == "CONNECTED", "with one page left nobody is gone"
        await gone(centre, desk)
        centre.house.pass_seconds(14.9)
        assert centre.house.state("a", contact_id) == "CONNECTED"
        centre.house.pass_seconds(0.1)
        assert centre.house.state("a", contact_id) == "ENDED"
        assert centre.exchange.contact(contact_id).reason == "TELECOM_PROBLEM"
        assert (await centre.desk()).told[0]["agent"]["contacts"][0]["state"] == "ended"

    scene(play)


def test_a_page_that_comes_back_in_time_goes_on() -> None:
    async def play(centre: Centre) -> None:
        desk, contact_id = await answered(centre)
        await gone(centre, desk)
        centre.house.pass_seconds(14)
        again = await centre.desk()
        centre.house.pass_seconds(60)
        assert await again.asks("hold", contact=contact_id) is None

    scene(play)


def test_a_page_that_cannot_be_shown_is_closed_and_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    """A defect of ours, which ends the socket that it concerns."""

    async def play(centre: Centre) -> None:
        phone = await centre.phone()
        monkeypatch.setattr(door, "agent_view", lambda *_: {"not": {"json"}})
        page = await centre.page("/connect/desk")
        await page.sends({"token": signed()})
        assert await page.closed() == 1011
        await phone.sends({"do": "dance"})
        assert "one of have" in await phone.problem()

    scene(play)


def test_a_page_that_has_nothing_to_hear_is_told_the_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doorway, "BEAT", 0.01)

    async def play(centre: Centre) -> None:
        for page in await centre.available(), await centre.phone():
            for _ in range(2):
                await page.until(lambda told: [*told] == ["now"])

    scene(play)


def test_a_page_that_does_not_read_is_not_written_to_for_ever() -> None:
    async def play(centre: Centre) -> None:
        page = doorway.Page(None, lambda: centre.house.timeline.now)  # type: ignore[arg-type]
        for number in range(2 * doorway.MOST_UNSENT):
            page.say({"re": number})
            page.look_again()
        assert len(page._unsent) == doorway.MOST_UNSENT

    scene(play)


def test_every_command_is_one_of_the_exchange() -> None:
    assert all(callable(getattr(Exchange, each.method)) for each in COMMANDS.values())


def test_keys_of_a_caller_are_attributes_at_the_desk() -> None:
    async def play(centre: Centre) -> None:
        desk = await centre.available()
        contact_id = centre.house.calls()
        centre.exchange.press(contact_id, "1")
        assert (await desk.holds(state="connecting"))["attributes"] == {"choice": "1"}

    scene(play, {"main": menu})
