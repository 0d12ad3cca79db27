"""Connect telling of a day's contacts: what it sends, what that adds up to, and what the centre makes of it."""

import json
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from chalicelib.contacts.model import Contact, ContactId, read_event, read_record
from chalicelib.items import plain
from chalicelib.quality.model import Figures, interval_start, rates, share_of
from tests import lives
from tests.journeys.staff import Staff, client, send_events, send_records

Stack = dict[str, Any]
COUNTS = ("arrived", "offered", "answered", "abandoned", "left_in_menu", "turned_away", "callbacks_promised")


def hours_ago(number: int) -> datetime:
    """Return the full quarter so many hours ago, for stories of the hour that follows it.

    Less than a day ago: older ones that are only half told would be taken for silent ones, and given up by the sweep.
    """
    return interval_start(datetime.now(UTC) - timedelta(hours=number))


def truth_of(legs: Sequence[lives.Leg]) -> dict[ContactId, Contact]:
    """Return what these legs add up to, without any cloud."""
    facts = [fact for body in lives.bodies(list(legs)) for fact in read_event(body)]
    facts += [fact for leg in legs for fact in read_record(json.dumps(lives.record(leg)))]
    ids = {fact.contact_id for fact in facts}
    return {each: Contact.of(each, [fact for fact in facts if fact.contact_id == each]) for each in ids}


def figures_of(contacts: dict[ContactId, Contact]) -> Figures:
    """Return the figures of all these contacts together."""
    figures = Figures()
    for share in filter(None, map(share_of, contacts.values())):
        figures.count(share, threshold=20)
    return figures


class Flow:
    """Seeded stories of one hour, told one after the other for as long as somebody lets them."""

    def __init__(self, stack: Stack, began: datetime, seed: int) -> None:
        self._stack = stack
        self._began = began
        self._luck = Random(seed)
        self._over = threading.Event()
        self.legs: list[lives.Leg] = []

    def run(self) -> None:
        """Tell of a story every tenth of a second, its events and its records, until it is over."""
        while not self._over.wait(0.1):
            legs = lives.story(self._luck.choice(lives.KINDS), self._luck, self._began)
            self.legs += legs
            send_events(self._stack, [event for leg in legs for event in lives.events(leg)])
            send_records(self._stack, [lives.record(leg) for leg in legs])

    def end(self) -> None:
        """Tell no further story."""
        self._over.set()


@contextmanager
def flowing(stack: Stack, began: datetime, seed: int) -> Iterator[Flow]:
    """Let stories flow in while this lasts; a story that could not be sent fails it."""
    flow = Flow(stack, began, seed)
    failures: list[Exception] = []

    def run() -> None:
        try:
            flow.run()
        except Exception as problem:
            failures.append(problem)

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield flow
    finally:
        flow.end()
        thread.join()
    assert failures == []


def kept(stack: Stack, contact_ids: Sequence[ContactId]) -> dict[ContactId, Contact]:
    """Return those of these contacts that the contacts table knows."""
    dynamodb, table = client(stack, "dynamodb"), stack["outputs"]["ContactsTable"]
    found: dict[ContactId, Contact] = {}
    for at in range(0, len(contact_ids), 100):
        keys = [{"contact_id": {"S": each}} for each in contact_ids[at : at + 100]]
        answer = dynamodb.batch_get_item(RequestItems={table: {"Keys": keys}})
        assert not answer.get("UnprocessedKeys")
        contacts = [Contact.of_plain(plain(item)) for item in answer["Responses"][table]]
        found |= {contact.contact_id: contact for contact in contacts}
    return found


def counted(staff: Staff, start: datetime, end: datetime) -> dict[str, int]:
    """Return what the quality API counts of a span, all rows together."""
    status, answer = staff.get(
        "/quality", **{"from": start.isoformat(), "to": end.isoformat()}, step="15m", by="channel"
    )
    assert status == 200, answer
    return {name: sum(row[name] for row in answer["rows"]) for name in COUNTS}


def truly_counted(contacts: dict[ContactId, Contact]) -> dict[str, Any]:
    """Return what `counted` must say of these contacts."""
    figures = rates(figures_of(contacts))
    return {name: figures[name] for name in COUNTS}


def failed(stack: Stack) -> dict[str, int]:
    """Return how much lies in each of the queues of things that failed, seen or hidden."""
    sqs = client(stack, "sqs")
    names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    queues = ("ParkedQueueUrl", "DeadLetterQueueUrl", "StreamFailuresQueueUrl")
    return {
        queue: sum(
            int(count)
            for count in sqs.get_queue_attributes(QueueUrl=stack["outputs"][queue], AttributeNames=names)[
                "Attributes"
            ].values()
        )
        for queue in queues
    }


@contextmanager
def impatient_queue(stack: Stack, seconds: int = 10) -> Iterator[None]:
    """Let events that a dying function had in hand come again soon; as deployed, six minutes later."""
    sqs, url = client(stack, "sqs"), stack["outputs"]["ContactEventsQueueUrl"]
    before = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["VisibilityTimeout"])["Attributes"]
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"VisibilityTimeout": str(seconds)})
    try:
        yield
    finally:
        sqs.set_queue_attributes(QueueUrl=url, Attributes=before)
