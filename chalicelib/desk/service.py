"""What is done at the desk: look at contacts, at who waits, and at the dashboard as it is deployed."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple, Protocol

from chalicelib.contacts.model import Page
from chalicelib.contacts.service import ContactBook
from chalicelib.desk.model.asking import Span
from chalicelib.desk.model.dashboard import Alarm, Body, Points, Query, Wanted, alarms_of, series_of
from chalicelib.quality.model.share import NOWHERE
from chalicelib.routing.model import Directory


class Console(Protocol):
    """What an operator of the cloud sees: dashboards, metrics, alarms.

    Every method raises `TryAgain` while the cloud is busy.
    """

    @property
    def region(self) -> str:
        """The region whose metrics it reads."""

    def dashboard(self, name: str) -> Body:
        """Return a dashboard as it is deployed.

        Raises `NotFound` when there is none of this name.
        """

    def points(self, queries: Collection[Query]) -> Mapping[Query, Points]:
        """Return the points of these series, no two of them equal."""

    def alarms(self, arns: Collection[str]) -> Sequence[Alarm]:
        """Return how these alarms stand; those that do not exist are left out."""


class Drawn(NamedTuple):
    """A dashboard with everything that its widgets draw."""

    body: Body
    series: Sequence[tuple[Wanted, Points]]
    alarms: Sequence[Alarm]


def list_contacts(
    queue: str, span: Span, *, limit: int, after: str | None, contacts: ContactBook, directory: Directory
) -> Page:
    """Return contacts that arrived in a queue within `span`, oldest first; `none` is the queue of those without one.

    Raises `BadRequest` for an `after` that no page of these contacts gave out.
    """
    queue_id = None if queue == NOWHERE else directory.queue_id(queue)
    return contacts.page(queue_id, span.start, span.end, limit=limit, after=after)


def draw(name: str, span: Span, *, now: datetime, console: Console) -> Drawn:
    """Return a dashboard and what it shows over `span`: nothing is read but what the dashboard itself names.

    Raises `NotFound` when there is no such dashboard.
    """
    body = console.dashboard(name)
    wanted = list(series_of(body, span, now, console.region))
    points = console.points({each.query for each in wanted})
    arns = alarms_of(body)
    alarms = {alarm.arn: alarm for alarm in console.alarms(arns)}
    return Drawn(
        body=body,
        series=[(each, points[each.query]) for each in wanted],
        alarms=[alarms[arn] for arn in arns if arn in alarms],
    )
