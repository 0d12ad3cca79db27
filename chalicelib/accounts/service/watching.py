"""The use case that looks at certificates before callers notice that one has ended."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from chalicelib.accounts.model.certificate import Certificate


class Certificates(Protocol):
    """The certificates of the card keys that are in use."""

    def all(self) -> Sequence[Certificate]:
        """Return every certificate; raises `TryAgain` when the store is busy."""


class Gauge(Protocol):
    """What shows how long certificates last."""

    def publish(self, now: datetime, days_left: Mapping[str, int]) -> None:
        """Tell the days left by name of the key, and how many keys there are; raises `TryAgain` when the gauge is busy."""


def watch(*, now: datetime, certificates: Certificates, gauge: Gauge) -> dict[str, int]:
    """Publish how many days are left of each certificate, and return them by name of the key.

    Where there is none the gauge still hears that somebody looked. Raises `TryAgain`; the next run does it all.
    """
    days_left = {each.name: each.days_left(now) for each in certificates.all()}
    gauge.publish(now, days_left)
    return days_left
