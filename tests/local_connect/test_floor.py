"""Calls, as one would watch them: who hears what, who has whom, and what is told."""

import json
from collections.abc import Callable, Generator
from datetime import timedelta
from typing import Any

import pytest

from infra.local.connect.floor.contact import Stage
from infra.local.connect.floor.problems import InvalidRequest, LimitExceeded, NotPossible, UnknownResource
from infra.local.connect.flows.line import (
    Answer,
    Dial,
    Ending,
    Invoke,
    Line,
    Listen,
    Prompt,
    Refused,
    Repeat,
    Request,
    Result,
    Sleep,
    Speak,
)
from tests.local_connect.house import (
    AVAILABLE,
    CALLER,
    LUNCH,
    MORNING,
    NUMBER,
    OFFLINE,
    House,
    Script,
    flow_over,
    menu,
    profile,
    straight_to,
    user,
)

HELLO = Prompt(text="x" * 30)
"""Two seconds at fifteen characters a second."""
WHOLE_LIFE = ["INITIATED", "QUEUED", "CONNECTED_TO_AGENT", "DISCONNECTED", "COMPLETED"]


def says(*requests: Request, to: str = "disconnect", got: list[Answer] | None = None) -> Script:
    """A flow that asks for these things in turn and keeps the answers."""

    def script(line: Line) -> Generator[Request, Answer, Ending]:
        for request in requests:
            answer = yield request
            if got is not None:
                got.append(answer)
        return flow_over(to)

    return script


def hooked(*hooks: str, then: Script) -> Script:
    """A flow that chooses flows of the same name for these events first."""

    def script(line: Line) -> Generator[Request, Answer, Ending]:
        for hook in hooks:
            line.set_event_hook(hook, hook)
        return (yield from then(line))

    return script


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


LISTENING: list[tuple[dict[str, Any], list[tuple[float, str]], str | None, float]] = [
    # what the flow asks,             keys and when,                          what it gets, after how many seconds
    ({}, [(3.0, "1")], "1", 3.0),
    ({}, [(0.5, "1")], "1", 0.5),
    ({}, [], None, 7.0),
    ({"most": 4}, [(3.0, "1234")], "1234", 3.0),
    ({"most": 4}, [(3.0, "12"), (4.0, "34")], "1234", 4.0),
    ({"most": 4}, [(3.0, "12")], "12", 8.0),
    ({"most": 4, "between": 2}, [(3.0, "1"), (4.5, "2")], "12", 6.5),
    ({"most": 4, "terminator": "#"}, [(3.0, "12#")], "12", 3.0),
    ({"most": 4, "terminator": "##"}, [(3.0, "1#2##")], "1#2", 3.0),
    ({"most": 4, "terminator": "#"}, [(3.0, "#")], None, 3.0),
    ({"most": 4, "cancel_key": True}, [(3.0, "12*3456")], "3456", 3.0),
    ({"most": 4}, [(3.0, "12*3")], "12*3", 3.0),
]


@pytest.mark.parametrize(("asked", "keys", "gets", "after"), LISTENING, ids=str)
def test_listening(asked: dict[str, Any], keys: list[tuple[float, str]], gets: str | None, after: float) -> None:
    got: list[Answer] = []
    house = House({"main": says(Listen(prompt=HELLO, seconds=5, **asked), got=got)})
    contact = house.calls()
    for moment, pressed in keys:
        house.timeline.advance(MORNING + timedelta(seconds=moment))
        house.exchange.press(contact, pressed)
    house.pass_seconds(60)
    assert got == [gets]
    assert house.contact(contact).disconnected_at == MORNING + timedelta(seconds=after)


BEFOREHAND: list[tuple[dict[str, bool], dict[str, bool], Answer, float]] = [
    # how it speaks,        how it listens,      what it gets, after how many seconds
    ({}, {"buffered": True}, "42", 2),
    ({"unless_keyed": True}, {"buffered": True}, "42", 0),
    ({}, {}, None, 9),
]


@pytest.mark.parametrize(("speaks", "listens", "gets", "after"), BEFOREHAND, ids=str)
def test_keys_pressed_before_the_flow_listens_count_where_they_are_kept(
    speaks: dict[str, bool], listens: dict[str, bool], gets: Answer, after: float
) -> None:
    got: list[Answer] = []
    speak, listen = Speak(prompt=HELLO, **speaks), Listen(prompt=HELLO, seconds=5, most=2, **listens)  # type: ignore[arg-type]
    house = House({"main": says(Sleep(seconds=1), speak, listen, got=got)})
    contact = house.calls()
    house.exchange.press(contact, "42")
    house.pass_seconds(20)
    assert got == ["WaitCompleted", None, gets]
    assert house.contact(contact).disconnected_at == MORNING + timedelta(seconds=1 + after)


TAKING_TIME: list[tuple[Request, Answer, float]] = [
    (Speak(prompt=HELLO), None, 2),
    (Speak(prompt=Prompt(text="お電話ありがとう" * 7)), None, 8),
    (Speak(prompt=Prompt(ssml="<speak>" + "x" * 15 + "</speak>")), None, 1),
    (Speak(prompt=Prompt(media="s3://prompts/hello.wav")), None, 5),
    (Repeat(prompts=(HELLO,), interrupt_every=30), None, 30),
    (Sleep(seconds=90), "WaitCompleted", 90),
    (Dial(number="+81399999999", seconds=20), "Connected", 4),
    (Invoke(function_arn="arn", request={}, seconds=8), Result(document={}), 0),
]


@pytest.mark.parametrize(("request_", "answer", "seconds"), TAKING_TIME, ids=str)
def test_what_takes_time_takes_its_time(request_: Request, answer: Answer, seconds: float) -> None:
    got: list[Answer] = []
    house = House({"main": says(request_, got=got)})
    contact = house.calls()
    house.pass_seconds(1_000)
    assert got == [answer]
    assert house.contact(contact).disconnected_at == MORNING + timedelta(seconds=seconds)


def test_music_plays_for_ever_if_nothing_interrupts_it() -> None:
    house = House({"main": says(Repeat(prompts=(HELLO,)))})
    contact = house.calls()
    house.pass_seconds(100_000)
    assert house.contact(contact).stage is Stage.IN_FLOW


def test_a_function_that_answers_after_the_caller_left_answers_nobody() -> None:
    got: list[Answer] = []
    house = House({"main": says(Invoke(function_arn="arn", request={}, seconds=8), got=got)})
    house.world.functions = None
    contact = house.calls()
    house.exchange.hang_up(contact)
    house.world.late[0](Result(document={}))
    assert not got
    assert house.told(contact) == ["INITIATED", "DISCONNECTED", "COMPLETED"]


def test_a_function_that_answers_twice_answers_once() -> None:
    got: list[Answer] = []
    house = House({"main": says(Invoke(function_arn="arn", request={}, seconds=8), Sleep(seconds=60), got=got)})
    house.world.functions = None
    house.calls()
    for document in ({"first": "yes"}, {"second": "no"}):
        house.world.late[0](Result(document=document))
    assert got == [Result(document={"first": "yes"})]


def test_a_call_goes_out_to_a_number_and_ends_with_the_caller() -> None:
    house = House({"main": says(Dial(number="+81399999999", seconds=20), to="third_party")})
    contact = house.calls()
    house.pass_seconds(10)
    assert house.contact(contact).stage is Stage.THIRD_PARTY
    house.exchange.hang_up(contact)
    assert house.record(contact)["TransferredToEndpoint"] == {"Address": "+81399999999", "Type": "TELEPHONE_NUMBER"}


def test_a_caller_who_goes_out_while_it_rings_is_taken_from_the_agent() -> None:
    house = House(
        {
            "main": hooked("CustomerQueue", then=straight_to("support")),
            "CustomerQueue": says(Dial(number="+81399999999", seconds=20), to="third_party"),
        }
    )
    house.on_duty("a")
    contact = house.calls()
    assert house.state("a", contact) == "CONNECTING"
    house.pass_seconds(4)
    assert (house.state("a", contact), house.contact(contact).stage) == (None, Stage.THIRD_PARTY)
    house.pass_seconds(60)
    assert not house.exchange.agent("a").contacts
    house.exchange.hang_up(contact)
    assert house.record(contact)["Agent"] is None


def test_a_missed_call_goes_to_the_next_and_the_agent_gets_none_until_it_is_cleared() -> None:
    house = House()
    house.on_duty("a", "b")
    contact = house.calls()
    house.pass_seconds(20)
    assert (house.state("a", contact), house.state("b", contact)) == ("MISSED", "CONNECTING")
    second = house.calls()
    assert house.state("a", second) is None
    house.exchange.close("a", contact)
    assert house.state("a", second) == "CONNECTING"
    house.talks("b", contact)
    house.exchange.end("b", contact)
    house.exchange.close("b", contact)
    assert house.record(contact)["AgentConnectionAttempts"] == 2


@pytest.mark.parametrize(("channel", "state"), [("VOICE", "MISSED"), ("TASK", "REJECTED")])
def test_a_rejected_call_shows_as_missed_a_task_as_rejected(channel: str, state: str) -> None:
    both = profile("office", ("support", "VOICE", 1, 0), ("support", "TASK", 1, 0), concurrency={"VOICE": 1, "TASK": 1})
    house = House(profiles={"office": both})
    house.on_duty("a")
    contact = house.calls() if channel == "VOICE" else house.exchange.start_task(flow_id="main", name="Order")
    house.exchange.reject("a", contact)
    assert house.state("a", contact) == state
    house.exchange.set_status("a", AVAILABLE)
    assert house.state("a", contact) == "CONNECTING"


def test_an_agent_with_auto_accept_is_connected_within_a_second() -> None:
    house = House(users=(user("a", auto_accept=True),))
    house.on_duty("a")
    contact = house.calls()
    house.pass_seconds(0.5)
    assert house.state("a", contact) == "CONNECTED"


def test_whispers_play_to_the_agent_first_then_to_the_customer() -> None:
    house = House(
        {
            "main": hooked("AgentWhisper", "CustomerWhisper", then=straight_to("support")),
            "AgentWhisper": says(Speak(prompt=HELLO), to="flow"),
            "CustomerWhisper": says(Speak(prompt=HELLO), Speak(prompt=HELLO), to="flow"),
        }
    )
    house.on_duty("a")
    contact = house.calls()
    house.exchange.accept("a", contact)
    assert house.hears(contact).by == "agent"
    house.pass_seconds(2)
    assert house.hears(contact).by == "customer"
    assert house.state("a", contact) == "CONNECTING"
    house.pass_seconds(4)
    assert house.state("a", contact) == "CONNECTED"
    house.exchange.end("a", contact)
    house.exchange.close("a", contact)
    # The contact stays queued until the agent whisper ends.
    assert house.record(contact)["Queue"]["Duration"] == 2


def test_hold_and_resume() -> None:
    house = House()
    house.on_duty("a")
    contact = house.calls()
    house.talks("a", contact)
    for seconds in (20, 35):
        house.exchange.hold("a", contact)
        assert (house.state("a", contact), house.hears(contact).kind) == ("CONNECTED_ONHOLD", "music")
        house.pass_seconds(seconds)
        house.exchange.resume("a", contact)
        house.pass_seconds(5)
    house.exchange.end("a", contact)
    house.exchange.close("a", contact)
    agent = house.record(contact)["Agent"]
    assert {name: agent[name] for name in ("AgentInteractionDuration", "CustomerHoldDuration", "NumberOfHolds", "LongestHoldDuration")} == {
        "AgentInteractionDuration": 10, "CustomerHoldDuration": 55, "NumberOfHolds": 2, "LongestHoldDuration": 35,
    }  # fmt: skip


def test_a_status_chosen_while_busy_comes_when_the_work_is_done() -> None:
    house = House()
    house.on_duty("a")
    contact = house.calls()
    house.talks("a", contact)
    house.exchange.set_status("a", LUNCH)
    assert house.exchange.agent("a").status.id == AVAILABLE
    house.exchange.end("a", contact)
    waiting = house.calls()
    house.exchange.close("a", contact)
    assert house.exchange.agent("a").status.id == LUNCH
    assert house.state("a", waiting) is None


def test_after_contact_work_ends_by_itself_at_its_limit() -> None:
    house = House(users=(user("a", after_contact_work_limit=30),))
    house.on_duty("a")
    contact = house.calls()
    house.talks("a", contact)
    house.exchange.end("a", contact)
    house.pass_seconds(30)
    assert house.state("a", contact) is None
    assert house.told(contact) == WHOLE_LIFE


def rings(house: House, contact: str) -> None:
    house.on_duty("a")


def whispers(house: House, contact: str) -> None:
    house.on_duty("a")
    house.exchange.accept("a", contact)


def waits(house: House, contact: str) -> None:
    house.pass_seconds(5)


@pytest.mark.parametrize("before", [waits, rings, whispers])
def test_the_customer_hangs_up_before_being_answered(before: Callable[[House, str], None]) -> None:
    house = House(
        {
            "main": hooked("AgentWhisper", then=straight_to("support")),
            "AgentWhisper": says(Speak(prompt=HELLO), to="flow"),
        }
    )
    contact = house.calls()
    before(house, contact)
    house.exchange.hang_up(contact)
    assert house.told(contact) == ["INITIATED", "QUEUED", "DISCONNECTED", "COMPLETED"]
    assert not house.exchange.agent("a").contacts
    record = house.record(contact)
    assert record["Agent"] is None
    assert record["Queue"]["DequeueTimestamp"] == record["DisconnectTimestamp"]
    assert not house.exchange.queue("support").members


def test_a_lost_line_puts_the_caller_into_the_flow_for_who_remains() -> None:
    def back(line: Line) -> Generator[Request, Answer, Ending]:
        assert line.data()["Attributes"] == {"choice": "1"}
        line.set_priority(1, None)
        return (yield from straight_to("support")(line))

    house = House({"main": hooked("CustomerRemaining", then=menu), "CustomerRemaining": back})
    house.on_duty("a", "b")
    contact = house.calls()
    house.exchange.press(contact, "1")
    house.talks("a", contact)
    house.exchange.lose_line("a")
    following = house.newest()
    assert (following.method, following.previous_id, following.initial_id) == ("DISCONNECT", contact, contact)
    assert house.state("b", following.id) == "CONNECTING"
    house.exchange.close("a", contact)
    record = house.record(contact)
    assert (record["NextContactId"], record["DisconnectReason"]) == (following.id, "TELECOM_PROBLEM")
    house.exchange.hang_up(contact)
    assert not house.contact(following.id).stage.is_live


def test_a_lost_line_ends_the_call_where_no_flow_is_chosen_and_misses_what_rings() -> None:
    house = House()
    house.on_duty("a")
    contact = house.calls()
    house.exchange.lose_line("a")
    assert house.state("a", contact) == "MISSED"
    house.exchange.set_status("a", AVAILABLE)
    house.talks("a", contact)
    house.exchange.lose_line("a")
    assert house.contact(contact).reason == "TELECOM_PROBLEM"
    assert house.state("a", contact) == "ENDED"


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


def test_recording_runs_while_they_talk_and_can_be_paused() -> None:
    def recorded(line: Line) -> Generator[Request, Answer, Ending]:
        line.set_recording(["Agent", "Customer"], menu=None, screen=())
        return (yield from straight_to("support")(line))

    house = House({"main": recorded})
    house.on_duty("a")
    contact = house.calls()
    with pytest.raises(InvalidRequest):
        house.exchange.pause_recording(contact)
    house.talks("a", contact)
    house.pass_seconds(10)
    house.exchange.pause_recording(contact)
    house.pass_seconds(10)
    house.exchange.resume_recording(contact)
    house.pass_seconds(10)
    house.exchange.end("a", contact)
    house.exchange.close("a", contact)
    assert [each.seconds(house.timeline.now) for each in house.contact(contact).recording.spans] == [10, 10]
    assert house.record(contact)["Recording"]["Location"].endswith(
        f"/CallRecordings/2026/06/15/{contact}_20260615T01:00_UTC.wav"
    )


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
