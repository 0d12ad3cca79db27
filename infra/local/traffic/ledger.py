"""What truly happened, written down from the contacts themselves as they complete; nothing that was told comes into it.

A call log (docs/history.md) with some columns more. Ends are told apart as docs/contacts.md defines them.
"""

import csv
from datetime import datetime, tzinfo
from pathlib import Path
from typing import TextIO

from infra.local.connect.floor.contact import Contact
from infra.local.connect.floor.exchange import Exchange

COLUMNS = (
    "contact_id", "channel", "queue", "site", "agent", "initiated_at", "enqueued_at", "connected_at", "disconnected_at",
    "outcome", "disconnect_reason", "customer", "method", "left_queue_at", "work_ended_at", "end",
)  # fmt: skip
BY_US = frozenset({"OUTBOUND", "EXTERNAL_OUTBOUND", "AGENT_REPLY", "MONITOR", "DISCONNECT"})
"""How contacts begin that no customer brought."""
OUTCOMES = {"answered": "answered", "abandoned": "abandoned", "left_in_menu": "menu", "turned_away": "menu"}
"""What a call log has for an end; it knows no word for the others."""


class Ledger:
    """The contacts of one exchange that began since now, each as a row once it is complete, in that order; times are those of `zone`."""

    def __init__(self, path: Path, exchange: Exchange, zone: tzinfo) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self.path = path
        self._exchange, self._zone = exchange, zone
        self._file: TextIO = path.open("w", encoding="utf-8", newline="")
        self._rows = csv.DictWriter(self._file, COLUMNS, lineterminator="\n")
        self._rows.writeheader()
        self._last = max((contact.number for contact in exchange.contacts.values()), default=-1)
        self._open: list[Contact] = []
        self._is_full = False
        self.written = 0

    @property
    def begun(self) -> int:
        """How many contacts have begun."""
        return self.written + len(self._open)

    @property
    def is_complete(self) -> bool:
        """Whether all that began is over."""
        return not self._open

    def write(self) -> None:
        """Write down who is complete by now."""
        if self._file.closed:
            return
        if not self._is_full:
            self._open += self._fresh()
        over = [contact for contact in self._open if contact.completed_at is not None]
        for contact in sorted(over, key=lambda each: (each.completed_at or each.initiated_at, each.number)):
            self._rows.writerow(self._row(contact))
        if over:
            self._open = [contact for contact in self._open if contact.completed_at is None]
            self.written += len(over)
            self._file.flush()

    def _fresh(self) -> list[Contact]:
        """Return the contacts that began since the last look; by number, since old ones may have been forgotten."""
        fresh = [contact for contact in self._exchange.contacts.values() if contact.number > self._last]
        self._last = max((contact.number for contact in fresh), default=self._last)
        return fresh

    def take_no_more(self) -> None:
        """Wait for those who are there, and for nobody who comes from now on."""
        self.write()
        self._is_full = True

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def _row(self, contact: Contact) -> dict[str, str]:
        end = end_of(contact, self._exchange)
        agent = contact.agent if contact.connected_at else None
        outcome = "other" if contact.method in BY_US else OUTCOMES.get(end, "other")
        if outcome == "menu" and contact.enqueued_at:
            outcome = "other"
        return {
            "contact_id": contact.id,
            "channel": contact.channel,
            "queue": (contact.queue.name or "") if contact.queue and contact.enqueued_at else "",
            "site": agent.user.hierarchy[0].name if agent and agent.user.hierarchy else "",
            "agent": agent.user.name if agent else "",
            "initiated_at": self._clock(contact.initiated_at),
            "enqueued_at": self._clock(contact.enqueued_at),
            "connected_at": self._clock(contact.connected_at),
            "disconnected_at": self._clock(contact.disconnected_at),
            "outcome": outcome,
            "disconnect_reason": contact.reason or "",
            "customer": contact.customer.address if contact.customer else "",
            "method": contact.method,
            "left_queue_at": self._clock(contact.dequeued_at),
            "work_ended_at": self._clock(contact.work_ended_at),
            "end": end,
        }

    def _clock(self, moment: datetime | None) -> str:
        """Return a moment by the clocks of the centre, cut to the second: finer are neither call logs nor contact records."""
        return "" if moment is None else moment.astimezone(self._zone).isoformat(timespec="seconds")


def end_of(contact: Contact, exchange: Exchange) -> str:
    """Return how a contact that is over ended, in the words of docs/contacts.md; the first that holds."""
    following = exchange.contacts.get(contact.next_id or "")
    if contact.connected_at is not None:
        return "answered"
    if following is not None and following.method == "CALLBACK":
        return "callback_promised"
    if following is not None or contact.transferred_to is not None or contact.reason == "TRANSFERRED":
        return "transferred"
    if "turned_away" in contact.attributes:
        return "turned_away"
    if contact.method in BY_US or contact.channel in ("EMAIL", "TASK"):
        return "other"
    if contact.method == "TRANSFER" and contact.enqueued_at is None:
        return "other"
    return "abandoned" if contact.enqueued_at is not None else "left_in_menu"
