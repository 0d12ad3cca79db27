"""Recording of voice and screen while agent and customer talk: wanted by a flow, suspended and resumed through the API."""

from typing import Literal

from infra.local.connect.floor.contact import Contact, Span, Stage
from infra.local.connect.floor.problems import InvalidRequest
from infra.local.connect.floor.state import Floor

Kind = Literal["AGENT", "SCREEN", "IVR"]
"""What may be suspended on its own, as `ContactRecordingType` names it; menus are not recorded here."""
RECORDED = frozenset({"Agent", "Customer"})


def record(floor: Floor, contact: Contact) -> None:
    """Let recordings run or stop, as the flow wants them and the contact's state allows."""
    recording, now = contact.recording, floor.timeline.now
    wanted = {"AGENT": bool(recording.wanted & RECORDED), "SCREEN": recording.screen}
    for kind, spans in (("AGENT", recording.spans), ("SCREEN", recording.screens)):
        runs = bool(spans) and spans[-1].end is None
        should = wanted[kind] and contact.stage is Stage.CONNECTED and kind not in recording.paused
        if should and not runs:
            spans.append(Span(start=now, kind="recording"))
        elif runs and not should:
            spans[-1].end = now


def pause(floor: Floor, contact: Contact, kind: Kind | None, *, paused: bool) -> None:
    """Suspend what is recorded, voice and screen unless one is named, or go on with it; what is so already stays so.

    Raises InvalidRequest unless the contact is with an agent and this is recorded; how Connect says so is unconfirmed.
    """
    recording = contact.recording
    recorded = {"AGENT"} if recording.wanted & RECORDED else set()
    recorded |= {"SCREEN"} if recording.screen else set()
    meant = recorded & {kind} if kind else recorded
    if contact.stage is not Stage.CONNECTED or not meant:
        raise InvalidRequest(f"contact {contact.id} is not being recorded")
    recording.paused = recording.paused | meant if paused else recording.paused - meant
    record(floor, contact)
