"""Numbers are planted as callers bring them: by phone, key by key, well and badly, to the end and broken off."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from typing import Any, NamedTuple

import aiohttp

from infra.operations.canary.numbers import check_digit

JAPANESE, BILLING = "1", "2"
"""What leads a caller to the entry of a card number (docs/flows.md)."""
PATIENCE = 180
"""Seconds that one call may take: prompts last as long as they take to be heard."""


class CannotPlant(Exception):
    """The numbers could not be keyed in; the message says why."""


class Planted(NamedTuple):
    """What was planted: the contacts, and how many entries of which kind they keyed."""

    contact_ids: tuple[str, ...]
    entries: int
    numbers: tuple[str, ...]


class Script(NamedTuple):
    """What one caller keys at each prompt of the card entry; `hangs_up` in the middle of the last."""

    keys: Sequence[str]
    hangs_up: bool = False


def scripts(numbers: Iterator[str]) -> list[Script]:
    """Return callers who do whatever callers do; each uses numbers of their own."""
    one, two, three, four, five, six, seven, eight = (next(numbers) for _ in range(8))
    wrong = two[:-1] + str((int(check_digit(two[:-1])) + 5) % 10)
    return [
        Script(keys=[f"{one}#", f"{three}#", f"{four}#"]),
        Script(keys=[f"{wrong}#", f"{two}#"]),
        Script(keys=[f"{five[:13]}#", f"{five}00#", f"{five}#"]),
        Script(keys=["#", f"{six[:9]}*{six}#"]),
        Script(keys=[f"{seven}{eight}#", f"{seven}#"]),
        Script(keys=[f"{eight[:14]}"], hangs_up=True),
    ]


async def plant(web_url: str, numbers: Iterator[str], *, calls: int) -> Planted:
    """Let so many callers key numbers into the centre at this address, some at a time; raises CannotPlant."""
    used: list[str] = []

    def noted() -> Iterator[str]:
        for number in numbers:
            used.append(number)
            yield number

    drawn = noted()
    every: list[Script] = []
    while len(every) < calls:
        every += scripts(drawn)
    at_once = asyncio.Semaphore(6)

    async def one(place: int, script: Script) -> str:
        async with at_once, _phone(web_url, f"+8190{place:08}") as phone:
            return await phone.plays(script)

    try:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(one(place, script)) for place, script in enumerate(every[:calls])]
    except* (aiohttp.ClientError, TimeoutError, CannotPlant) as problems:
        raise CannotPlant(f"A caller did not get through: {problems.exceptions[0]!r}") from problems
    return Planted(
        contact_ids=tuple(task.result() for task in tasks),
        entries=sum(len(script.keys) for script in every[:calls]),
        numbers=tuple(used),
    )


class _Phone:
    """A caller's telephone at the door of the local Connect (docs/local-connect.md)."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._socket = socket

    async def plays(self, script: Script) -> str:
        """Call, go to the card entry, key what the script says, hang up; return the contact's id."""
        contact_id = ""
        keys = [JAPANESE, BILLING, *script.keys]
        async with asyncio.timeout(PATIENCE):
            async for told in self._told():
                call = told.get("call")
                if call:
                    contact_id = call["id"]
                    if call["stage"] in ("waiting", "talking", "over"):
                        break
                if told.get("heard", {}).get("keys") and keys:
                    await self._do("press", keys=keys.pop(0))
                    if not keys and script.hangs_up:
                        break
                elif told.get("heard", {}).get("keys"):
                    break
            await self._do("hangUp")
        if not contact_id:
            raise CannotPlant("the centre did not take the call")
        return contact_id

    async def _do(self, what: str, **more: str) -> None:
        await self._socket.send_json({"do": what, **more})

    async def _told(self) -> AsyncIterator[dict[str, Any]]:
        async for message in self._socket:
            told = json.loads(message.data)
            if "problem" in told:
                raise CannotPlant(told["problem"])
            yield told


@asynccontextmanager
async def _phone(web_url: str, number: str) -> AsyncIterator[_Phone]:
    origin = web_url.rstrip("/")
    async with (
        aiohttp.ClientSession(trust_env=False) as session,
        session.ws_connect(f"{origin}/connect/phone", origin=origin) as socket,
    ):
        phone = _Phone(socket)
        await socket.send_json({"do": "have", "number": number})
        lines = (await socket.receive_json())["numbers"]
        await socket.send_json({"do": "call", "to": lines[0]["number"]})
        yield phone
