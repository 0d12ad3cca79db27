"""What publishing a flow would refuse, and in which words."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.local.connect.flows.__main__ import complaints
from infra.local.connect.flows.grammar import FORMS
from infra.local.connect.flows.language import InvalidFlow, read
from infra.local.connect.flows.publishing import problems
from tests.support.reference import reference

SAMPLES = reference("samples")
END = {"Identifier": "end", "Type": "DisconnectParticipant", "Parameters": {}, "Transitions": {}}
ERROR = ("NoMatchingError",)
SAY: dict[str, Any] = {"Text": "Hello"}
MENU = {"Text": "Press 1.", "StoreInput": "False", "InputTimeLimitSeconds": "5"}
STORE = {
    "Text": "Your number, please.",
    "StoreInput": "True",
    "InputTimeLimitSeconds": "8",
    "InputValidation": {"CustomValidation": {"MaximumLength": "16"}},
}
PHONE = {**STORE, "InputValidation": {"PhoneNumberValidation": {"NumberFormat": "Local", "CountryCode": "JP"}}}
KEY = {"EncryptionKeyId": "key-1", "Key": "-----BEGIN CERTIFICATE-----"}
LAMBDA = {"LambdaFunctionARN": "arn:aws:lambda:…:route", "InvocationTimeLimitSeconds": "4"}
THIRD = {
    "ThirdPartyPhoneNumber": "+81312345678",
    "ThirdPartyConnectionTimeLimitSeconds": "30",
    "ContinueFlowExecution": "False",
}


def flow(*actions: dict[str, Any], **rest: Any) -> str:
    return json.dumps({"Version": "2019-10-30", "StartAction": "it", "Actions": [*actions, END], **rest})


def an(
    kind: str,
    parameters: dict[str, Any] | None = None,
    errors: tuple[str, ...] = ERROR,
    conditions: tuple[tuple[str, str], ...] = (),
    **transitions: Any,
) -> dict[str, Any]:
    """Return an action `it` of which every branch leads to the end."""
    return {
        "Identifier": "it",
        "Type": kind,
        "Parameters": parameters or {},
        "Transitions": {
            "NextAction": "end",
            "Errors": [{"NextAction": "end", "ErrorType": error} for error in errors],
            "Conditions": [
                {"NextAction": "end", "Condition": {"Operator": operator, "Operands": [operand]}}
                for operator, operand in conditions
            ],
            **transitions,
        },
    }


RIGHT = {
    "speaks": an("MessageParticipant", SAY),
    "speaks of the caller": an("MessageParticipant", {"SSML": "<speak>$.Attributes.name, $.Queue.Name</speak>"}),
    "plays music": an(
        "MessageParticipantIteratively",
        {"Messages": [SAY, {"PromptId": "music"}], "InterruptFrequencySeconds": "45"},
        conditions=(("Equals", "MessagesInterrupted"),),
    ),
    "takes a choice": an("GetParticipantInput", MENU, conditions=(("Equals", "1"), ("Equals", "*"))),
    "takes a number": an("GetParticipantInput", STORE),
    "takes a card": an("GetParticipantInput", {**STORE, "InputEncryption": KEY}),
    "takes a telephone number": an("GetParticipantInput", PHONE, (*ERROR, "InvalidPhoneNumber")),
    "buffers": an("GetParticipantInput", {"EnableDTMFBuffer": "True"}),
    "compares": an(
        "Compare", {"ComparisonValue": "$.Attributes.tier"}, ("NoMatchingCondition",), (("Equals", "gold"),)
    ),
    "loops": an("Loop", {"LoopCount": "3"}, (), (("Equals", "ContinueLooping"), ("Equals", "DoneLooping"))),
    "asks for agents": an(
        "CheckMetricData",
        {"MetricType": "NumberOfAgentsStaffed"},
        (*ERROR, "NoMatchingCondition"),
        (("NumberGreaterThan", "0"),),
    ),
    "calls a Lambda": an(
        "InvokeLambdaFunction", {**LAMBDA, "LambdaInvocationAttributes": {"card": "$.StoredCustomerInput"}}
    ),
    "leaves for a number": an("TransferParticipantToThirdParty", THIRD),
    "asks for a skill": an(
        "UpdateContactRoutingCriteria",
        {
            "RoutingCriteria": {
                "Steps": [
                    {
                        "Expression": {
                            "AndExpression": [
                                {
                                    "AttributeCondition": {
                                        "Name": "language",
                                        "Value": "en",
                                        "ProficiencyLevel": "4.0",
                                        "ComparisonOperator": "NumberGreaterOrEqualTo",
                                    }
                                }
                            ]
                        },
                        "Expiry": {"DurationInSeconds": "30"},
                    }
                ]
            }
        },
    ),
    "shares out": an("DistributeByPercentage", {}, ("NoMatchingCondition",), (("NumberLessThan", "31"),)),
    "is a service we do not know": an("CreateCase", {"CaseTemplateId": "x"}, ()),
}


@pytest.mark.parametrize("action", RIGHT.values(), ids=RIGHT)
def test_what_connect_publishes_has_no_problem(action: dict[str, Any]) -> None:
    kind: Any = "CUSTOMER_QUEUE" if action["Type"] == "MessageParticipantIteratively" else "CONTACT_FLOW"
    assert problems(flow(action), kind) == []


WRONG = {
    "two prompts": (an("MessageParticipant", {"Text": "a", "PromptId": "b"}), "exactly one of Text, SSML"),
    "no prompt": (an("MessageParticipant"), "exactly one of Text, SSML"),
    "a number that is none": (an("Loop", {"LoopCount": 3}, ()), 'LoopCount must be text, as every single value is'),
    "empty text": (an("MessageParticipant", {"Text": ""}), "Text must not be empty"),
    "an empty operand": (
        an("Compare", {"ComparisonValue": "$.Attributes.a"}, ("NoMatchingCondition",), (("Equals", ""),)),
        "compares with empty text",
    ),
    "no way on": (an("MessageParticipant", SAY, NextAction=None), "NextAction is required"),
    "no error branch": (an("InvokeLambdaFunction", LAMBDA, ()), "needs a branch for NoMatchingError"),
    "one of two error branches": (an("TransferContactToQueue"), "needs a branch for QueueAtCapacity"),
    "a way to nowhere": (an("MessageParticipant", SAY, NextAction="there"), "lead to there, which is no action"),
    "an error that it has not": (an("Loop", {"LoopCount": "1"}), "must not name NoMatchingError"),
    "a literal to compare": (
        an("Compare", {"ComparisonValue": "gold"}, ("NoMatchingCondition",)),
        "ComparisonValue must be one reference",
    ),
    "a reference without a leaf": (
        an("Compare", {"ComparisonValue": "$.Attributes"}, ("NoMatchingCondition",)),
        "must say what of $.Attributes",
    ),
    "words around a reference": (
        an("UpdateContactAttributes", {"Attributes": {"a": "Mr $.Attributes.name"}}),
        "Attributes.a must be one reference and nothing else",
    ),
    "a namespace that is none": (an("MessageParticipant", {"Text": "$.Contact.Id"}), "there is no $.Contact"),
    "the agent before there is one": (an("MessageParticipant", {"Text": "$.Agent.FirstName"}), "does not know"),
    "a menu with two keys": (an("GetParticipantInput", MENU, conditions=(("Equals", "12"),)), "conditions Equals 0 or 1"),
    "a store that knows silence": (
        an("GetParticipantInput", STORE, (*ERROR, "InputTimeLimitExceeded")),
        "must not name InputTimeLimitExceeded",
    ),
    "a store with conditions": (an("GetParticipantInput", STORE, conditions=(("Equals", "1"),)), "takes no Conditions"),
    "an encrypted telephone number": (
        an("GetParticipantInput", {**PHONE, "InputEncryption": KEY}, (*ERROR, "InvalidPhoneNumber")),
        "InputEncryption goes only with CustomValidation",
    ),
    "a telephone number without its error": (an("GetParticipantInput", PHONE), "needs a branch for InvalidPhoneNumber"),
    "* as end and as eraser": (
        an("GetParticipantInput", {**STORE, "DTMFConfiguration": {"InputTerminationSequence": "*"}}),
        "may hold * only with DisableCancelKey",
    ),
    "too long a wait for keys": (an("GetParticipantInput", {**MENU, "InputTimeLimitSeconds": "181"}), "1 to 180"),
    "a Lambda of nine seconds": (
        an("InvokeLambdaFunction", {**LAMBDA, "InvocationTimeLimitSeconds": "9"}),
        "InvocationTimeLimitSeconds must be a whole number as text, 1 to 8",
    ),
    "an asynchronous Lambda of more than a minute": (
        an("InvokeLambdaFunction", {**LAMBDA, "InvocationTimeLimitSeconds": "61", "InvocationType": "ASYNCHRONOUS"}),
        "InvocationTimeLimitSeconds must be a whole number as text, 1 to 60",
    ),
    "both kinds of priority": (
        an("UpdateContactRoutingBehavior", {"QueuePriority": "1", "QueueTimeAdjustmentSeconds": "9"}, ()),
        "exactly one of QueuePriority",
    ),
    "two hooks": (
        an("UpdateContactEventHooks", {"EventHooks": {"CustomerQueue": "a", "AgentWhisper": "b"}}),
        "EventHooks must have exactly 1 entries",
    ),
    "a hook that is none": (an("UpdateContactEventHooks", {"EventHooks": {"Lunch": "a"}}), "must not name Lunch"),
    "agents counted": (
        an(
            "CheckMetricData",
            {"MetricType": "NumberOfAgentsOnline"},
            (*ERROR, "NoMatchingCondition"),
            (("NumberGreaterThan", "3"),),
        ),
        "its one condition is NumberGreaterThan 0",
    ),
    "an error of staying": (an("TransferParticipantToThirdParty", THIRD, (*ERROR, "CallFailed")), "ContinueFlowExecution"),
    "an invented type": (an("PlayPrompt", SAY), "Type is none that the flow language has"),
    "the title of the documentation": (an("UnTagContact", {"TagKeys": ["a"]}), "Type is none"),
    "an unknown field": (an("Wait", {"TimeoutSeconds": "9"}), "TimeoutSeconds is no field of it"),
    "a missing field": (an("Wait"), "TimeLimitSeconds is required"),
    "an operator that is none": (
        an("Compare", {"ComparisonValue": "$.Channel"}, ("NoMatchingCondition",), (("And", "x"),)),
        "Operator And",
    ),
    "something after the end": (an("DisconnectParticipant", {}, ()), "Transitions must be empty"),
    "a queue's action elsewhere": (
        an("MessageParticipantIteratively", {"Messages": [SAY]}),
        "may not stand in a flow of type CONTACT_FLOW",
    ),
    "an end that is for queues": (an("EndFlowExecution", {}, ()), "may not stand in a flow of type CONTACT_FLOW"),
    "a name with a colon": ({**an("MessageParticipant", SAY), "Identifier": "a:b"}, "must not contain :"),
    "a name of JavaScript": ({**an("MessageParticipant", SAY), "Identifier": "toString"}, "JavaScript"),
    "a name of 51 letters": ({**an("MessageParticipant", SAY), "Identifier": "x" * 51}, "1 to 50 characters"),
}  # fmt: skip


@pytest.mark.parametrize(("action", "complaint"), WRONG.values(), ids=WRONG)
def test_what_connect_refuses_is_named_with_its_action(action: dict[str, Any], complaint: str) -> None:
    found = [problem for problem in problems(flow(action), "CONTACT_FLOW") if complaint in problem]
    assert len(found) == 1
    assert found[0].startswith(f"Action {action['Identifier']} ({action['Type']}): ")
    assert found[0].endswith(".")


def test_a_loop_and_a_comparison_go_on_where_their_last_branch_goes() -> None:
    other = {**an("MessageParticipant", SAY), "Identifier": "other"}
    loop = an("Loop", {"LoopCount": "1"}, (), (("Equals", "DoneLooping"),), NextAction="other")
    compare = an("Compare", {"ComparisonValue": "$.Channel"}, ("NoMatchingCondition",), NextAction="other")
    assert problems(flow(loop, other)) == [
        "Action it (Loop): Transitions.NextAction must lead to end, as DoneLooping does."
    ]
    assert problems(flow(compare, other)) == [
        "Action it (Compare): Transitions.NextAction must lead to end, as NoMatchingCondition does."
    ]


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        ("{", "The flow is no JSON"),
        ("[]", "The flow must be an object."),
        ('{"Actions": {}}', "Actions must be a list."),
        ('{"Actions": [{"Identifier": "it"}]}', "Action it: Type must be text, and is missing."),
        ("[" * 100_000, "The flow is no JSON"),
        (flow(END), "Two actions have the Identifier end"),
        (flow(an("Compare", Errors=[{"ErrorType": "X"}])), "NextAction of X must be text"),
    ],
)
def test_what_is_no_flow_at_all_cannot_be_read(content: str, complaint: str) -> None:
    assert complaint in problems(content)[0]
    with pytest.raises(InvalidFlow):
        read(content)


def test_the_whole_flow_has_limits_too() -> None:
    many = [{**an("MessageParticipant", SAY), "Identifier": f"a{number}"} for number in range(250)]
    found = problems(json.dumps({**json.loads(flow(*many)), "Version": "1", "StartAction": "x"}), "MODULE")
    assert [problem.partition(" ")[0] for problem in found] == ["Version", "The", "StartAction", "A"]
    assert problems(flow(an("MessageParticipant", {"Text": "x" * 256_000})))[0].startswith("The flow has 256")


def test_types_of_a_module_s_values_are_the_module_s() -> None:
    call = an("InvokeFlowModule", {"FlowModuleId": "m", "Input": {"count": 3, "list": [""]}})
    assert problems(flow(call), "CONTACT_FLOW") == []


def test_every_form_can_stand_somewhere() -> None:
    assert all(form.where for form in FORMS.values())


@pytest.mark.parametrize(
    ("name", "kind"), [("flow-inbound-voice", "CONTACT_FLOW"), ("flow-customer-queue-callback", "CUSTOMER_QUEUE")]
)
def test_the_sample_flows_have_no_problem(name: str, kind: Any) -> None:
    if SAMPLES is None:
        pytest.skip("the reference samples are not on this machine")
    assert problems((SAMPLES / f"{name}.json").read_text(), kind) == []


def test_a_template_is_checked_flow_by_flow(tmp_path: Path) -> None:
    (tmp_path / "wrong.json").write_text(flow(an("PlayPrompt")))
    template = tmp_path / "centre.yaml"
    template.write_text(
        "Resources:\n  Greeting: {Type: AWS::Connect::ContactFlow, Properties: {Type: CONTACT_FLOW, Content: wrong.json}}\n"
        "  Line: {Type: AWS::Connect::Queue, Properties: {}}\n"
    )
    assert list(complaints(template)) == [
        f"{template}, Greeting: Action it (PlayPrompt): Type is none that the flow language has."
    ]
    assert len(list(complaints(tmp_path / "wrong.json"))) == 1


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.sampled_from(["$.Attributes.a", "1"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@given(data=st.data(), name=st.sampled_from(sorted(FORMS)), more=st.dictionaries(st.text(max_size=5), JSON, max_size=2))
def test_whatever_somebody_writes_is_answered_in_sentences(
    data: st.DataObject, name: str, more: dict[str, Any]
) -> None:
    fields = st.sampled_from(
        [
            "Text",
            "Messages",
            "StoreInput",
            "InputValidation",
            "DTMFConfiguration",
            "MetricType",
            "Attributes",
            "EventHooks",
        ]
    )
    parameters = {**more, **data.draw(st.dictionaries(fields, JSON, max_size=3))}
    for problem in problems(flow(an(name.partition(" ")[0], parameters)), "CONTACT_FLOW"):
        assert problem.endswith(".")
