"""A centre's past, put straight into the tables: contacts of whole days, their shares, and the intervals they make."""

import random
import uuid
from collections import defaultdict
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from chalicelib.contacts.model import Contact, ContactId, Outcome
from chalicelib.contacts.model.said import Said
from chalicelib.contacts.store import DynamoContactBook
from chalicelib.quality.model import Cell, Interval, Share, recount, share_of
from chalicelib.quality.store import DynamoTally
from chalicelib.routing.model import Entry
from chalicelib.routing.store import DynamoDirectoryBook
from tests.support.cloud import Cloud

NEWEST = datetime(2026, 6, 15, tzinfo=UTC)
NOW = NEWEST + timedelta(hours=13)
CONTACTS_A_DAY = 10_000
QUEUES, SITES = 10, 2
CHAT_QUEUES = 2
THRESHOLD = 20
TABLES = ("ContactsTable", "QualityTable")
_HOURS = 11.5


class Straight:
    """DynamoDB's client for what lies in the past: it writes into the tables themselves, unmeasured."""

    def __init__(self, cloud: Cloud) -> None:
        self._cloud = cloud

    def batch_write_item(self, *, RequestItems: dict[str, list[dict[str, Any]]]) -> dict[str, Any]:  # noqa: N803
        for name, requests in RequestItems.items():
            table = self._cloud.table(name)
            for request in requests:
                if "PutRequest" in request:
                    table.fill([request["PutRequest"]["Item"]])
                else:
                    table.delete(table.schema.key_of(request["DeleteRequest"]["Key"]))
        return {}

    def put_item(self, *, TableName: str, Item: dict[str, Any], **_: Any) -> dict[str, Any]:  # noqa: N803
        self._cloud.table(TableName).fill([Item])
        return {}


def straight_tally(cloud: Cloud) -> DynamoTally:
    """Return the quality table, written to unmeasured."""
    return DynamoTally(Straight(cloud), "QualityTable")


class Centre:
    """One centre's contacts; everything follows from the seed."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)
        self.queues = [self._uuid() for _ in range(QUEUES)]
        self.sites = [self._uuid() for _ in range(SITES)]
        self._agents = [self._uuid() for _ in range(300)]

    def day(self, number: int, start: datetime = NEWEST) -> list[Contact]:
        """Return a day's contacts, all within one date; their ids begin with eight zeros."""
        seconds = sorted(self._random.uniform(0, _HOURS * 3600) for _ in range(number))
        return [self._contact(start + timedelta(seconds=round(second, 3))) for second in seconds]

    def waiting(self, number: int) -> list[Contact]:
        """Return contacts that wait in their queues now."""
        began = NOW - timedelta(minutes=5)
        return [
            Contact(
                contact_id=ContactId(self._uuid()),
                said=Said(
                    channel="VOICE", initiation_method="INBOUND", initiated_at=began, enqueued_at=began, queue_id=queue
                ),
                went_on={},
                facts=2,
            )
            for queue in self._random.choices(self.queues, k=number)
        ]

    def enter_directory(self, cloud: Cloud) -> None:
        """Enter queues and sites in the directory."""
        queues = [Entry(kind="queue", id=each, name=f"queue-{place}") for place, each in enumerate(self.queues)]
        sites = [Entry(kind="site", id=each, name=f"site-{place}") for place, each in enumerate(self.sites)]
        DynamoDirectoryBook(Straight(cloud), "DirectoryTable").keep([*queues, *sites])

    def _uuid(self) -> str:
        return str(uuid.UUID(int=self._random.getrandbits(128), version=4))

    def _contact(self, began: datetime) -> Contact:
        dice = self._random
        fate = dice.choices(("answered", "abandoned", "left"), (85, 10, 5))[0]
        enqueued = began + timedelta(milliseconds=dice.randrange(5_000, 60_000))
        waited = timedelta(milliseconds=dice.randrange(2_000, 120_000))
        talked = timedelta(milliseconds=dice.randrange(30_000, 600_000))
        worked = dice.randrange(5, 120)
        queue = dice.choice(self.queues)
        said: dict[str, Any] = {
            "channel": "CHAT" if queue in self.queues[:CHAT_QUEUES] else "VOICE",
            "initiation_method": "INBOUND",
            "initiated_at": began,
            "disconnected_at": enqueued + waited,
            "system_address": "+81345678901",
            "completed": True,
        }
        if fate != "left":
            said |= {"enqueued_at": enqueued, "queue_id": queue, "queue_type": "STANDARD"}
        if fate == "answered":
            ended = enqueued + waited + talked
            said |= {
                "connected_to_agent_at": enqueued + waited,
                "agent_id": dice.choice(self._agents),
                "site_id": dice.choice(self.sites),
                "disconnected_at": ended,
                "hold_seconds": dice.randrange(60),
                "after_contact_work_started_at": ended,
                "after_contact_work_ended_at": ended + timedelta(seconds=worked),
                "after_contact_work_seconds": worked,
            }
        contact_id = ContactId("00000000" + self._uuid()[8:])
        return Contact(contact_id=contact_id, said=Said(**said), went_on={}, facts=5)


def shares_of(contacts: Iterable[Contact]) -> list[Share]:
    """Return what these contacts add to the figures."""
    return [share for contact in contacts if (share := share_of(contact)) is not None]


def keep_contacts(cloud: Cloud, contacts: Iterable[Contact]) -> None:
    """Put contacts into their table."""
    book = DynamoContactBook(Straight(cloud), "ContactsTable", retention=timedelta(days=800))
    for contact in contacts:
        book.keep(contact)


def counted(shares: Iterable[Share]) -> list[Interval]:
    """Return the intervals that these shares make, told to CloudWatch an hour ago."""
    by_cell: defaultdict[Cell, list[Share]] = defaultdict(list)
    for share in shares:
        by_cell[share.cell].append(share)
    return [
        interval.told(NOW - timedelta(hours=1))
        for cell, its_shares in by_cell.items()
        for interval in recount(cell, its_shares, [], THRESHOLD)
    ]


def unfinished(share: Share) -> Share:
    """Return the share as it was before the contact's last event: whether it was answered is known, nothing after."""
    outcome = share.outcome if share.outcome is Outcome.ANSWERED else None
    return share._replace(outcome=outcome, handle=None, hold=0, after_contact_work=0)


class Past:
    """Earlier days like the one that lies in the tables when this is made."""

    def __init__(self, cloud: Cloud) -> None:
        self._cloud = cloud
        self._rows = {name: list(cloud.table(name).rows()) for name in TABLES}

    def repeat(self, days: range) -> None:
        """Put these days into the tables; day 1 is the one before the newest."""
        for day in days:
            date = (NEWEST - timedelta(days=day)).date().isoformat().encode()
            replacing = {NEWEST.date().isoformat().encode(): date, b"00000000-": b"%08x-" % day}
            for name, rows in self._rows.items():
                self._cloud.table(name).fill_copies(rows, replacing)


def on_day(share: Share, day: int) -> Share:
    """Return the share that a repetition of this contact has on an earlier day."""
    contact_id = ContactId(f"{day:08x}{share.contact_id[8:]}")
    return share._replace(contact_id=contact_id, cell=share.cell._replace(start=share.cell.start - timedelta(days=day)))
