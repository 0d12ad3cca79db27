"""Waiting in a queue."""

from collections.abc import Generator

from infra.local.connect.floor.contact import Stage
from infra.local.connect.flows.line import Answer, Ending, Line, Refused, Repeat, Request, Speak
from tests.local_connect.house import LUNCH, MORNING, House, flow_over, straight_to
from tests.local_connect.scripts import HELLO, hooked, says


def test_a_full_queue_refuses_and_a_disabled_one_too() -> None:
    refused: list[Refused] = []

    def careful(line: Line) -> Generator[Request, Answer, Ending]:
        yield from ()
        line.choose_queue("support")
        try:
            line.enter_queue()
        except Refused as problem:
            refused.append(problem)
            return flow_over("disconnect")
        return flow_over("queue")

    house = House({"main": careful}, max_contacts=2)
    for _ in range(3):
        house.calls()
    house.exchange.set_queue_status("support", False)
    house.exchange.hang_up(next(iter(house.exchange.contacts)))
    house.calls()
    assert [each.error_type for each in refused] == ["QueueAtCapacity", "NoMatchingError"]


def test_a_waiting_contact_moves_to_another_queue_and_its_flow_goes_on() -> None:
    def impatient(line: Line) -> Generator[Request, Answer, Ending]:
        yield Repeat(prompts=(HELLO,), interrupt_every=30)
        line.change_queue("billing", None)
        yield Speak(prompt=HELLO)
        yield Repeat(prompts=(HELLO,))
        raise AssertionError("music never ends")

    house = House({"main": hooked("CustomerQueue", then=straight_to("support")), "CustomerQueue": impatient})
    first = house.calls()
    house.pass_seconds(31)
    second = house.newest()
    assert (second.method, second.previous_id, second.stage) == ("QUEUE_TRANSFER", first, Stage.WAITING)
    assert house.hears(second.id).kind == "prompt"
    assert [len(house.exchange.queue(each).members) for each in ("support", "billing")] == [0, 1]
    assert house.record(first)["NextContactId"] == second.id
    house.on_duty("a")
    house.talks("a", second.id)
    assert house.exchange.contact(second.id).connected_to_system_at == MORNING


def test_a_queue_flow_that_ends_starts_again() -> None:
    house = House(
        {
            "main": hooked("CustomerQueue", then=straight_to("support")),
            "CustomerQueue": says(Speak(prompt=HELLO), to="flow"),
        }
    )
    contact = house.calls()
    house.pass_seconds(10)
    assert house.contact(contact).stage is Stage.WAITING
    assert [each.kind for each in house.world.heard[contact]] == ["prompt"] * 4


def test_how_a_queue_stands() -> None:
    house = House()
    house.on_duty("a", "b", "c")
    house.exchange.set_status("c", LUNCH)
    house.talks("a", house.calls())
    house.exchange.sign_in("b")
    house.talks("b", house.calls())
    house.calls()
    house.pass_seconds(12)
    assert house.exchange.metrics("support") == (0, 2, 3, 1, 12)
