"""The floor's deeds, done: what is told goes into the outbox, Lambdas are called, digits encrypted."""

import asyncio
import json
import logging
from collections.abc import Callable
from datetime import UTC, datetime
from random import Random
from typing import TYPE_CHECKING, Any, Protocol

from infra.local.connect.delivery import BestEffort
from infra.local.connect.encryption import encrypted
from infra.local.connect.floor.world import Heard
from infra.local.connect.flows.line import Invoke, Refused, Result
from infra.local.connect.instance import Instance
from infra.local.connect.lambdas import invoke
from infra.local.connect.outbox import Kind, Outbox
from infra.local.connect.timeline import Timeline

if TYPE_CHECKING:
    from mypy_boto3_lambda import LambdaClient

logger = logging.getLogger("connect")


class Audience(Protocol):
    """Those who hear and see what happens, callers and agents; they act later, never before they return."""

    def heard(self, contact_id: str, heard: Heard) -> None:
        """Take notice of what is heard on a contact now."""

    def shown(self, user_id: str) -> None:
        """Take notice that an agent's desk shows something new."""

    def dialled(self, contact_id: str, picked_up: Callable[[], None]) -> bool:
        """Let the telephone of whoever this contact dials ring, if it is one of theirs; return whether it is."""


class StackWorld:
    """The world of a running stack. `woken` is called when something has happened that the timeline or the delivery waits for.

    `now` is the moment that the timeline should have reached. `audiences` are those who hear and see it; of a telephone that rings, the first who has it.
    """

    def __init__(
        self, instance: Instance, timeline: Timeline, outbox: Outbox, functions: "LambdaClient",
        *, effort: BestEffort, dice: Random, woken: Callable[[], None], now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:  # fmt: skip
        self._instance = instance
        self._timeline = timeline
        self._outbox = outbox
        self._functions = functions
        self._effort = effort
        self._dice = dice
        self._woken = woken
        self._now = now
        self._calls: set[asyncio.Task[None]] = set()
        self.audiences: list[Audience] = []

    @property
    def is_calling(self) -> bool:
        """Whether a function has been called that has not answered yet."""
        return bool(self._calls)

    def tell_event(self, detail: dict[str, Any]) -> None:
        """Promise a contact event."""
        self._promise(Kind.EVENT, detail["contactId"], detail)

    def tell_record(self, record: dict[str, Any]) -> None:
        """Promise a contact record."""
        self._promise(Kind.RECORD, record["ContactId"], record)

    def tell_agent(self, event: dict[str, Any]) -> None:
        """Promise an agent event."""
        self._promise(Kind.AGENT, event["AgentARN"], event)

    def invoke(self, request: Invoke, answer: Callable[[Result], None]) -> None:
        """Call a function in the background; a flow does not wait longer than its limit, whatever the function does."""
        call = asyncio.get_running_loop().create_task(self._invoked(request, answer))
        self._calls.add(call)
        call.add_done_callback(self._calls.discard)

    def speak(self, contact_id: str, heard: Heard) -> None:
        """Let those who are on a call hear it."""
        for audience in self.audiences:
            audience.heard(contact_id, heard)

    def show(self, user_id: str) -> None:
        """Let the agent see it."""
        for audience in self.audiences:
            audience.shown(user_id)

    def encrypt(self, keyed: str, key_id: str, certificate: str) -> str:
        """Encrypt digits for a security key of the instance. What is wrong with key or certificate is said in the log; Refused goes on."""
        try:
            return encrypted(keyed, key_id, certificate, self._instance.security_keys, self._timeline.now)
        except Refused as problem:
            logger.warning("Digits were not encrypted: %s.", problem)
            raise

    def log_flow(self, entry: dict[str, Any]) -> None:
        """Write a line of the flow log into this process's own log."""
        logger.info("%s", json.dumps(entry, ensure_ascii=False, default=str))

    def dial(self, contact_id: str, picked_up: Callable[[], None]) -> None:
        """Ring up whoever has that telephone; where nobody knows it, nobody answers."""
        for audience in self.audiences:
            if audience.dialled(contact_id, picked_up):
                return

    def _promise(self, kind: Kind, key: str, document: dict[str, Any]) -> None:
        moments = self._effort.moments(kind, self._timeline.now, self._dice)
        if moments:
            text = json.dumps(document, ensure_ascii=False)
            self._outbox.promise(kind, key, text, told=self._timeline.now, due=moments)
            self._woken()

    async def _invoked(self, request: Invoke, answer: Callable[[Result], None]) -> None:
        try:
            calling = asyncio.to_thread(invoke, request, self._instance, self._functions)
            result = await asyncio.wait_for(calling, request.seconds)
        except TimeoutError:
            result = Result(problem="the time limit of the flow was over")
        if result.problem:
            logger.warning("%s", result.problem)
        self._timeline.advance(self._now())
        answer(result)
        self._woken()
