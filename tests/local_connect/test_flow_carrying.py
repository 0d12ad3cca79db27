"""What a flow notes of a contact, and where that is refused."""

from typing import Any

import pytest

from infra.local.connect.flows.line import Callback, Refused
from tests.local_connect.lines import CALLER, MemoryLine
from tests.local_connect.steps import ERROR, ending_of, step

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
