"""What is done for the people behind the contacts: keep who looked at them."""

from collections.abc import Iterable
from datetime import datetime
from typing import Protocol

from chalicelib.privacy.model import Access


class AccessLog(Protocol):
    """Who opened whose data; entries are added and never changed."""

    def add(self, access: Access) -> None:
        """Keep an access.

        Raises `TryAgain` when the log is busy; then nothing may be shown.
        """

    def of(self, account: str, start: datetime, end: datetime) -> Iterable[Access]:
        """Return the accesses of an account from `start` until before `end`, oldest first."""


def note_access(access: Access, *, log: AccessLog) -> None:
    """Note that customers' data is about to be shown; what shows nobody's is not noted.

    Raises `TryAgain` when it cannot be noted: nobody looks without leaving a trace.
    """
    if access.contact_ids:
        log.add(access)


def accesses_of(account: str, *, start: datetime, end: datetime, log: AccessLog) -> list[Access]:
    """Return what an account opened from `start` until before `end`, oldest first."""
    return list(log.of(account, start, end))
