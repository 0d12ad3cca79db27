"""What holds of every flow, whatever its actions are."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.local.connect.flows.actions import PLAYED
from infra.local.connect.flows.grammar import FORMS
from infra.local.connect.flows.line import Ending, Line, Repeat, Result
from infra.local.connect.flows.player import MOST_AT_ONCE
from infra.local.connect.flows.publishing import problems
from tests.local_connect.lines import CALLER, Caller, MemoryLine, flow_of, take_through
from tests.local_connect.steps import content, ending_of, leave, step
from tests.support.reference import reference

SAMPLES = reference("samples")


def test_a_line_in_memory_is_a_line() -> None:
    line: Line = MemoryLine()
    assert line.data()["ContactId"] == "contact-1"


def test_an_action_that_does_not_play_is_named_and_takes_its_error_branch() -> None:
    line = MemoryLine()
    assert ending_of([step("CreateCase", {"CaseTemplateId": "x"})], line) == "NoMatchingError"
    assert line.logged[0] == (
        "it",
        "CreateCase",
        {"CaseTemplateId": "x"},
        "NoMatchingError: CreateCase cannot be played here",
    )


@pytest.mark.parametrize(("errors", "ending"), [((), "good"), (("ParticipantNotFound",), "ParticipantNotFound")])
def test_without_that_branch_it_takes_another_error_or_goes_on(errors: tuple[str, ...], ending: str) -> None:
    assert ending_of([step("CreateCase", errors=errors)], MemoryLine()) == ending


@pytest.mark.parametrize(
    ("type", "to"), [("CONTACT_FLOW", "disconnect"), ("CUSTOMER_WHISPER", "flow"), ("CUSTOMER_QUEUE", "flow")]
)
def test_a_flow_that_would_never_end_is_ended_with_a_sentence(type: Any, to: str) -> None:
    line, caller = MemoryLine(), Caller()
    round_and_round = step("UpdateContactAttributes", {"Attributes": {"a": "b"}}, then="it")
    assert take_through(flow_of(content(round_and_round), type), line, caller) == Ending(to=to, action="it")  # type: ignore[arg-type]
    assert line.logged[-1][3] == "ended: 1000 actions without taking any time"
    assert len(line.logged) == MOST_AT_ONCE + 1


def test_a_flow_that_leads_nowhere_ends_with_a_sentence() -> None:
    line = MemoryLine()
    assert ending_of([step("UpdateContactAttributes", {"Attributes": {"a": "b"}}, then="nowhere")], line) == "it"
    assert line.logged[-1][3] == "ended: the flow leads to nowhere, which is no action of it"


def test_a_flow_is_no_module() -> None:
    line = MemoryLine()
    assert ending_of([leave()], line) == "leave"
    assert line.logged[-1][3] == "ended: this is no module, there is nothing to return to"


def test_the_log_holds_what_the_flow_says_and_no_customer_s_value() -> None:
    line = MemoryLine(attributes={"name": "Sato"})
    steps = [
        step("MessageParticipant", {"Text": "$.Attributes.name"}, then="compare"),
        step(
            "Compare",
            {"ComparisonValue": "$.Attributes.name"},
            id="compare",
            errors=("NoMatchingCondition",),
            operator="TextStartsWith",
            on={"S": "good"},
        ),
    ]
    ending_of(steps, line)
    assert line.logged == [
        ("it", "MessageParticipant", {"Text": "$.Attributes.name"}, None),
        ("compare", "Compare", {"ComparisonValue": "$.Attributes.name"}, "TextStartsWith S"),
        ("good", "DisconnectParticipant", {}, None),
    ]


def test_whatever_plays_has_its_grammar() -> None:
    assert set(PLAYED) <= {name for name in FORMS if "(" not in name}


def sample(name: str) -> str:
    if SAMPLES is None:
        pytest.skip("the reference samples are not on this machine")
    return (SAMPLES / f"{name}.json").read_text()


@pytest.mark.parametrize(
    ("line", "caller", "ending"),
    [
        (MemoryLine(), Caller(keys=["1"]), "queue"),
        (MemoryLine(), Caller(keys=["2", "9753"], answers=[Result(document={}), Result(document={"authenticated": "yes"})]), "queue"),
        (MemoryLine(), Caller(), "queue"),
        (MemoryLine(), Caller(keys=["3"]), "bye"),
        (MemoryLine(open=False), Caller(), "bye"),
        (MemoryLine(full=True), Caller(keys=["1"]), "bye"),
    ],
    ids=["menu", "pin", "silence", "callback", "closed", "full"],
)  # fmt: skip
def test_the_sample_of_an_inbound_flow_plays(line: MemoryLine, caller: Caller, ending: str) -> None:
    over = take_through(flow_of(sample("flow-inbound-voice")), line, caller)
    assert over is not None
    assert ending in (over.to, over.action)
    assert "9753" not in repr((line, caller.asked))


def test_the_sample_of_a_queue_flow_plays_until_a_callback_is_promised() -> None:
    line, caller = MemoryLine(), Caller(keys=[None, None, "1"])
    over = take_through(flow_of(sample("flow-customer-queue-callback"), "CUSTOMER_QUEUE"), line, caller)
    assert over == Ending(to="disconnect", action="bye")
    assert sum(isinstance(request, Repeat) for request in caller.asked) == 3
    assert line.done[0] == ("set_callback_number", CALLER)


IDS = tuple(f"step-{number}" for number in range(8))


@st.composite
def flows_of_comparisons_loops_and_messages(draw: st.DrawFn) -> str:
    """Return a flow that Connect would publish, whose actions lead anywhere among themselves."""
    target = st.sampled_from([*IDS, "good"])
    steps = []
    for name in IDS:
        on, otherwise = draw(target), draw(target)
        match draw(st.sampled_from(["Compare", "Loop", "MessageParticipant"])):
            case "Compare":
                action = step(
                    "Compare",
                    {"ComparisonValue": "$.Channel"},
                    id=name,
                    then=otherwise,
                    errors=("NoMatchingCondition",),
                    on={draw(st.sampled_from(["VOICE", "CHAT"])): on},
                )
                action["Transitions"]["Errors"][0]["NextAction"] = otherwise
            case "Loop":
                action = step(
                    "Loop",
                    {"LoopCount": str(draw(st.integers(0, 100)))},
                    id=name,
                    then=otherwise,
                    errors=(),
                    on={"ContinueLooping": on, "DoneLooping": otherwise},
                )
            case _:
                action = step("MessageParticipant", {"Text": "Hello"}, id=name, then=on, errors=())
        steps.append(action)
    return content(*steps)


@given(flows_of_comparisons_loops_and_messages())
def test_any_flow_ends_or_takes_time(written: str) -> None:
    assert problems(written, "CONTACT_FLOW") == []
    line, caller = MemoryLine(), Caller(patience=20)
    begun = line.now
    over = take_through(flow_of(written), line, caller)
    assert over is not None or (line.now - begun).total_seconds() == 60
