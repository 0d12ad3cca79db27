"""Agents at work, and the events in which Amazon Connect would tell of them.

A `Shift` is told what an agent truly does, moment by moment; it remembers both the events and the truth. Shapes follow
the Administrator Guide, "Agent event streams data model".
"""

import json
import uuid
from collections.abc import Callable, Iterator
from copy import deepcopy
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any, NamedTuple

from tests.lives import INSTANCE

MORNING = datetime(2026, 6, 15, 0, 0, tzinfo=UTC)
HEARTBEAT = timedelta(seconds=120)
MILLISECOND = timedelta(milliseconds=1)
OFFICE, HOME = "support-office", "support-home"
TYPES = {"Available": "ROUTABLE", "Offline": "OFFLINE"}

Document = dict[str, Any]


class Lived(NamedTuple):
    """A state that an agent truly began to be in."""

    start: datetime
    state: str
    status: str | None
    contacts: tuple[str, ...]
    profile: str


def text(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def arn(kind: str, name: str) -> str:
    return f"{INSTANCE}/{kind}/{name}"


def status(name: str, since: datetime, *, type: str | None = "") -> Document:
    """Return an agent status; its `type` is that of its name unless given, None leaves it out."""
    told = {"ARN": arn("agent-state", name.lower()), "Name": name, "StartTimestamp": text(since)}
    return told if type is None else told | {"Type": type or TYPES.get(name, "CUSTOM")}


def held(contact_id: str, state: str, since: datetime, **changes: Any) -> Document:
    """Return a contact as an agent holds it."""
    talks = state in ("CONNECTED", "CONNECTED_ONHOLD", "ENDED")
    queue = {"ARN": arn("queue", "support-ja"), "Name": "support-ja", "Channels": ["VOICE"]}
    return {
        "Channel": "VOICE",
        "ConnectedToAgentTimestamp": text(since) if talks else None,
        "ContactId": contact_id,
        "InitialContactId": None,
        "InitiationMethod": "INBOUND",
        "Queue": queue,
        "QueueTimestamp": None,
        "State": state,
        "StateStartTimestamp": text(since),
        **changes,
    }


def snapshot(
    status: Document,
    *contacts: Document,
    next_status: str | None = None,
    profile: str = OFFICE,
    site: str | None = "tokyo",
    username: str = "sato.hanako",
) -> Document:
    queue = {"ARN": arn("queue", "outbound"), "Name": "outbound", "Channels": ["VOICE"]}
    own = {"ARN": arn("queue/agent", "hanako"), "Name": None, "Channels": ["VOICE"]}
    level1 = {"ARN": arn("agent-group", site), "Name": site.title()} if site else None
    return {
        "AgentStatus": status,
        "NextAgentStatus": {"ARN": arn("agent-state", "x"), "Name": next_status} if next_status else None,
        "Configuration": {
            "Username": username,
            "FirstName": "Hanako",
            "LastName": "Sato",
            "RoutingProfile": {
                "ARN": arn("routing-profile", profile),
                "Name": profile.title(),
                "DefaultOutboundQueue": queue,
                "InboundQueues": [own, queue],
                "Concurrency": [{"Channel": "VOICE", "AvailableSlots": 1, "MaximumSlots": 1}],
            },
            "AgentHierarchyGroups": {"Level1": level1, "Level2": None},
            "Proficiencies": [],
        },
        "Contacts": list(contacts),
    }


def event(
    kind: str,
    at: datetime,
    current: Document | None = None,
    previous: Document | None = None,
    *,
    agent: str = "hanako",
    id: str | None = None,
) -> Document:
    return {
        "AWSAccountId": "123456789012",
        "AgentARN": arn("agent", agent),
        "CurrentAgentSnapshot": current,
        "EventId": id or str(uuid.uuid5(uuid.NAMESPACE_OID, f"{agent} {kind} {at} {json.dumps(current)}")),
        "EventTimestamp": text(at),
        "EventType": kind,
        "InstanceARN": INSTANCE,
        "PreviousAgentSnapshot": previous,
        "Version": "2017-10-01",
    }


class Shift:
    """An agent at work: `events` is what Connect sends in its order, `truth` what is so.

    Connect tells of a change up to a second after it. What a snapshot has no moment for, such as a contact that is
    gone, happens when its event says so.
    """

    def __init__(self, luck: Random, began: datetime = MORNING, agent: str = "hanako") -> None:
        self.events: list[Document] = []
        self.truth: list[Lived] = []
        self._luck = luck
        self._agent = agent
        self._now = began
        self._told_at = began - HEARTBEAT
        self._status = status("Offline", began - timedelta(hours=15))
        self._held: dict[str, Document] = {}
        self._next: str | None = None
        self._profile = OFFICE
        self._seen: Document | None = None
        self._number = 0

    def sign_in(self) -> None:
        """Sign in, and choose Available; Connect's LOGIN comes without snapshots."""
        self._pass_time()
        self._now = max(self._now, self._told_at + MILLISECOND)
        self._tell("LOGIN", self._now, nothing=True)
        self.choose("Available", within=60_000)

    def choose(self, name: str, *, within: int | None = None) -> None:
        """Choose a status, after as many milliseconds at most."""
        self._pass_time(within)
        self._status = status(name, self._now)
        if not self._held:
            self._is(_word(name), name)
        self._tell("STATE_CHANGE", self._later())

    def queue_up(self, name: str) -> None:
        """Choose the status for when the contact is done."""
        self._next = name
        self._tell("STATE_CHANGE", self._later())

    def answer(self) -> None:
        """Take a call that goes on."""
        contact = self._contact()
        self._put(contact, "CONNECTING", "ringing", [contact])
        self._put(contact, "CONNECTED", "on_contact", [contact])

    def call(self, *, queued_break: bool = False, chosen_break: bool = False, hold: bool = False) -> None:
        """A customer's call, and what is written up after it."""
        contact = self._contact()
        self._put(contact, "CONNECTING", "ringing", [contact])
        connected = self._put(contact, "CONNECTED", "on_contact", [contact])
        if hold:
            self._put(contact, "CONNECTED_ONHOLD", None, [], ConnectedToAgentTimestamp=text(connected))
            back = {"ConnectedToAgentTimestamp": text(connected), "StateStartTimestamp": text(self._now)}
            self._put(contact, "CONNECTED", None, [], **back)
        self._put(contact, "ENDED", "after_contact_work", [contact])
        if queued_break:
            self.queue_up("Lunch")
            self._pass_time()
            self._next, self._status = None, status("Lunch", self._now)
            del self._held[contact]
            self._is("custom", "Lunch")
            self._tell("STATE_CHANGE", self._later())
            return
        if chosen_break:
            self.choose("Break")
        self._clear(contact)

    def call_and_lunch(self) -> None:
        """Choose lunch during a call; Connect grants it once the work is done."""
        self.call(queued_break=True)
        self.choose("Available")

    def call_and_break(self) -> None:
        """Choose a break during after-contact work, at once."""
        self.call(chosen_break=True)
        self.choose("Available")

    def call_out(self) -> None:
        """A call that the agent makes: ringing is on contact, as Connect counts it."""
        contact = self._contact()
        self._put(contact, "CONNECTING", "on_contact", [contact], InitiationMethod="OUTBOUND")
        self._put(contact, "CONNECTED", None, [], InitiationMethod="OUTBOUND")
        self._put(contact, "ENDED", "after_contact_work", [contact], InitiationMethod="OUTBOUND")
        self._clear(contact)

    def miss(self) -> None:
        """A call that the agent does not take; routing leaves the agent alone until the next click."""
        contact = self._contact()
        self._put(contact, "CONNECTING", "ringing", [contact])
        self._put(contact, "MISSED", "error", [contact])
        self._clear(contact)

    def two_chats(self) -> None:
        """Two chats that overlap: on contact from the first word of the one to the last word of the other."""
        first, second = self._contact(), self._contact()
        self._put(first, "CONNECTING", "ringing", [first], Channel="CHAT")
        self._put(first, "CONNECTED", "on_contact", [first, second], Channel="CHAT")
        self._put(second, "CONNECTING", None, [], Channel="CHAT")
        self._put(second, "CONNECTED", None, [], Channel="CHAT")
        self._put(first, "ENDED", None, [], Channel="CHAT")
        self._vanish(lambda: self._held.pop(first))
        self._put(second, "ENDED", "after_contact_work", [second], Channel="CHAT")
        self._clear(second)

    def rest(self) -> None:
        """Take a break and come back."""
        self.choose("Break")
        self.choose("Available")

    def move_home(self) -> None:
        """Get another routing profile; Connect names no moment for it."""

        def other() -> None:
            self._profile = HOME if self._profile == OFFICE else OFFICE
            last = self.truth[-1]
            self._is(last.state, last.status, list(last.contacts))

        self._vanish(other)

    def sign_out(self, how: str) -> None:
        """Sign out; heartbeats go on for an hour, telling of the last status."""
        if how == "goes offline first":
            self.choose("Offline")
            self._now = self._told_at + MILLISECOND
        elif how == "at once":
            self._pass_time()
            self._status = status("Offline", self._now)
            self._is("offline", "Offline")
        else:
            self._pass_time()
            self._now = max(self._now, self._told_at + MILLISECOND)
            self._is("offline", None)
        at = self._now if how.startswith("closes the browser") else self._later()
        self._tell("LOGOUT", at, nothing=how.endswith("and Connect says nothing"))
        self._now = at
        self._beat(at + timedelta(hours=1))

    def go_home(self, days: int) -> None:
        """Let nights pass, and days on which nothing is told."""
        self._now = self._told_at = self._now.replace(hour=0, minute=0) + timedelta(days=days)

    def _contact(self) -> str:
        self._number += 1
        return str(uuid.uuid5(uuid.NAMESPACE_OID, f"{self._agent} {self._now} {self._number}"))

    def _put(self, contact: str, state: str, is_now: str | None, contacts: list[str], **changes: Any) -> datetime:
        self._pass_time()
        self._held[contact] = held(contact, state, self._now, **changes)
        if is_now:
            self._is(is_now, None, contacts)
        self._tell("STATE_CHANGE", self._later())
        return self._now

    def _clear(self, contact: str) -> None:
        def gone() -> None:
            del self._held[contact]
            name = self._status["Name"]
            self._is(_word(name), name)

        self._vanish(gone)

    def _vanish(self, change: Callable[[], Any]) -> None:
        self._pass_time()
        self._now = max(self._now, self._told_at + MILLISECOND)
        change()
        self._tell("STATE_CHANGE", self._now)

    def _is(self, state: str, status: str | None, contacts: list[str] | None = None) -> None:
        self.truth.append(Lived(self._now, state, status, tuple(sorted(contacts or [])), self._profile))

    def _tell(self, kind: str, at: datetime, *, nothing: bool = False) -> None:
        profile, contacts = self._profile, deepcopy(list(self._held.values()))
        seen = snapshot(dict(self._status), *contacts, next_status=self._next, profile=profile)
        told = (None, None) if nothing else (seen, self._seen or seen)
        self.events.append(event(kind, at, *told, agent=self._agent))
        self._seen, self._told_at = seen, at

    def _pass_time(self, within: int | None = None) -> None:
        """Let between a millisecond and ten minutes pass, with a heartbeat whenever nothing is told for two minutes."""
        longest = within or self._luck.choice((1, 700, 30_000, 600_000))
        then = self._now + timedelta(milliseconds=self._luck.randint(1, longest))
        self._beat(then)
        self._now = then

    def _beat(self, until: datetime) -> None:
        while self.events and self._told_at + HEARTBEAT <= until:
            seen, at = self._seen, self._told_at + HEARTBEAT
            self.events.append(event("HEART_BEAT", at, seen, seen, agent=self._agent))
            self._told_at = at

    def _later(self) -> datetime:
        return max(self._told_at, self._now + timedelta(milliseconds=self._luck.randint(0, 900)))


def _word(name: str) -> str:
    return {"ROUTABLE": "available", "OFFLINE": "offline"}.get(TYPES.get(name, ""), "custom")


ACTIVITIES: dict[str, Callable[[Shift], None]] = {
    "call": Shift.call,
    "call with hold": lambda shift: shift.call(hold=True),
    "call and lunch": Shift.call_and_lunch,
    "break chosen at work": Shift.call_and_break,
    "call out": Shift.call_out,
    "miss": Shift.miss,
    "two chats": Shift.two_chats,
    "rest": Shift.rest,
    "move home": Shift.move_home,
}
SIGN_OUTS = (
    "goes offline first",
    "at once",
    "closes the browser",
    "closes the browser and Connect says nothing",
)


def days(luck: Random, plan: list[tuple[list[str], str | None, int]], agent: str = "hanako") -> Shift:
    """Return an agent's days: activities, how they sign out (None: not at all), and days until the next one."""
    shift = Shift(luck, agent=agent)
    for number, (activities, sign_out, pause) in enumerate(plan):
        if number == 0 or plan[number - 1][1] is not None:
            shift.sign_in()
        for name in activities:
            ACTIVITIES[name](shift)
        if sign_out is not None:
            shift.sign_out(sign_out)
            shift.go_home(pause)
    return shift


def bodies(shift: Shift) -> Iterator[str]:
    """Yield the events as Kinesis carries them."""
    return map(json.dumps, shift.events)
