"""Pace: requests evenly spaced, so that others who share a limit keep their part of it."""


class Pace:
    """So many requests a second at most, and never two at once; for one user at a time."""

    def __init__(self, per_second: float) -> None:
        self._gap = 1 / per_second
        self._free_at = 0.0

    def wait(self, now: float) -> float:
        """Return the seconds to wait before the next request, which counts as made then.

        `now` is in seconds of a clock that never goes back.
        """
        at = max(now, self._free_at)
        self._free_at = at + self._gap
        return at - now
