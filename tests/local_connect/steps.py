"""Flows written down in a few words, for one action or a few."""

import json
from collections.abc import Mapping
from typing import Any

from infra.local.connect.flows.turn import State
from tests.local_connect.lines import Caller, MemoryLine, flow_of, take_through

ERROR = ("NoMatchingError",)


def step(
    kind: str,
    parameters: Mapping[str, Any] | None = None,
    *,
    id: str = "it",
    then: str = "good",
    errors: tuple[str, ...] = ERROR,
    on: Mapping[str, str] | None = None,
    operator: str = "Equals",
) -> dict[str, Any]:
    """Return an action; an error leads to an action with the error's name, `on` leads from values to actions."""
    return {
        "Identifier": id,
        "Type": kind,
        "Parameters": parameters or {},
        "Transitions": {
            "NextAction": then,
            "Errors": [{"NextAction": error, "ErrorType": error} for error in errors],
            "Conditions": [
                {"NextAction": to, "Condition": {"Operator": operator, "Operands": [operand]}}
                for operand, to in (on or {}).items()
            ],
        },
    }


def end(id: str) -> dict[str, Any]:
    return {"Identifier": id, "Type": "DisconnectParticipant", "Parameters": {}, "Transitions": {}}


ENDS = (
    *("good", "a", "b", "NoMatchingError", "NoMatchingCondition", "InputTimeLimitExceeded", "QueueAtCapacity"),
    *("InvalidPhoneNumber", "InvalidCallbackNumber", "CallbackNumberNotDialable", "ChannelMismatch", "CallFailed"),
    *("ConnectionTimeLimitExceeded", "ParticipantNotFound"),
)


def content(*steps: dict[str, Any], **rest: Any) -> str:
    """Return a flow that begins with the first of these actions; every way out is an end of its own name."""
    own = {action["Identifier"] for action in steps}
    ends = [end(name) for name in ENDS if name not in own]
    return json.dumps(
        {"Version": "2019-10-30", "StartAction": steps[0]["Identifier"], "Actions": [*steps, *ends], **rest}
    )


def ending_of(
    steps: list[dict[str, Any]], line: MemoryLine, caller: Caller | None = None, state: State | None = None
) -> str:
    """Play a flow of these actions and return how it ended: where it hung up, or what became of the contact."""
    over = take_through(flow_of(content(*steps)), line, caller or Caller(), state)
    assert over is not None
    return over.action if over.to == "disconnect" else over.to


CALL = {"LambdaFunctionARN": "arn:aws:lambda:route", "InvocationTimeLimitSeconds": "8"}


def leave(**parameters: Any) -> dict[str, Any]:
    return {"Identifier": "leave", "Type": "EndFlowModuleExecution", "Parameters": parameters, "Transitions": {}}
