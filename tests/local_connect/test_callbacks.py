"""Callbacks: promised, dialled, tried again."""

from collections.abc import Generator
from datetime import timedelta

import pytest

from infra.local.connect.floor.contact import Stage
from infra.local.connect.floor.problems import InvalidRequest
from infra.local.connect.flows.line import Answer, Callback, Ending, Line, Refused, Repeat, Request, Sleep, Speak
from tests.local_connect.house import CALLER, MOBILE, House, Script, flow_over, straight_to
from tests.local_connect.scripts import HELLO, talking


def offering_callback(callback: Callback, number: str | None = MOBILE) -> dict[str, Script]:
    """Ten seconds of music, then a callback instead of waiting."""

    def queue_flow(line: Line) -> Generator[Request, Answer, Ending]:
        yield Repeat(prompts=(HELLO,), interrupt_every=10)
        if number:
            line.set_callback_number(number)
        line.create_callback(callback)
        return flow_over("disconnect")

    def main(line: Line) -> Generator[Request, Answer, Ending]:
        line.set_event_hook("CustomerQueue", "CustomerQueue")
        return (yield from straight_to("support")(line))

    return {"main": main, "CustomerQueue": queue_flow}


def test_the_callback_of_the_guides_example() -> None:
    # Administrator Guide, "Queued callbacks": 99 seconds of delay, taken 21 seconds later, dialled after a whisper.
    house = House(offering_callback(Callback(initial_delay=99, retry_delay=600, attempts=1)))
    first = house.calls()
    house.pass_seconds(10)
    second = house.newest()
    assert (second.method, second.stage, second.customer) == ("CALLBACK", Stage.SCHEDULED, (MOBILE, "TELEPHONE_NUMBER"))
    assert list(house.exchange.queue("support").members) == [second.id]
    assert house.record(first)["NextContactId"] == second.id
    house.pass_seconds(98)
    assert house.told(second.id) == ["INITIATED", "QUEUED"]
    house.pass_seconds(20)
    house.on_duty("a")
    assert house.state("a", second.id) == "INCOMING"
    house.exchange.accept("a", second.id)
    assert house.state("a", second.id) == "CONNECTING"
    assert (house.hears(second.id).kind, house.hears(second.id).by) == ("ringing", "agent")
    house.pass_seconds(4)
    assert house.state("a", second.id) == "CONNECTED"
    house.exchange.hang_up(second.id)
    house.exchange.close("a", second.id)
    record = house.record(second.id)
    assert record["Queue"]["Duration"] == 21
    assert record["ConnectedToSystemTimestamp"] == record["Agent"]["ConnectedToAgentTimestamp"]
    assert record["InitiationTimestamp"] == "2026-06-15T01:00:10Z"


def test_a_callback_that_nobody_answers_is_tried_again() -> None:
    house = House(offering_callback(Callback(initial_delay=1, retry_delay=600, attempts=2)))
    house.world.answering = iter([False, False])
    house.calls()
    house.on_duty("a")
    house.pass_seconds(10)
    attempts = []
    for _ in range(2):
        attempt = house.newest()
        attempts.append(attempt)
        house.exchange.accept("a", attempt.id)
        house.pass_seconds(30)
        assert (attempt.reason, house.state("a", attempt.id)) == ("TELECOM_UNANSWERED", "ERROR")
        house.exchange.close("a", attempt.id)
        record = house.record(attempt.id)
        assert (record["Agent"], record["AgentConnectionAttempts"]) == (None, 1)
        house.pass_seconds(599)
    assert [each.next_id for each in attempts] == [attempts[1].id, None]
    assert attempts[1].initiated_at - attempts[0].initiated_at < timedelta(minutes=1)
    assert attempts[1].enqueued_at - attempts[1].initiated_at == timedelta(minutes=10)  # type: ignore[operator]
    assert house.newest() is attempts[1]


def creating(queue: str | None) -> Script:
    """The flow that a callback begins with: it takes five seconds, and goes to a queue or to none."""

    def flow(line: Line) -> Generator[Request, Answer, Ending]:
        line.set_attributes({"created": str(line.data()["InitiationMethod"])})
        yield Sleep(seconds=5)
        if queue is None:
            return flow_over("disconnect")
        return (yield from straight_to(queue)(line))

    return flow


@pytest.mark.parametrize(("queue", "kinds"), [
    ("support", ["INITIATED", "CONTACT_DATA_UPDATED", "QUEUED"]),
    ("billing", ["INITIATED", "CONTACT_DATA_UPDATED", "QUEUED"]),
    (None, ["INITIATED", "CONTACT_DATA_UPDATED", "DISCONNECTED", "COMPLETED"]),
])  # fmt: skip
def test_a_callback_begins_with_the_flow_it_names(queue: str | None, kinds: list[str]) -> None:
    scripts = offering_callback(Callback(initial_delay=60, retry_delay=600, attempts=1, flow_id="creation"))
    house = House({**scripts, "creation": creating(queue)})
    first = house.calls()
    house.pass_seconds(12)
    callback = house.newest()
    assert (callback.stage, callback.attributes) == (Stage.IN_FLOW, {"created": "CALLBACK"})
    house.pass_seconds(57.9)
    assert "QUEUED" not in house.told(callback.id)
    house.pass_seconds(1)
    assert house.told(callback.id) == kinds
    assert [name for name in ("support", "billing") if callback.id in house.exchange.queue(name).members] == [
        queue
    ] * bool(queue)
    assert house.record(first)["NextContactId"] == callback.id


def test_a_callback_that_names_no_flow_of_the_instance_is_refused() -> None:
    house = House(offering_callback(Callback(initial_delay=60, retry_delay=600, attempts=1, flow_id="none")))
    house.calls()
    with pytest.raises(Refused):
        house.pass_seconds(11)
    assert len(house.exchange.contacts) == 1


def test_a_customer_who_hangs_up_in_the_whisper_leaves_an_error() -> None:
    scripts = offering_callback(Callback(initial_delay=1, retry_delay=600, attempts=2))

    def whisper(line: Line) -> Generator[Request, Answer, Ending]:
        yield Speak(prompt=HELLO)
        return flow_over("flow")

    house = House({**scripts, "outbound-whisper": whisper}, outbound_flow_id="outbound-whisper")
    house.calls()
    house.on_duty("a")
    house.exchange.set_status("a", "lunch")
    house.pass_seconds(12)
    house.exchange.set_status("a", "available")
    callback = house.newest()
    house.exchange.accept("a", callback.id)
    house.pass_seconds(5)
    house.exchange.hang_up(callback.id)
    assert house.state("a", callback.id) == "ERROR"
    house.exchange.close("a", callback.id)
    assert house.record(callback.id)["Agent"] is None


def test_a_waiting_callback_can_be_stopped_but_a_transfer_cannot() -> None:
    house = House(offering_callback(Callback(initial_delay=99, retry_delay=600, attempts=1)))
    house.calls()
    house.pass_seconds(10)
    callback = house.newest().id
    with pytest.raises(InvalidRequest):
        house.exchange.hang_up(callback)
    house.exchange.stop(callback)
    assert house.contact(callback).stage is Stage.OVER
    assert not house.exchange.queue("support").members
    house.pass_seconds(200)
    assert house.told(callback) == ["INITIATED", "DISCONNECTED", "COMPLETED"]
    house.on_duty("a")
    transfer = house.exchange.transfer("a", talking(house), "to-billing")
    with pytest.raises(InvalidRequest):
        house.exchange.stop(transfer)


def test_a_full_queue_takes_no_callback_and_a_number_must_be_one() -> None:
    refused: list[str] = []

    def main(line: Line) -> Generator[Request, Answer, Ending]:
        yield from ()
        line.choose_queue("support")
        for number in ("0312345678", "+0", "anonymous"):
            try:
                line.set_callback_number(number)
            except Refused as problem:
                refused.append(problem.error_type)
        line.create_callback(Callback(initial_delay=60, retry_delay=60, attempts=1))
        try:
            line.create_callback(Callback(initial_delay=60, retry_delay=60, attempts=1))
        except Refused as problem:
            refused.append(problem.error_type)
        return flow_over("disconnect")

    house = House({"main": main}, max_contacts=1)
    house.calls()
    assert refused == ["InvalidCallbackNumber"] * 3 + ["NoMatchingError"]
    assert house.newest().customer == (CALLER, "TELEPHONE_NUMBER")
