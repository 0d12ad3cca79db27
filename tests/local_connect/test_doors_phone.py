"""Callers at the phone's door: they call, key, wait, talk, are called back, and close their pages in the middle of it."""

import asyncio
from collections.abc import Generator
from typing import Any

import pytest

from infra.local.connect.flows.line import Answer, Ending, Line, Listen, Prompt, Request
from tests.local_connect.doors import Centre, Page, scene
from tests.local_connect.house import CALLER, MOBILE, NUMBER, flow_over, menu, straight_to

MENU = "For support press 1, for billing press 2."


def in_two_languages(line: Line) -> Generator[Request, Answer, Ending]:
    yield Listen(prompt=Prompt(ssml="<speak>日本語は1を</speak>"), seconds=5)
    line.set_data({"LanguageCode": "ja-JP"})
    yield Listen(prompt=Prompt(text="ご用件は1を"), seconds=5)
    return flow_over("disconnect")


async def until_it_knows(centre: Centre, page: Page) -> None:
    """Close a page, and wait until the door knows."""
    known = len(centre.phones._pages)
    await page.socket.close()
    async with asyncio.timeout(5):
        while len(centre.phones._pages) == known:
            await asyncio.sleep(0)


def test_the_numbers_that_can_be_called_come_first() -> None:
    async def play(centre: Centre) -> None:
        phone = await centre.page("/connect/phone")
        assert await phone.until(bool) == {"numbers": [{"number": NUMBER, "name": "main"}]}
        await phone.sends({"do": "have", "number": CALLER})
        assert await phone.until(bool) == {"have": CALLER}
        assert await phone.until(bool) == {"call": None, "now": "2026-06-15T01:00:00.000Z"}

    scene(play)


def test_a_call_through_menu_and_queue_to_an_agent() -> None:
    async def play(centre: Centre) -> None:
        first = await centre.calling(MOBILE)
        await first.on(stage="menu")
        await first.sends({"do": "press", "keys": "1"})
        await first.on(stage="waiting", place=1)
        phone = await centre.calling()
        assert await phone.on(stage="menu", to=NUMBER, incoming=False)
        await phone.sends({"do": "press", "keys": "1"})
        await phone.on(stage="waiting", place=2)
        await first.sends({"do": "hangUp"})
        assert (await first.on(stage="over"))["reason"] == "CUSTOMER_DISCONNECT"
        await phone.on(stage="waiting", place=1)
        desk = await centre.available()
        contact_id = (await desk.holds(state="connecting"))["id"]
        assert await desk.asks("accept", contact=contact_id) is None
        await phone.on(stage="talking")
        assert await desk.asks("hold", contact=contact_id) is None
        await phone.on(stage="held", **{"with": "A Sato"})
        assert await desk.asks("end", contact=contact_id) is None
        await phone.on(stage="over", reason="AGENT_DISCONNECT")
        assert phone.heard() == [MENU, "music", "agent", "music", "over"]
        asked = next(each["heard"] for each in phone.told if "heard" in each)
        assert asked == {
            "kind": "prompt",
            "text": [{"text": MENU, "ssml": False, "language": None}],
            "keys": True,
            "secret": False,
        }

    scene(play, {"main": menu})


def test_texts_carry_the_language_that_the_floor_knows() -> None:
    async def play(centre: Centre) -> None:
        phone = await centre.calling()
        first = await phone.until(lambda each: "heard" in each)
        assert first["heard"]["text"] == [{"text": "<speak>日本語は1を</speak>", "ssml": True, "language": None}]
        await phone.sends({"do": "press", "keys": "1"})
        second = await phone.until(lambda each: "heard" in each)
        assert second["heard"]["text"] == [{"text": "ご用件は1を", "ssml": False, "language": "ja-JP"}]

    scene(play, {"main": in_two_languages})


def test_a_caller_who_is_handed_over_stays_on_the_same_call() -> None:
    async def play(centre: Centre) -> None:
        desk = await centre.available()
        phone = await centre.calling()
        call = await phone.on(stage="waiting")
        other = await centre.available("agent-b")
        assert await desk.asks("accept", contact=call["id"]) is None
        assert await desk.asks("transfer", contact=call["id"], destination="to-b") is None
        await phone.on(stage="held", id=call["id"])
        consult = (await other.holds(state="connecting"))["id"]
        assert await other.asks("accept", contact=consult) is None
        assert await desk.asks("leave", contact=call["id"]) is None
        await phone.on(stage="talking", id=call["id"], **{"with": "B Sato"})
        assert "over" not in phone.heard(), "the first contact ended, the call did not"
        await phone.sends({"do": "hangUp"})
        await phone.on(stage="over")
        await other.holds(state="ended")

    scene(play)


def test_what_an_agent_alone_hears_is_not_the_callers() -> None:
    async def play(centre: Centre) -> None:
        desk = await centre.available()
        phone = await centre.calling()
        call = await phone.on(stage="waiting")
        assert await desk.asks("accept", contact=call["id"]) is None
        assert await desk.asks("transfer", contact=call["id"], destination="to-flow") is None
        await phone.on(stage="held")
        await phone.sends({"do": "dance"})
        await phone.problem()
        assert phone.heard()[-2:] == ["agent", "music"], "the consultation's queue is heard by the agent"

    scene(play)


def test_a_page_that_closes_in_a_call_hangs_up_after_5_seconds() -> None:
    async def play(centre: Centre) -> None:
        phone = await centre.calling()
        call = await phone.on(stage="waiting")
        await until_it_knows(centre, phone)
        centre.house.pass_seconds(4.9)
        assert centre.house.contact(call["id"]).stage.is_live
        centre.house.pass_seconds(0.1)
        assert centre.house.contact(call["id"]).reason == "CUSTOMER_DISCONNECT"
        again = await centre.calling()
        assert (await again.on(stage="waiting"))["id"] != call["id"]

    scene(play)


def test_a_page_that_comes_back_with_its_number_goes_on() -> None:
    async def play(centre: Centre) -> None:
        phone = await centre.calling()
        call = await phone.on(stage="waiting")
        await until_it_knows(centre, phone)
        centre.house.pass_seconds(4)
        again = await centre.phone()
        await again.on(id=call["id"], stage="waiting")
        centre.house.pass_seconds(60)
        assert centre.house.contact(call["id"]).stage.is_live
        await again.sends({"do": "hangUp"})
        await again.on(stage="over")

    scene(play)


def test_a_page_without_a_call_gives_its_number_back_at_once() -> None:
    async def play(centre: Centre) -> None:
        await until_it_knows(centre, await centre.calling(MOBILE))
        phone = await centre.phone()
        await phone.until(lambda each: "call" in each)
        await until_it_knows(centre, phone)
        assert list(centre.phones._telephones) == [MOBILE], "that one may still come back"
        await (await centre.calling()).on(stage="waiting")

    scene(play)


REFUSED: dict[str, tuple[list[dict[str, Any]], str]] = {
    "call without a telephone": ([{"do": "call", "to": NUMBER}], "no telephone yet"),
    "hang up without a telephone": ([{"do": "hangUp"}], "no telephone yet"),
    "a number in use": ([{"do": "have", "number": MOBILE}], "in use on another page"),
    "no number": ([{"do": "have", "number": "090-1234"}], "no number of a caller's"),
    "one too long": ([{"do": "have", "number": "+8190123456789012"}], "no number of a caller's"),
    "the centre's own": ([{"do": "have", "number": NUMBER}], "no number of a caller's"),
    "a number that nobody has": (
        [{"do": "have", "number": CALLER}, {"do": "call", "to": "+81300000000"}], "No flow answers +81300000000"
    ),
    "a second call": ([{"do": "have", "number": CALLER}, *[{"do": "call", "to": NUMBER}] * 2], "on a call already"),
    "another number in a call": (
        [{"do": "have", "number": CALLER}, {"do": "call", "to": NUMBER}, {"do": "have", "number": "+819000000000"}],
        "hang up before",
    ),
    "keys without a call": ([{"do": "have", "number": CALLER}, {"do": "press", "keys": "1"}], "no call"),
    "no keys": (
        [{"do": "have", "number": CALLER}, {"do": "call", "to": NUMBER}, {"do": "press", "keys": ""}], '"keys" is missing'
    ),
    "letters for keys": (
        [{"do": "have", "number": CALLER}, {"do": "call", "to": NUMBER}, {"do": "press", "keys": "a"}], "Keys are 0 to 9"
    ),
    "too many keys": (
        [{"do": "have", "number": CALLER}, {"do": "call", "to": NUMBER}, {"do": "press", "keys": "1" * 51}], "up to 50"
    ),
    "nothing rings": ([{"do": "have", "number": CALLER}, {"do": "call", "to": NUMBER}, {"do": "decline"}], "does not ring"),
    "unknown": ([{"do": "dance"}], '"do" is one of have, call'),
    "nothing to do": ([{}], '"do" is missing'),
}  # fmt: skip


@pytest.mark.parametrize("kind", REFUSED)
def test_what_cannot_be_done_is_said_and_the_socket_stays(kind: str) -> None:
    messages, problem = REFUSED[kind]

    async def play(centre: Centre) -> None:
        other = await centre.phone(MOBILE)
        await other.sends({"do": "call", "to": NUMBER})
        await other.on(stage="waiting")
        page = await centre.page("/connect/phone")
        for each in messages:
            await page.sends(each)
        assert problem in await page.problem()
        await page.sends({"do": "dance"})
        assert "one of" in await page.problem()

    scene(play, {"main": straight_to("support")})


def test_a_page_may_change_its_number_between_calls() -> None:
    async def play(centre: Centre) -> None:
        phone = await centre.calling()
        await phone.on(stage="waiting")
        await phone.sends({"do": "hangUp"})
        await phone.on(stage="over")
        await phone.sends({"do": "have", "number": MOBILE})
        await phone.until(lambda each: "call" in each and each["call"] is None)
        await phone.sends({"do": "call", "to": NUMBER})
        await phone.on(stage="waiting")
        assert centre.house.newest().customer == (MOBILE, "TELEPHONE_NUMBER")
        await (await centre.calling()).on(stage="waiting", place=2)

    scene(play)
