"""Where a flow leads a contact."""

from typing import Any

import pytest

from infra.local.connect.flows.line import Dial, Ending
from tests.local_connect.lines import Caller, MemoryLine, flow_of, take_through
from tests.local_connect.steps import ERROR, content, ending_of, step

AT_CAPACITY = ("QueueAtCapacity", "NoMatchingError")


@pytest.mark.parametrize(
    ("line", "ending"),
    [
        (MemoryLine(queue="Support"), "queue"),
        (MemoryLine(queue="Support", full=True), "QueueAtCapacity"),
        (MemoryLine(), "NoMatchingError"),
    ],
    ids=["free", "full", "none chosen"],
)
def test_a_contact_enters_its_queue(line: MemoryLine, ending: str) -> None:
    assert ending_of([step("TransferContactToQueue", errors=AT_CAPACITY)], line) == ending


@pytest.mark.parametrize(("full", "ending"), [(False, "good"), (True, "QueueAtCapacity")])
def test_a_waiting_contact_changes_its_queue_and_its_flow_goes_on(full: bool, ending: str) -> None:
    line = MemoryLine(full=full)
    change = step("DequeueContactAndTransferToQueue", {"QueueId": "Billing"}, errors=AT_CAPACITY)
    assert ending_of([change], line) == ending
    assert line.done == [("change_queue", "Billing", None)]


@pytest.mark.parametrize(
    ("goes_on", "answer", "ending"),
    [
        ("False", "Connected", "third_party"),
        ("True", "Connected", "good"),
        ("True", "CallFailed", "CallFailed"),
        ("True", "ConnectionTimeLimitExceeded", "ConnectionTimeLimitExceeded"),
        ("False", "CallFailed", "NoMatchingError"),
    ],
)
def test_a_caller_is_connected_with_a_number(goes_on: str, answer: str, ending: str) -> None:
    parameters = {
        "ThirdPartyPhoneNumber": "+81311112222",
        "ThirdPartyConnectionTimeLimitSeconds": "30",
        "ContinueFlowExecution": goes_on,
    }
    errors = ("CallFailed", "ConnectionTimeLimitExceeded", *ERROR) if goes_on == "True" else ERROR
    caller = Caller(others=[answer])
    assert (
        ending_of([step("TransferParticipantToThirdParty", parameters, errors=errors)], MemoryLine(), caller) == ending
    )
    assert caller.asked == [Dial(number="+81311112222", seconds=30)]


@pytest.mark.parametrize(
    ("kind", "to"),
    [("TransferContactToAgent", "agent"), ("EndFlowExecution", "flow"), ("DisconnectParticipant", "disconnect")],
)
def test_a_flow_ends(kind: str, to: Any) -> None:
    action = {"Identifier": "it", "Type": kind, "Parameters": {}, "Transitions": {}}
    assert take_through(flow_of(content(action)), MemoryLine(), Caller()) == Ending(to=to, action="it")
