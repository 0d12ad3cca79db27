"""A contact: what all its facts add up to.

The record is a pure function of the set of facts: neither their order nor the number of copies can change a byte.
"""

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple

from chalicelib.contacts.model import descriptions, events, records
from chalicelib.contacts.model.fact import ContactId, Fact
from chalicelib.contacts.model.forgetting import FORGOTTEN
from chalicelib.contacts.model.mark import MARK, Mark, marks_in, marks_of_text, text_of_marks
from chalicelib.contacts.model.said import Said, merge
from chalicelib.moments import stamp

Plain = dict[str, str | int]
Rank = tuple[int, str, bool, str]
"""Of two documents the one of higher rank counts: by weight, then the later one, then descriptions, then by digest."""


class Stage(StrEnum):
    """Where a contact is."""

    UNKNOWN = "unknown"
    IN_MENU = "in_menu"
    WAITING = "waiting"
    WITH_AGENT = "with_agent"
    AFTER_CONTACT_WORK = "after_contact_work"
    ENDED = "ended"


class Outcome(StrEnum):
    """How a contact ended; each ends in exactly one way."""

    LEFT_IN_MENU = "left_in_menu"
    TURNED_AWAY = "turned_away"
    ABANDONED = "abandoned"
    CALLBACK_PROMISED = "callback_promised"
    ANSWERED = "answered"
    TRANSFERRED = "transferred"
    OTHER = "other"


BEGUN_BY_US = frozenset({"OUTBOUND", "EXTERNAL_OUTBOUND", "AGENT_REPLY", "MONITOR", "CAMPAIGN_PREVIEW", "DISCONNECT"})
"""Initiation methods of contacts that no customer brought to us; they neither arrive nor are they offered."""

CANNOT_HANG_UP = frozenset({"EMAIL", "TASK"})
"""Channels whose customer cannot leave the queue: what ends there unanswered was ended by us, not abandoned."""


class Contact(NamedTuple):
    """One contact as it is known now.

    `went_on` maps the contact ids that continue this one to their initiation methods; `facts` is the number of facts
    it is made of, which only grows: of two records of a contact, the one of more facts is the newer. `marks` are what staff
    said of it, the earliest first.
    """

    contact_id: ContactId
    said: Said
    went_on: Mapping[str, str]
    facts: int
    marks: tuple[Mark, ...] = ()

    @classmethod
    def of(cls, contact_id: ContactId, facts: Iterable[Fact]) -> "Contact":
        """Return the contact that these facts add up to, in whatever order and however often they came.

        Raises `Unreadable` for a fact that no reader of ours wrote.
        """
        known = {fact.key: fact for fact in facts}
        sayings: list[tuple[Rank, Said]] = []
        went_on: dict[str, str] = {}
        forgotten = False
        for key in sorted(known):
            source, kind, rest = key.split("#", 2)
            if source == "next":
                went_on.setdefault(rest, kind)
            elif source == FORGOTTEN:
                forgotten = True
            elif source != MARK:
                sayings.append(_ranked(source, kind, rest, known[key]))
        sayings.sort(key=lambda ranked: ranked[0])
        merged = merge(said for _, said in sayings)
        if forgotten:
            merged = merged._replace(customer_address=None, customer_id=None)
        marks = marks_in(known.values())
        return cls(contact_id=contact_id, said=merged, went_on=went_on, facts=len(known), marks=marks)

    @property
    def came_from(self) -> tuple[str | None, ...]:
        """The contacts that this one continues, as far as it names them."""
        return self.said.previous_contact_id, self.said.initial_contact_id

    @property
    def arrived_at(self) -> datetime | None:
        """The moment by which the contact is counted: entering the queue, else its beginning, else the first known."""
        said = self.said
        return said.enqueued_at or said.initiated_at or min(said.moments(), default=None)

    @property
    def from_customer(self) -> bool:
        """Whether a customer (or a transfer of one) brought this contact to us."""
        return self.said.initiation_method not in BEGUN_BY_US

    @property
    def answered(self) -> bool:
        """Whether it reached an agent, even if nobody told us when."""
        return self.said.connected_to_agent_at is not None or bool(self.said.reached_agent)

    @property
    def queued(self) -> bool:
        """Whether it was in a queue: it entered one, or left one that nobody told us when it entered."""
        return self.said.enqueued_at is not None or self.said.dequeued_at is not None

    @property
    def offered(self) -> bool:
        """Whether it was put in a queue; one that an agent answered was, even if nobody told us when."""
        return self.from_customer and (self.queued or self.answered)

    @property
    def is_callback(self) -> bool:
        """Whether we called back; its wait is ours, not the customer's, and stays out of the speed of answer."""
        return self.said.initiation_method == "CALLBACK"

    @property
    def stage(self) -> Stage:
        """Where the contact is now."""
        said = self.said
        if said.disconnected_at is not None or said.completed:
            working = self.answered and not said.completed and said.after_contact_work_ended_at is None
            return Stage.AFTER_CONTACT_WORK if working else Stage.ENDED
        if self.answered:
            return Stage.WITH_AGENT
        if self._followed:
            return Stage.ENDED
        if said.enqueued_at is not None:
            return Stage.WAITING
        return Stage.IN_MENU if said.moments() else Stage.UNKNOWN

    @property
    def since(self) -> datetime | None:
        """The moment at which it reached its stage, as far as one was named."""
        said = self.said
        return {
            Stage.WAITING: said.enqueued_at,
            Stage.WITH_AGENT: said.connected_to_agent_at,
            Stage.AFTER_CONTACT_WORK: said.disconnected_at,
            Stage.ENDED: said.disconnected_at,
        }.get(self.stage, said.initiated_at)

    @property
    def outcome(self) -> Outcome | None:
        """How it ended, or None while it is in the menu, waiting or talking for the first time."""
        if self.answered:
            return Outcome.ANSWERED
        if self.stage is not Stage.ENDED:
            return None
        return self._outcome_without_agent

    @property
    def wait_seconds(self) -> float | None:
        """Seconds from entering the queue to leaving it, or None while it waits or when a moment is not known."""
        said = self.said
        left = said.dequeued_at if self.is_callback else None
        left = left or said.connected_to_agent_at or said.dequeued_at
        if left is None and not self.answered:
            left = said.disconnected_at
        return _seconds_between(said.enqueued_at, left)

    @property
    def handle_seconds(self) -> float | None:
        """Seconds of talk, hold and after-contact work, or None before the talk has ended."""
        said = self.said
        if not self.answered:
            return None
        work: float | None = said.after_contact_work_seconds
        if work is None:
            work = _seconds_between(said.after_contact_work_started_at, said.after_contact_work_ended_at)
        if said.interaction_seconds is not None:
            return float(said.interaction_seconds + (said.hold_seconds or 0) + (work or 0))
        talk = _seconds_between(said.connected_to_agent_at, said.disconnected_at)
        return None if talk is None else talk + (work or 0)

    def plain(self) -> Plain:
        """Return the record as it is stored: texts and whole numbers only, nothing for what is not known."""
        record: Plain = {"contact_id": self.contact_id, "stage": self.stage.value, "facts": self.facts}
        for name in _STORED:
            value = getattr(self.said, name)
            if isinstance(value, datetime):
                record[name] = stamp(value)
            elif value is not None:
                record[name] = int(value) if isinstance(value, bool) else value
        if self.outcome is not None:
            record["outcome"] = self.outcome.value
        if self.went_on:
            record["went_on"] = json.dumps(self.went_on, sort_keys=True)
        if self.arrived_at is not None:
            record["arrived_at"] = stamp(self.arrived_at)
        if self.marks:
            record["marks"] = text_of_marks(self.marks)
        return record

    @classmethod
    def of_plain(cls, record: Mapping[str, str | int]) -> "Contact":
        """Return the contact that `plain` wrote."""
        said: dict[str, Any] = {}
        for name in _STORED:
            if (value := record.get(name)) is not None:
                if name.endswith("_at"):
                    said[name] = datetime.fromisoformat(str(value))
                elif name in _FLAGS:
                    said[name] = bool(int(value))
                else:
                    said[name] = int(value) if name.endswith("_seconds") else str(value)
        return cls(
            contact_id=ContactId(str(record["contact_id"])),
            said=Said(**said),
            went_on=json.loads(str(record.get("went_on", "{}"))),
            facts=int(record["facts"]),
            marks=marks_of_text(str(record.get("marks", "[]"))),
        )

    @property
    def _followed(self) -> bool:
        return bool(self.went_on) or self.said.next_contact_id is not None

    @property
    def _outcome_without_agent(self) -> Outcome:
        said = self.said
        if "CALLBACK" in self.went_on.values():
            return Outcome.CALLBACK_PROMISED
        if self._followed or said.transferred_to is not None or said.disconnect_reason == "TRANSFERRED":
            return Outcome.TRANSFERRED
        if said.turned_away is not None:
            return Outcome.TURNED_AWAY
        if not self.from_customer or said.channel in CANNOT_HANG_UP:
            return Outcome.OTHER
        # An agent has sent the customer to a flow, such as the one that takes a card number: nobody called, nobody waited.
        if said.initiation_method == "TRANSFER" and not self.queued:
            return Outcome.OTHER
        return Outcome.ABANDONED if self.queued else Outcome.LEFT_IN_MENU


def _ranked(source: str, kind: str, rest: str, fact: Fact) -> tuple[Rank, Said]:
    if source == "record":
        return (records.WEIGHT, kind, False, rest), records.said_by_record(json.loads(fact.detail))
    if fact.key == descriptions.GONE:
        return (descriptions.WEIGHT, "", True, rest), descriptions.said_by_gone()
    is_description = source == "described"
    document = json.loads(fact.detail)
    if is_description:
        said = descriptions.said_by_description(document)
        weight, latest = descriptions.weight(said), said.last_updated_at
    else:
        said = events.said_by_event(document, kind)
        weight, latest = events.WEIGHT.get(kind, 0), max(said.moments(), default=None)
    return (weight, latest.isoformat() if latest else "", is_description, rest), said


def _seconds_between(start: datetime | None, end: datetime | None) -> float | None:
    if start is None or end is None:
        return None
    return max((end - start).total_seconds(), 0.0)


_STORED = Said._fields
_FLAGS = frozenset({"completed", "reached_agent"})
