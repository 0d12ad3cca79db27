"""Who waits now."""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from chalicelib.contacts.model import Waiting
from chalicelib.quality.model.share import NOWHERE


class Queueing(NamedTuple):
    """How many wait in one queue on one channel, and for how many seconds the longest of them has."""

    queue_id: str
    channel: str
    waiting: int
    longest_wait: float


def queueing(contacts: Iterable[Waiting], now: datetime) -> list[Queueing]:
    """Return one line for every queue and channel in which somebody waits, the longest wait first."""
    waits: dict[tuple[str, str], list[float]] = {}
    for contact in contacts:
        key = (contact.queue_id or NOWHERE, contact.channel or NOWHERE)
        waits.setdefault(key, []).append(max((now - contact.since).total_seconds(), 0.0))
    lines = [
        Queueing(queue_id=queue_id, channel=channel, waiting=len(some), longest_wait=max(some))
        for (queue_id, channel), some in waits.items()
    ]
    return sorted(lines, key=lambda line: (-line.longest_wait, line.queue_id, line.channel))
