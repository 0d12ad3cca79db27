"""A day on an exchange of its own, in a time of its own: from as fast as the clock to as fast as the machine can."""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from infra.local.connect.floor.exchange import Exchange
from infra.local.connect.outbox import Outbox
from infra.local.connect.timeline import Timeline
from infra.local.connect.world import StackWorld
from infra.local.traffic.ledger import Ledger
from infra.local.traffic.people import People
from infra.local.traffic.scenario import DAY

RECORDS_COME = timedelta(seconds=2)
"""After which the last contact's record is told."""
TOGETHER = 20
"""Things that happen until the other tasks of the process have their turn."""
MOST_PROMISED = 2_000
"""Documents that may lie in the outbox; while there are more, the day waits for the delivery."""
LINGERS = 0.5
"""Seconds between two looks at a day that is over."""
PAUSE = 0.05
"""Seconds between two looks, where there is nothing to do yet."""


class Pace:
    """Which moment of a day it is: `speed` times as fast as the clock since `start`, None as fast as the machine can, but never ahead of the clock."""

    def __init__(self, start: datetime, speed: float | None, clock: Callable[[], datetime]) -> None:
        self._start, self._speed, self._clock = start, speed, clock
        self._began = clock()

    def moment(self) -> datetime:
        """Return how far the day may have come by now."""
        now = self._clock()
        return now if self._speed is None else min(self._start + self._speed * (now - self._began), now)

    def from_here(self, moment: datetime) -> "Pace":
        """Return the pace of a day that has come as far as this moment, and goes on as fast as the clock."""
        return Pace(moment, 1.0, self._clock)


class DayWorld(StackWorld):
    """The world of a day. It writes no flow log: of a day in a minute there would be sixty lines a call."""

    def log_flow(self, entry: dict[str, Any]) -> None:
        """Write nothing."""


class Day:
    """One day, from midnight to midnight. What is not over by then is ended: a day is whole.

    The timeline stands while a function is asked, which takes real time, and while too much waits to be delivered.
    """

    def __init__(self, people: People, exchange: Exchange, timeline: Timeline, world: StackWorld, outbox: Outbox, ledger: Ledger, pace: Pace) -> None:  # fmt: skip
        self.people, self.exchange, self.ledger = people, exchange, ledger
        self._timeline, self._world, self._outbox, self._pace = timeline, world, outbox, pace
        self.begins, self.ends = timeline.now, timeline.now + timedelta(seconds=DAY)
        self._is_stopped = False

    @property
    def now(self) -> datetime:
        """How far it has come."""
        return self._timeline.now

    def stop(self) -> None:
        """End it as midnight would, now."""
        self._is_stopped = True

    async def play(self) -> None:
        """Play it to its end."""
        self._world.audiences.append(self.people)
        self.people.come()
        await self._turn(self.ends, unless=lambda: self._is_stopped)
        self.people.go_home()
        await self._turn(self._timeline.now + RECORDS_COME, unless=lambda: False)
        self.ledger.write()
        self.ledger.close()

    async def linger(self) -> None:
        """Let its time go on with the clock for as long as its contacts are remembered: their attributes may be set, and are told."""
        self._pace = self._pace.from_here(self._timeline.now)
        while self.exchange.contacts:
            self._timeline.advance(self._pace.moment())
            await asyncio.sleep(LINGERS)

    async def _turn(self, until: datetime, *, unless: Callable[[], bool]) -> None:
        while self._timeline.now < until and not unless():
            target = min(until, self._pace.moment())
            for _ in range(TOGETHER):
                following = self._timeline.following()
                if self._world.is_calling or following is None or following > target:
                    break
                self._timeline.advance(following)
            else:
                await self._breathe(0)
                continue
            if not self._world.is_calling:
                self._timeline.advance(target)
            await self._breathe(0 if target == until else PAUSE)

    async def _breathe(self, seconds: float) -> None:
        """Let others work, and the delivery catch up."""
        self.ledger.write()
        await asyncio.sleep(seconds)
        while len(self._outbox) > MOST_PROMISED or self._world.is_calling:
            await asyncio.sleep(PAUSE)
