"""Telephones of pages that the centre rings up: callbacks, calls of agents, third parties."""

from collections.abc import Generator

import pytest

from infra.local.connect.flows.line import Answer, Callback, Dial, Ending, Line, Request
from tests.local_connect.doors import Centre, Page, scene
from tests.local_connect.house import MOBILE, NUMBER, flow_over

SHOP = "+81399999999"


def promising(line: Line) -> Generator[Request, Answer, Ending]:
    yield from ()
    line.create_callback(Callback(initial_delay=60, retry_delay=60, attempts=2, queue_id="support"))
    return flow_over("disconnect")


def connecting(line: Line) -> Generator[Request, Answer, Ending]:
    yield Dial(number=SHOP, seconds=30)
    return flow_over("third_party")


async def called_back(centre: Centre) -> Page:
    """A phone that rings, since the customer took a callback and agent a has accepted it."""
    desk = await centre.available()
    phone = await centre.calling()
    await phone.on(stage="over")
    centre.house.pass_seconds(60)
    offered = await desk.holds(state="incoming")
    assert await desk.asks("accept", contact=offered["id"]) is None
    await phone.on(stage="ringing", incoming=True, to=NUMBER)
    return phone


def test_a_callback_rings_and_is_answered() -> None:
    async def play(centre: Centre) -> None:
        phone = await called_back(centre)
        await phone.sends({"do": "answer"})
        await phone.on(stage="talking", incoming=True, **{"with": "A Sato"})
        await phone.sends({"do": "answer"})
        assert "does not ring" in await phone.problem()
        await phone.sends({"do": "hangUp"})
        await phone.on(stage="over")

    scene(play, {"main": promising})


@pytest.mark.parametrize("do", ["decline", "hangUp"])
def test_a_callback_that_is_declined_is_tried_again(do: str) -> None:
    async def play(centre: Centre) -> None:
        phone = await called_back(centre)
        await phone.sends({"do": do})
        await phone.until(lambda each: "call" in each and each["call"] is None)
        centre.house.pass_seconds(30)
        await phone.sends({"do": "answer"})
        assert "no call" in await phone.problem()
        assert centre.house.newest().attempt == 2

    scene(play, {"main": promising})


def test_a_callback_that_nobody_answers_stops_ringing() -> None:
    async def play(centre: Centre) -> None:
        phone = await called_back(centre)
        centre.house.pass_seconds(30)
        await phone.on(stage="over", reason="TELECOM_UNANSWERED")

    scene(play, {"main": promising})


def test_a_busy_telephone_does_not_ring() -> None:
    async def play(centre: Centre) -> None:
        phone = await centre.calling(MOBILE)
        await phone.on(stage="waiting")
        desk = await centre.desk()
        assert await desk.asks("dial", number=MOBILE) is None
        centre.house.pass_seconds(59)
        assert (await desk.holds(method="OUTBOUND"))["state"] == "connecting"
        await phone.sends({"do": "answer"})
        assert "does not ring" in await phone.problem()
        centre.house.pass_seconds(1)
        await desk.holds(state="error")

    scene(play)


def test_a_flow_that_connects_its_caller_does_not_ring_the_caller() -> None:
    async def play(centre: Centre) -> None:
        phone = await centre.calling()
        await phone.on(stage="menu")
        centre.house.pass_seconds(4)
        await phone.on(stage="talking", **{"with": SHOP})
        assert phone.heard() == ["ringing", "third_party"]

    scene(play, {"main": connecting})


def test_somebody_outside_who_is_asked_may_hang_up_and_the_customer_stays() -> None:
    async def play(centre: Centre) -> None:
        desk = await centre.available()
        customer, shop = await centre.calling(), await centre.phone(SHOP)
        call = await customer.on(stage="waiting")
        await shop.until(lambda each: "call" in each)
        assert await desk.asks("accept", contact=call["id"]) is None
        assert await desk.asks("transfer", contact=call["id"], destination="to-number") is None
        await shop.on(stage="ringing")
        await shop.sends({"do": "answer"})
        await shop.on(stage="talking", **{"with": "A Sato"})
        await shop.sends({"do": "press", "keys": "1"})
        assert "Nobody takes these keys" in await shop.problem()
        await shop.sends({"do": "hangUp"})
        await shop.on(stage="over", reason="THIRD_PARTY_DISCONNECT")
        await customer.on(stage="held")
        await desk.holds(state="connected", consult=None)

    scene(play)
