"""What callers hear and key in while a flow plays, second by second."""

from datetime import timedelta
from typing import Any

import pytest

from infra.local.connect.floor.contact import Stage
from infra.local.connect.flows.line import Answer, Dial, Invoke, Listen, Prompt, Repeat, Request, Result, Sleep, Speak
from tests.local_connect.house import MORNING, House
from tests.local_connect.scripts import HELLO, says

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


def test_a_function_called_aside_keeps_nobody_waiting_and_answers_nobody() -> None:
    got: list[Answer] = []
    house = House({"main": says(Invoke(function_arn="arn", request={}, seconds=60, aside=True), Sleep(seconds=9), got=got)})  # fmt: skip
    house.world.functions = None
    house.calls()
    assert got == [Result()]
    house.world.late[0](Result(document={"late": "yes"}))
    house.pass_seconds(9)
    assert got == [Result(), "WaitCompleted"]


def test_a_function_that_answers_twice_answers_once() -> None:
    got: list[Answer] = []
    house = House({"main": says(Invoke(function_arn="arn", request={}, seconds=8), Sleep(seconds=60), got=got)})
    house.world.functions = None
    house.calls()
    for document in ({"first": "yes"}, {"second": "no"}):
        house.world.late[0](Result(document=document))
    assert got == [Result(document={"first": "yes"})]
