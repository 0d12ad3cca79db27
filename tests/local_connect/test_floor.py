"""Contacts, as one would watch them: who hears what, who has whom, and what is told."""

import json
from collections.abc import Callable

import pytest

from infra.local.connect.floor.contact import Stage
from infra.local.connect.floor.problems import InvalidRequest, LimitExceeded, NotPossible, UnknownResource
from infra.local.connect.flows.line import Dial
from tests.local_connect.house import AVAILABLE, CALLER, NUMBER, OFFLINE, House, menu, profile
from tests.local_connect.scripts import WHOLE_LIFE, says


def test_the_caller_hears_the_menu_presses_1_waits_and_is_answered() -> None:
    house = House({"main": menu})
    house.on_duty("a")
    contact = house.calls()
    assert house.hears(contact).keys
    house.pass_seconds(2)
    house.exchange.press(contact, "1")
    assert house.contact(contact).attributes == {"choice": "1"}
    assert house.hears(contact).kind == "music"
    house.pass_seconds(3)
    house.talks("a", contact)
    assert house.hears(contact).kind == "agent"
    house.pass_seconds(60)
    house.exchange.hang_up(contact)
    assert house.state("a", contact) == "ENDED"
    house.pass_seconds(20)
    house.exchange.close("a", contact)
    assert house.told(contact) == [
        "INITIATED", "CONTACT_DATA_UPDATED", "QUEUED", "CONNECTED_TO_AGENT", "DISCONNECTED", "COMPLETED",
    ]  # fmt: skip
    record = house.record(contact)
    assert record["DisconnectReason"] == "CUSTOMER_DISCONNECT"
    assert record["Queue"]["Duration"] == 3
    assert record["Agent"]["AgentInteractionDuration"] == 60
    assert record["Agent"]["AfterContactWorkDuration"] == 20
    assert record["LastUpdateTimestamp"] == "2026-06-15T01:01:27Z"


def test_a_call_goes_out_to_a_number_and_ends_with_the_caller() -> None:
    house = House({"main": says(Dial(number="+81399999999", seconds=20), to="third_party")})
    contact = house.calls()
    house.pass_seconds(10)
    assert house.contact(contact).stage is Stage.THIRD_PARTY
    house.exchange.hang_up(contact)
    assert house.record(contact)["TransferredToEndpoint"] == {"Address": "+81399999999", "Type": "TELEPHONE_NUMBER"}


def test_a_task_and_a_mail_are_contacts_too() -> None:
    served = profile(
        "office",
        ("support", "TASK", 1, 0),
        ("support", "EMAIL", 2, 0),
        concurrency={"TASK": 1, "EMAIL": 1},
        any_channel=frozenset({"TASK", "EMAIL"}),
    )
    house = House(profiles={"office": served})
    house.on_duty("a")
    task = house.exchange.start_task(
        flow_id="main",
        name="Order",
        description="Ten",
        references={"page": {"Type": "URL", "Value": "https://example.com"}},
    )
    mail = house.exchange.start_mail(flow_id="main", by="a@example.com", to="support@example.com", subject="Help")
    for each in (task, mail):
        house.talks("a", each)
        with pytest.raises(InvalidRequest):
            house.exchange.hang_up(each)
        house.exchange.end("a", each)
        house.exchange.close("a", each)
    assert house.told(task) == ["INITIATED", "CONNECTED_TO_SYSTEM", *WHOLE_LIFE[1:]]
    assert house.told(mail) == WHOLE_LIFE
    told = house.record(task)
    assert (told["DisconnectReason"], told["ContactDetails"]) == (
        "AGENT_COMPLETED",
        {"Name": "Order", "Description": "Ten"},
    )
    assert told["References"] == [{"Name": "page", "Type": "URL", "Value": "https://example.com"}]
    assert house.record(mail)["CustomerEndpoint"] == {"Address": "a@example.com", "Type": "EMAIL_ADDRESS"}


@pytest.mark.parametrize(
    ("picks_up", "events"),
    [(True, ["INITIATED", "CONNECTED_TO_SYSTEM", "QUEUED"]), (False, ["INITIATED", "DISCONNECTED", "COMPLETED"])],
)
def test_an_outbound_call_is_in_the_flow_once_somebody_answers(picks_up: bool, events: list[str]) -> None:
    house = House()
    house.world.answering = iter([picks_up])
    contact = house.exchange.start_outbound(flow_id="main", to=CALLER, queue_id="support")
    house.pass_seconds(60)
    assert house.told(contact) == events
    assert house.contact(contact).system == (NUMBER, "TELEPHONE_NUMBER")


def test_attributes_are_the_chains_and_at_most_32_kilobytes() -> None:
    house = House()
    contact = house.calls()
    house.exchange.update_attributes(contact, {"tier": "gold"})
    with pytest.raises(LimitExceeded):
        house.exchange.update_attributes(contact, {"tier": "x" * 32_768})
    assert house.contact(contact).attributes == {"tier": "gold"}
    house.exchange.hang_up(contact)
    house.pass_seconds(1)
    house.exchange.update_attributes(contact, {"later": "yes"})
    house.pass_seconds(1)
    assert [each["Attributes"] for each in house.world.records] == [{"tier": "gold"}, {"tier": "gold", "later": "yes"}]
    first, second = (each["LastUpdateTimestamp"] for each in house.world.records)
    assert first < second


NOT_POSSIBLE: list[tuple[Callable[[House, str], object], type[NotPossible]]] = [
    (lambda house, _: house.exchange.call(to="+81300000000", by=CALLER), UnknownResource),
    (lambda house, _: house.exchange.hang_up("nobody"), UnknownResource),
    (lambda house, _: house.exchange.set_status("a", "dancing"), UnknownResource),
    (lambda house, _: house.exchange.set_status("b", AVAILABLE), InvalidRequest),
    (lambda house, _: house.exchange.set_routing_profile("a", "none"), UnknownResource),
    (lambda house, _: house.exchange.queue("none"), UnknownResource),
    (lambda house, contact: house.exchange.sign_out("a"), InvalidRequest),
    (lambda house, contact: house.exchange.accept("a", contact), InvalidRequest),
    (lambda house, contact: house.exchange.accept("b", contact), InvalidRequest),
    (lambda house, contact: house.exchange.close("a", contact), InvalidRequest),
    (lambda house, contact: house.exchange.resume("a", contact), InvalidRequest),
    (lambda house, contact: house.exchange.leave("a", contact), InvalidRequest),
    (lambda house, contact: house.exchange.conference("a", contact), InvalidRequest),
    (lambda house, contact: house.exchange.transfer("a", contact, "none"), UnknownResource),
    (lambda house, contact: house.exchange.press(contact, "x"), InvalidRequest),
    (lambda house, contact: house.exchange.update_routing(contact, priority=0), InvalidRequest),
    (lambda house, contact: house.exchange.set_phone("a", phone_type="DESK_PHONE"), InvalidRequest),
    (lambda house, contact: house.exchange.set_phone("a", after_contact_work_limit=-1), InvalidRequest),
    (lambda house, contact: house.exchange.barge("b", contact), InvalidRequest),
    (lambda house, contact: house.exchange.stop_monitoring("b"), InvalidRequest),
    (lambda house, contact: house.exchange.start_outbound(flow_id="main", to=CALLER, by="+81355555555"), InvalidRequest),
]  # fmt: skip


@pytest.mark.parametrize(("deed", "problem"), NOT_POSSIBLE)
def test_what_cannot_be_done_changes_nothing(deed: Callable[[House, str], object], problem: type[NotPossible]) -> None:
    house = House()
    house.on_duty("a")
    contact = house.calls()
    house.talks("a", contact)
    events, agent_events = len(house.world.events), len(house.world.agent_events)
    with pytest.raises(problem):
        deed(house, contact)
    assert (len(house.world.events), len(house.world.agent_events)) == (events, agent_events)


def test_who_leaves_is_offline_and_gets_nothing() -> None:
    house = House()
    house.on_duty("a")
    house.exchange.sign_out("a")
    contact = house.calls()
    assert house.state("a", contact) is None
    assert house.exchange.agent("a").status.id == OFFLINE
    assert house.exchange.metrics("support").agents_online == 0


def test_the_same_seed_tells_the_same_byte_for_byte() -> None:
    def day(seed: int) -> str:
        house = House({"main": menu}, seed=seed)
        house.on_duty("a", "b")
        for key in "1213":
            contact = house.calls()
            house.exchange.press(contact, key)
            house.pass_seconds(10)
        house.pass_seconds(300)
        return json.dumps([house.world.events, house.world.records, house.world.agent_events])

    assert day(1) == day(1)
    assert day(1) != day(2)
