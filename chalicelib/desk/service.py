"""What is done at the desk: look at contacts, at the floor, and at the dashboard as it is deployed."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import chain, islice
from typing import Any, NamedTuple, Protocol

from chalicelib.agents.service import StateBook, states_now
from chalicelib.contacts.model import Contact, ContactId, Page, Stage, is_forgotten
from chalicelib.contacts.model.descriptions import said_by_description
from chalicelib.contacts.service import ContactBook, FactBook
from chalicelib.desk.model import queueing
from chalicelib.desk.model.asking import Span
from chalicelib.desk.model.dashboard import Alarm, Body, Points, Query, Wanted, alarms_of, series_of
from chalicelib.desk.model.earlier import earlier, is_fresh, names_somebody
from chalicelib.desk.model.floor import Floor, at_risk, calls
from chalicelib.problems import Forbidden, NotFound
from chalicelib.quality.model.share import NOWHERE
from chalicelib.routing.model import Directory

MOST_LOOKED_AT = 500
"""Contacts of one customer that are looked through for the newest: a company's switchboard may have brought thousands."""


class Connect(Protocol):
    """Amazon Connect, which knows who is on a contact that goes on."""

    def describe(self, contact_id: ContactId) -> Mapping[str, Any] | None:
        """Return what Connect knows of a contact at this moment, or None if it knows nothing of it.

        Raises `TryAgain` when Connect is busy or out of order.
        """


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


def look_at_floor(
    *, now: datetime, long_talk: timedelta, contacts: ContactBook, states: StateBook, directory: Directory
) -> Floor:
    """Return the floor as it is now.

    Three queries, each of a sparse index that holds nothing but what goes on: who waits, who talks, what agents do. With 300
    agents at work and 500 waiting they read some 0.3 MB, which is 40 read units.
    """
    agents = states_now(states=states)
    waiting, talks = list(contacts.waiting()), list(contacts.talks())
    return Floor(
        agents=agents,
        waiting=queueing(waiting, now),
        at_risk=at_risk(waiting, talks, agents, threshold=directory.threshold, long_talk=long_talk, now=now),
        calls=calls(talks, agents),
    )


def contact_at_hand(contact_id: ContactId, *, at_any_time: bool, now: datetime, contacts: ContactBook) -> Contact:
    """Return a contact whose customer is about to be shown.

    Raises `NotFound` for a contact of which nothing is known; `Forbidden` for one that an agent no longer has, unless who asks
    may look `at_any_time`.
    """
    contact = contacts.get(contact_id)
    if contact is None:
        raise NotFound(f"No contact {contact_id} is known (yet); look again in a moment.")
    if not at_any_time and not is_fresh(contact, now):
        raise Forbidden("Agents see a customer while the contact goes on and for an hour after; ask a supervisor.")
    return contact


def initial_id(contact: Contact) -> ContactId:
    """Return the contact with which its chain of transfers and callbacks began, under which a customer is identified."""
    return ContactId(contact.said.initial_contact_id or contact.contact_id)


def earlier_contacts(
    contact_id: ContactId,
    *,
    at_any_time: bool,
    now: datetime,
    contacts: ContactBook,
    facts: FactBook,
    connect: Connect | None,
) -> list[Contact]:
    """Return what the customer of a contact brought to us before it, newest first, at most twenty.

    Nothing of a customer who was forgotten, or of whom nobody knows who it is. While a contact goes on, only Connect knows its
    customer: events do not tell. Raises `NotFound` for a contact of which nothing is known; `Forbidden` for one that an agent
    no longer has, unless who asks may look `at_any_time`; `TryAgain` when a store or Connect is busy.
    """
    contact = contact_at_hand(contact_id, at_any_time=at_any_time, now=now, contacts=contacts)
    customers = _customers_of(contact, facts=facts, connect=connect)
    ids = chain.from_iterable(map(contacts.of_customer, customers))
    found = contacts.several(list(dict.fromkeys(islice(ids, MOST_LOOKED_AT))))
    return earlier(contact, found)


def _customers_of(contact: Contact, *, facts: FactBook, connect: Connect | None) -> list[str]:
    """Return by what the customer of a contact is known: address, customer id, both or neither."""
    address, customer_id = contact.said.customer_address, contact.said.customer_id
    if contact.stage is not Stage.ENDED and connect is not None and not (address or customer_id):
        document = None if is_forgotten(facts.of(contact.contact_id)) else connect.describe(contact.contact_id)
        if document is not None:
            said = said_by_description(document)
            address, customer_id = said.customer_address, said.customer_id
    known: Iterable[str | None] = (address if names_somebody(address) else None, customer_id)
    return [each for each in known if each]


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
