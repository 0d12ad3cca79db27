"""Around card entry in the middle of a call nobody records: neither voice nor screen.

Nothing is assumed. Only what Connect has confirmed counts as paused, so a call that nobody records cannot be told from one whose recording
goes on, and no card is keyed in either (`docs/decisions/0027-card-entry-in-mid-call.md`).
"""

from typing import NamedTuple, Protocol


class Call(NamedTuple):
    """A call in an agent's hands: the agent's contact, and the first of its chain."""

    contact_id: str
    initial_id: str


class NotNow(Exception):
    """Connect does not do this as things stand: the contact is over, or nothing of it is recorded."""


class StaysOff(Exception):
    """A call goes on and its recording does not; somebody has to look."""


class Recorder(Protocol):
    """Connect, which records. Every method raises `TryAgain` when it is busy or out of reach."""

    def suspend(self, call: Call) -> None:
        """Suspend what is recorded, voice and screen; what is suspended already stays so. Raises `NotNow`."""

    def resume(self, call: Call) -> None:
        """Let what was suspended go on; what runs goes on. Raises `NotNow`."""

    def goes_on(self, call: Call) -> bool:
        """Whether agent and customer are still there."""


def pause(call: Call, *, recorder: Recorder | None) -> str:
    """Suspend the recordings: `paused` when Connect has confirmed it, `refused` when it says that it cannot, and nothing has changed.

    Raises `TryAgain` when Connect cannot be heard: then nobody knows, and the flow lets the recordings go on before it gives up.
    """
    if recorder is None:
        return "refused"
    try:
        recorder.suspend(call)
    except NotNow:
        return "refused"
    return "paused"


def resume(call: Call, *, recorder: Recorder | None) -> str:
    """Let the recordings go on: `resumed`, or `over` when the call is.

    Raises `StaysOff` when the call goes on without, and `TryAgain` when Connect cannot be heard; Connect asks this again then, and an alarm
    tells of it.
    """
    if recorder is None:
        return "over"
    try:
        recorder.resume(call)
    except NotNow as problem:
        if recorder.goes_on(call):
            raise StaysOff(f"the recording of contact {call.contact_id} does not go on: {problem}") from problem
        return "over"
    return "resumed"
