"""A table's stream: what changed, in order, as Lambda hands it to a function."""

import itertools
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from .items import Item, Row

EventName = Literal["INSERT", "MODIFY", "REMOVE"]
_FIRST_SEQUENCE_NUMBER = 100_000_000_000_000_000_000


@dataclass(slots=True)
class Change:
    """One change of one item; a missing image is None."""

    sequence_number: int
    keys: tuple[str, ...]
    old: Row | None
    new: Row | None
    at: int

    @property
    def event_name(self) -> EventName:
        if self.old is None:
            return "INSERT"
        return "MODIFY" if self.new else "REMOVE"


class Stream:
    """The changes that no reader has taken yet, oldest first.

    `view_type` is the table's StreamViewType. An item written as it was makes no record, as on AWS. There is one shard:
    records of one item never overtake each other, and neither do any others.
    """

    def __init__(self, table: str, view_type: str, clock: Callable[[], float] = time.time) -> None:
        self.arn = f"arn:aws:dynamodb:ap-northeast-1:123456789012:table/{table}/stream/2026-01-01T00:00:00.000"
        self.view_type = view_type
        self._clock = clock
        self._numbers = itertools.count(_FIRST_SEQUENCE_NUMBER)
        self._waiting: deque[Change] = deque()

    def __len__(self) -> int:
        return len(self._waiting)

    def note(self, keys: tuple[str, ...], old: Row | None, new: Row | None) -> None:
        """Remember a change; `keys` are the names of the table's key attributes."""
        if old is None or new is None or old.text != new.text:
            self._waiting.append(Change(next(self._numbers), keys, old, new, int(self._clock())))

    def take(self, limit: int = 100, *, only: tuple[EventName, ...] = ("INSERT", "MODIFY", "REMOVE")) -> dict[str, Any]:
        """Return a Lambda event of at most `limit` records and forget them; `only` plays the mapping's filter.

        To deliver the same records again, hand the same event to the handler again. No records: nothing is left.
        """
        records: list[dict[str, Any]] = []
        while self._waiting and len(records) < limit:
            change = self._waiting.popleft()
            if change.event_name in only:
                records.append(self._record(change))
        return {"Records": records}

    def _record(self, change: Change) -> dict[str, Any]:
        images = {"OldImage": change.old, "NewImage": change.new}
        shown = {name: row.item() for name, row in images.items() if row and self._shows(name)}
        return {
            "eventID": f"{change.sequence_number:032x}",
            "eventName": change.event_name,
            "eventVersion": "1.1",
            "eventSource": "aws:dynamodb",
            "awsRegion": "ap-northeast-1",
            "dynamodb": {
                "ApproximateCreationDateTime": change.at,
                "Keys": _keys(change),
                **shown,
                "SequenceNumber": str(change.sequence_number),
                "SizeBytes": sum(row.size for name, row in images.items() if row and self._shows(name)),
                "StreamViewType": self.view_type,
            },
            "eventSourceARN": self.arn,
        }

    def _shows(self, image: str) -> bool:
        wanted = {"OldImage": ("OLD_IMAGE", "NEW_AND_OLD_IMAGES"), "NewImage": ("NEW_IMAGE", "NEW_AND_OLD_IMAGES")}
        return self.view_type in wanted[image]


def _keys(change: Change) -> Item:
    row = change.new or change.old
    assert row
    item = row.item()
    return {name: item[name] for name in change.keys}
