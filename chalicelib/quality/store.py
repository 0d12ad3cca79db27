"""The quality table.

One partition a cell (queue and quarter of an hour) holds the shares of its contacts and, in one item, the intervals
they add up to, so that one query recounts it. The index `by_day` lists intervals by time; the partition `changed` holds the marks.
"""

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any

from botocore.exceptions import ClientError

from chalicelib.cloud import busy_means_try_again, is_refused_condition, pages, write_in_batches
from chalicelib.contacts.model import ContactId, Outcome
from chalicelib.items import plain, typed
from chalicelib.moments import days
from chalicelib.problems import TryAgain
from chalicelib.quality.model import Cell, Figures, Interval, Share
from chalicelib.quality.model.interval import wholly_told
from chalicelib.quality.service import Mark

CHANGED = "changed"
"""The partition of the marks; no cell is called so, since a cell's name holds a bar."""

INTERVALS = "intervals"
"""The entry that holds a cell's intervals, beside the shares of its contacts."""

Request = dict[str, Any]


class DynamoTally:
    """Shares, intervals and marks as items (cell, entry)."""

    def __init__(self, dynamodb: Any, table: str) -> None:
        self._dynamodb = dynamodb
        self._table = table

    def keep_shares(self, shares: Collection[Share], left: Collection[Share]) -> None:
        """Keep these shares, and remove those that contacts `left` behind in other cells."""
        puts = [_put(_share_item(share)) for share in shares]
        self._write([*puts, *(_delete(_cell_name(share.cell), _share_entry(share)) for share in left)])

    def mark(self, marks: Collection[Mark]) -> None:
        """Mark cells as changed."""
        self._write([_put({"cell": CHANGED, "entry": _mark_entry(mark)}) for mark in marks])

    def marks(self) -> Iterator[Mark]:
        """Return all marks, newest interval first."""
        for page in self._pages("cell = :cell", {":cell": CHANGED}, ConsistentRead=True, ScanIndexForward=False):
            for item in page:
                start, queue_and_name = item["entry"]["S"].split("|", 1)
                queue_id, _, name = queue_and_name.rpartition("|")
                yield Mark(cell=Cell(start=_moment(start), queue_id=queue_id), name=name)

    def forget(self, marks: Collection[Mark]) -> None:
        """Remove these marks and no others."""
        self._write([_delete(CHANGED, _mark_entry(mark)) for mark in marks])

    def cell(self, cell: Cell) -> tuple[Sequence[Share], Sequence[Interval]]:
        """Return the shares in a cell and its intervals as last counted, read consistently."""
        shares: list[Share] = []
        intervals: list[Interval] = []
        for page in self._pages("cell = :cell", {":cell": _cell_name(cell)}, ConsistentRead=True):
            for item in page:
                if item["entry"]["S"].startswith(_CONTACT):
                    shares.append(_share(cell, item))
                else:
                    intervals.extend(_intervals(plain(item)))
        return shares, intervals

    def keep_intervals(self, intervals: Collection[Interval]) -> None:
        """Keep these intervals in place of all that was counted before of their cells; blank ones are dropped."""
        by_cell: dict[Cell, list[Interval]] = {}
        for interval in intervals:
            by_cell.setdefault(interval.cell, []).append(interval)
        self._write([_request(cell, together) for cell, together in by_cell.items()])

    def intervals(self, start: datetime, end: datetime) -> Iterator[Interval]:
        """Return the intervals that start from `start` until before `end`, a query a day."""
        last = end - timedelta(milliseconds=1)
        for day in days(start, end):
            found = self._pages(
                "#day = :day AND #start BETWEEN :start AND :last",
                {":day": day, ":start": _stamp(start), ":last": _stamp(last)},
                IndexName="by_day",
                ExpressionAttributeNames={"#day": "day", "#start": "start"},
            )
            for page in found:
                for item in page:
                    yield from (each for each in _intervals(plain(item)) if start <= each.cell.start)

    def note_correction(self, intervals: Sequence[Interval], now: datetime) -> None:
        """Note when the intervals of one cell were corrected, unless they were counted again since they were read."""
        corrected = [interval._replace(published_at=now) for interval in intervals]
        try:
            with busy_means_try_again():
                self._dynamodb.update_item(
                    TableName=self._table,
                    Key=typed({"cell": _cell_name(intervals[0].cell), "entry": INTERVALS}),
                    UpdateExpression="SET intervals = :corrected",
                    ConditionExpression="intervals = :read",
                    ExpressionAttributeValues=typed({":corrected": _text(corrected), ":read": _text(intervals)}),
                )
        except ClientError as error:
            if not is_refused_condition(error):
                raise

    def _pages(self, condition: str, values: Mapping[str, str], **query: Any) -> Iterator[list[dict[str, Any]]]:
        return pages(
            self._dynamodb,
            TableName=self._table,
            KeyConditionExpression=condition,
            ExpressionAttributeValues=typed(values),
            **query,
        )

    def _write(self, requests: Sequence[Request]) -> None:
        left = write_in_batches(self._dynamodb, self._table, requests)
        if left:
            raise TryAgain(
                f"DynamoDB had no room for {len(left)} of {len(requests)} items; writing them again is safe."
            )


_CONTACT = "contact#"


def _put(item: Mapping[str, str | int]) -> Request:
    return {"PutRequest": {"Item": typed(item)}}


def _delete(cell: str, entry: str) -> Request:
    return {"DeleteRequest": {"Key": typed({"cell": cell, "entry": entry})}}


@lru_cache(maxsize=1024)  # The queues of a centre share their quarters of an hour.
def _stamp(moment: datetime) -> str:
    return f"{moment.astimezone(UTC).isoformat()[:16]}Z"


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _cell_name(cell: Cell) -> str:
    return f"{cell.queue_id}|{_stamp(cell.start)}"


def _mark_entry(mark: Mark) -> str:
    return f"{_stamp(mark.cell.start)}|{mark.cell.queue_id}|{mark.name}"


def _share_entry(share: Share) -> str:
    return f"{_CONTACT}{share.contact_id}"


def _share_item(share: Share) -> dict[str, str | int]:
    item: dict[str, str | int | None] = {
        "cell": _cell_name(share.cell),
        "entry": _share_entry(share),
        "site": share.site_id,
        "channel": share.channel,
        "arrived": int(share.arrived) or None,
        "offered": int(share.offered) or None,
        "callback": int(share.callback) or None,
        "outcome": share.outcome.value if share.outcome else None,
        "turned_away": share.turned_away,
        "wait": share.wait,
        "handle": share.handle,
        "hold": share.hold or None,
        "after_contact_work": share.after_contact_work or None,
    }
    return {name: value for name, value in item.items() if value is not None}


def _share(cell: Cell, item: Mapping[str, Mapping[str, str]]) -> Share:
    turned_away = item.get("turned_away")
    return Share(
        contact_id=ContactId(item["entry"]["S"][len(_CONTACT) :]),
        cell=cell,
        site_id=item["site"]["S"],
        channel=item["channel"]["S"],
        arrived="arrived" in item,
        offered="offered" in item,
        callback="callback" in item,
        outcome=_OUTCOMES.get(item["outcome"]["S"], Outcome.OTHER) if "outcome" in item else None,
        turned_away=turned_away["S"] if turned_away else None,
        wait=int(item["wait"]["N"]) if "wait" in item else None,
        handle=int(item["handle"]["N"]) if "handle" in item else None,
        hold=int(item["hold"]["N"]) if "hold" in item else 0,
        after_contact_work=int(item["after_contact_work"]["N"]) if "after_contact_work" in item else 0,
    )


def _request(cell: Cell, intervals: Sequence[Interval]) -> Request:
    kept = [interval for interval in intervals if not interval.is_blank]
    if not kept:
        return _delete(_cell_name(cell), INTERVALS)
    start = _stamp(cell.start)
    item = {"cell": _cell_name(cell), "entry": INTERVALS, "day": start[:10], "start": start, "intervals": _text(kept)}
    return _put(item)


def _text(intervals: Sequence[Interval]) -> str:
    ordered = sorted(intervals, key=lambda interval: (interval.site_id, interval.channel))
    return _spelled([_plain(interval) for interval in ordered])


def _plain(interval: Interval) -> dict[str, Any]:
    told: dict[str, Any] = {
        "site": interval.site_id,
        "channel": interval.channel,
        "figures": interval.figures.plain(),
    }
    if interval.published_at is not None:
        told["published_at"] = interval.published_at.isoformat()
        # Most often CloudWatch was told just what the figures say.
        if interval.published != wholly_told(interval.figures):
            told["published"] = dict(interval.published)
    return told


def _intervals(item: Mapping[str, str | int]) -> Iterator[Interval]:
    queue_id, _, start = str(item["cell"]).rpartition("|")
    cell = Cell(start=_moment(start), queue_id=queue_id)
    for told in json.loads(str(item["intervals"])):
        figures, published_at = Figures.of_plain(told["figures"]), told.get("published_at")
        yield Interval(
            cell=cell,
            site_id=told["site"],
            channel=told["channel"],
            figures=figures,
            published=told.get("published", wholly_told(figures) if published_at else {}),
            published_at=_moment(published_at) if published_at else None,
        )


_spelled = json.JSONEncoder(sort_keys=True, separators=(",", ":")).encode
_OUTCOMES = {outcome.value: outcome for outcome in Outcome}
"""An outcome that is not among these was given by a newer release: to this one it is another end."""
