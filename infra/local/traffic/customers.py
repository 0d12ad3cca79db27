"""What happens to customers: a small seeded simulation of people, queues and agents.

Everything is decided by the seed and the start; no clock is read and nothing is sent here. Agents answer one contact at a time, in
the order of arrival, so waits grow when many call and some hang up, as in a real centre.
"""

import random
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from infra.local.connect.centre import Agent, Centre
from infra.local.connect.instance import Queue

ARRIVAL_GAP = 2.5  # seconds between customers, on average
CHANNELS = {"VOICE": 62, "CHAT": 18, "TASK": 8, "EMAIL": 12}
PLANS = {
    "straight": 70,
    "left in menu": 8,
    "turned away": 5,
    "callback": 6,
    "to another queue": 5,
    "to another agent": 6,
}
TURNED_AWAY = {"closed": 3, "full": 2, "no_staff": 2, "error": 1}
FIRST_QUEUES = {
    "VOICE": ("Support", "Support", "Billing"),
    "CHAT": ("Support", "Billing"),
    "TASK": ("Back office",),
    "EMAIL": ("Mail",),
}
OTHER_QUEUE = {"Support": "Billing", "Billing": "Support"}


@dataclass(frozen=True, kw_only=True)
class Contact:
    """One contact, complete: all that Connect would tell of it. Absent moments never came."""

    id: str
    channel: str
    method: str
    initiated_at: datetime
    customer: str
    queue: Queue | None = None
    enqueued_at: datetime | None = None
    left_queue_at: datetime | None = None
    agent: Agent | None = None
    answered_at: datetime | None = None
    hold_seconds: int = 0
    disconnected_at: datetime
    work_seconds: int = 0
    disconnect_reason: str | None = None
    turned_away: str | None = None
    initial_id: str | None = None
    previous_id: str | None = None
    next_id: str | None = None

    @property
    def completed_at(self) -> datetime:
        """When after-contact work was over, at once where there was none."""
        return self.disconnected_at + timedelta(seconds=self.work_seconds)


@dataclass
class Customers:
    """A seeded stream of customers of one centre, from `start` on."""

    centre: Centre
    seed: int
    start: datetime
    _free_from: dict[str, datetime] = field(default_factory=dict)

    def __iter__(self) -> Iterator[list[Contact]]:
        """Yield one customer after the other, each as the contacts that belong together, by the moment they come."""
        self._free_from = {agent.user.id: self.start for agent in self.centre.agents}
        dice = random.Random(self.seed)
        moment = self.start
        while True:
            moment += timedelta(seconds=dice.expovariate(1 / ARRIVAL_GAP))
            # A customer of its own dice: a change in one story leaves the others as they were.
            yield self._customer(random.Random(dice.getrandbits(64)), moment)

    def _customer(self, dice: random.Random, moment: datetime) -> list[Contact]:
        channel = _pick(dice, CHANNELS)
        plan = _pick(dice, PLANS) if channel == "VOICE" else "straight"
        first = Contact(
            id=_id(dice),
            channel=channel,
            method="INBOUND" if channel in ("VOICE", "EMAIL") else "API",
            initiated_at=moment,
            customer=f"customer{dice.randrange(10**6):06}@example.com"
            if channel == "EMAIL"
            else f"+8190{dice.randrange(10**8):08}",
            disconnected_at=moment + _seconds(dice, 4, 15),
            disconnect_reason="CUSTOMER_DISCONNECT",
        )
        if plan == "left in menu":
            return [first]
        if plan == "turned away":
            return [replace(first, turned_away=_pick(dice, TURNED_AWAY), disconnect_reason="CONTACT_FLOW_DISCONNECT")]
        queue = self.centre.queues[dice.choice(FIRST_QUEUES[channel])]
        waiting = replace(first, queue=queue, enqueued_at=first.disconnected_at)
        if plan == "callback":
            return self._called_back(dice, waiting)
        if plan == "to another queue":
            return self._sent_to_another_queue(dice, waiting)
        served = self._served(dice, waiting)
        return self._handed_over(dice, served) if plan == "to another agent" and served.agent else [served]

    def _served(self, dice: random.Random, waiting: Contact) -> Contact:
        assert waiting.enqueued_at is not None, "only who waits is served"
        agent = min(self.centre.agents, key=lambda one: (self._free_from[one.user.id], one.user.id))
        answered_at = max(waiting.enqueued_at + _seconds(dice, 1, 6), self._free_from[agent.user.id])
        patience = _seconds(dice, 8, 90)
        may_leave = waiting.channel in ("VOICE", "CHAT") and waiting.method != "CALLBACK"
        if may_leave and (answered_at - waiting.enqueued_at > patience or dice.random() < 0.05):
            left = waiting.enqueued_at + min(patience, answered_at - waiting.enqueued_at)
            return replace(waiting, left_queue_at=left, disconnected_at=left)
        talk = _seconds(dice, 8, 40)
        contact = replace(
            waiting,
            agent=agent,
            left_queue_at=answered_at,
            answered_at=answered_at,
            hold_seconds=dice.choice((0, 0, 0, 3, 5)) if waiting.channel == "VOICE" else 0,
            disconnected_at=answered_at + talk,
            work_seconds=dice.randrange(2, 12),
            disconnect_reason={"TASK": "AGENT_COMPLETED", "EMAIL": "AGENT_DISCONNECT"}.get(
                waiting.channel, dice.choice(("CUSTOMER_DISCONNECT", "AGENT_DISCONNECT"))
            ),
        )
        self._free_from[agent.user.id] = contact.completed_at
        return contact

    def _called_back(self, dice: random.Random, waiting: Contact) -> list[Contact]:
        promised = self._moves_on(dice, waiting, reason="CONTACT_FLOW_DISCONNECT")
        later = promised.disconnected_at + _seconds(dice, 5, 10)
        callback = self._following(promised, method="CALLBACK", queue=self.centre.queues["Callback"])
        return [promised, self._served(dice, replace(callback, enqueued_at=later))]

    def _sent_to_another_queue(self, dice: random.Random, waiting: Contact) -> list[Contact]:
        assert waiting.queue is not None, "who waits does so in a queue"
        moved = self._moves_on(dice, waiting, reason=None)
        other = self.centre.queues[OTHER_QUEUE[waiting.queue.name]]
        return [moved, self._served(dice, self._following(moved, method="QUEUE_TRANSFER", queue=other))]

    def _handed_over(self, dice: random.Random, served: Contact) -> list[Contact]:
        assert served.queue is not None, "who was served had waited"
        first = replace(served, next_id=_id(dice), disconnect_reason="AGENT_DISCONNECT")
        other = self.centre.queues[OTHER_QUEUE[served.queue.name]]
        return [first, self._served(dice, self._following(first, method="TRANSFER", queue=other))]

    @staticmethod
    def _moves_on(dice: random.Random, waiting: Contact, *, reason: str | None) -> Contact:
        assert waiting.enqueued_at is not None, "only who waits moves on"
        left = waiting.enqueued_at + _seconds(dice, 5, 20)
        return replace(waiting, left_queue_at=left, disconnected_at=left, next_id=_id(dice), disconnect_reason=reason)

    @staticmethod
    def _following(before: Contact, *, method: str, queue: Queue) -> Contact:
        assert before.next_id is not None, "a contact that goes on names what follows"
        return Contact(
            id=before.next_id,
            channel=before.channel,
            method=method,
            initiated_at=before.disconnected_at,
            customer=before.customer,
            queue=queue,
            enqueued_at=before.disconnected_at,
            disconnected_at=before.disconnected_at,
            disconnect_reason="CUSTOMER_DISCONNECT",
            initial_id=before.initial_id or before.id,
            previous_id=before.id,
        )


def _pick(dice: random.Random, weights: dict[str, int]) -> str:
    return dice.choices(list(weights), weights=list(weights.values()))[0]


def _seconds(dice: random.Random, least: float, most: float) -> timedelta:
    return timedelta(milliseconds=round(1000 * dice.uniform(least, most)))


def _id(dice: random.Random) -> str:
    return str(uuid.UUID(int=dice.getrandbits(128), version=4))
