"""What every type of action may say, as a table: parameters, conditions, error branches, and the types of flow that may hold it."""

from collections.abc import Mapping

from infra.local.connect.flows.forms import (
    EVERYWHERE,
    HOLD,
    INBOUND,
    OUTBOUND,
    QUEUE,
    TRANSFER,
    WHISPER,
    Form,
    any_condition,
    metric,
    named,
    share,
    words,
)
from infra.local.connect.flows.language import Action
from infra.local.connect.flows.rules import (
    Rule,
    anything,
    choice,
    each,
    entries,
    literal,
    number,
    reference,
    shape,
    text,
)

_ERROR = ("NoMatchingError",)
_MEDIA = shape({"Uri": text, "SourceType": choice("S3", static=True), "MediaType": choice("Audio", static=True)})
_SPOKEN: Mapping[str, Rule] = {"Text": text, "SSML": text, "PromptId": text, "Media": _MEDIA}
_ONE_PROMPT = tuple(_SPOKEN)
_SWITCH = choice("True", "False", static=True)
_ENABLED = choice("Enabled", "Disabled", static=True)
_CURRENT = choice("Current", "Related", static=True)
_SECONDS_OF_INPUT: Mapping[str, Rule] = {"InputTimeLimitSeconds": number(1, 180)}
_PARTICIPANTS = each(choice("Agent", "Customer", static=True))
_ANALYTICS = entries(anything)
_METRICS = (
    "NumberOfAgentsAvailable", "NumberOfAgentsStaffed", "NumberOfAgentsOnline",
    "OldestContactInQueueAgeSeconds", "NumberOfContactsInQueue",
)  # fmt: skip
HOOKS = frozenset(
    {"AgentHold", "AgentWhisper", "CustomerHold", "CustomerQueue", "CustomerRemaining", "CustomerWhisper"}
    | {"DefaultAgentUI", "DisconnectAgentUI", "PauseContact", "ResumeContact"}
)
_PROFICIENCY = shape(
    {
        "Name": text,
        "Value": text,
        "ProficiencyLevel": text,
        "ComparisonOperator": choice("NumberGreaterOrEqualTo", static=True),
    }
)
_CRITERIA_STEP = shape(
    {"Expression": shape({"AndExpression": each(shape({"AttributeCondition": _PROFICIENCY}), least=1)})},
    {"Expiry": shape({"DurationInSeconds": number(1)})},
)
_STORED_VALUE = shape(
    optional={
        "CustomValidation": shape({"MaximumLength": number(1)}),
        "PhoneNumberValidation": shape({"NumberFormat": choice("Local", "E164", static=True)}, {"CountryCode": text}),
    },
    exactly_one=("CustomValidation", "PhoneNumberValidation"),
)
_KEYS = shape(
    optional={
        "InputTerminationSequence": text,
        "DisableCancelKey": _SWITCH,
        "InterdigitTimeLimitSeconds": number(1, 20),
    }
)


def _function(longest: int) -> Form:
    """Return the form of calling a Lambda function for at most so many seconds."""
    return Form(
        parameters=shape(
            {"LambdaFunctionARN": text, "InvocationTimeLimitSeconds": number(1, longest)},
            {
                "InvocationType": choice("SYNCHRONOUS", "ASYNCHRONOUS", static=True),
                "LambdaInvocationAttributes": entries(anything),
                "ResponseValidation": shape({"ResponseType": choice("STRING_MAP", "JSON", static=True)}),
            },
        ),
        needs=_ERROR,
    )


FORMS: Mapping[str, Form] = {
    # --- speaking and listening -------------------------------------------------------------------------------------------
    "MessageParticipant": Form(
        parameters=shape(optional={**_SPOKEN, "SkipWhenDTMFBufferEnabled": _SWITCH}, exactly_one=_ONE_PROMPT),
        may=_ERROR,
        where=EVERYWHERE - HOLD,
    ),
    "MessageParticipantIteratively": Form(
        parameters=shape(
            {"Messages": each(shape(optional=_SPOKEN, exactly_one=_ONE_PROMPT), least=1)},
            {"InterruptFrequencySeconds": number(1)},
        ),
        conditions=words("MessagesInterrupted"),
        may=_ERROR,
        where=QUEUE | HOLD | {"MODULE"},
    ),
    "GetParticipantInput": Form(
        parameters=shape(
            {"StoreInput": choice("False", static=True), **_SECONDS_OF_INPUT}, _SPOKEN, exactly_one=_ONE_PROMPT
        ),
        conditions=words(*"0123456789*#"),
        needs=_ERROR,
        may=("InputTimeLimitExceeded", "NoMatchingCondition"),
        where=INBOUND | TRANSFER | QUEUE,
    ),
    "GetParticipantInput (store)": Form(
        parameters=shape(
            {"StoreInput": choice("True", static=True), **_SECONDS_OF_INPUT, "InputValidation": _STORED_VALUE},
            {**_SPOKEN, "DTMFConfiguration": _KEYS, "InputEncryption": shape({"EncryptionKeyId": text, "Key": text})},
            exactly_one=_ONE_PROMPT,
        ),
        needs=_ERROR,
        may=("InvalidPhoneNumber",),
        where=INBOUND | TRANSFER | QUEUE | OUTBOUND,
    ),
    "GetParticipantInput (buffer)": Form(parameters=shape({"EnableDTMFBuffer": _SWITCH}), needs=_ERROR),
    "UpdateContactTextToSpeechVoice": Form(
        parameters=shape(
            {"TextToSpeechVoice": text},
            {
                "TextToSpeechEngine": choice("standard", "neural", "long-form", "generative"),
                "TextToSpeechStyle": choice("None", "Conversational", "Newscaster"),
            },
        ),
        may=_ERROR,
    ),
    # --- deciding ---------------------------------------------------------------------------------------------------------
    "Compare": Form(
        parameters=shape({"ComparisonValue": reference}),
        conditions=any_condition,
        needs=("NoMatchingCondition",),
        else_="NoMatchingCondition",
    ),
    "CheckHoursOfOperation": Form(
        parameters=shape(optional={"HoursOfOperationId": text}),
        conditions=words("True", "False"),
        needs=_ERROR,
        where=INBOUND | TRANSFER | QUEUE,
    ),
    "CheckMetricData": Form(
        parameters=shape(
            {"MetricType": choice(*_METRICS, static=True)},
            {"QueueId": text, "AgentId": text},
            at_most_one=("QueueId", "AgentId"),
        ),
        conditions=metric,
        needs=("NoMatchingError", "NoMatchingCondition"),
        where=INBOUND | TRANSFER | QUEUE,
    ),
    "GetMetricData": Form(
        parameters=shape(
            optional={"QueueId": text, "AgentId": text, "QueueChannel": choice("Voice", "Chat")},
            at_most_one=("QueueId", "AgentId"),
        ),
        needs=_ERROR,
    ),
    "DistributeByPercentage": Form(conditions=share, needs=("NoMatchingCondition",), where=INBOUND | TRANSFER | QUEUE),
    "Loop": Form(
        parameters=shape({"LoopCount": number(0, 100)}),
        conditions=words("ContinueLooping", "DoneLooping"),
        else_="DoneLooping",
    ),
    "Wait": Form(
        parameters=shape(
            {"TimeLimitSeconds": number(1, 604_800)},
            {"Events": each(choice("CustomerReturned", "BotParticipantDisconnected", static=True))},
        ),
        conditions=words("WaitCompleted", "CustomerReturned", "BotParticipantDisconnected"),
        needs=_ERROR,
        may=("ParticipantNotFound",),
    ),
    # --- what the contact carries -----------------------------------------------------------------------------------------
    "UpdateContactAttributes": Form(
        parameters=shape({"Attributes": entries(text, least=1)}, {"TargetContact": _CURRENT}), needs=_ERROR
    ),
    "UpdateFlowAttributes": Form(
        parameters=shape(
            {"FlowAttributes": entries(shape({"Type": choice("String", static=True), "Value": text}), least=1)}
        ),
        needs=_ERROR,
    ),
    "UpdateContactData": Form(
        parameters=shape(
            optional={
                "Name": text,
                "Description": text,
                "LanguageCode": text,
                "CustomerId": text,
                "WisdomSessionArn": text,
                "TargetContact": _CURRENT,
            },
            at_least_one=("Name", "Description", "LanguageCode", "CustomerId", "WisdomSessionArn"),
        ),
        needs=_ERROR,
    ),
    "TagContact": Form(parameters=shape({"Tags": entries(literal, least=1)}), needs=_ERROR),
    "UntagContact": Form(parameters=shape({"TagKeys": each(literal, least=1)}), needs=_ERROR),
    "UpdateFlowLoggingBehavior": Form(parameters=shape({"FlowLoggingBehavior": _ENABLED})),
    "UpdateContactRecordingBehavior": Form(
        parameters=shape(
            {
                "RecordingBehavior": shape(
                    optional={
                        "RecordedParticipants": _PARTICIPANTS,
                        "ScreenRecordedParticipants": each(choice("Agent", static=True)),
                        "IVRRecordingBehavior": _ENABLED,
                    }
                )
            },
            {"AnalyticsBehavior": _ANALYTICS},
        ),
        where=INBOUND | TRANSFER | QUEUE | OUTBOUND,
    ),
    "UpdateContactRecordingAndAnalyticsBehavior": Form(
        parameters=shape(
            optional={
                "VoiceBehavior": shape(
                    optional={
                        "VoiceRecordingBehavior": shape(
                            optional={"RecordedParticipants": _PARTICIPANTS, "IVRRecordingBehavior": _ENABLED}
                        ),
                        "VoiceAnalyticsBehavior": _ANALYTICS,
                    }
                ),
                "ChatBehavior": shape(optional={"ChatAnalyticsBehavior": _ANALYTICS}),
            },
            exactly_one=("VoiceBehavior", "ChatBehavior"),
        ),
        needs=("NoMatchingError", "ChannelMismatch"),
        may=("InFlightRedactionConfigurationFailed",),
    ),
    "UpdateContactEventHooks": Form(
        parameters=shape({"EventHooks": entries(text, least=1, most=1, names=HOOKS)}), needs=_ERROR
    ),
    "UpdateContactMediaStreamingBehavior": Form(
        parameters=shape(
            {"MediaStreamingState": _ENABLED},
            {"Participants": each(anything), "MediaStreamType": choice("Audio", static=True)},
        ),
        needs=_ERROR,
    ),
    # --- where the contact goes -------------------------------------------------------------------------------------------
    "UpdateContactTargetQueue": Form(
        parameters=shape(optional={"QueueId": text, "AgentId": text}, exactly_one=("QueueId", "AgentId")),
        needs=_ERROR,
        where=INBOUND | TRANSFER,
    ),
    "UpdateContactRoutingBehavior": Form(
        parameters=shape(
            optional={"QueuePriority": number(1), "QueueTimeAdjustmentSeconds": number(0)},
            exactly_one=("QueuePriority", "QueueTimeAdjustmentSeconds"),
        ),
        where=INBOUND | TRANSFER,
    ),
    "UpdateContactRoutingCriteria": Form(
        parameters=shape({"RoutingCriteria": shape({"Steps": each(_CRITERIA_STEP, least=1)})}), needs=_ERROR
    ),
    "TransferContactToQueue": Form(needs=("QueueAtCapacity", "NoMatchingError"), where=INBOUND | TRANSFER),
    "DequeueContactAndTransferToQueue": Form(
        parameters=shape(optional={"QueueId": text, "AgentId": text}, exactly_one=("QueueId", "AgentId")),
        needs=("QueueAtCapacity", "NoMatchingError"),
        where=QUEUE | {"MODULE"},
    ),
    "TransferContactToAgent": Form(where=TRANSFER | {"MODULE"}, terminal=True),
    "TransferParticipantToThirdParty": Form(
        parameters=shape(
            {
                "ThirdPartyPhoneNumber": text,
                "ThirdPartyConnectionTimeLimitSeconds": number(1),
                "ContinueFlowExecution": _SWITCH,
            },
            {"ThirdPartyDTMFDigits": text, "CallerId": shape(optional={"Name": text, "Number": text})},
        ),
        may=("NoMatchingError", "CallFailed", "ConnectionTimeLimitExceeded"),
        where=INBOUND | TRANSFER,
    ),
    "UpdateContactCallbackNumber": Form(
        parameters=shape({"CallbackNumber": reference}),
        needs=("InvalidCallbackNumber", "CallbackNumberNotDialable"),
        where=INBOUND | TRANSFER | QUEUE,
    ),
    "CreateCallbackContact": Form(
        parameters=shape(
            {
                "InitialCallDelaySeconds": number(1, 259_200),
                "RetryDelaySeconds": number(1, 259_200),
                "MaximumConnectionAttempts": number(1),
            },
            {"QueueId": text, "AgentId": text, "ContactFlowId": text, "CallerId": anything},
            at_most_one=("QueueId", "AgentId"),
        ),
        needs=_ERROR,
        where=INBOUND | TRANSFER | QUEUE,
    ),
    "CreateTask": Form(
        parameters=shape(
            {"Name": text, "ContactFlowId": text},
            {"Description": text, "Attributes": entries(text), "References": entries(anything)},
        ),
        needs=_ERROR,
    ),
    "UpdatePreviousContactParticipantState": Form(
        parameters=shape(
            {"PreviousContactParticipantState": choice("AgentOnHold", "CustomerOnHold", "OffHold", static=True)}
        ),
        needs=_ERROR,
        where=INBOUND | TRANSFER,
    ),
    "DisconnectParticipant": Form(where=EVERYWHERE - HOLD - WHISPER, terminal=True),
    # --- from flow to flow, and out of them -------------------------------------------------------------------------------
    "InvokeLambdaFunction": _function(8),
    "InvokeLambdaFunction (asynchronous)": _function(60),
    "TransferToFlow": Form(parameters=shape({"ContactFlowId": text}), needs=_ERROR, where=INBOUND | TRANSFER),
    "InvokeFlowModule": Form(
        parameters=shape({"FlowModuleId": text}, {"Input": entries(anything)}),
        conditions=named,
        needs=_ERROR,
        may=("NoMatchingCondition",),
    ),
    "EndFlowModuleExecution": Form(
        parameters=shape(optional={"Result": text, "ResultData": entries(anything)}),
        where=frozenset({"MODULE"}),
        terminal=True,
    ),
    "EndFlowExecution": Form(where=QUEUE | WHISPER, terminal=True),
    # --- what other channels and services bring ---------------------------------------------------------------------------
    "ConnectParticipantWithLexBot": Form(
        parameters=shape(
            {"LexV2Bot": shape({"AliasArn": text})},
            {
                **_SPOKEN,
                "LexSessionAttributes": entries(text),
                "LexTimeoutSeconds": shape({"Text": number(60, 604_800)}),
            },
            exactly_one=_ONE_PROMPT,
        ),
        conditions=named,
        needs=_ERROR,
        may=("NoMatchingCondition", "InputTimeLimitExceeded"),
    ),
    "ShowView": Form(
        parameters=shape(
            {"ViewResource": shape({"Id": text})},
            {
                "InvocationTimeLimitSeconds": number(1),
                "ViewData": entries(anything),
                "SensitiveDataConfiguration": entries(anything),
            },
        ),
        conditions=named,
        needs=("NoMatchingCondition", "NoMatchingError", "TimeLimitExceeded"),
    ),
}

UNCHECKED = frozenset(
    {
        "CompleteOutboundCall",
        "CreateCase",
        "CreateWisdomSession",
        "GetCase",
        "ResumeContact",
        "StartOutboundChatContact",
    }
    | {"UpdateCase", "UpdateContactMediaProcessing", "CheckOutboundCallStatus", "CheckVoiceId", "StartVoiceIdStream"}
    | {"AssociateContactToCustomerProfile", "CreateCustomerProfile", "GetCalculatedAttributesForCustomerProfile"}
    | {"GetCustomerProfile", "GetCustomerProfileObject", "UpdateCustomerProfile", "StartOutboundEmailContact"}
    | {"RenderMessageTemplate", "EvaluateDataTableValues"}
)
"""Types that Connect knows and of which only the frame is checked: they stand for services outside a telephone call."""


def form_name(action: Action) -> str:
    """Return under which name of `FORMS` an action falls: input has three forms, a function two."""
    if action.type == "InvokeLambdaFunction" and action.parameters.get("InvocationType") == "ASYNCHRONOUS":
        return "InvokeLambdaFunction (asynchronous)"
    if action.type != "GetParticipantInput":
        return action.type
    if "EnableDTMFBuffer" in action.parameters:
        return "GetParticipantInput (buffer)"
    return "GetParticipantInput (store)" if action.parameters.get("StoreInput") == "True" else "GetParticipantInput"
