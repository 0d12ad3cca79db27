"""What is due when. Nothing here reads a clock: whoever drives the timeline says how late it is."""

import heapq
from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import count


class Alarm:
    """Something that is due at a moment, unless it is cancelled before."""

    __slots__ = ("_act", "at")

    def __init__(self, at: datetime, act: Callable[[], None]) -> None:
        self.at = at
        self._act: Callable[[], None] | None = act

    def cancel(self) -> None:
        """Let it not happen; nothing changes if it has happened."""
        self._act = None

    def ring(self) -> None:
        """Do it, once."""
        act, self._act = self._act, None
        if act is not None:
            act()

    @property
    def is_pending(self) -> bool:
        """Whether it is still to come."""
        return self._act is not None


class Timeline:
    """A present moment and what lies ahead of it; what is due at the same moment happens in the order it was asked for."""

    def __init__(self, now: datetime) -> None:
        self.now = now
        self._ahead: list[tuple[datetime, int, Alarm]] = []
        self._number = count()

    def after(self, delay: timedelta, act: Callable[[], None]) -> Alarm:
        """Let something happen `delay` from now."""
        return self.at(self.now + delay, act)

    def at(self, moment: datetime, act: Callable[[], None]) -> Alarm:
        """Let something happen at a moment; one that is past already means now."""
        alarm = Alarm(max(moment, self.now), act)
        heapq.heappush(self._ahead, (alarm.at, next(self._number), alarm))
        return alarm

    def following(self) -> datetime | None:
        """Return when something is due next, or None if nothing lies ahead."""
        while self._ahead and not self._ahead[0][2].is_pending:
            heapq.heappop(self._ahead)
        return self._ahead[0][0] if self._ahead else None

    def advance(self, to: datetime) -> None:
        """Let time pass until `to`: everything due by then happens, each at its own moment, also what it sets off itself."""
        while (due := self.following()) is not None and due <= to:
            _, _, alarm = heapq.heappop(self._ahead)
            self.now = due
            alarm.ring()
        self.now = max(self.now, to)
