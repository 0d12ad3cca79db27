"""Imports into a centre in memory: the tool itself, the real doors behind the stream, and time that passes when waited."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import boto3

from chalicelib.routing.model import Entry
from infra.operations.place import Place
from infra.operations.replay.books import Books
from infra.operations.replay.call_log import Names
from infra.operations.replay.files import History, RefusedLines
from infra.operations.replay.report import Report
from infra.operations.replay.running import Reading, Replay, documents_of
from infra.operations.replay.sending import Sender
from tests.centre import Centre
from tests.operations.counting import FIGURES, TOKYO, Count, half_hour
from tests.support.cloud.template import REGION, queue_url

LONG_AGO, SOON = datetime(1999, 7, 30, tzinfo=UTC), datetime(1999, 8, 4, tzinfo=UTC)


class WorkingTime:
    """A clock on which nothing passes but waiting, and the centre works meanwhile."""

    def __init__(self, centre: Centre | None) -> None:
        self._centre = centre
        self._now = 0.0

    def now(self) -> float:
        return self._now

    def pause(self, seconds: float) -> None:
        self._now += seconds
        if self._centre is not None:
            self._centre.carry()


class SmallerPlace(Place):
    """A place whose clients are answered by the cloud in memory."""

    def client(self, service: str) -> Any:
        known = self.__dict__.setdefault("clients", {})
        if service not in known:
            known[service] = self.session.client(service)  # type: ignore[call-overload]
        return known[service]


def place(**more: str) -> Place:
    """Return the centre in memory as a tool finds it."""
    tables = {name: name for name in ("FactsTable", "ContactsTable", "DirectoryTable")}
    outputs = {**tables, "ContactRecordsStream": "ContactRecordsStream"}
    outputs |= {"ContactEventsQueueUrl": queue_url("ContactEventsQueue"), **more}
    return SmallerPlace("test", boto3.Session(region_name=REGION), outputs, "local.connect")


def bring_in(
    centre: Centre, file: Path, *, to: Place | None = None, works: bool = True, entries: tuple[Entry, ...] = ()
) -> Report:
    """Replay a file by the clocks of Tokyo; the centre that does not work takes everything and does nothing."""
    to = to or place()
    history, report, clock = History(file), Report(), WorkingTime(centre if works else None)
    survey = history.survey()
    beside = RefusedLines(file, history.columns, is_call_log=survey.is_call_log)
    sender = Sender(to, pause=clock.pause)
    replay = Replay(sender, Books(to, pause=clock.pause), report, clock=clock, show=lambda: None)
    reading = Reading(report, refuse=beside.write)
    try:
        replay.run(
            documents_of(
                history, is_call_log=survey.is_call_log, reading=reading, zone=TOKYO, names=Names(entries),
                sender=sender, source=to.event_source,
            )
        )  # fmt: skip
    finally:
        beside.close()
    return report


def figures(centre: Centre) -> Count:
    """Return what the centre counted, by queue and half hour."""
    centre.tick(SOON)
    counted: Count = Counter()
    for interval in centre.intervals(LONG_AGO, SOON + timedelta(days=1)):
        half = half_hour(interval.cell.start.astimezone(TOKYO))
        for figure in FIGURES:
            counted[interval.cell.queue_id, half, figure] += getattr(interval.figures, figure)
    return +counted


def tables(centre: Centre) -> list[object]:
    """Return all that the centre holds of contacts and figures."""
    return [centre.items(name) for name in ("FactsTable", "ContactsTable", "QualityTable")]


def check_imported_twice(centre: Centre, file: Path, truth: Count) -> None:
    """Import a file of which nothing is refused or repeated, look at every figure, and import it again."""
    report = bring_in(centre, file)
    assert (report.applied, report.folded, report.missing) == (report.sent, report.sent, [])
    assert report.read == report.sent
    assert figures(centre) == truth
    before = tables(centre)

    again = bring_in(centre, file)
    assert (again.sent, again.there, again.applied) == (0, report.sent, report.sent)
    assert figures(centre) == truth
    assert tables(centre) == before
