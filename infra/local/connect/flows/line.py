"""What a flow asks of the world. What takes time is a request, yielded by the player and answered; the rest is the `Line`."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from random import Random
from typing import Any, Literal, NamedTuple, Protocol

from infra.local.connect.instance import Flow, FlowModule

# --- what takes time ------------------------------------------------------------------------------------------------------


class Prompt(NamedTuple):
    """Something to be heard: text (with SSML or without), or a recording by its prompt id or address."""

    text: str | None = None
    ssml: str | None = None
    prompt_id: str | None = None
    media: str | None = None


class Speak(NamedTuple):
    """Play a prompt; answered with None when it was heard. `unless_keyed` leaves it out if keys lie in the buffer."""

    prompt: Prompt
    unless_keyed: bool = False


class Listen(NamedTuple):
    """Play a prompt and take keys, which interrupt it; answered with what was keyed, or None for silence.

    Keys are complete at `most` of them, at `terminator`, or when the next does not come within `between` seconds.
    With `cancel_key`, * erases what was keyed. `secret` keys are written nowhere. `buffered`: keys pressed before it began count as well.
    """

    prompt: Prompt
    seconds: int
    most: int = 1
    terminator: str | None = None
    between: int = 5
    cancel_key: bool = False
    secret: bool = False
    buffered: bool = False


class Repeat(NamedTuple):
    """Play prompts over and over; answered with None every `interrupt_every` seconds, never without it."""

    prompts: tuple[Prompt, ...]
    interrupt_every: int | None = None


class Sleep(NamedTuple):
    """Wait; answered with the name of the event that came, or `WaitCompleted`."""

    seconds: int
    events: tuple[str, ...] = ()


class Invoke(NamedTuple):
    """Call a Lambda function with a request as `lambda-in-flows` describes it; answered with a `Result`.

    One that is called `aside` goes on behind the flow, which gets an empty result at once.
    """

    function_arn: str
    request: Mapping[str, Any]
    seconds: int
    aside: bool = False


class Result(NamedTuple):
    """What a function answered: its document, or None with the reason why there is none."""

    document: Any = None
    problem: str | None = None


class Dial(NamedTuple):
    """Connect the caller with a telephone number; answered with `Connected`, `CallFailed` or `ConnectionTimeLimitExceeded`."""

    number: str
    seconds: int


Request = Speak | Listen | Repeat | Sleep | Invoke | Dial
Answer = str | Result | None


# --- how a flow ends ------------------------------------------------------------------------------------------------------


class Ending(NamedTuple):
    """What becomes of the contact when its flow is over.

    `queue` means the queue chosen before, `agent` the agent chosen before or the one who transferred; `flow` that this flow is
    over and the contact goes on (a whisper, a queue flow); `third_party` that the call left for a number. `action` names the last action.
    """

    to: Literal["disconnect", "queue", "agent", "third_party", "flow"]
    action: str


# --- what is answered at once ---------------------------------------------------------------------------------------------


class Metrics(NamedTuple):
    """The present state of a queue or an agent's queue; the age is that of the contact that waits longest."""

    agents_available: int
    agents_staffed: int
    agents_online: int
    contacts_in_queue: int
    oldest_contact_seconds: int


class Callback(NamedTuple):
    """A callback to be queued. Delays are seconds; `queue_id` None means the queue chosen before."""

    initial_delay: int
    retry_delay: int
    attempts: int
    queue_id: str | None = None
    user_id: str | None = None
    flow_id: str | None = None
    caller_id: str | None = None


class Refused(Exception):
    """The world did not do it; `error_type` is the branch of the flow language to take, `NoMatchingError` if nothing fits better."""

    def __init__(self, problem: str, error_type: str = "NoMatchingError") -> None:
        super().__init__(problem)
        self.error_type = error_type


class Line(Protocol):
    """One contact in one flow, as the player sees it. Whatever cannot be done raises `Refused`. Ids may also be ARNs."""

    @property
    def now(self) -> datetime:
        """The present moment."""

    @property
    def dice(self) -> Random:
        """Chance, for distribution by percentage."""

    def data(self) -> Mapping[str, Any]:
        """Return `Details.ContactData` of a Lambda request at this moment: what `$.…` references read."""

    def agent(self) -> Mapping[str, str] | None:
        """Return `$.Agent` (UserName, FirstName, LastName, ARN) where there is one."""

    def flow(self, id: str) -> Flow:
        """Return a flow."""

    def module(self, id: str) -> FlowModule:
        """Return a module; a version after `:` is left out of account."""

    def is_open(self, hours_id: str | None) -> bool:
        """Whether these hours, or those of the queue chosen before, are open now."""

    def metrics(self, queue_id: str | None, user_id: str | None, channel: str | None = None) -> Metrics:
        """Return the present state of a queue, by default of the one chosen before."""

    def choose_queue(self, queue_id: str) -> None:
        """Make this queue the one that the contact goes to."""

    def choose_agent(self, user_id: str) -> None:
        """Make this agent's own queue the one that the contact goes to."""

    def enter_queue(self) -> None:
        """Reserve a place in the queue chosen before. Refused with `QueueAtCapacity` when it is full."""

    def change_queue(self, queue_id: str | None, user_id: str | None) -> None:
        """Take a waiting contact out of its queue and into another. Refused with `QueueAtCapacity` when that is full."""

    def set_priority(self, priority: int | None, time_adjustment: int | None) -> None:
        """Set the place in the queue: a priority (lower first, 5 by default) or seconds to count as waited already."""

    def set_criteria(self, steps: Sequence[Mapping[str, Any]]) -> None:
        """Ask for an agent with these proficiencies, step by step, as `RoutingCriteria.Steps` of the language says."""

    def set_attributes(self, attributes: Mapping[str, str], *, related: bool = False) -> None:
        """Set attributes of the contact, or of the one it is related to. Refused beyond 32 KB in all."""

    def set_callback_number(self, number: str) -> None:
        """Choose the number to call back. Refused with `InvalidCallbackNumber` or `CallbackNumberNotDialable`."""

    def create_callback(self, callback: Callback) -> None:
        """Queue a callback to the number chosen before."""

    def create_task(self, *, name: str, description: str, flow_id: str, attributes: Mapping[str, str]) -> None:
        """Start a task contact related to this one."""

    def set_recording(self, participants: Sequence[str], *, menu: bool | None, screen: Sequence[str]) -> None:
        """Record these participants from now on (none ends it), and the menu, and agents' screens."""

    def set_logging(self, enabled: bool) -> None:
        """Switch flow logging on or off, for this flow and those that follow."""

    def set_voice(self, voice: str, engine: str | None, style: str | None) -> None:
        """Choose the voice that speaks."""

    def set_data(self, fields: Mapping[str, str]) -> None:
        """Set `Name`, `Description`, `LanguageCode`, `CustomerId` of the contact."""

    def set_event_hook(self, event: str, flow_id: str) -> None:
        """Choose the flow that plays when this happens to the contact."""

    def set_previous_participant(self, state: Literal["AgentOnHold", "CustomerOnHold", "OffHold"]) -> None:
        """Put the other side of a transferred contact on hold, or take it off."""

    def tag(self, tags: Mapping[str, str]) -> None:
        """Add tags."""

    def untag(self, keys: Sequence[str]) -> None:
        """Remove tags."""

    def encrypt(self, keyed: str, key_id: str, certificate: str) -> str:
        """Return what was keyed as `StoredCustomerInput` holds it when it is encrypted."""

    def log(self, action: str, kind: str, parameters: Mapping[str, Any], results: str | None) -> None:
        """Write a line of the flow log, unless it is switched off."""
