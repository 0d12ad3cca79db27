"""The people of a running local Connect: the usual ones, and the days that somebody asks for."""

import asyncio
import logging
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any, NamedTuple

from infra.local.connect.delivery import BestEffort
from infra.local.connect.floor.contact import Player
from infra.local.connect.floor.exchange import Exchange
from infra.local.connect.outbox import Outbox
from infra.local.connect.timeline import Timeline
from infra.local.connect.world import StackWorld
from infra.local.problems import CannotRun
from infra.local.traffic.day import Day, DayWorld, Pace
from infra.local.traffic.ledger import Ledger
from infra.local.traffic.live import Live
from infra.local.traffic.order import Order, read
from infra.local.traffic.people import People, midnight
from infra.local.traffic.roster import staffed
from infra.local.traffic.scenario import DEMO, named

if TYPE_CHECKING:
    from mypy_boto3_lambda import LambdaClient

logger = logging.getLogger("traffic")
LOOKS = 0.2
"""Seconds between two looks at the outbox."""


class Busy(CannotRun):
    """A day is being played already."""


class NoSuchDay(CannotRun):
    """Nobody asked for a day of that name."""


class House(NamedTuple):
    """What a day shares with the live exchange: the way out and the way to functions. `effort` and `seed` are those of the settings."""

    outbox: Outbox
    functions: "LambdaClient"
    players: Callable[[], Player]
    woken: Callable[[], None]
    effort: BestEffort
    seed: int
    directory: Path


@dataclass(slots=True)
class _Run:
    """A day that was asked for, and how it stands: playing, delivering, over or failed."""

    name: str
    order: Order
    played: Day | Live
    state: str = "playing"
    stopped: bool = False
    last_promise: int = 0
    problem: str | None = None


class Traffic:
    """Lets people come to the live exchange, and plays days beside it, one at a time.

    Nobody sits at the desks of the users who are named as `away`: they are somebody else's.
    """

    def __init__(
        self, exchange: Exchange, timeline: Timeline, world: StackWorld, house: House, *, seed: int, away: Collection[str]
    ) -> None:  # fmt: skip
        self._exchange, self._timeline, self._world, self._house = exchange, timeline, world, house
        self._seed = seed
        self._user_ids = [
            each.user.id for each in exchange.agents.values() if each.user.name not in away and each.profile.queues
        ]
        self._usual: People | None = None
        self._runs: dict[str, _Run] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    def begin(self) -> None:
        """Let the usual people come, as the demo's scenario has it. Raises BadScenario."""
        scenario = named(DEMO)
        self._usual = People(
            self._exchange, self._timeline, scenario,
            origin=midnight(scenario, self._timeline.now), contacts=scenario.contacts, user_ids=self._user_ids, seed=self._seed,
        )  # fmt: skip
        self._world.audiences.append(self._usual)
        self._usual.come()

    def exchange_of(self, contact_id: str) -> Exchange | None:
        """Return the exchange of the day that has this contact, or None."""
        for run in reversed(self._runs.values()):
            if isinstance(run.played, Day) and contact_id in run.played.exchange.contacts:
                return run.played.exchange
        return None

    def start(self, words: dict[str, Any]) -> str:
        """Begin a day and return its name. Raises BadScenario for words that make no sense, and Busy while another one is played."""
        order = read(words, now=datetime.now(UTC), usual=self._house.effort, seed=self._house.seed)
        for run in self._runs.values():
            if run.state in ("playing", "delivering"):
                raise Busy(
                    f"{run.name} is being played: wait for its end, or end it with Ctrl-C where it was asked for."
                )
        name = order.name if order.date else f"{order.name}-{datetime.now(UTC):%Y%m%dT%H%M%S}"
        played = self._day(name, order) if order.date else self._live(name, order)
        # Played again it is the newest, also if it bears the name of an earlier one.
        self._runs.pop(name, None)
        run = self._runs[name] = _Run(name, order, played)
        task = asyncio.get_running_loop().create_task(self._play(run))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return name

    def stop(self, name: str) -> None:
        """End a day early, whole as it is. Raises NoSuchDay."""
        run = self._run(name)
        run.stopped = True
        run.played.stop()

    def progress(self, name: str) -> dict[str, Any]:
        """Return how a day stands. Raises NoSuchDay."""
        run = self._run(name)
        ledger, people = run.played.ledger, run.played.people
        return {
            "run": name,
            "title": run.order.scenario.title,
            "state": run.state,
            "stopped": run.stopped,
            "from": run.played.begins.isoformat(),
            "to": run.played.ends.isoformat(),
            "now": run.played.now.isoformat(),
            "came": people.callers.came,
            "contacts": ledger.begun,
            "over": ledger.written,
            "undelivered": self._house.outbox.open_until(run.last_promise) if run.last_promise else len(self._house.outbox),
            "ledger": str(ledger.path),
            "problem": run.problem,
        }  # fmt: skip

    def _run(self, name: str) -> _Run:
        if name not in self._runs:
            raise NoSuchDay(f"There is no day {name}: it may have been before the local Connect started.")
        return self._runs[name]

    def _day(self, name: str, order: Order) -> Day:
        assert order.date is not None
        scenario, house = order.scenario, self._house
        instance, user_ids = staffed(self._exchange.instance, order.agents)
        begins = datetime.combine(order.date, time(), scenario.zone).astimezone(UTC)
        timeline = Timeline(begins)
        # What makes another day must make other ids, or the two would be one in whatever reads them.
        what = f"{scenario.name} {order.date} {order.seed} {order.expected} {order.agents}"
        seed = Random(what).getrandbits(63)
        world = DayWorld(
            instance, timeline, house.outbox, house.functions,
            effort=order.effort, dice=Random(seed), woken=house.woken, now=lambda: timeline.now,
        )  # fmt: skip
        exchange = Exchange(instance, timeline, world, house.players, seed=seed)
        people = People(
            exchange, timeline, scenario, origin=begins, contacts=order.expected, user_ids=user_ids, seed=seed
        )
        pace = Pace(begins, order.speed, lambda: datetime.now(UTC))
        ledger = self._ledger(name, exchange, order)
        return Day(people, exchange, timeline, world, house.outbox, ledger, pace)

    def _live(self, name: str, order: Order) -> Live:
        scenario, now = order.scenario, self._timeline.now
        begins, ends = scenario.live
        origin = now.replace(microsecond=0) - timedelta(seconds=begins)
        # As many a head as the scenario has.
        contacts = order.contacts or order.expected * len(self._user_ids) / scenario.agents
        people = People(
            self._exchange, self._timeline, scenario, origin=origin, contacts=contacts, user_ids=self._user_ids,
            seed=Random(f"{self._seed} {order.seed} {name}").getrandbits(63), until=origin + timedelta(seconds=ends),
        )  # fmt: skip
        ledger = self._ledger(name, self._exchange, order)
        return Live(
            people, self._timeline, self._world, ledger, usual=self._usual, ends=origin + timedelta(seconds=ends)
        )

    def _ledger(self, name: str, exchange: Exchange, order: Order) -> Ledger:
        return Ledger(self._house.directory / "traffic" / name / "ledger.csv", exchange, order.scenario.zone)

    async def _play(self, run: _Run) -> None:
        outbox = self._house.outbox
        try:
            await run.played.play()
            run.state, run.last_promise = "delivering", outbox.newest()
            while outbox.open_until(run.last_promise):
                await asyncio.sleep(LOOKS)
            run.state = "over"
            if isinstance(run.played, Day):
                await run.played.linger()
                # Its contacts are forgotten; another day of that name may have taken its place.
                if self._runs.get(run.name) is run:
                    del self._runs[run.name]
        except Exception as problem:
            logger.exception("%s failed", run.name)
            run.state, run.problem = "failed", f"{type(problem).__name__}: {problem}"
