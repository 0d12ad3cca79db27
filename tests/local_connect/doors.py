"""The doors served on a free port, before the real exchange of the small house, and pages that come through them."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import timedelta
from functools import lru_cache
from typing import Any

import jwt
from aiohttp import ClientSession, ClientWebSocketResponse, WSMsgType, web
from aiohttp.test_utils import TestServer
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

from infra.local.connect.doors.desk import Desks
from infra.local.connect.doors.page import Doorway
from infra.local.connect.doors.phone import Phones
from infra.local.connect.doors.tokens import Tokens
from infra.local.connect.floor.exchange import Exchange
from infra.local.connect.floor.world import Heard
from infra.local.connect.timeline import Timeline
from infra.local.connect.world import Audience
from tests.local_connect.house import AVAILABLE, CALLER, NUMBER, PICK_UP_SECONDS, House, Script, World

OURS = "http://127.0.0.1:8080"
ISSUER, CLIENT, KEY_ID = "https://cognito-idp.ap-northeast-1.amazonaws.com/pool", "staff-client", "the-pools-key"
PATIENCE = 5.0
"""Real seconds until what should come counts as lost."""
Document = dict[str, Any]


@lru_cache
def key_of(whose: str) -> rsa.RSAPrivateKey:
    """A private key, the same for whoever it belongs to."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def signed(username: str | None = "agent-a", *roles: str, by: str = "pool", kid: str = KEY_ID, **claims: Any) -> str:
    """An ID token as Cognito issues it; claims that are None are left out."""
    known = {
        "iss": ISSUER, "aud": CLIENT, "token_use": "id", "sub": "s", "iat": int(time.time()), "exp": time.time() + 3600,
        "cognito:username": username, "cognito:groups": None if roles == ("",) else list(roles or ("agent",)),
    } | claims  # fmt: skip
    told = {name: value for name, value in known.items() if value is not None}
    return jwt.encode(told, key_of(by), algorithm="RS256", headers={"kid": kid})


async def keys(request: web.Request) -> web.Response:
    """The pool's keys, as Cognito publishes them."""
    known = json.loads(RSAAlgorithm.to_jwk(key_of("pool").public_key()))
    return web.json_response({"keys": [known | {"kid": KEY_ID, "use": "sig", "alg": "RS256"}]})


class ListenedWorld(World):
    """A world with an audience. Whoever has no page picks up after a few seconds, as in the house."""

    def __init__(self, timeline: Timeline) -> None:
        super().__init__(timeline)
        self.audiences: list[Audience] = []

    def speak(self, contact_id: str, heard: Heard) -> None:
        super().speak(contact_id, heard)
        for each in self.audiences:
            each.heard(contact_id, heard)

    def show(self, user_id: str) -> None:
        for each in self.audiences:
            each.shown(user_id)

    def dial(self, contact_id: str, picked_up: Callable[[], None]) -> None:
        if not any(each.dialled(contact_id, picked_up) for each in self.audiences):
            self.timeline.after(timedelta(seconds=PICK_UP_SECONDS), picked_up)


class Page:
    """A browser page's end of a socket, with all it has been told."""

    def __init__(self, socket: ClientWebSocketResponse, patience: float = PATIENCE) -> None:
        self.socket = socket
        self.told: list[Document] = []
        self._patience = patience
        self._last = 0

    async def sends(self, message: object) -> None:
        await self.socket.send_str(json.dumps(message))

    async def asks(self, do: str, **more: Any) -> str | None:
        """Send a command, and return the problem that is answered, None if it was done."""
        self._last += 1
        await self.sends({"id": self._last, "do": do, **more})
        answer = await self.until(lambda each: each.get("re") == self._last)
        problem = answer.get("problem")
        assert problem is None or isinstance(problem, str)
        return problem

    async def until(self, is_it: Callable[[Document], bool]) -> Document:
        """Read on until a message is it."""
        async with asyncio.timeout(self._patience):
            while True:
                received = await self.socket.receive()
                assert received.type is WSMsgType.TEXT, (received, self.socket.close_code, self.told[-3:])
                self.told.append(json.loads(received.data))
                if is_it(self.told[-1]):
                    return self.told[-1]

    async def sees(self, is_it: Callable[[Document], bool]) -> Document:
        """Wait until the agent looks so, by what has been told last."""
        return await self._looks("agent", is_it)

    async def holds(self, **members: Any) -> Document:
        """Wait until the one contact in the agent's hands has these members."""

        def is_it(agent: Document) -> bool:
            return len(agent["contacts"]) == 1 and members.items() <= agent["contacts"][0].items()

        return dict((await self.sees(is_it))["contacts"][0])

    async def on(self, **members: Any) -> Document:
        """Wait until the caller's call has these members."""
        return await self._looks("call", lambda call: members.items() <= call.items())

    async def _looks(self, what: str, is_it: Callable[[Document], bool]) -> Document:
        latest: Document | None = next((each[what] for each in reversed(self.told) if what in each), None)
        while latest is None or not is_it(latest):
            latest = (await self.until(lambda each: what in each))[what]
        return latest

    def heard(self) -> list[str]:
        """What the caller has heard so far: texts, and the kind of what has none."""
        heard = [each["heard"] for each in self.told if "heard" in each]
        return [each["text"][0]["text"] if each["text"] else each["kind"] for each in heard]

    async def problem(self) -> str:
        """Read on until there is a problem."""
        return str((await self.until(lambda each: "problem" in each))["problem"])

    async def closed(self) -> int | None:
        """Read on until the socket is closed; return the code."""
        async with asyncio.timeout(self._patience):
            while (await self.socket.receive()).type is WSMsgType.TEXT:
                pass
        return self.socket.close_code


class Centre:
    """The house with its doors. Its time stands unless the house lets it pass."""

    def __init__(self, scripts: Mapping[str, Script] | None = None, **of: Any) -> None:
        self.house = House(scripts, **of)
        self.world = ListenedWorld(self.house.timeline)
        self.exchange = Exchange(self.house.instance, self.house.timeline, self.world, self.house._player, seed=7)
        self.house.world, self.house.exchange = self.world, self.exchange
        self.address = ""
        self._pages: list[Page] = []  # one that nobody holds would be closed
        self.desks: Desks
        self.phones: Phones
        self._session: ClientSession

    def desks_and_phones(self, keys_url: str) -> tuple[Desks, Phones]:
        doorway = Doorway(
            self.exchange,
            self.house.timeline,
            frozenset({OURS}),
            clock=lambda: self.house.timeline.now,
            woken=lambda: None,
        )
        desks = Desks(doorway, Tokens(issuer=ISSUER, audience=CLIENT, keys_url=keys_url))
        return desks, Phones(doorway)

    async def _desk(self, request: web.Request) -> web.StreamResponse:
        return await self.desks.handle(request)

    async def page(self, path: str, origin: str | None = OURS) -> Page:
        """Open a page's socket."""
        self._pages.append(Page(await self._session.ws_connect(f"{self.address}{path}", origin=origin)))
        return self._pages[-1]

    async def desk(self, username: str = "agent-a", *roles: str, **claims: Any) -> Page:
        """Open an agent's desk, and wait until it shows the agent."""
        page = await self.page("/connect/desk")
        await page.sends({"token": signed(username, *roles, **claims)})
        await page.sees(bool)
        return page

    async def phone(self, number: str = CALLER) -> Page:
        """Open a phone that has a number."""
        page = await self.page("/connect/phone")
        await page.sends({"do": "have", "number": number})
        return page

    async def calling(self, number: str = CALLER) -> Page:
        """Open a phone and call the centre."""
        page = await self.phone(number)
        await page.sends({"do": "call", "to": NUMBER})
        return page

    async def available(self, username: str = "agent-a", *roles: str) -> Page:
        """Open a desk whose agent is available."""
        page = await self.desk(username, *roles)
        assert await page.asks("setStatus", status=AVAILABLE) is None
        return page

    @asynccontextmanager
    async def open(self) -> AsyncIterator["Centre"]:
        """Serve it."""
        app = web.Application()
        app.router.add_get("/keys", keys)
        async with TestServer(app) as pool:
            self.desks, self.phones = self.desks_and_phones(str(pool.make_url("/keys")))
            self.world.audiences += [self.desks, self.phones]
            doors = web.Application()
            doors.add_routes([web.get("/connect/desk", self._desk), web.get("/connect/phone", self.phones.handle)])
            async with TestServer(doors) as server, ClientSession() as self._session:
                self.address = str(server.make_url("")).rstrip("/")
                yield self


def scene(play: Callable[[Centre], Awaitable[None]], scripts: Mapping[str, Script] | None = None, **of: Any) -> None:
    """Play a scene at the doors of a house."""

    async def played() -> None:
        async with Centre(scripts, **of).open() as centre:
            await play(centre)

    asyncio.run(played())
