"""What is done about contacts that went silent: ask Connect, keep what it says, publish the gap."""

import json
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime
from enum import Enum, auto
from typing import NamedTuple, Protocol

from chalicelib.contacts.model import ContactId, Silent, read_description
from chalicelib.contacts.model.descriptions import gone
from chalicelib.contacts.model.fact import Document
from chalicelib.contacts.model.silence import ask_again_at, is_given_up
from chalicelib.contacts.service import ContactBook, FactBook
from chalicelib.parking.model import Parked
from chalicelib.parking.service import ParkingLot
from chalicelib.problems import SlowDown, TryAgain, Unreadable

QUESTIONS_A_RUN = 1000
"""Contacts that one run asks about at most; the longest silent come first, the others wait for the next run."""

FAILURES_IN_A_ROW = 3
"""Questions that may fail one after the other before a run takes Connect for down; a single one may be the contact's fault."""


class Connect(Protocol):
    """Amazon Connect, which can be asked about one contact at a time."""

    def describe(self, contact_id: ContactId) -> Document | None:
        """Return what Connect knows of a contact at this moment, or None if it knows nothing of it.

        Waits for its turn. Raises `SlowDown` when Connect asks for fewer requests, `TryAgain` when it is out of order.
        """


class SilenceGauge(Protocol):
    """Where people see whether contacts stay silent."""

    def publish(self, now: datetime, *, silent: int, reconciled: int) -> None:
        """Tell how many contacts are silent now, and how many this run has closed.

        Raises `TryAgain` when the gauge cannot take it.
        """


class Reconciled(NamedTuple):
    """What a run found out about silent contacts.

    `closed` are over, `open` are not; both are known now. `unknown` to Connect and `parked` for an answer that nobody can
    read are asked about again later. `silent` is the gap: contacts of which this run could learn nothing. `trouble` is the
    last thing that went wrong, if any.
    """

    closed: int
    open: int
    unknown: Sequence[ContactId]
    parked: int
    silent: int
    trouble: str | None


class _Answer(Enum):
    CLOSED = auto()
    OPEN = auto()
    UNKNOWN = auto()
    PARKED = auto()


def reconcile(
    *,
    now: datetime,
    connect: Connect | None,
    contacts: ContactBook,
    facts: FactBook,
    parked: ParkingLot,
    gauge: SilenceGauge,
    more_time: Callable[[], bool],
) -> Reconciled:
    """Ask Connect about contacts that went silent, keep what it answers as facts, and publish the gap that is left.

    What was not asked for want of time, or because Connect wants fewer questions, stays due for the next run. Asking
    twice makes the same fact. Without anybody to ask only the gap is published. Raises `TryAgain` when a store is busy.
    """
    silent = contacts.silent(now)
    answers: dict[_Answer, list[ContactId]] = {answer: [] for answer in _Answer}
    trouble: str | None = None
    in_vain = 0
    for one in silent[:QUESTIONS_A_RUN]:
        if connect is None or in_vain == FAILURES_IN_A_ROW or not more_time():
            break
        try:
            answer = _ask(one, now=now, connect=connect, contacts=contacts, facts=facts, parked=parked)
            answers[answer].append(one.contact_id)
            in_vain = 0
        except SlowDown as problem:
            trouble = str(problem)
            break
        except TryAgain as problem:
            trouble = str(problem)
            in_vain += 1
            with suppress(TryAgain):
                # To the end of the line: one contact that always fails must not keep the others from their turn.
                contacts.look_again(one, now)
    closed, still_open = len(answers[_Answer.CLOSED]), len(answers[_Answer.OPEN])
    left = len(silent) - closed - still_open
    gauge.publish(now, silent=left, reconciled=closed)
    return Reconciled(
        closed=closed,
        open=still_open,
        unknown=answers[_Answer.UNKNOWN],
        parked=len(answers[_Answer.PARKED]),
        silent=left,
        trouble=trouble,
    )


def _ask(
    one: Silent, *, now: datetime, connect: Connect, contacts: ContactBook, facts: FactBook, parked: ParkingLot
) -> _Answer:
    document = connect.describe(one.contact_id)
    if document is None and not is_given_up(one, now):
        contacts.look_again(one, ask_again_at(one, now))
        return _Answer.UNKNOWN
    try:
        told = gone(one.contact_id, one.silent_from) if document is None else read_description(one.contact_id, document)
    except Unreadable as problem:
        parked.park(Parked.of("descriptions", problem, json.dumps(document)))
        contacts.look_again(one, ask_again_at(one, now))
        return _Answer.PARKED
    if facts.keep(told.facts):
        raise TryAgain(f"What Connect says of contact {one.contact_id} could not be kept for now.")
    if told.is_over:
        return _Answer.CLOSED
    contacts.look_again(one, ask_again_at(one, now))
    return _Answer.OPEN
