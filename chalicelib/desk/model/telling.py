"""How answers read: plain documents, with moments in the centre's zone and names beside ids."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from chalicelib.accounts.model.checks import Decided, Registered, Standing, State
from chalicelib.agents.model import Held, Interval
from chalicelib.contacts.model import Contact, Fact, Mark
from chalicelib.contacts.model.telling import tell
from chalicelib.desk.model.dashboard import Alarm, Points, Wanted
from chalicelib.desk.model.floor import AtRisk, Call, Floor, Person
from chalicelib.desk.model.waiting import Queueing
from chalicelib.quality.model import By, Row, rates
from chalicelib.routing.model import Directory

Document = dict[str, Any]

_TIMES = (
    "initiated_at",
    "scheduled_at",
    "connected_to_system_at",
    "enqueued_at",
    "dequeued_at",
    "connected_to_agent_at",
    "disconnected_at",
    "after_contact_work_started_at",
    "after_contact_work_ended_at",
    "last_updated_at",
)
_TEXTS = (
    "queue_type",
    "turned_away",
    "disconnect_reason",
    "initial_contact_id",
    "previous_contact_id",
    "next_contact_id",
    "related_contact_id",
)
_DURATIONS = ("interaction_seconds", "hold_seconds", "after_contact_work_seconds")


def moment_text(moment: datetime, zone: ZoneInfo) -> str:
    """Return a moment as ISO 8601 with the zone's offset, to the millisecond."""
    return moment.astimezone(zone).isoformat(timespec="milliseconds")


class Teller:
    """Tells what the centre knows, in its own zone and with the names of its directory."""

    def __init__(self, directory: Directory, zone: ZoneInfo) -> None:
        """Tell with these names and in this zone."""
        self._directory = directory
        self._zone = zone

    def contact_in_short(self, contact: Contact) -> Document:
        """Return a contact as one line of a list."""
        said = contact.said
        return {
            "contact_id": contact.contact_id,
            "channel": said.channel,
            "initiation_method": said.initiation_method,
            "stage": contact.stage.value,
            "outcome": contact.outcome.value if contact.outcome else None,
            "queue": _named(said.queue_id, self._name("queue", said.queue_id, said.queue_name)),
            "site": _named(said.site_id, self._name("site", said.site_id, said.site_name)),
            "agent": _named(said.agent_id, said.agent_name),
            "arrived_at": self._moment(contact.arrived_at),
            "initiated_at": self._moment(said.initiated_at),
            "enqueued_at": self._moment(said.enqueued_at),
            "connected_to_agent_at": self._moment(said.connected_to_agent_at),
            "disconnected_at": self._moment(said.disconnected_at),
            "wait_seconds": contact.wait_seconds,
            "handle_seconds": contact.handle_seconds,
        }

    def contact_in_full(self, contact: Contact, facts: Iterable[Fact]) -> Document:
        """Return everything about a contact but what the customer is reached by, and the facts it is made of."""
        said = contact.said
        return {
            "contact": {
                **self.contact_in_short(contact),
                **{name: self._moment(getattr(said, name)) for name in _TIMES},
                **{name: getattr(said, name) for name in (*_TEXTS, *_DURATIONS)},
                "went_on": [
                    {"contact_id": contact_id, "initiation_method": method}
                    for contact_id, method in sorted(contact.went_on.items())
                ],
                "marks": [self._mark(mark) for mark in contact.marks],
            },
            "facts": [{**each._asdict(), "moment": self._moment(each.moment)} for each in tell(facts)],
        }

    def row(self, row: Row, by: By) -> Document:
        """Return one row of a review; its dimension stands under its own name, with a name beside it if it has one."""
        dimension: Document = {by.value: row.key}
        if by is not By.CHANNEL:
            dimension[f"{by.value}_name"] = self._directory.name("queue" if by is By.QUEUE else "site", row.key)
        start = row.start.astimezone(self._zone).isoformat(timespec="seconds")
        return {"start": start, **dimension, **rates(row.figures)}

    def queueing(self, line: Queueing) -> Document:
        """Return how many wait in a queue on a channel."""
        return {
            "queue": line.queue_id,
            "queue_name": self._directory.name("queue", line.queue_id),
            "channel": line.channel,
            "waiting": line.waiting,
            "longest_wait": line.longest_wait,
        }

    def agent(self, interval: Interval) -> Document:
        """Return which state an agent is in, since when, and where."""
        return {
            "agent": _named(interval.agent_id, interval.username),
            "site": _named(interval.site_id, self._name("site", interval.site_id, interval.site_name)),
            "routing_profile": _named(interval.routing_profile_id, interval.routing_profile),
            "state": interval.state.value,
            "status": interval.status,
            "since": self._moment(interval.start),
            "contacts": list(interval.contacts),
            "next_status": interval.next_status,
        }

    def floor(self, floor: Floor) -> Document:
        """Return the floor: what agents do and have in hand, who waits, whom somebody should look at, which calls go on."""
        return {
            "agents": [
                {**self.agent(interval), "contacts": [self._held(held) for held in interval.held]}
                for interval in floor.agents
            ],
            "waiting": [self.queueing(line) for line in floor.waiting],
            "at_risk": [self._at_risk(each) for each in floor.at_risk],
            "calls": [self._call(call) for call in floor.calls],
        }

    def _held(self, held: Held) -> Document:
        return {
            "contact_id": held.contact_id,
            "channel": held.channel,
            "state": held.state,
            "since": self._moment(held.since),
            "queue": _named(held.queue_id, self._name("queue", held.queue_id, held.queue_name)),
        }

    def _at_risk(self, each: AtRisk) -> Document:
        return {
            "contact_id": each.contact_id,
            "why": each.why.value,
            "queue": each.queue_id,
            "queue_name": self._directory.name("queue", each.queue_id),
            "agent": _person(each.agent),
            "site": _named(each.site_id, self._name("site", each.site_id, None)),
            "since": self._moment(each.since),
            "seconds": each.seconds,
        }

    def _call(self, call: Call) -> Document:
        return {
            "contact_id": call.contact_id,
            "channel": call.channel,
            "agent": _person(call.agent),
            "queue": call.queue_id,
            "queue_name": self._directory.name("queue", call.queue_id),
            "since": self._moment(call.since),
            "marks": [self._mark(mark) for mark in call.marks],
        }

    def _mark(self, mark: Mark) -> Document:
        return {"mark": mark.kind.value, "by": mark.by, "at": self._moment(mark.at)}

    def _moment(self, moment: datetime | None) -> str | None:
        return moment_text(moment, self._zone) if moment else None

    def _name(self, kind: Any, id: str | None, said: str | None) -> str | None:
        name = self._directory.name(kind, id) if id else None
        return said if name == id and said else name


def series(wanted: Wanted, points: Points) -> Document:
    """Return the points of one series, and which entry of which widget draws them."""
    return {
        "widget": wanted.widget,
        "metric": wanted.metric,
        "period": wanted.query.period,
        "stat": wanted.query.stat,
        "timestamps": points.timestamps,
        "values": points.values,
    }


def alarm(alarm: Alarm) -> Document:
    """Return how an alarm stands."""
    return alarm._asdict()


def identified(standing: Standing, members: Iterable[Registered], zone: ZoneInfo) -> Document:
    """Return whom a card has named and how sure that is; name and addresses only of who is verified."""
    sure = standing.state is State.VERIFIED
    return {
        "state": standing.state.value,
        "accounts": [
            {
                "account_id": each.account_id,
                "language": each.language,
                "status": each.status,
                "name": each.name if sure else None,
                "addresses": list(each.addresses) if sure else None,
            }
            for each in members
        ],
        "tries_left": standing.tries_left,
        "check": _check(standing.last, sure=sure, zone=zone) if standing.last else None,
    }


def _check(last: Decided, *, sure: bool, zone: ZoneInfo) -> Document:
    return {
        "check_id": last.check_id,
        "fact": last.asked.value,
        "at": moment_text(last.at, zone),
        "right": last.right,
        "passed": sure,
    }


def _person(person: Person | None) -> Document | None:
    return _named(person.id, person.name) if person else None


def _named(id: str | None, name: str | None) -> Document | None:
    return {"id": id, "name": name or id} if id else None
