"""A flow being played on a contact: what takes time is put on the timeline, and its answer brings the flow on."""

from collections.abc import Callable, Generator
from typing import Literal

from infra.local.connect.floor.contact import Contact, Endpoint
from infra.local.connect.floor.speech import Keying, seconds_to_hear
from infra.local.connect.floor.state import Floor
from infra.local.connect.floor.world import Heard
from infra.local.connect.flows.line import (
    Answer,
    Dial,
    Ending,
    Invoke,
    Listen,
    Prompt,
    Repeat,
    Request,
    Result,
    Sleep,
    Speak,
)
from infra.local.connect.timeline import Alarm

Side = Literal["customer", "agent"]


def play(
    floor: Floor, contact: Contact, flow_id: str, then: Callable[[Ending], None], by: Side = "customer"
) -> "Playing":
    """Play a flow on one side of a contact in place of the one that plays there; `then` is called when it is over, not when it is stopped."""
    stop(contact, by)
    playing = Playing(floor, contact, then, by)
    if by == "customer":
        contact.playing = playing
    else:
        contact.whispering = playing
    playing.start(flow_id)
    return playing


def stop(contact: Contact, by: Side | None = None) -> None:
    """Stop what plays on a contact, on one side or both; late answers are dropped."""
    if by != "agent" and contact.playing is not None:
        contact.playing.stop()
        contact.playing = None
    if by != "customer" and contact.whispering is not None:
        contact.whispering.stop()
        contact.whispering = None


class Playing:
    """One flow in play. `contact` changes when a waiting contact moves to another queue and its flow goes on with the new one."""

    def __init__(self, floor: Floor, contact: Contact, then: Callable[[Ending], None], by: Side) -> None:
        self.contact, self.by = contact, by
        self._floor, self._then = floor, then
        self._flow: Generator[Request, Answer, Ending] | None = None
        self._turn = 0
        self._early: tuple[Answer] | None = None
        self._is_asking = self._is_running = self._is_stopped = False
        self._alarm: Alarm | None = None
        self._keying: Keying | None = None
        self._listen: Listen | None = None

    def start(self, flow_id: str) -> None:
        """Begin to play."""
        assert self.contact.player is not None
        self._flow = self.contact.player(self._floor.flow(flow_id), self._floor.line(self))
        self._go_on(None)

    def stop(self) -> None:
        """End it from outside; a flow that is just asking its line for something ends when it has the answer."""
        self._is_stopped = True
        if self._alarm is not None:
            self._alarm.cancel()
        if self._flow is not None and not self._is_running:
            self._flow.close()

    def keys_came(self) -> None:
        """Take the keys that the caller has pressed, if the flow listens; they interrupt its prompt."""
        keying, listen, contact = self._keying, self._listen, self.contact
        if keying is None or listen is None:
            return
        while contact.keys and not keying.is_complete:
            keying.press(contact.keys[0])
            contact.keys = contact.keys[1:]
        if keying.is_complete:
            self._answer(self._turn, keying.keyed or None)
        else:
            self._wait(listen.between, keying.keyed or None)

    def _go_on(self, answer: Answer) -> None:
        assert self._flow is not None
        while True:
            self._keying = self._listen = None
            self._is_running = True
            try:
                request = self._flow.send(answer)
            except StopIteration as over:
                self._finish(over.value)
                return
            finally:
                self._is_running = False
            if self._is_stopped:
                self._flow.close()
                return
            early = self._put(request)
            if early is None:
                return
            (answer,) = early

    def _put(self, request: Request) -> tuple[Answer] | None:
        """Put a request to the world; return the answer if it came at once."""
        self._early = None
        self._turn += 1
        self._is_asking = True
        self._ask(request)
        self._is_asking = False
        return self._early

    def _finish(self, ending: Ending) -> None:
        if self._is_stopped:
            return
        self._is_stopped = True
        if self.contact.playing is self:
            self.contact.playing = None
        if self.contact.whispering is self:
            self.contact.whispering = None
        self._then(ending)

    def _answer(self, turn: int, answer: Answer) -> None:
        """Bring the flow on, unless it is over or has had this answer already."""
        if self._is_stopped or turn != self._turn or self._early is not None:
            return
        if self._alarm is not None:
            self._alarm.cancel()
        if self._is_asking:
            self._early = (answer,)
        else:
            self._turn += 1
            self._go_on(answer)

    def _wait(self, seconds: float, answer: Answer) -> None:
        """Answer after a while; what is to take no time is answered at once."""
        if self._alarm is not None:
            self._alarm.cancel()
        turn = self._turn
        if seconds <= 0:
            self._answer(turn, answer)
        else:
            self._alarm = self._floor.after(self.contact, seconds, lambda: self._answer(turn, answer))

    def _ask(self, request: Request) -> None:
        match request:
            case Speak():
                self._speak(request)
            case Listen():
                self._listen_for(request)
            case Repeat(prompts=prompts, interrupt_every=seconds):
                self._hear(Heard(kind="music", prompts=prompts, by=self.by))
                if seconds is not None:
                    self._wait(seconds, None)
            case Sleep(seconds=seconds):
                self._wait(seconds, "WaitCompleted")
            case Invoke(aside=True):
                self._floor.world.invoke(request, lambda _: None)
                self._answer(self._turn, Result())
            case Invoke():
                turn = self._turn
                self._floor.world.invoke(request, lambda result: self._answer(turn, result))
            case Dial():
                self._dial(request)

    def _speak(self, request: Speak) -> None:
        if request.unless_keyed and self.contact.keys:
            self._answer(self._turn, None)
            return
        self._hear(Heard(kind="prompt", prompts=(request.prompt,), by=self.by))
        self._wait(self._seconds(request.prompt), None)

    def _listen_for(self, request: Listen) -> None:
        if not request.buffered:
            self.contact.keys = ""
        self._listen, self._keying = request, Keying(request)
        self._hear(Heard(kind="prompt", prompts=(request.prompt,), keys=True, secret=request.secret, by=self.by))
        self._wait(self._seconds(request.prompt) + request.seconds, None)
        if self.contact.keys:
            self.keys_came()

    def _dial(self, request: Dial) -> None:
        self._hear(Heard(kind="ringing", by=self.by))
        self._wait(request.seconds, "ConnectionTimeLimitExceeded")
        turn = self._turn

        def picked_up() -> None:
            if turn == self._turn:
                self.contact.transferred_to = Endpoint(request.number)
                self._answer(turn, "Connected")

        self._floor.world.dial(self.contact.id, picked_up)

    def _hear(self, heard: Heard) -> None:
        self._floor.speak(self.contact.heard_on if self.by == "customer" else self.contact, heard)

    def _seconds(self, prompt: Prompt) -> float:
        return seconds_to_hear(prompt) * self._floor.patience
