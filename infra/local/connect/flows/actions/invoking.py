"""Lambda functions, other flows and modules.

Administrator Guide, "Invoke AWS Lambda functions": at most 8 s a call, 20 s for functions one after another, 32 KB for an answer. A function
that is called asynchronously has 60 s and keeps nobody waiting. How a flow loads its answer later is published as a picture of the designer
alone, not as an action of the language, so that is not played.
"""

import json
import math
from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from infra.local.connect.flows.line import Ending, Invoke, Refused, Result
from infra.local.connect.flows.references import as_text
from infra.local.connect.flows.turn import Enter, Leave, Onward, Outcome, Play, Steps, Turn

LONGEST_CALL = 8
LONGEST_CALL_ASIDE = 60
LONGEST_SEQUENCE = timedelta(seconds=20)
MOST_BYTES = 32 * 1024


def function(turn: Turn) -> Steps:
    """Call a function and put its answer into `$.External`. Repeating a call that failed, within its time, is the world's part."""
    if turn.maybe("InvocationType") == "ASYNCHRONOUS":
        return (yield from _aside(turn))
    left = LONGEST_SEQUENCE - turn.state.in_functions
    seconds = min(turn.number("InvocationTimeLimitSeconds"), LONGEST_CALL, math.ceil(left.total_seconds()))
    if seconds < 1:
        raise Refused("functions have taken 20 seconds one after another: let the caller hear something between them")
    before = turn.line.now
    answer = yield Invoke(function_arn=turn.text("LambdaFunctionARN"), request=request(turn), seconds=seconds)
    turn.state.in_functions += turn.line.now - before
    assert isinstance(answer, Result), "a call is answered with a result"
    turn.state.external = _checked(answer, turn)
    return None


def _aside(turn: Turn) -> Steps:
    """Call a function and go on; `$.LambdaInvocation.InvocationId` names the call. That an earlier answer stays readable is unconfirmed."""
    seconds = min(turn.number("InvocationTimeLimitSeconds"), LONGEST_CALL_ASIDE)
    yield Invoke(function_arn=turn.text("LambdaFunctionARN"), request=request(turn), seconds=seconds, aside=True)
    turn.state.invocation_id = str(UUID(int=turn.line.dice.getrandbits(128), version=4))
    return None


def request(turn: Turn) -> Mapping[str, Any]:
    """Return what the function is called with; a parameter that refers to nothing is empty (unconfirmed)."""
    parameters = turn.value("LambdaInvocationAttributes") or {}
    return {
        "Details": {
            "ContactData": turn.line.data(),
            "Parameters": {name: "" if value is None else value for name, value in parameters.items()},
        },
        "Name": "ContactFlowEvent",
    }


def _checked(answer: Result, turn: Turn) -> Mapping[str, Any]:
    if answer.problem is not None:
        raise Refused(answer.problem)
    document, wanted = answer.document, (turn.value("ResponseValidation") or {}).get("ResponseType") or "STRING_MAP"
    if not isinstance(document, dict):
        raise Refused("the function must answer with a JSON object")
    if wanted == "STRING_MAP":
        wrong = sorted(key for key, value in document.items() if not isinstance(value, str))
        if wrong:
            raise Refused(f"the function must answer with texts only (STRING_MAP): look at {', '.join(wrong)}")
    size = len(json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode())
    if size > MOST_BYTES:
        raise Refused(f"the function answered with {size} bytes, {MOST_BYTES} are allowed")
    return document


def transfer_to_flow(turn: Turn) -> Outcome:
    """Go on in another flow."""
    return Onward(flow=turn.line.flow(turn.text("ContactFlowId")))


def invoke_module(turn: Turn) -> Outcome:
    """Play a module, then go on by its result."""
    return Enter(module=turn.line.module(turn.text("FlowModuleId")), input=turn.value("Input") or {})


def end_module(turn: Turn) -> Outcome:
    """End a module with a result for the flow around it."""
    result = turn.value("Result")
    return Leave(result=None if result is None else as_text(result), data=turn.value("ResultData") or {})


def end_flow(turn: Turn) -> Outcome:
    """End this flow; the contact goes on."""
    return Ending(to="flow", action=turn.action.id)


PLAYED: Mapping[str, Play] = {
    "InvokeLambdaFunction": function,
    "TransferToFlow": transfer_to_flow,
    "InvokeFlowModule": invoke_module,
    "EndFlowModuleExecution": end_module,
    "EndFlowExecution": end_flow,
}
