"""What a contact carries: attributes, data, tags, and how it is recorded and logged."""

from collections.abc import Mapping, Sequence
from typing import Any

from infra.local.connect.flows.line import Refused
from infra.local.connect.flows.references import as_text
from infra.local.connect.flows.turn import Outcome, Play, Turn

_FIELDS = ("Name", "Description", "LanguageCode", "CustomerId")


def contact_attributes(turn: Turn) -> Outcome:
    """Set attributes of this contact, or of the one it is related to."""
    turn.line.set_attributes(turn.texts("Attributes"), related=turn.maybe("TargetContact") == "Related")
    return None


def flow_attributes(turn: Turn) -> Outcome:
    """Set attributes that this flow alone knows."""
    for name, attribute in (turn.value("FlowAttributes") or {}).items():
        turn.scope.attributes[name] = as_text(attribute.get("Value"))
    return None


def contact_data(turn: Turn) -> Outcome:
    """Set the contact's name, description, language or customer."""
    fields = {name: value for name in _FIELDS if (value := turn.maybe(name)) is not None}
    if turn.maybe("TargetContact") == "Related":
        raise Refused("data of a related contact cannot be set here")
    turn.line.set_data(fields)
    return None


def tag(turn: Turn) -> Outcome:
    """Add tags."""
    turn.line.tag(turn.texts("Tags"))
    return None


def untag(turn: Turn) -> Outcome:
    """Remove tags."""
    turn.line.untag([as_text(key) for key in turn.value("TagKeys") or []])
    return None


def logging(turn: Turn) -> Outcome:
    """Switch the flow log on or off, for this flow and those that follow."""
    turn.line.set_logging(turn.text("FlowLoggingBehavior") == "Enabled")
    return None


def recording(turn: Turn) -> Outcome:
    """Record from now on: whom, whether in the menu, and whose screen. What analytics would do is left out."""
    _record(turn, turn.value("RecordingBehavior") or {})
    return None


def recording_and_analytics(turn: Turn) -> Outcome:
    """The newer form of the same, which also names the channel that it is for."""
    behavior = turn.value("VoiceBehavior")
    if behavior is None or turn.line.data()["Channel"] != "VOICE":
        raise Refused("the contact is of another channel than the behavior set for it", "ChannelMismatch")
    _record(turn, behavior.get("VoiceRecordingBehavior") or {})
    return None


def _record(turn: Turn, behavior: Mapping[str, Any]) -> None:
    of_menu: str | None = behavior.get("IVRRecordingBehavior")
    participants: Sequence[str] = behavior.get("RecordedParticipants") or []
    turn.line.set_recording(
        participants,
        menu=None if of_menu is None else of_menu == "Enabled",
        screen=behavior.get("ScreenRecordedParticipants") or [],
    )


def event_hooks(turn: Turn) -> Outcome:
    """Choose the flow that plays when something happens to the contact."""
    for event, flow_id in turn.texts("EventHooks").items():
        if not flow_id:
            raise Refused(f"the flow for {event} is empty")
        turn.line.set_event_hook(event, flow_id)
    return None


PLAYED: Mapping[str, Play] = {
    "UpdateContactAttributes": contact_attributes,
    "UpdateFlowAttributes": flow_attributes,
    "UpdateContactData": contact_data,
    "TagContact": tag,
    "UntagContact": untag,
    "UpdateFlowLoggingBehavior": logging,
    "UpdateContactRecordingBehavior": recording,
    "UpdateContactRecordingAndAnalyticsBehavior": recording_and_analytics,
    "UpdateContactEventHooks": event_hooks,
}
