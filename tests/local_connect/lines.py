"""A line in memory: one contact of a small centre, and a caller who does what a test has written down."""

import json
from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any, Literal

from infra.local.connect.flows.line import (
    Answer,
    Callback,
    Dial,
    Ending,
    Invoke,
    Listen,
    Metrics,
    Refused,
    Repeat,
    Request,
    Result,
    Sleep,
    Speak,
)
from infra.local.connect.flows.player import play
from infra.local.connect.flows.turn import State
from infra.local.connect.instance import Flow, FlowModule, FlowType

CALLER, CENTRE = "+819012345678", "+81312345678"
FIGURES = Metrics(agents_available=1, agents_staffed=2, agents_online=3, contacts_in_queue=4, oldest_contact_seconds=50)


@dataclass
class MemoryLine:
    """What the player asks of the world, answered from plain members; `done` tells what was done, in order."""

    flows: Mapping[str, Flow] = field(default_factory=dict)
    modules: Mapping[str, FlowModule] = field(default_factory=dict)
    attributes: dict[str, str] = field(default_factory=dict)
    caller: str | None = CALLER
    channel: str = "VOICE"
    open: bool = True
    figures: Metrics = FIGURES
    full: bool = False
    the_agent: Mapping[str, str] | None = None
    refuses: Mapping[str, Refused] = field(default_factory=dict)
    """By method: what the line answers instead of doing it."""
    dice: Random = field(default_factory=lambda: Random(4))
    now: datetime = datetime(2026, 11, 20, 10, tzinfo=UTC)
    done: list[tuple[Any, ...]] = field(default_factory=list)
    logged: list[tuple[str, str, Mapping[str, Any], str | None]] = field(default_factory=list)
    queue: str | None = None

    def data(self) -> Mapping[str, Any]:
        return {
            "Attributes": dict(self.attributes),
            "AwsRegion": "ap-northeast-1",
            "Channel": self.channel,
            "ContactId": "contact-1",
            "CustomerEndpoint": self.caller and {"Address": self.caller, "Type": "TELEPHONE_NUMBER"},
            "CustomerId": None,
            "InitialContactId": "contact-1",
            "InitiationMethod": "INBOUND",
            "LanguageCode": "ja-JP",
            "Queue": self.queue and {"ARN": f"arn:{self.queue}", "Name": self.queue},
            "SegmentAttributes": {"connect:Subtype": {"ValueString": "connect:Telephony"}},
            "SystemEndpoint": {"Address": CENTRE, "Type": "TELEPHONE_NUMBER"},
        }

    def agent(self) -> Mapping[str, str] | None:
        return self.the_agent

    def flow(self, id: str) -> Flow:
        if id not in self.flows:
            raise Refused(f"there is no flow {id}")
        return self.flows[id]

    def module(self, id: str) -> FlowModule:
        if id not in self.modules:
            raise Refused(f"there is no module {id}")
        return self.modules[id]

    def is_open(self, hours_id: str | None) -> bool:
        self._do("is_open", hours_id)
        return self.open

    def metrics(self, queue_id: str | None, user_id: str | None, channel: str | None = None) -> Metrics:
        self._do("metrics", queue_id, user_id, channel)
        return self.figures

    def choose_queue(self, queue_id: str) -> None:
        self._do("choose_queue", queue_id)
        self.queue = queue_id

    def choose_agent(self, user_id: str) -> None:
        self._do("choose_agent", user_id)

    def enter_queue(self) -> None:
        self._do("enter_queue")
        if self.full:
            raise Refused("the queue is full", "QueueAtCapacity")
        if self.queue is None:
            raise Refused("no queue was chosen")

    def change_queue(self, queue_id: str | None, user_id: str | None) -> None:
        self._do("change_queue", queue_id, user_id)
        if self.full:
            raise Refused("the queue is full", "QueueAtCapacity")

    def set_priority(self, priority: int | None, time_adjustment: int | None) -> None:
        self._do("set_priority", priority, time_adjustment)

    def set_criteria(self, steps: Sequence[Mapping[str, Any]]) -> None:
        self._do("set_criteria", steps)

    def set_attributes(self, attributes: Mapping[str, str], *, related: bool = False) -> None:
        self._do("set_attributes", attributes, related)
        self.attributes.update(attributes)

    def set_callback_number(self, number: str) -> None:
        self._do("set_callback_number", number)
        if not number.startswith("+"):
            raise Refused("no number", "InvalidCallbackNumber")

    def create_callback(self, callback: Callback) -> None:
        self._do("create_callback", callback)

    def create_task(self, *, name: str, description: str, flow_id: str, attributes: Mapping[str, str]) -> None:
        self._do("create_task", name, description, flow_id, attributes)

    def set_recording(self, participants: Sequence[str], *, menu: bool | None, screen: Sequence[str]) -> None:
        self._do("set_recording", participants, menu, screen)

    def set_logging(self, enabled: bool) -> None:
        self._do("set_logging", enabled)

    def set_voice(self, voice: str, engine: str | None, style: str | None) -> None:
        self._do("set_voice", voice, engine, style)

    def set_data(self, fields: Mapping[str, str]) -> None:
        self._do("set_data", fields)

    def set_event_hook(self, event: str, flow_id: str) -> None:
        self._do("set_event_hook", event, flow_id)

    def set_previous_participant(self, state: Literal["AgentOnHold", "CustomerOnHold", "OffHold"]) -> None:
        self._do("set_previous_participant", state)

    def tag(self, tags: Mapping[str, str]) -> None:
        self._do("tag", tags)

    def untag(self, keys: Sequence[str]) -> None:
        self._do("untag", keys)

    def encrypt(self, keyed: str, key_id: str, certificate: str) -> str:
        self._do("encrypt", key_id, certificate)
        return f"encrypted with {key_id}"

    def log(self, action: str, kind: str, parameters: Mapping[str, Any], results: str | None) -> None:
        self.logged.append((action, kind, parameters, results))

    def _do(self, what: str, *how: Any) -> None:
        self.done.append((what, *how))
        if what in self.refuses:
            raise self.refuses[what]


@dataclass
class Caller:
    """Who hears the flow and keys in what is written down, input by input; after that, nothing."""

    keys: Sequence[str | None] = ()
    answers: Sequence[Result] = ()
    """What functions answer, call by call."""
    seconds_a_call: float = 1
    others: Sequence[str] = ()
    """How waits and dialled numbers end, one by one."""
    patience: int = 1_000
    """After how many requests the caller hangs up."""
    asked: list[Request] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._keys, self._answers, self._others = iter(self.keys), iter(self.answers), iter(self.others)

    def take(self, request: Request) -> tuple[Answer, float]:
        """Return how a request is answered, and after how many seconds."""
        self.asked.append(request)
        match request:
            case Speak():
                return None, 3
            case Listen():
                key = next(self._keys, None)
                return key, request.seconds if key is None else 2
            case Repeat():
                return None, request.interrupt_every or 3600
            case Invoke():
                return next(self._answers, Result(document={})), self.seconds_a_call
            case Sleep():
                return next(self._others, "WaitCompleted"), request.seconds
            case Dial():
                return next(self._others, "Connected"), 10

    def heard(self) -> list[str]:
        """Return what was said, in order."""
        prompts = [request.prompt for request in self.asked if isinstance(request, Speak | Listen)]
        return [prompt.text or prompt.ssml or prompt.prompt_id or prompt.media or "" for prompt in prompts]


def flow_of(content: str | Mapping[str, Any], type: FlowType = "CONTACT_FLOW", id: str = "flow-1") -> Flow:
    """Return a flow with this content."""
    text = content if isinstance(content, str) else json.dumps(content)
    return Flow(id=id, arn=f"arn:{id}", name=id, type=type, content=text)


def take_through(flow: Flow, line: MemoryLine, caller: Caller, state: State | None = None) -> Ending | None:
    """Let a caller go through a flow; None means that the caller hung up before its end."""
    playing: Generator[Request, Answer, Ending] = play(flow, line, state or State())
    answer: Answer = None
    try:
        for _ in range(caller.patience):
            request = playing.send(answer)
            answer, seconds = caller.take(request)
            line.now += timedelta(seconds=seconds)
    except StopIteration as over:
        ending: Ending = over.value
        return ending
    playing.close()
    return None
