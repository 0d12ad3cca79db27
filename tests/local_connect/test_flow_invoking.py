"""Functions, other flows and modules."""

from datetime import timedelta
from typing import Any

import pytest

from infra.local.connect.flows.line import Invoke, Result
from infra.local.connect.flows.turn import State
from infra.local.connect.instance import FlowModule
from tests.local_connect.lines import Caller, MemoryLine, flow_of
from tests.local_connect.steps import CALL, content, end, ending_of, leave, step

AS_JSON = {**CALL, "ResponseValidation": {"ResponseType": "JSON"}}


def test_a_function_gets_connect_s_request() -> None:
    caller = Caller()
    parameters = {
        **CALL,
        "LambdaInvocationAttributes": {
            "card": "$.StoredCustomerInput",
            "queue": "$.Queue.Name",
            "deep": {"of": "$.Channel"},
        },
    }
    assert (
        ending_of([step("InvokeLambdaFunction", parameters)], line := MemoryLine(), caller, State(stored_input="AYAD"))
        == "good"
    )
    assert caller.asked == [
        Invoke(
            function_arn="arn:aws:lambda:route",
            request={
                "Details": {
                    "ContactData": line.data(),
                    "Parameters": {"card": "AYAD", "queue": "", "deep": {"of": "VOICE"}},
                },
                "Name": "ContactFlowEvent",
            },
            seconds=8,
        )
    ]


@pytest.mark.parametrize(
    ("parameters", "answer", "said"),
    [
        (CALL, Result(document={"tier": "gold"}), None),
        (CALL, Result(document={}), None),
        (CALL, Result(document={"tier": 1}), "NoMatchingError: the function must answer with texts only (STRING_MAP): look at tier"),
        (AS_JSON, Result(document={"tier": {"level": 1}}), None),
        (AS_JSON, Result(document=["gold"]), "NoMatchingError: the function must answer with a JSON object"),
        (AS_JSON, Result(document="gold"), "NoMatchingError: the function must answer with a JSON object"),
        (CALL, Result(problem="the function took longer than 8 s"), "NoMatchingError: the function took longer than 8 s"),
        (CALL, Result(document={"a": "x" * 32_760}), None),
        (CALL, Result(document={"a": "x" * 32_761}), "NoMatchingError: the function answered with 32769 bytes, 32768 are allowed"),
        (CALL, Result(document={"a": "あ" * 11_000}), "NoMatchingError: the function answered with 33008 bytes, 32768 are allowed"),
    ],
)  # fmt: skip
def test_what_a_function_answers_is_checked(parameters: dict[str, Any], answer: Result, said: str | None) -> None:
    line, state = MemoryLine(), State(external={"before": "x"})
    ending = ending_of([step("InvokeLambdaFunction", parameters)], line, Caller(answers=[answer]), state)
    assert (ending, line.logged[0][3]) == ("NoMatchingError" if said else "good", said)
    assert state.external == ({"before": "x"} if said else answer.document)


def test_functions_have_twenty_seconds_until_the_caller_hears_something() -> None:
    calls = [step("InvokeLambdaFunction", CALL, id=f"call-{number}", then=f"call-{number + 1}") for number in (1, 2, 3)]
    caller = Caller(seconds_a_call=8)
    last = step("InvokeLambdaFunction", CALL, id="call-4")
    assert ending_of([*calls, last], MemoryLine(), caller) == "NoMatchingError"
    assert [request.seconds for request in caller.asked if isinstance(request, Invoke)] == [8, 8, 4]

    caller = Caller(seconds_a_call=8)
    calls[1]["Transitions"]["NextAction"] = "say"
    say = step("MessageParticipant", {"Text": "A moment, please."}, id="say", then="call-3")
    assert ending_of([*calls, last, say], MemoryLine(), caller) == "good"


def test_a_function_called_asynchronously_keeps_nobody_waiting_and_has_a_minute() -> None:
    aside = {**CALL, "InvocationType": "ASYNCHRONOUS", "InvocationTimeLimitSeconds": "60"}
    calls = [
        step("InvokeLambdaFunction", aside, id=f"call-{number}", then=f"call-{number + 1}") for number in (1, 2, 3)
    ]
    by_id = step("Compare", {"ComparisonValue": "$.LambdaInvocation.InvocationId"}, id="call-4", on={"-": "a"}, operator="TextContains", errors=("NoMatchingCondition",))  # fmt: skip
    caller, state = Caller(seconds_a_call=0), State(external={"before": "x"})
    assert ending_of([*calls, by_id], MemoryLine(), caller, state) == "a"
    assert [(each.seconds, each.aside) for each in caller.asked if isinstance(each, Invoke)] == [(60, True)] * 3
    assert (state.external, state.in_functions) == ({"before": "x"}, timedelta())


def module_of(*steps: dict[str, Any]) -> FlowModule:
    return FlowModule(id="module-1", arn="arn:module-1", name="module-1", content=content(*steps, Settings={}))


def test_a_contact_goes_on_in_another_flow_with_its_attributes_alone() -> None:
    second = flow_of(
        content(step("MessageParticipant", {"Text": "[$.FlowAttributes.x][$.External.y][$.Attributes.z]"})), id="flow-2"
    )
    caller = Caller()
    steps = [
        step("UpdateFlowAttributes", {"FlowAttributes": {"x": {"Type": "String", "Value": "1"}}}, then="say"),
        step("MessageParticipant", {"Text": "[$.FlowAttributes.x]"}, id="say", then="on"),
        step("TransferToFlow", {"ContactFlowId": "flow-2"}, id="on"),
    ]
    line = MemoryLine(flows={"flow-2": second}, attributes={"z": "3"})
    assert ending_of(steps, line, caller, State(external={"y": "2"})) == "good"
    assert caller.heard() == ["[1]", "[][2][3]"]


def test_a_flow_that_is_not_there_takes_the_error_branch() -> None:
    assert ending_of([step("TransferToFlow", {"ContactFlowId": "flow-9"})], MemoryLine()) == "NoMatchingError"


@pytest.mark.parametrize(("result", "ending"), [("Open", "a"), ("Other", "NoMatchingCondition"), (None, "good")])
def test_a_module_is_played_and_answers_with_a_branch(result: str | None, ending: str) -> None:
    say = step("MessageParticipant", {"Text": "$.Modules.Input.word"}, then="leave")
    returned = {"Result": result} if result else {}
    line, state, caller = MemoryLine(), State(), Caller()
    line.modules = {"module-1": module_of(say, leave(**returned, ResultData={"count": 3, "of": "$.Channel"}))}
    enter = step(
        "InvokeFlowModule",
        {"FlowModuleId": "module-1", "Input": {"word": "$.Channel"}},
        errors=("NoMatchingError", "NoMatchingCondition"),
        on={"Open": "a"},
    )
    assert ending_of([enter], line, caller, state) == ending
    assert caller.heard() == ["VOICE"]
    assert state.result["ResultData"] == {"count": 3, "of": "VOICE"}


def test_a_module_may_end_the_contact() -> None:
    line = MemoryLine(modules={"module-1": module_of(end("bye"))})
    assert ending_of([step("InvokeFlowModule", {"FlowModuleId": "module-1"})], line) == "bye"


def test_modules_that_call_each_other_for_ever_are_stopped() -> None:
    line = MemoryLine(modules={"module-1": module_of(step("InvokeFlowModule", {"FlowModuleId": "module-1"}))})
    assert ending_of([step("InvokeFlowModule", {"FlowModuleId": "module-1"})], line) == "NoMatchingError"
