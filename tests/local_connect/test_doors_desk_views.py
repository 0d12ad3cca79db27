"""What the desk is shown, scene by scene: only what the scene changes is named."""

from typing import Any

import pytest

from infra.local.connect.doors.views import agent_view
from tests.local_connect.house import (
    AVAILABLE,
    CALLER,
    LUNCH,
    MOBILE,
    NUMBER,
    OFFLINE,
    House,
    profile,
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
