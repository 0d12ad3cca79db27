"""A centre that stays open does not grow: what is over is remembered for a day, then forgotten."""

import gc
from collections.abc import Generator
from datetime import timedelta
from types import BuiltinFunctionType, FunctionType, MethodType, ModuleType

import pytest

from infra.local.connect.floor.memory import REMEMBERED
from infra.local.connect.floor.problems import UnknownResource
from infra.local.connect.flows.line import Answer, Callback, Ending, Line, Listen, Prompt, Request
from tests.local_connect.house import MOBILE, House, World, flow_over, straight_to, user

A_DAY = REMEMBERED.total_seconds()


def main(line: Line) -> Generator[Request, Answer, Ending]:
    """1 is support, which a lost line leads back to; anything else is a callback."""
    line.set_event_hook("CustomerRemaining", "back")
    task = line.data()["Channel"] == "TASK"
    keyed = "1" if task else (yield Listen(prompt=Prompt(text="x" * 30), seconds=5))
    if keyed == "1":
        return (yield from straight_to("support")(line))
    line.create_callback(Callback(initial_delay=60, retry_delay=600, attempts=2, queue_id="billing"))
    return flow_over("disconnect")


def centre() -> House:
    house = House({"main": main, "back": straight_to("support")}, users=(user("a"), user("b"), user("s")))
    for name in house.exchange.agents:
        house.exchange.sign_in(name)
    return house


def an_hour(house: House) -> None:
    """Every kind of contact once: transferred, watched, left to a callback that is answered at the second attempt, missed, dialled, a lost line, a task."""
    began, exchange = house.timeline.now, house.exchange
    house.world.answering = iter([False, True, True])
    house.on_duty("a", "b")
    first = house.calls()
    exchange.press(first, "1")
    house.talks("a", first)
    exchange.monitor("s", first)
    exchange.update_attributes(first, {"hour": began.isoformat()})
    second = exchange.transfer("a", first, "to-b")
    house.talks("b", second)
    exchange.leave("a", first)
    exchange.close("a", first)
    exchange.lose_line("b")
    exchange.close("b", second)
    remains = house.newest().id
    house.talks("a", remains)
    exchange.hang_up(remains)
    exchange.close("a", remains)
    promised = house.calls()
    house.pass_seconds(70)
    for answered in (False, True):
        attempt = house.newest().id
        agent = next(name for name in "ab" if house.state(name, attempt))
        exchange.accept(agent, attempt)
        house.pass_seconds(40)
        if answered:
            exchange.end(agent, attempt)
        exchange.close(agent, attempt)
        house.pass_seconds(595)
    assert house.contact(promised).next_id is not None
    missed = house.calls()
    exchange.press(missed, "1")
    exchange.hang_up(missed)
    exchange.close(next(name for name in "ab" if house.state(name, missed)), missed)
    dialled = exchange.dial("a", MOBILE)
    house.pass_seconds(10)
    exchange.end("a", dialled)
    exchange.close("a", dialled)
    exchange.stop(exchange.start_task(flow_id="main", name="Order", related_id=dialled))
    house.timeline.advance(began + timedelta(hours=1))
    world = house.world
    for told in (world.events, world.records, world.agent_events, world.shown):
        told.clear()
    world.heard.clear()


def size(house: House) -> int:
    """How many objects the exchange holds, however deep."""
    seen: set[int] = set()
    ahead: list[object] = [house.exchange, house.timeline]
    while ahead:
        each = ahead.pop()
        if id(each) in seen or isinstance(each, type | ModuleType | BuiltinFunctionType):
            continue
        seen.add(id(each))
        if isinstance(each, FunctionType):
            ahead += [cell.cell_contents for cell in each.__closure__ or ()]
        elif isinstance(each, MethodType):
            ahead.append(each.__self__)
        elif isinstance(each, House | World):
            continue
        else:
            ahead += gc.get_referents(each)
    return len(seen)


def test_after_two_days_a_centre_is_as_large_as_after_one() -> None:
    house = centre()
    for _ in range(26):
        an_hour(house)
    contacts, objects = len(house.exchange.contacts), size(house)
    for _ in range(24):
        an_hour(house)
    assert len(house.exchange.contacts) == contacts
    assert size(house) == pytest.approx(objects, rel=0.005)
    house.pass_seconds(A_DAY)
    assert not house.exchange.contacts
    assert size(house) < objects / 5


def test_whoever_asks_for_a_forgotten_contact_is_told_that_there_is_none() -> None:
    house = centre()
    contact = house.calls()
    house.exchange.hang_up(contact)
    house.pass_seconds(A_DAY - 1)
    house.exchange.update_attributes(contact, {"late": "yes"})
    house.pass_seconds(1)
    assert [each["Attributes"] for each in house.world.records] == [{}, {"late": "yes"}]
    with pytest.raises(UnknownResource):
        house.exchange.contact(contact)
    with pytest.raises(UnknownResource):
        house.exchange.update_attributes(contact, {"later": "yes"})


def test_a_contact_is_remembered_while_a_callback_it_led_to_is_to_come() -> None:
    def promising(line: Line) -> Generator[Request, Answer, Ending]:
        yield from ()
        line.create_callback(Callback(initial_delay=259_200, retry_delay=600, attempts=1, queue_id="billing"))
        return flow_over("disconnect")

    house = House({"main": promising})
    first = house.calls()
    house.pass_seconds(2.5 * A_DAY)
    assert house.exchange.customer_of(first).id == first
    house.pass_seconds(A_DAY)
    house.exchange.stop(house.newest().id)
    house.pass_seconds(A_DAY - 1)
    assert len(house.exchange.contacts) == 2
    house.pass_seconds(1)
    assert not house.exchange.contacts


def test_a_contact_is_remembered_while_a_related_one_goes_on() -> None:
    house = centre()
    call = house.calls()
    task = house.exchange.start_task(flow_id="main", name="Order", related_id=call)
    house.exchange.hang_up(call)
    house.pass_seconds(3 * A_DAY)
    assert house.contact(call).completed_at is not None
    house.exchange.stop(task)
    house.pass_seconds(A_DAY)
    assert not house.exchange.contacts


def test_a_missed_contact_stays_until_its_agent_has_cleared_it() -> None:
    house = centre()
    house.on_duty("a")
    contact = house.calls()
    house.exchange.press(contact, "1")
    house.exchange.hang_up(contact)
    house.pass_seconds(2.5 * A_DAY)
    assert house.state("a", contact) == "MISSED"
    house.exchange.close("a", contact)
    house.pass_seconds(A_DAY)
    assert not house.exchange.contacts


def test_contacts_that_come_after_others_were_forgotten_are_still_served_in_their_order() -> None:
    house = House()
    for _ in range(3):
        house.exchange.hang_up(house.calls())
    house.pass_seconds(A_DAY + 1)
    first, second = house.calls(), house.calls()
    assert house.contact(first).number < house.contact(second).number
    house.on_duty("a")
    assert (house.state("a", first), house.state("a", second)) == ("CONNECTING", None)
