"""A scenario among those who are there: its people take the place of the usual ones until its part of a day is over."""

import asyncio
from datetime import datetime, timedelta

from infra.local.connect.timeline import Timeline
from infra.local.connect.world import StackWorld
from infra.local.traffic.ledger import Ledger
from infra.local.traffic.people import People

LOOKS = 0.5
"""Seconds between two looks at the time."""
LONGEST_WAIT = timedelta(minutes=15)
"""For those who are still there when it is over."""


class Live:
    """A part of a scenario's day, played on the live exchange as fast as the clock. `usual` are the people who go on afterwards, if any."""

    def __init__(
        self, people: People, timeline: Timeline, world: StackWorld, ledger: Ledger, *, usual: People | None, ends: datetime
    ) -> None:  # fmt: skip
        self.people, self.ledger = people, ledger
        self._timeline, self._world, self._usual = timeline, world, usual
        self.begins, self.ends = timeline.now, ends
        self._is_stopped = False

    @property
    def now(self) -> datetime:
        """The present moment."""
        return self._timeline.now

    def stop(self) -> None:
        """Let the usual people come back now."""
        self._is_stopped = True

    async def play(self) -> None:
        """Play it to its end, and wait for those who have come by then."""
        if self._usual is not None:
            self._usual.rest()
        self._world.audiences.append(self.people)
        self.people.come()
        while self.now < self.ends and not self._is_stopped:
            self.ledger.write()
            await asyncio.sleep(LOOKS)
        self.people.callers.rest()
        if self._usual is not None:
            self.people.staff.rest()
            self._usual.come_back()
        self.ledger.take_no_more()
        end = self.now + LONGEST_WAIT
        while not self.ledger.is_complete and self.now < end:
            await asyncio.sleep(LOOKS)
            self.ledger.write()
        if self._usual is None:
            self.people.staff.go_home()
            self.ledger.write()
        self._world.audiences.remove(self.people)
        self.ledger.close()
