"""The local Connect as a process: turns the timeline with the real clock, delivers what was told, answers Connect's API and the pages.

    python -m infra.local.connect <stack.json> <port>

How badly events are delivered (`LOSE`, `DUPLICATE`, `SHUFFLE`), the dice (`SEED`) and the directory (`LOCAL_DIR`) come from the settings.
"""

import asyncio
import logging
import os
import sys
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any

import boto3
from aiohttp import web
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from infra.local import state
from infra.local.connect.api.app import ConnectApi, application
from infra.local.connect.api.caller import Callers
from infra.local.connect.delivery import BestEffort, Post, deliver
from infra.local.connect.doors.desk import Desks
from infra.local.connect.doors.page import Doorway, origins_of
from infra.local.connect.doors.phone import Phones
from infra.local.connect.doors.tokens import Tokens
from infra.local.connect.floor.contact import Player
from infra.local.connect.floor.exchange import Exchange
from infra.local.connect.flows.player import play
from infra.local.connect.flows.turn import State
from infra.local.connect.outbox import Kind, Outbox, outbox_of
from infra.local.connect.template import Template
from infra.local.connect.timeline import Timeline
from infra.local.connect.world import StackWorld
from infra.local.settings import HOST, Settings, lead_to
from infra.local.traffic import door
from infra.local.traffic.traffic import House, Traffic

logger = logging.getLogger("connect")
PAUSE = 1.0  # seconds before what AWS did not take is sent again
CALLS_AT_ONCE = 50  # Lambdas, each of which holds a connection


class Bell:
    """Wakes who sleeps until something happens, or until a number of seconds is over."""

    def __init__(self) -> None:
        self._events: list[asyncio.Event] = []

    def ring(self) -> None:
        """Wake everybody."""
        for event in self._events:
            event.set()

    async def sleep(self, event: asyncio.Event, seconds: float | None) -> None:
        """Sleep until the bell rings; one that rang since the last sleep wakes at once."""
        with suppress(TimeoutError):
            await asyncio.wait_for(event.wait(), seconds)
        event.clear()

    def sleeper(self) -> asyncio.Event:
        """Return a place to sleep, for one sleeper."""
        event = asyncio.Event()
        self._events.append(event)
        return event


async def serve(stack: state.Stack, port: int, settings: Settings) -> None:
    """Run until the process is ended. Raises NotAnInstance, and OSError if the port is taken."""
    bell, start = Bell(), datetime.now(UTC)
    instance = Template.of_file(parameters={**stack.outputs, **stack.centre}).instance()
    timeline = Timeline(start)
    outbox = Outbox(outbox_of(settings.directory))
    functions = boto3.client(
        "lambda",
        config=Config(read_timeout=30, retries={"total_max_attempts": 1}, max_pool_connections=CALLS_AT_ONCE),
    )
    effort = BestEffort(lose=settings.lose, duplicate=settings.duplicate, shuffle=settings.shuffle)
    world = StackWorld(
        instance, timeline, outbox, functions, effort=effort, dice=Random(settings.seed), woken=bell.ring
    )
    # A run that goes on where another ended must not give its contacts the same ids again.
    seed = Random(f"{settings.seed} {start.isoformat()}").getrandbits(63)
    exchange = Exchange(instance, timeline, world, _player, seed=seed)
    doorway = Doorway(exchange, timeline, origins_of(stack.web_url), clock=lambda: datetime.now(UTC), woken=bell.ring)
    desks, phones = Desks(doorway, Tokens.of(stack)), Phones(doorway)
    # Whoever has a page's telephone comes before the people, who have every other.
    world.audiences += [desks, phones]
    house = House(
        outbox=outbox, functions=functions, players=_player, woken=bell.ring, effort=effort, seed=settings.seed,
        directory=settings.directory,
    )  # fmt: skip
    traffic = Traffic(exchange, timeline, world, house, seed=seed, away={user.username for user in stack.users})
    if settings.traffic:
        traffic.begin()
    callers = Callers(instance.arn, iam=boto3.client("iam"), functions=functions)

    async def guard(authorization: str, operation: str, asked: Mapping[str, Any]) -> None:
        await callers.check(authorization, operation, asked, datetime.now(UTC))

    api = ConnectApi(
        exchange, timeline, guard, clock=lambda: datetime.now(UTC), woken=bell.ring, elsewhere=traffic.exchange_of
    )
    doors = [web.get("/connect/desk", desks.handle), web.get("/connect/phone", phones.handle)]
    if stack.control_key is not None:
        doors += door.routes(traffic, stack.control_key)
    runner = web.AppRunner(application(api, doors), access_log=None)
    await runner.setup()
    await web.TCPSite(runner, HOST, port).start()
    post = Post.of(stack.outputs)
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(_turn(timeline, bell))
        for kind in Kind:
            tasks.create_task(_deliver(outbox, post, kind, bell))


async def _turn(timeline: Timeline, bell: Bell) -> None:
    """Let the timeline follow the clock, for ever."""
    place = bell.sleeper()
    while True:
        timeline.advance(datetime.now(UTC))
        following = timeline.following()
        seconds = None if following is None else max(0.0, (following - datetime.now(UTC)).total_seconds())
        await bell.sleep(place, seconds)


async def _deliver(outbox: Outbox, post: Post, kind: Kind, bell: Bell) -> None:
    """Deliver documents of one kind, for ever."""
    place = bell.sleeper()
    while True:
        try:
            taken = await asyncio.to_thread(deliver, outbox, post, kind, datetime.now(UTC))
        except (BotoCoreError, ClientError) as problem:
            logger.warning("The stack takes no %s: %s; trying again", kind, problem)
            await asyncio.sleep(PAUSE)
            continue
        if not taken:
            # What is due later rings no bell.
            await bell.sleep(place, PAUSE)


def _player() -> Player:
    """Return the player of one contact, which remembers from flow to flow."""
    memory = State()
    return lambda flow, line: play(flow, line, memory)


def main() -> None:
    """Run the local Connect of the stack whose file is named."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    logging.getLogger("botocore").setLevel(logging.WARNING)
    stack = state.read(Path(sys.argv[1]))
    lead_to(stack.aws_endpoint)
    asyncio.run(serve(stack, int(sys.argv[2]), Settings.of(os.environ)))


if __name__ == "__main__":
    main()
