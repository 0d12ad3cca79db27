"""How often each operation may be called: a bucket of tokens for each, by Connect's default quotas. Time is passed in."""

from datetime import datetime
from typing import NamedTuple


class Rate(NamedTuple):
    """Calls a second, and how many may come at once."""

    a_second: float
    burst: int


DEFAULT = Rate(a_second=2, burst=5)
READING = Rate(a_second=10, burst=15)
RATES = {
    "GetCurrentMetricData": Rate(a_second=5, burst=8),
    "GetContactAttributes": Rate(a_second=10, burst=15),
    "UpdateContactAttributes": Rate(a_second=10, burst=15),
    "DescribeContact": Rate(a_second=10, burst=15),
    "StopContact": Rate(a_second=10, burst=15),
    "UpdateContactRoutingData": Rate(a_second=20, burst=20),
    # A Service Quotas listing says 10 a second for these; their burst is unconfirmed.
    "ListQueues": READING,
    "DescribeQueue": READING,
    "ListRoutingProfiles": READING,
    "DescribeRoutingProfile": READING,
    "ListUsers": READING,
    "DescribeUser": READING,
}
"""Default quotas of an account in a region; whatever is not here has `DEFAULT`."""


class Throttle:
    """The buckets of all operations, full at first."""

    def __init__(self) -> None:
        self._buckets: dict[str, tuple[float, datetime]] = {}

    def takes(self, operation: str, now: datetime) -> bool:
        """Whether one more call may pass now; it counts if it may."""
        rate = RATES.get(operation, DEFAULT)
        tokens, then = self._buckets.get(operation, (float(rate.burst), now))
        tokens = min(rate.burst, tokens + max(0.0, (now - then).total_seconds()) * rate.a_second)
        passes = tokens >= 1
        self._buckets[operation] = (tokens - passes, now)
        return passes
