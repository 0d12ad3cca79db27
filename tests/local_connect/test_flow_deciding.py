"""Which way a flow takes."""

from collections import Counter

import pytest

from infra.local.connect.flows.line import Sleep
from infra.local.connect.flows.turn import State
from tests.local_connect.lines import CALLER, Caller, MemoryLine
from tests.local_connect.steps import ending_of, step


@pytest.mark.parametrize(
    ("reference", "operator", "operand", "fits"),
    [
        ("$.Attributes.tier", "Equals", "gold", True),
        ("$.Attributes.tier", "Equals", "Gold", False),
        ("$.Attributes['tier']", "TextStartsWith", "go", True),
        ("$.Attributes.tier", "TextEndsWith", "ld", True),
        ("$.Attributes.tier", "TextContains", "ol", True),
        ("$.Attributes.tier", "KeyExists", "tier", True),
        ("$.Attributes.none", "KeyExists", "none", False),
        ("$.Attributes.none", "Equals", "gold", False),
        ("$.Attributes.age", "NumberGreaterThan", "9", True),
        ("$.Attributes.age", "NumberGreaterThan", "10", False),
        ("$.Attributes.age", "NumberGreaterOrEqualTo", "10.0", True),
        ("$.Attributes.age", "NumberLessThan", "10.5", True),
        ("$.Attributes.age", "NumberLessOrEqualTo", "9", False),
        ("$.Attributes.age", "NumberLessThan", "$.Attributes.limit", True),
        ("$.Attributes.tier", "NumberLessThan", "9", False),
        ("$.External.customer.visits", "Equals", "7", True),
        ("$.LambdaInvocation.ResultData.customer.visits", "Equals", "7", True),
        ("$.FlowAttributes.x", "Equals", "y", False),
        ("$.StoredCustomerInput", "Equals", "Timeout", True),
        ("$.SegmentAttributes['connect:Subtype']", "Equals", "connect:Telephony", True),
        ("$.Queue.Name", "Equals", "Support", True),
        ("$.Agent.FirstName", "Equals", "Hanako", True),
        ("$.CustomerEndpoint.Address", "Equals", CALLER, True),
        ("$.Media.Sip.Headers.To", "KeyExists", "To", False),
    ],
)
def test_a_value_is_compared(reference: str, operator: str, operand: str, fits: bool) -> None:
    line = MemoryLine(attributes={"tier": "gold", "age": "10", "limit": "11"}, queue="Support")
    line.the_agent = {"FirstName": "Hanako"}
    state = State(external={"customer": {"visits": 7}}, stored_input="Timeout")
    compare = step(
        "Compare", {"ComparisonValue": reference}, errors=("NoMatchingCondition",), on={operand: "a"}, operator=operator
    )
    assert ending_of([compare], line, state=state) == ("a" if fits else "NoMatchingCondition")


def test_the_first_condition_that_fits_counts() -> None:
    compare = step(
        "Compare",
        {"ComparisonValue": "$.Channel"},
        errors=("NoMatchingCondition",),
        operator="TextStartsWith",
        on={"V": "a", "VOICE": "b"},
    )
    assert ending_of([compare], MemoryLine()) == "a"


def test_an_anonymous_caller_has_no_number() -> None:
    line = MemoryLine(caller=None)
    number = step(
        "UpdateContactCallbackNumber",
        {"CallbackNumber": "$.CustomerEndpoint.Address"},
        errors=("InvalidCallbackNumber", "CallbackNumberNotDialable"),
    )
    assert ending_of([number], line) == "InvalidCallbackNumber"


@pytest.mark.parametrize(("open", "ending"), [(True, "a"), (False, "b")])
def test_hours_are_asked_for(open: bool, ending: str) -> None:
    line = MemoryLine(open=open)
    check = step("CheckHoursOfOperation", {"HoursOfOperationId": "hours-1"}, on={"True": "a", "False": "b"})
    assert ending_of([check], line) == ending
    assert line.done == [("is_open", "hours-1")]


@pytest.mark.parametrize(
    ("metric", "below", "above"),
    [
        ("NumberOfAgentsAvailable", "0", "1"),
        ("NumberOfAgentsStaffed", "1", "2"),
        ("NumberOfAgentsOnline", "2", "3"),
        ("NumberOfContactsInQueue", "3", "4"),
        ("OldestContactInQueueAgeSeconds", "49", "50"),
    ],
)
def test_figures_decide(metric: str, below: str, above: str) -> None:
    for operand, ending in ((below, "a"), (above, "NoMatchingCondition")):
        check = step(
            "CheckMetricData",
            {"MetricType": metric},
            errors=("NoMatchingError", "NoMatchingCondition"),
            operator="NumberGreaterThan",
            on={operand: "a"},
        )
        assert ending_of([check], MemoryLine()) == ending


def test_figures_can_be_told() -> None:
    caller, line = Caller(), MemoryLine()
    say = "$.Metrics.Queue.Size $.Metrics.Queue.OldestContactAge $.Metrics.Agents.Online.Count $.Metrics.Agents.Staffed.Count $.Metrics.Agents.Available.Count"
    steps = [
        step("GetMetricData", {"QueueId": "q", "QueueChannel": "Voice"}, then="say"),
        step("MessageParticipant", {"Text": say}, id="say"),
    ]
    assert ending_of(steps, line, caller) == "good"
    assert caller.heard() == ["4 50 3 2 1"]
    assert line.done == [("metrics", "q", None, "VOICE")]


def test_contacts_are_shared_out_by_percentage() -> None:
    share = step(
        "DistributeByPercentage", errors=("NoMatchingCondition",), operator="NumberLessThan", on={"31": "a", "81": "b"}
    )
    line = MemoryLine()
    ends = Counter(ending_of([share], line) for _ in range(2_000))
    assert ends["a"] == pytest.approx(600, rel=0.1)
    assert ends["b"] == pytest.approx(1_000, rel=0.1)
    assert ends["NoMatchingCondition"] == pytest.approx(400, rel=0.1)


def test_a_loop_knows_its_round_and_starts_anew() -> None:
    caller = Caller()
    steps = [
        step("Loop", {"LoopCount": "2"}, errors=(), then="out", on={"ContinueLooping": "say", "DoneLooping": "out"}),
        step("MessageParticipant", {"Text": "$.Loop.it.Index"}, id="say", then="it"),
        step("Loop", {"LoopCount": "1"}, id="out", errors=(), on={"ContinueLooping": "it", "DoneLooping": "good"}),
    ]
    assert ending_of(steps, MemoryLine(), caller) == "good"
    assert caller.heard() == ["0", "1", "0", "1"]


@pytest.mark.parametrize(("came", "ending"), [("WaitCompleted", "a"), ("CustomerReturned", "b")])
def test_a_wait_ends_with_what_came(came: str, ending: str) -> None:
    caller = Caller(others=[came])
    wait = step(
        "Wait",
        {"TimeLimitSeconds": "60", "Events": ["CustomerReturned"]},
        on={"WaitCompleted": "a", "CustomerReturned": "b"},
    )
    assert ending_of([wait], MemoryLine(), caller) == ending
    assert caller.asked == [Sleep(seconds=60, events=("CustomerReturned",))]
