"""The contact centre at work: the real doors and stores, on a cloud in memory that may fail at any call."""

import base64
import json
import random
from collections import deque
from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime
from types import TracebackType
from typing import Any, Self

from chalicelib import wiring
from chalicelib.accounts.entry.checks import account_checks
from chalicelib.agents.entry import agent_events, agent_folding
from chalicelib.contacts.entry import contact_events, contact_folding, contact_records, contact_sweep
from chalicelib.contacts.model import Contact
from chalicelib.items import plain
from chalicelib.quality.entry import quality_changes, quality_check, quality_figures
from chalicelib.quality.model import Interval
from chalicelib.requests.entry import desk_requests
from tests import lives
from tests.support.cloud import Cloud, Crash, Template, queue_url
from tests.support.lambda_context import LambdaContext

RECEIVES = 5
FUNCTIONS = (
    "ContactEvents",
    "ContactRecords",
    "ContactFolding",
    "AgentEvents",
    "AgentFolding",
    "ContactSweep",
    "DeskRequests",
    "AccountChecks",
    "QualityChanges",
    "QualityFigures",
    "APIHandler",
)
PARAMETERS = {"ConnectInstanceId": lives.INSTANCE.rpartition("/")[2], "DescribeContactsPerSecond": "1000000"}
"""The instance of these lives, which nobody has to ask slowly."""


@dataclass
class Delivered:
    """What became of the messages that a carrier brought."""

    applied: list[str] = field(default_factory=list)
    dead: list[str] = field(default_factory=list)


class Centre:
    """A contact centre with a Connect that only answers: tests bring the documents and turn the clock."""

    def __init__(self) -> None:
        self.cloud = Cloud(Template(parameters=PARAMETERS))
        self._stack = ExitStack()
        self._functions: dict[str, Any] = {}

    def __enter__(self) -> Self:
        environment: dict[str, str] = {}
        for function in FUNCTIONS:
            environment |= self.cloud.template.environment(function)
        forget_wiring()
        self._stack.enter_context(self.cloud.everywhere(environment))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()
        forget_wiring()

    def deliver(self, bodies: Iterable[str], *, luck: random.Random | None = None, batch: int = 10) -> Delivered:
        """Bring contact events as SQS does: in batches, those that failed again, and after five times no more.

        With `luck` the batches are of any size and messages overtake each other.
        """
        waiting = deque((f"message-{number}", body, 1) for number, body in enumerate(bodies))
        delivered = Delivered()
        while waiting:
            if luck:
                luck.shuffle(waiting)
            size = luck.randint(1, batch) if luck else batch
            taken = [waiting.popleft() for _ in range(min(size, len(waiting)))]
            event = {"Records": [{"messageId": name, "body": body} for name, body, _ in taken]}
            try:
                answer = contact_events(event, LambdaContext())
                back = {failure["itemIdentifier"] for failure in answer["batchItemFailures"]}
            except (Exception, Crash):
                back = {name for name, _, _ in taken}
            for name, body, receives in taken:
                if name not in back:
                    delivered.applied.append(body)
                elif receives == RECEIVES:
                    delivered.dead.append(body)
                else:
                    waiting.append((name, body, receives + 1))
        return delivered

    def record(self, records: Sequence[dict[str, Any] | str]) -> None:
        """Bring contact records as Kinesis does: a batch that failed comes again as a whole."""
        until_it_works(contact_records, kinesis_event(records))

    def tell_of_agents(self, events: Sequence[dict[str, Any] | str]) -> None:
        """Bring agent events as Kinesis does."""
        until_it_works(agent_events, kinesis_event(events))

    def fold_agents(self, *, batch: int = 100) -> None:
        """Let the stream of the table of agent events be read to its end."""
        stream = self.cloud.stream("AgentEventsTable")
        while (event := stream.take(batch, only=("INSERT", "MODIFY")))["Records"]:
            until_it_works(agent_folding, event)

    def fold(self) -> None:
        """Let the facts table's stream be read to its end, then the contacts table's."""
        for table, reader in (("FactsTable", contact_folding), ("ContactsTable", quality_changes)):
            stream = self.cloud.table(table).stream
            assert stream is not None
            while (event := stream.take(100, only=("INSERT", "MODIFY")))["Records"]:
                until_it_works(reader, event)

    def carry(self) -> None:
        """Let what lies in the streams and in the queue reach its door, and be folded."""
        records = self.cloud.kinesis.streams["ContactRecordsStream"]
        while records:
            some, records[:] = records[:100], records[100:]
            self.record([base64.b64decode(record["Data"]).decode() for record in some])
        told = self.cloud.kinesis.streams["AgentEventsStream"]
        while told:
            some, told[:] = told[:100], told[100:]
            self.tell_of_agents([base64.b64decode(record["Data"]).decode() for record in some])
        self.fold_agents()
        queue = self.cloud.sqs.queues[queue_url("ContactEventsQueue")]
        bodies = [message["MessageBody"] for message in queue]
        queue.clear()
        self.deliver(bodies)
        self.fold()

    def carry_out_requests(self) -> None:
        """Let what lies in the queue of requests reach its door, one message at a time; one that fails comes again."""
        queue = self.cloud.sqs.queues[queue_url("RequestsQueue")]
        bodies = [message["MessageBody"] for message in queue]
        queue.clear()
        for body in bodies:
            until_it_works(desk_requests, {"Records": [{"messageId": "request", "body": body}]})

    def compare_checks(self) -> None:
        """Let what lies in the queue of checks reach its door, one message at a time; one that fails comes again."""
        queue = self.cloud.sqs.queues[queue_url("ChecksQueue")]
        bodies = [message["MessageBody"] for message in queue]
        queue.clear()
        for body in bodies:
            until_it_works(account_checks, {"Records": [{"messageId": "check", "body": body}]})

    def tick(self, now: datetime) -> None:
        """Let the clock wake the function that brings figures up to date."""
        quality_figures(scheduled(now), LambdaContext())

    def sweep(self, now: datetime, *, milliseconds_left: int = 300_000) -> None:
        """Let the clock wake the function that asks about silent contacts, with so much time left."""
        contact_sweep(scheduled(now), LambdaContext(milliseconds_left=milliseconds_left))

    def check(self, now: datetime) -> None:
        """Let the clock wake the function that checks CloudWatch."""
        quality_check(scheduled(now), LambdaContext())

    def contacts(self) -> dict[str, Contact]:
        """Return every contact in the table."""
        return {str(item["contact_id"]["S"]): Contact.of_plain(plain(item)) for item in self.items("ContactsTable")}

    def intervals(self, start: datetime, end: datetime) -> list[Interval]:
        """Return the intervals as they are stored, in a fixed order."""
        found = wiring.tally().intervals(start, end)
        return sorted(found, key=lambda each: (each.cell, each.site_id, each.channel))

    def parked(self) -> list[dict[str, str]]:
        """Return the letters in the parked queue."""
        return [json.loads(message["MessageBody"]) for message in self.cloud.sqs.queues[queue_url("ParkedQueue")]]

    def items(self, table: str) -> list[dict[str, Any]]:
        """Return every item of a table."""
        return list(self.cloud.table(table).items())


def kinesis_event(documents: Sequence[dict[str, Any] | str]) -> dict[str, Any]:
    """Return a batch of documents as Kinesis hands it to a function."""
    data = [base64.b64encode(_bytes(each)).decode() for each in documents]
    return {"Records": [{"kinesis": {"sequenceNumber": str(number), "data": each}} for number, each in enumerate(data)]}


def scheduled(now: datetime) -> dict[str, Any]:
    """Return the event that EventBridge sends when a schedule is due."""
    return {
        "version": "0",
        "id": "00000000-0000-4000-8000-000000000000",
        "detail-type": "Scheduled Event",
        "source": "aws.events",
        "account": "123456789012",
        "time": now.isoformat().replace("+00:00", "Z"),
        "region": "ap-northeast-1",
        "resources": [],
        "detail": {},
    }


def until_it_works(handler: Any, event: dict[str, Any]) -> None:
    """Bring a batch as a stream does: again and again until it is through."""
    for _ in range(50):
        try:
            handler(event, LambdaContext())
        except (Exception, Crash) as error:
            last = error
        else:
            return
    raise AssertionError("the batch failed fifty times") from last


def _bytes(record: dict[str, Any] | str) -> bytes:
    return (record if isinstance(record, str) else json.dumps(record)).encode()


def forget_wiring() -> None:
    """Forget every client and store that `wiring` made, so that the next ones are made for another cloud."""
    for factory in vars(wiring).values():
        if hasattr(factory, "cache_clear"):
            factory.cache_clear()
