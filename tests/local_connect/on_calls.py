"""How far a call has come: scenes that views of desk and phone share."""

from collections.abc import Callable
from datetime import timedelta

from infra.local.connect.telling.stamps import exact
from tests.local_connect.house import (
    MORNING,
    House,
)

Scene = Callable[[House], str]


SHOP = "+81399999999"


def at(seconds: float) -> str:
    """A moment so long after the agents a and b have come, which takes two seconds."""
    return exact(MORNING + timedelta(seconds=2 + seconds))


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
