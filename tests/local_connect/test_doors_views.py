"""What desk and phone are shown, scene by scene: only what the scene changes is named."""

from collections.abc import Callable, Generator
from datetime import timedelta
from typing import Any

import pytest

from infra.local.connect.doors.views import agent_view, call_view, heard_view, place
from infra.local.connect.floor.world import Heard
from infra.local.connect.flows.line import Answer, Callback, Dial, Ending, Line, Listen, Prompt, Request
from infra.local.connect.telling.stamps import exact
from tests.local_connect.house import (
    AVAILABLE,
    CALLER,
    LUNCH,
    MOBILE,
    MORNING,
    NUMBER,
    OFFLINE,
    House,
    flow_over,
    profile,
    user,
)

Scene = Callable[[House], str]
SHOP = "+81399999999"


def at(seconds: float) -> str:
    """A moment so long after the agents a and b have come, which takes two seconds."""
    return exact(MORNING + timedelta(seconds=2 + seconds))


# --- the desk -------------------------------------------------------------------------------------------------------------


def rings(house: House) -> str:
    return house.calls()


def accepted(house: House) -> str:
    contact_id = house.calls()
    house.talks("a", contact_id)
    house.pass_seconds(5)
    return contact_id


def held(house: House) -> str:
    contact_id = accepted(house)
    house.exchange.hold("a", contact_id)
    return contact_id


def muted(house: House) -> str:
    contact_id = accepted(house)
    house.exchange.mute("a", contact_id)
    return contact_id


def ended(house: House) -> str:
    contact_id = accepted(house)
    house.exchange.end("a", contact_id)
    return contact_id


def ended_with_a_limit(house: House) -> str:
    house.exchange.set_phone("a", after_contact_work_limit=30)
    return ended(house)


def missed(house: House) -> str:
    contact_id = house.calls()
    house.exchange.reject("a", contact_id)
    return contact_id


def consulting(destination: str) -> Scene:
    def begun(house: House) -> str:
        contact_id = accepted(house)
        house.exchange.transfer("a", contact_id, destination)
        return contact_id

    return begun


def consult_answered(house: House) -> str:
    contact_id = consulting("to-b")(house)
    house.exchange.accept("b", house.newest().id)
    return contact_id


def shop_answered(house: House) -> str:
    contact_id = consulting("to-number")(house)
    house.pass_seconds(4)
    return contact_id


def conference(house: House) -> str:
    contact_id = consult_answered(house)
    house.exchange.conference("a", contact_id)
    return contact_id


def watched(house: House) -> str:
    contact_id = accepted(house)
    house.exchange.monitor("b", contact_id)
    return contact_id


def barged(house: House) -> str:
    contact_id = watched(house)
    house.exchange.barge("b", contact_id)
    return contact_id


def noted(house: House) -> str:
    contact_id = accepted(house)
    house.exchange.update_attributes(contact_id, {"choice": "1"})
    return contact_id


def dialled(house: House) -> str:
    return house.exchange.dial("a", MOBILE)


PLAIN: dict[str, Any] = {
    "initialId": None, "channel": "VOICE", "method": "INBOUND", "state": "connected", "since": at(0), "accepted": True,
    "held": False, "muted": False, "queue": {"id": "support", "name": "support"}, "queuedAt": at(0), "customer": CALLER,
    "system": NUMBER, "attributes": {}, "name": None, "description": None, "consult": None, "joined": False, "from": None,
    "supervision": None, "watched": False, "endsAt": None,
}  # fmt: skip
DESK: dict[str, tuple[Scene, dict[str, Any]]] = {
    "it rings": (rings, {"state": "connecting", "accepted": False}),
    "they talk": (accepted, {}),
    "on hold the conversation began when it did": (held, {"held": True}),
    "muted": (muted, {"muted": True}),
    "work that ends when it is closed": (ended, {"state": "ended", "since": at(5)}),
    "work that ends by itself": (ended_with_a_limit, {"state": "ended", "since": at(5), "endsAt": at(35)}),
    "turned down": (missed, {"state": "missed", "accepted": False}),
    "an agent is rung up": (consulting("to-b"), {"held": True, "consult": ("B Sato", "ringing")}),
    "a queue is asked": (consulting("to-billing"), {"held": True, "consult": ("billing", "ringing")}),
    "somebody outside is rung up": (consulting("to-number"), {"held": True, "consult": (SHOP, "ringing")}),
    "a flow is asked": (consulting("to-flow"), {"held": True, "consult": ("support", "ringing")}),
    "the agent answers": (consult_answered, {"held": True, "consult": ("B Sato", "talking")}),
    "somebody outside answers": (shop_answered, {"held": True, "consult": (SHOP, "talking")}),
    "three talk": (conference, {"consult": ("B Sato", "talking"), "joined": True}),
    "silent listening is not told": (watched, {}),
    "a supervisor has joined": (barged, {"watched": True}),
    "attributes": (noted, {"attributes": {"choice": "1"}}),
    "the agent calls somebody": (
        dialled,
        {"method": "OUTBOUND", "state": "connecting", "customer": MOBILE, "queuedAt": None},
    ),
}


@pytest.mark.parametrize("kind", DESK)
def test_a_contact_in_an_agents_hands(kind: str) -> None:
    scene, differs = DESK[kind]
    house = House(agents=2)
    house.on_duty("a", "b")
    contact_id = scene(house)
    if consult := differs.get("consult"):
        differs = differs | {"consult": {"id": house.newest().id, "name": consult[0], "state": consult[1]}}
    (seen,) = agent_view(house.exchange, "a")["contacts"]
    assert seen == PLAIN | {"id": contact_id} | differs


def test_the_other_side_of_a_transfer() -> None:
    house = House(agents=2)
    house.on_duty("a", "b")
    contact_id = conference(house)
    (seen,) = agent_view(house.exchange, "b")["contacts"]
    expected = {"initialId": contact_id, "method": "TRANSFER", "from": "A Sato", "joined": True, "customer": CALLER}
    assert expected.items() <= seen.items()
    assert seen["queue"] == {"id": "agent/b", "name": "B Sato"}, "an own queue goes by its agent's name"
    house.exchange.leave("a", contact_id)
    (seen,) = agent_view(house.exchange, "b")["contacts"]
    assert (seen["from"], seen["joined"]) == ("A Sato", False)


def test_a_supervisors_own_contact() -> None:
    house = House(agents=2)
    house.on_duty("a", "b")
    contact_id = watched(house)
    (seen,) = agent_view(house.exchange, "b")["contacts"]
    assert (seen["method"], seen["supervision"], seen["queue"]) == ("MONITOR", "listening", None)
    house.exchange.barge("b", contact_id)
    (seen,) = agent_view(house.exchange, "b")["contacts"]
    assert seen["supervision"] == "joined"


def test_an_agent_alone() -> None:
    house = House(agents=2)
    house.on_duty("a")
    house.exchange.set_status("a", LUNCH)
    available, lunch, offline = (
        {"id": AVAILABLE, "name": "Available", "type": "routable"},
        {"id": LUNCH, "name": "Lunch", "type": "custom"},
        {"id": OFFLINE, "name": "Offline", "type": "offline"},
    )
    assert agent_view(house.exchange, "a") == {
        "id": "a", "username": "agent-a", "name": "A Sato", "status": lunch, "since": at(-1), "next": None,
        "statuses": [available, lunch, offline], "contacts": [],
        "destinations": [
            {"id": "to-a", "name": "A", "type": "agent"}, {"id": "to-b", "name": "B", "type": "agent"},
            {"id": "to-billing", "name": "Billing", "type": "queue"}, {"id": "to-flow", "name": "Flow", "type": "flow"},
            {"id": "to-number", "name": "Shop", "type": "number"},
        ],
    }  # fmt: skip
    house.exchange.set_status("a", AVAILABLE)
    house.calls()
    house.exchange.set_status("a", LUNCH)
    assert agent_view(house.exchange, "a")["next"] == lunch, "while busy, a status is the next one"


def test_a_task_has_a_name_and_nobody_to_call() -> None:
    house = House(profiles={"office": profile("office", ("support", "TASK", 1, 0), concurrency={"TASK": 1})})
    house.on_duty("a")
    house.exchange.start_task(flow_id="main", name="A form", description="Look at it")
    (seen,) = agent_view(house.exchange, "a")["contacts"]
    expected = {"channel": "TASK", "name": "A form", "description": "Look at it", "customer": None, "system": None}
    assert expected.items() <= seen.items()


# --- the phone ------------------------------------------------------------------------------------------------------------


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
        {"kind": "prompt", "text": [{"text": "Hello.", "ssml": False, "language": "en-US"}], "keys": False},
    ),
    "ssml, with keys": (
        Heard(kind="prompt", prompts=(Prompt(ssml="<speak>Press 1.</speak>"),), keys=True),
        {"kind": "prompt", "text": [{"text": "<speak>Press 1.</speak>", "ssml": True, "language": "en-US"}], "keys": True},
    ),
    "a recording": (Heard(kind="music", prompts=(Prompt(prompt_id="p"),)), {"kind": "music", "text": [], "keys": False}),
    "nobody any more": (Heard(kind="over"), {"kind": "over", "text": [], "keys": False}),
}  # fmt: skip


@pytest.mark.parametrize("kind", HEARD)
def test_what_is_heard(kind: str) -> None:
    heard, expected = HEARD[kind]
    assert heard_view(heard, "en-US") == expected
