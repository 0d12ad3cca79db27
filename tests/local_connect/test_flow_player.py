"""What callers meet in a flow, action by action."""

import json
import traceback
from collections import Counter
from collections.abc import Generator, Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.local.connect.flows.actions import PLAYED
from infra.local.connect.flows.actions.speaking import participant_input
from infra.local.connect.flows.grammar import FORMS
from infra.local.connect.flows.language import read
from infra.local.connect.flows.line import (
    Callback,
    Dial,
    Ending,
    Invoke,
    Line,
    Listen,
    Prompt,
    Refused,
    Repeat,
    Result,
    Sleep,
    Speak,
)
from infra.local.connect.flows.player import MOST_AT_ONCE
from infra.local.connect.flows.publishing import problems
from infra.local.connect.flows.turn import Scope, State, Turn
from infra.local.connect.instance import FlowModule
from tests.local_connect.lines import CALLER, Caller, MemoryLine, flow_of, take_through
from tests.support.reference import reference

SAMPLES = reference("samples")
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


def test_a_line_in_memory_is_a_line() -> None:
    line: Line = MemoryLine()
    assert line.data()["ContactId"] == "contact-1"


# --- speaking and listening ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "heard"),
    [
        ({"Text": "Hello $.Attributes.name, this is $.SystemEndpoint.Address."}, "Hello Sato, this is +81312345678."),
        ({"Text": "$.Attributes.nameさん、$.Attributes.unknownこんにちは"}, "Satoさん、こんにちは"),
        ({"SSML": "<speak>$.Attributes.name</speak>"}, "<speak>Sato</speak>"),
        ({"PromptId": "$.Attributes.music"}, "prompt-7"),
        ({"Media": {"Uri": "s3://a/b.wav", "SourceType": "S3", "MediaType": "Audio"}}, "s3://a/b.wav"),
    ],
)
def test_a_message_is_heard_once(said: dict[str, Any], heard: str) -> None:
    caller = Caller()
    line = MemoryLine(attributes={"name": "Sato", "music": "prompt-7"})
    assert ending_of([step("MessageParticipant", said)], line, caller) == "good"
    assert caller.heard() == [heard]


def test_a_prompt_that_an_attribute_should_name_and_does_not_takes_the_error_branch() -> None:
    line = MemoryLine()
    assert ending_of([step("MessageParticipant", {"PromptId": "$.Attributes.none"})], line) == "NoMatchingError"


def test_music_plays_until_it_is_interrupted() -> None:
    said = {"Messages": [{"Text": "Please wait."}, {"PromptId": "music"}], "InterruptFrequencySeconds": "45"}
    caller = Caller()
    ending = ending_of(
        [step("MessageParticipantIteratively", said, on={"MessagesInterrupted": "a"})], MemoryLine(), caller
    )
    assert ending == "a"
    assert caller.asked == [
        Repeat(prompts=(Prompt(text="Please wait."), Prompt(prompt_id="music")), interrupt_every=45)
    ]


MENU = {"Text": "Press 1.", "StoreInput": "False", "InputTimeLimitSeconds": "5"}
EVERY_ERROR = ("NoMatchingError", "InputTimeLimitExceeded", "NoMatchingCondition")


@pytest.mark.parametrize(
    ("key", "ending"),
    [("1", "a"), ("*", "b"), ("2", "NoMatchingCondition"), (None, "InputTimeLimitExceeded")],
)
def test_a_choice_goes_by_the_key(key: str | None, ending: str) -> None:
    menu = step("GetParticipantInput", MENU, errors=EVERY_ERROR, on={"1": "a", "*": "b"})
    assert ending_of([menu], MemoryLine(), Caller(keys=[key])) == ending


@pytest.mark.parametrize("parameters", [MENU, {"EnableDTMFBuffer": "True"}])
def test_keys_are_for_calls_alone(parameters: dict[str, Any]) -> None:
    line = MemoryLine(channel="CHAT")
    assert ending_of([step("GetParticipantInput", parameters, errors=EVERY_ERROR)], line) == "NoMatchingError"


def test_a_menu_without_a_branch_for_silence_takes_the_error_branch() -> None:
    assert ending_of([step("GetParticipantInput", MENU)], MemoryLine(), Caller()) == "NoMatchingError"


def test_a_menu_that_is_asked_again_gives_up_after_so_many_rounds() -> None:
    menu = step("GetParticipantInput", MENU, errors=("NoMatchingError", "InputTimeLimitExceeded"))
    menu["Transitions"]["Errors"][1]["NextAction"] = "again"
    again = step(
        "Loop", {"LoopCount": "2"}, id="again", errors=(), then="b", on={"ContinueLooping": "it", "DoneLooping": "b"}
    )
    caller = Caller()
    assert ending_of([menu, again], MemoryLine(), caller) == "b"
    assert caller.heard() == ["Press 1."] * 3


STORE = {
    "Text": "Number, please.",
    "StoreInput": "True",
    "InputTimeLimitSeconds": "8",
    "InputValidation": {"CustomValidation": {"MaximumLength": "16"}},
    "DTMFConfiguration": {
        "InputTerminationSequence": "##",
        "InterdigitTimeLimitSeconds": "3",
        "DisableCancelKey": "True",
    },
}


def phone(number_format: str, country: str = "JP") -> dict[str, Any]:
    return {
        **STORE,
        "InputValidation": {"PhoneNumberValidation": {"NumberFormat": number_format, "CountryCode": country}},
    }


@pytest.mark.parametrize(
    ("parameters", "keyed", "stored", "ending"),
    [
        (STORE, "4111", "4111", "good"),
        (STORE, None, "Timeout", "good"),
        (STORE, "", "Timeout", "good"),
        (phone("Local"), "09012345678", "+819012345678", "good"),
        (phone("E164"), "819012345678", "+819012345678", "good"),
        (phone("E164"), "0", None, "InvalidPhoneNumber"),
        (phone("Local", "XX"), "09012345678", None, "NoMatchingError"),
        (phone("Local"), None, "Timeout", "good"),
    ],
)
def test_what_is_keyed_is_stored(
    parameters: dict[str, Any], keyed: str | None, stored: str | None, ending: str
) -> None:
    state = State()
    store = step("GetParticipantInput", parameters, errors=("NoMatchingError", "InvalidPhoneNumber"))
    assert ending_of([store], MemoryLine(), Caller(keys=[keyed]), state) == ending
    assert state.stored_input == stored


def test_how_keys_are_taken_is_told_to_the_line() -> None:
    caller = Caller(keys=["1"])
    buffer = step("GetParticipantInput", {"EnableDTMFBuffer": "True"}, then="store")
    message = step(
        "MessageParticipant", {"Text": "Hello", "SkipWhenDTMFBufferEnabled": "True"}, id="message", then="good"
    )
    ending_of([buffer, step("GetParticipantInput", STORE, id="store", then="message"), message], MemoryLine(), caller)
    assert caller.asked == [
        Listen(
            prompt=Prompt(text="Number, please."),
            seconds=8,
            most=16,
            terminator="##",
            between=3,
            cancel_key=False,
            buffered=True,
        ),
        Speak(prompt=Prompt(text="Hello"), unless_keyed=True),
    ]


PAN = "4111111111111111"
SECRET = {**STORE, "InputEncryption": {"EncryptionKeyId": "key-1", "Key": "certificate"}}


@pytest.mark.parametrize(
    "refused",
    [None, Refused(f"cannot encrypt {PAN}"), ValueError(f"not base64: {PAN}")],
    ids=["encrypted", "refused", "crashed"],
)
def test_a_card_number_is_nowhere_but_in_its_cipher(refused: Exception | None) -> None:
    line, state, caller = MemoryLine(), State(), Caller(keys=[PAN])
    if refused is not None:
        line.refuses = {"encrypt": refused}  # type: ignore[dict-item]
    steps = [
        step("GetParticipantInput", SECRET, then="call"),
        step(
            "InvokeLambdaFunction", {**CALL, "LambdaInvocationAttributes": {"card": "$.StoredCustomerInput"}}, id="call"
        ),
    ]
    assert ending_of(steps, line, caller, state) == ("NoMatchingError" if refused else "good")
    assert isinstance(caller.asked[0], Listen)
    assert caller.asked[0].secret
    assert state.stored_input == (None if refused else "encrypted with key-1")
    assert PAN not in repr((line.done, line.logged, line.attributes, state, caller.asked))


def test_no_problem_of_encryption_is_told_with_its_cause() -> None:
    line = MemoryLine(refuses={"encrypt": Refused(f"cannot encrypt {PAN}")})
    turn = Turn(read(content(step("GetParticipantInput", SECRET))).actions["it"], line, State(), Scope())
    storing = participant_input(turn)
    assert isinstance(storing, Generator)
    storing.send(None)
    with pytest.raises(Refused) as caught:
        storing.send(PAN)
    assert PAN not in "".join(traceback.format_exception(caught.value))


# --- deciding -----------------------------------------------------------------------------------------------------------------


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


# --- what is done at once -------------------------------------------------------------------------------------------------------

STEPS_OF_CRITERIA = [{"Expression": {"AndExpression": []}, "Expiry": {"DurationInSeconds": "30"}}]

DEEDS: dict[str, tuple[str, dict[str, Any], tuple[Any, ...]]] = {
    "attributes": ("UpdateContactAttributes", {"Attributes": {"a": "$.Channel", "b": "x", "c": "$.Attributes.no"}}, ("set_attributes", {"a": "VOICE", "b": "x", "c": ""}, False)),
    "attributes of the related": ("UpdateContactAttributes", {"Attributes": {"a": "1"}, "TargetContact": "Related"}, ("set_attributes", {"a": "1"}, True)),
    "data": ("UpdateContactData", {"LanguageCode": "en-US", "Name": "$.ContactId"}, ("set_data", {"Name": "contact-1", "LanguageCode": "en-US"})),
    "tags": ("TagContact", {"Tags": {"team": "a"}}, ("tag", {"team": "a"})),
    "tags taken off": ("UntagContact", {"TagKeys": ["team"]}, ("untag", ["team"])),
    "the log": ("UpdateFlowLoggingBehavior", {"FlowLoggingBehavior": "Disabled"}, ("set_logging", False)),
    "the voice": ("UpdateContactTextToSpeechVoice", {"TextToSpeechVoice": "Kazuha", "TextToSpeechEngine": "neural"}, ("set_voice", "Kazuha", "neural", None)),
    "recording": ("UpdateContactRecordingBehavior", {"RecordingBehavior": {"RecordedParticipants": ["Agent", "Customer"], "IVRRecordingBehavior": "Disabled"}}, ("set_recording", ["Agent", "Customer"], False, [])),
    "no recording": ("UpdateContactRecordingBehavior", {"RecordingBehavior": {"RecordedParticipants": []}}, ("set_recording", [], None, [])),
    "recording, newer": ("UpdateContactRecordingAndAnalyticsBehavior", {"VoiceBehavior": {"VoiceRecordingBehavior": {"RecordedParticipants": ["Agent"], "IVRRecordingBehavior": "Enabled"}}}, ("set_recording", ["Agent"], True, [])),
    "a hook": ("UpdateContactEventHooks", {"EventHooks": {"CustomerQueue": "flow-2"}}, ("set_event_hook", "CustomerQueue", "flow-2")),
    "a queue": ("UpdateContactTargetQueue", {"QueueId": "Support"}, ("choose_queue", "Support")),
    "an agent": ("UpdateContactTargetQueue", {"AgentId": "$.Attributes.agent"}, ("choose_agent", "agent-1")),
    "priority": ("UpdateContactRoutingBehavior", {"QueuePriority": "1"}, ("set_priority", 1, None)),
    "age": ("UpdateContactRoutingBehavior", {"QueueTimeAdjustmentSeconds": "60"}, ("set_priority", None, 60)),
    "criteria": ("UpdateContactRoutingCriteria", {"RoutingCriteria": {"Steps": STEPS_OF_CRITERIA}}, ("set_criteria", STEPS_OF_CRITERIA)),
    "a number": ("UpdateContactCallbackNumber", {"CallbackNumber": "$.CustomerEndpoint.Address"}, ("set_callback_number", CALLER)),
    "a callback": ("CreateCallbackContact", {"InitialCallDelaySeconds": "5", "RetryDelaySeconds": "600", "MaximumConnectionAttempts": "3", "QueueId": "Callback"}, ("create_callback", Callback(initial_delay=5, retry_delay=600, attempts=3, queue_id="Callback"))),
    "a task": ("CreateTask", {"Name": "Call", "ContactFlowId": "flow-2", "Attributes": {"of": "$.ContactId"}}, ("create_task", "Call", "", "flow-2", {"of": "contact-1"})),
    "hold": ("UpdatePreviousContactParticipantState", {"PreviousContactParticipantState": "AgentOnHold"}, ("set_previous_participant", "AgentOnHold")),
}  # fmt: skip


@pytest.mark.parametrize(("kind", "parameters", "deed"), DEEDS.values(), ids=DEEDS)
def test_a_deed_is_asked_of_the_line(kind: str, parameters: dict[str, Any], deed: tuple[Any, ...]) -> None:
    line = MemoryLine(attributes={"agent": "agent-1"})
    assert ending_of([step(kind, parameters)], line) == "good"
    assert line.done == [deed]


@pytest.mark.parametrize(("kind", "parameters", "deed"), DEEDS.values(), ids=DEEDS)
def test_a_deed_that_is_refused_takes_its_branch(kind: str, parameters: dict[str, Any], deed: tuple[Any, ...]) -> None:
    line = MemoryLine(attributes={"agent": "agent-1"}, refuses={deed[0]: Refused("not today")})
    assert ending_of([step(kind, parameters, errors=("ParticipantNotFound", *ERROR))], line) == "NoMatchingError"
    assert line.logged[0] == ("it", kind, parameters, "NoMatchingError: not today")


def test_recording_of_a_call_is_not_for_a_task() -> None:
    behavior = {"VoiceBehavior": {"VoiceRecordingBehavior": {"RecordedParticipants": ["Agent"]}}}
    record = step("UpdateContactRecordingAndAnalyticsBehavior", behavior, errors=("NoMatchingError", "ChannelMismatch"))
    assert ending_of([record], MemoryLine(channel="TASK")) == "ChannelMismatch"


def test_a_queue_that_an_attribute_should_name_and_does_not_takes_the_error_branch() -> None:
    line = MemoryLine()
    assert ending_of([step("UpdateContactTargetQueue", {"QueueId": "$.Attributes.queue"})], line) == "NoMatchingError"
    assert line.logged[0][3] == "NoMatchingError: QueueId is empty: $.Attributes.queue"


# --- where a contact goes -------------------------------------------------------------------------------------------------------

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


# --- functions ------------------------------------------------------------------------------------------------------------------

CALL = {"LambdaFunctionARN": "arn:aws:lambda:route", "InvocationTimeLimitSeconds": "8"}
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
        ({**CALL, "InvocationType": "ASYNCHRONOUS"}, Result(), "NoMatchingError: functions are not called asynchronously here: use InvocationType SYNCHRONOUS"),
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


# --- flows and modules ----------------------------------------------------------------------------------------------------------


def module_of(*steps: dict[str, Any]) -> FlowModule:
    return FlowModule(id="module-1", arn="arn:module-1", name="module-1", content=content(*steps, Settings={}))


def leave(**parameters: Any) -> dict[str, Any]:
    return {"Identifier": "leave", "Type": "EndFlowModuleExecution", "Parameters": parameters, "Transitions": {}}


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


# --- what cannot be played --------------------------------------------------------------------------------------------------------


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


# --- whole flows ------------------------------------------------------------------------------------------------------------------


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
