"""Transfers, as scenes."""

import pytest

from infra.local.connect.floor.contact import Stage
from infra.local.connect.floor.problems import InvalidRequest
from tests.local_connect.house import House
from tests.local_connect.scripts import talking


def test_cold_the_agent_leaves_and_the_customer_waits_for_billing() -> None:
    house = House()
    house.on_duty("a")
    first = talking(house)
    second = house.exchange.transfer("a", first, "to-billing")
    assert house.state("a", first) == "CONNECTED_ONHOLD"
    house.pass_seconds(3)
    house.exchange.leave("a", first)
    assert house.state("a", first) == "ENDED"
    house.exchange.close("a", first)
    assert house.state("a", second) == "CONNECTING"
    house.talks("a", second)
    assert house.exchange.customer_of(first).id == second
    house.exchange.hang_up(first)
    house.exchange.close("a", second)
    one, two = house.record(first), house.record(second)
    assert one["TransferCompletedTimestamp"] == one["DisconnectTimestamp"]
    assert (one["DisconnectReason"], two["DisconnectReason"]) == ("AGENT_DISCONNECT", "CUSTOMER_DISCONNECT")
    assert (one["NextContactId"], two["PreviousContactId"], two["InitialContactId"]) == (second, first, first)
    assert two["InitiationMethod"] == "TRANSFER"
    assert two["Queue"]["Name"] == "billing"


def test_warm_the_agents_talk_confer_and_the_first_leaves() -> None:
    house = House()
    house.on_duty("a", "b")
    first = talking(house)
    second = house.exchange.transfer("a", first, "to-b")
    with pytest.raises(InvalidRequest):
        house.exchange.conference("a", first)
    house.talks("b", second)
    house.exchange.conference("a", first)
    assert (house.state("a", first), house.state("b", second)) == ("CONNECTED", "CONNECTED")
    house.pass_seconds(10)
    house.exchange.leave("a", first)
    house.exchange.close("a", first)
    assert house.contact(second).stage is Stage.CONNECTED
    assert house.record(first)["TransferCompletedTimestamp"] is None
    assert house.contact(second).queue is house.exchange.queue("agent/b")


def test_whoever_was_asked_goes_back_and_the_customer_stays() -> None:
    house = House()
    house.on_duty("a", "b")
    first = talking(house)
    second = house.exchange.transfer("a", first, "to-b")
    house.talks("b", second)
    house.exchange.leave("b", second)
    assert (house.state("a", first), house.state("b", second)) == ("CONNECTED_ONHOLD", "ENDED")
    house.exchange.resume("a", first)
    house.exchange.transfer("a", first, "to-number")


def test_the_customer_does_not_wait_for_the_end_of_a_consultation() -> None:
    house = House()
    house.on_duty("a", "b")
    first = talking(house)
    second = house.exchange.transfer("a", first, "to-b")
    house.talks("b", second)
    # The customer is still on the first contact, whichever of the two is named.
    assert house.exchange.customer_of(second).id == first
    house.exchange.hang_up(second)
    assert (house.state("a", first), house.state("b", second)) == ("ENDED", "ENDED")


def test_a_transfer_back_to_the_same_agent_waits_for_the_end_of_the_work() -> None:
    house = House()
    house.on_duty("a")
    first = talking(house)
    second = house.exchange.transfer("a", first, "to-a")
    house.exchange.leave("a", first)
    assert house.state("a", second) is None
    house.exchange.close("a", first)
    assert house.state("a", second) == "CONNECTING"


@pytest.mark.parametrize("answered", [True, False])
def test_a_transfer_to_a_number(answered: bool) -> None:
    house = House()
    house.on_duty("a")
    first = talking(house)
    house.world.answering = iter([answered])
    second = house.exchange.transfer("a", first, "to-number")
    house.pass_seconds(60)
    assert house.contact(second).method == "EXTERNAL_OUTBOUND"
    if not answered:
        assert house.contact(second).reason == "TELECOM_UNANSWERED"
        house.exchange.resume("a", first)
        return
    house.exchange.leave("a", first)
    house.exchange.close("a", first)
    assert house.record(first)["TransferredToEndpoint"]["Address"] == "+81399999999"
    house.exchange.hang_up(first)
    assert house.contact(second).stage is Stage.OVER


def test_a_transfer_to_a_flow() -> None:
    house = House()
    house.on_duty("a", "b")
    first = talking(house)
    second = house.exchange.transfer("a", first, "to-flow")
    assert house.state("b", second) == "CONNECTING"
