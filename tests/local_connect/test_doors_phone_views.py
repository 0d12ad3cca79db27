"""What the phone is shown, scene by scene, and what is heard."""

from collections.abc import Generator
from typing import Any

import pytest

from infra.local.connect.doors.views import call_view, heard_view, place
from infra.local.connect.floor.world import Heard
from infra.local.connect.flows.line import Answer, Callback, Dial, Ending, Line, Listen, Prompt, Request
from infra.local.connect.telling.stamps import exact
from tests.local_connect.house import (
    CALLER,
    NUMBER,
    House,
    flow_over,
    user,
)
from tests.local_connect.on_calls import (
    SHOP,
    Scene,
    accepted,
    at,
    conference,
    consult_answered,
    consulting,
    held,
    rings,
    shop_answered,
)


def asking(line: Line) -> Generator[Request, Answer, Ending]:
    yield Listen(prompt=Prompt(text="Press 1."), seconds=60)
    return flow_over("disconnect")


def connecting(line: Line) -> Generator[Request, Answer, Ending]:
    yield Dial(number=SHOP, seconds=30)
    return flow_over("third_party")


def in_menu(house: House) -> str:
    house.scripts["main"] = asking
    return house.calls()


def waits(house: House) -> str:
    contact_id = house.calls()
    house.pass_seconds(3)
    return contact_id


def outside(house: House) -> str:
    house.scripts["main"] = connecting
    contact_id = house.calls()
    house.pass_seconds(4)
    return contact_id


def on_duty(scene: Scene) -> Scene:
    def staffed(house: House) -> str:
        house.on_duty("a", "b")
        return scene(house)

    return staffed


def hung_up(house: House) -> str:
    contact_id = accepted(house)
    house.exchange.hang_up(contact_id)
    return contact_id


def handed_over(house: House) -> str:
    contact_id = consult_answered(house)
    house.pass_seconds(7)
    house.exchange.leave("a", contact_id)
    return contact_id


def handed_outside(house: House) -> str:
    contact_id = shop_answered(house)
    house.exchange.leave("a", contact_id)
    return contact_id


def rung_while_handed_over(house: House) -> str:
    contact_id = consulting("to-number")(house)
    house.exchange.leave("a", contact_id)
    return contact_id


def dropped(house: House) -> str:
    contact_id = accepted(house)
    house.exchange.lose_line("a")
    return contact_id


PHONE: dict[str, tuple[Scene, dict[str, Any]]] = {
    "a voice asks": (in_menu, {"stage": "menu", "since": at(-2)}),
    "waits": (waits, {"stage": "waiting", "since": at(-2), "place": 1}),
    "an agent is being offered the call": (on_duty(rings), {"stage": "waiting", "since": at(0), "place": 1}),
    "they talk": (on_duty(accepted), {"stage": "talking", "since": at(0), "with": "A Sato"}),
    "on hold": (on_duty(held), {"stage": "held", "since": at(5), "with": "A Sato"}),
    "on hold while the agent asks": (on_duty(consult_answered), {"stage": "held", "since": at(5), "with": "A Sato"}),
    "three talk": (on_duty(conference), {"stage": "talking", "since": at(0), "with": "A Sato"}),
    "handed over": (on_duty(handed_over), {"stage": "talking", "since": at(5), "with": "B Sato"}),
    "handed to somebody outside": (on_duty(handed_outside), {"stage": "talking", "since": at(9), "with": SHOP}),
    "handed over while it rings there": (on_duty(rung_while_handed_over), {"stage": "calling", "since": at(5)}),
    "connected by a flow": (outside, {"stage": "talking", "since": at(-2), "with": SHOP}),
    "hung up": (on_duty(hung_up), {"stage": "over", "since": at(5), "reason": "CUSTOMER_DISCONNECT"}),
    "the line dropped": (on_duty(dropped), {"stage": "over", "since": at(5), "reason": "TELECOM_PROBLEM"}),
}


@pytest.mark.parametrize("kind", PHONE)
def test_a_callers_call(kind: str) -> None:
    scene, expected = PHONE[kind]
    house = House(agents=2)
    contact_id = scene(house)
    plain = {"id": contact_id, "place": None, "with": None, "to": NUMBER, "incoming": False, "reason": None}
    assert call_view(house.exchange, house.exchange.customer_of(contact_id), id=contact_id) == plain | expected


def test_somebody_outside_who_is_asked_talks_to_the_agent_and_then_to_the_customer() -> None:
    house = House(agents=2)
    house.on_duty("a", "b")
    contact_id = consulting("to-number")(house)
    consult = house.newest()
    rang = house.timeline.now
    seen = call_view(house.exchange, consult, id=consult.id, incoming=True, rings_since=rang)
    assert (seen["stage"], seen["since"], seen["with"], seen["incoming"]) == ("ringing", exact(rang), None, True)
    house.pass_seconds(4)
    assert call_view(house.exchange, consult, id=consult.id, incoming=True)["with"] == "A Sato"
    house.exchange.leave("a", contact_id)
    assert call_view(house.exchange, consult, id=consult.id, incoming=True)["with"] == CALLER


def test_a_callback_shows_the_number_of_its_queue() -> None:
    def promising(line: Line) -> Generator[Request, Answer, Ending]:
        yield from ()
        line.create_callback(Callback(initial_delay=0, retry_delay=60, attempts=1, queue_id="support"))
        return flow_over("disconnect")

    house = House({"main": promising})
    house.on_duty("a")
    house.calls()
    house.pass_seconds(1)
    callback = house.newest()
    house.exchange.accept("a", callback.id)
    seen = call_view(house.exchange, callback, id=callback.id, incoming=True)
    assert (seen["stage"], seen["to"]) == ("calling", NUMBER)


def test_the_place_in_the_queue_is_as_routing_serves() -> None:
    house = House(agents=1, users=(user("a"),))
    first, second, third = (house.calls() for _ in range(3))

    def places() -> list[int | None]:
        return [place(house.contact(each)) for each in (first, second, third)]

    assert places() == [1, 2, 3]
    house.exchange.update_routing(third, priority=1)
    assert places() == [2, 3, 1], "a lower priority is served first"
    house.exchange.update_routing(second, time_adjustment=60)
    assert places() == [3, 2, 1], "who counts as having waited longer comes earlier"
    house.on_duty("a")
    assert places() == [3, 2, 1], "who is being offered comes before those who wait"
    house.exchange.accept("a", third)
    assert places() == [2, 1, None]


HEARD: dict[str, tuple[Heard, dict[str, Any]]] = {
    "text": (
        Heard(kind="prompt", prompts=(Prompt(text="Hello."),)),
        {"kind": "prompt", "text": [{"text": "Hello.", "ssml": False, "language": "en-US"}], "keys": False, "secret": False},
    ),
    "ssml, with keys": (
        Heard(kind="prompt", prompts=(Prompt(ssml="<speak>Press 1.</speak>"),), keys=True),
        {"kind": "prompt", "text": [{"text": "<speak>Press 1.</speak>", "ssml": True, "language": "en-US"}], "keys": True, "secret": False},
    ),
    "what nobody else may see keyed": (Heard(kind="prompt", keys=True, secret=True), {"kind": "prompt", "text": [], "keys": True, "secret": True}),
    "a recording": (Heard(kind="music", prompts=(Prompt(prompt_id="p"),)), {"kind": "music", "text": [], "keys": False, "secret": False}),
    "nobody any more": (Heard(kind="over"), {"kind": "over", "text": [], "keys": False, "secret": False}),
}  # fmt: skip


@pytest.mark.parametrize("kind", HEARD)
def test_what_is_heard(kind: str) -> None:
    heard, expected = HEARD[kind]
    assert heard_view(heard, "en-US") == expected
