"""Supervisors listen, and join."""

from datetime import timedelta

from infra.local.connect.floor.contact import Stage
from tests.local_connect.house import MORNING, House
from tests.local_connect.scripts import talking


def test_a_supervisor_listens_then_joins_and_leaves() -> None:
    house = House()
    house.on_duty("a")
    contact = talking(house)
    house.exchange.sign_in("b")
    watching = house.exchange.monitor("b", contact)
    house.pass_seconds(30)
    house.exchange.barge("b", contact)
    house.pass_seconds(15)
    house.exchange.stop_monitoring("b")
    assert house.told(watching) == ["INITIATED", "CONNECTED_TO_AGENT", "DISCONNECTED", "COMPLETED"]
    told = house.record(watching)
    assert (told["InitiationMethod"], told["RelatedContactId"]) == ("MONITOR", contact)
    assert [tuple(each.values()) for each in told["Agent"]["StateTransitions"]] == [
        ("SILENT_MONITOR", "2026-06-15T01:00:11Z", "2026-06-15T01:00:41Z"),
        ("BARGE", "2026-06-15T01:00:41Z", "2026-06-15T01:00:56Z"),
    ]
    assert house.contact(contact).stage is Stage.CONNECTED


def test_listening_ends_with_the_call() -> None:
    house = House()
    house.on_duty("a")
    contact = talking(house)
    house.exchange.sign_in("b")
    watching = house.exchange.monitor("b", contact)
    house.exchange.hang_up(contact)
    assert house.contact(watching).completed_at == MORNING + timedelta(seconds=11)
    assert not house.exchange.agent("b").contacts
