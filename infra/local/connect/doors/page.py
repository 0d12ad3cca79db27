"""A browser page on its WebSocket, and the doorway through which it comes: what desk and phone share."""

import asyncio
import json
import logging
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from datetime import datetime
from enum import IntEnum
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from aiohttp import WSCloseCode, WSMessage, WSMsgType, web

from infra.local.connect.floor.exchange import Exchange
from infra.local.connect.telling.stamps import exact
from infra.local.connect.timeline import Timeline

logger = logging.getLogger("connect")
Document = Mapping[str, Any]

LARGEST_MESSAGE = 16 * 1024
"""Bytes that a page may send at once; an ID token has two or three thousand."""
A_SECOND = 20
"""Messages that a page may send within one."""
PING = 20.0
"""Seconds of silence after which a page is asked whether it is still there; half of that later it counts as gone."""
BEAT = 15.0
"""Seconds of silence after which a page is told the time: no page sees pings, so only by this does it know that its line still holds."""
MOST_UNSENT = 1000
"""What may wait for a page that does not read; beyond that it is told nothing more, and the next ping finds it gone."""


class Closed(IntEnum):
    """Why a door closes a page's socket, beside the codes of RFC 6455."""

    TOKEN = 4401
    NO_AGENT = 4403
    NO_TOKEN_IN_TIME = 4408
    TOO_MANY = 4429


class Misunderstood(Exception):
    """A page's message makes no sense; the text says what to send instead."""


class Doorway(NamedTuple):
    """What both doors need. `origins` are the addresses of our pages; `woken` is called after whatever may have changed something."""

    exchange: Exchange
    timeline: Timeline
    origins: frozenset[str]
    clock: Callable[[], datetime]
    woken: Callable[[], None]

    @contextmanager
    def acting(self) -> Iterator[None]:
        """Let the floor's time catch up before an act, and let who waits look at it afterwards."""
        self.timeline.advance(self.clock())
        try:
            yield
        finally:
            self.woken()

    @asynccontextmanager
    async def page(self, request: web.Request) -> AsyncIterator["Page"]:
        """Open a page's socket and let it be written to meanwhile; raises HTTPForbidden for a page that is not ours."""
        # No browser lets a page choose its Origin, and none asks a server before it opens a WebSocket: this is the only guard against others' pages.
        if request.headers.get("Origin") not in self.origins:
            raise web.HTTPForbidden(text="This door is for the pages of this centre: open them at their own address.")
        socket = web.WebSocketResponse(heartbeat=PING, max_msg_size=LARGEST_MESSAGE, compress=False)
        if not socket.can_prepare(request):
            raise web.HTTPUpgradeRequired(text="This address takes a WebSocket and nothing else.")
        await socket.prepare(request)
        page = Page(socket, self.clock)
        writing = asyncio.create_task(page.write())
        try:
            yield page
        finally:
            writing.cancel()


class Page:
    """One page. It is told two kinds of things, in order: what is said, and what it looks at, as that is when it is sent."""

    def __init__(self, socket: web.WebSocketResponse, clock: Callable[[], datetime]) -> None:
        self.socket, self._clock = socket, clock
        self._look: Callable[[], Document] = dict
        self._shown: Document = {}
        self._unsent: deque[Document | None] = deque()
        self._is_stale = False
        self._due = asyncio.Event()

    def show(self, look: Callable[[], Document]) -> None:
        """Choose what the page looks at from now on."""
        self._look = look
        self.look_again()

    def look_again(self) -> None:
        """Let the page see what has changed by the end of this turn of the loop; nothing is sent if nothing has."""
        if not self._is_stale:
            self._is_stale = True
            self._unsent.append(None)
            self._due.set()

    def say(self, message: Document) -> None:
        """Tell the page something."""
        if len(self._unsent) < MOST_UNSENT:
            self._unsent.append(message)
            self._due.set()

    async def close(self, code: int, why: str) -> None:
        """Close the socket."""
        await self.socket.close(code=code, message=why.encode())

    async def messages(self) -> AsyncIterator[Document]:
        """Yield what the page sends. It is told what cannot be read; one that sends too much is closed."""
        loop = asyncio.get_running_loop()
        latest: deque[float] = deque(maxlen=A_SECOND)
        async for received in self.socket:
            if received.type is WSMsgType.ERROR:
                return
            if len(latest) == A_SECOND and loop.time() - latest[0] < 1:
                await self.close(Closed.TOO_MANY, f"More than {A_SECOND} messages in a second.")
                return
            latest.append(loop.time())
            try:
                message = _read(received)
            except Misunderstood as problem:
                self.say({"problem": str(problem)})
            else:
                yield message

    async def write(self) -> None:
        """Write to the page until it is gone."""
        try:
            while True:
                try:
                    async with asyncio.timeout(BEAT):
                        await self._due.wait()
                except TimeoutError:
                    await self.socket.send_str(json.dumps({"now": exact(self._clock())}))
                self._due.clear()
                while self._unsent:
                    message = self._unsent.popleft() or self._view()
                    if message is not None:
                        await self.socket.send_str(json.dumps(message))
        except ConnectionError:
            return
        except Exception:
            logger.exception("A page cannot be told any more")
            await self.close(WSCloseCode.INTERNAL_ERROR, "Something is wrong here: see the log of the local Connect.")

    def _view(self) -> Document | None:
        self._is_stale = False
        seen = self._look()
        if seen == self._shown:
            return None
        self._shown = seen
        return {**seen, "now": exact(self._clock())}


def origins_of(web_url: str) -> frozenset[str]:
    """Return the origins of our pages: the web server's address, by number and by name."""
    return frozenset({web_url.rstrip("/"), f"http://localhost:{urlsplit(web_url).port}"})


def text_in(message: Document, name: str) -> str:
    """Return a member of a message; raises Misunderstood unless it is text."""
    value = message.get(name)
    if not isinstance(value, str) or not value:
        raise Misunderstood(f'"{name}" is missing, or no text: send it along.')
    return value


def _read(received: WSMessage) -> Document:
    if received.type is not WSMsgType.TEXT:
        raise Misunderstood("This is not text: send JSON.")
    try:
        message = json.loads(received.data)
    except (ValueError, RecursionError):
        raise Misunderstood("This is not JSON: send one object at a time.") from None
    if not isinstance(message, dict):
        raise Misunderstood("This is no JSON object: send one, such as those of docs/local-connect.md.")
    return message
