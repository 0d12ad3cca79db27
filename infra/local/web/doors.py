"""The doors of the local Connect as the pages may see them: their WebSockets, passed on from the pages' own origin."""

import asyncio
import logging
from contextlib import suppress

import aiohttp
from aiohttp import WSCloseCode, WSMessage, WSMsgType, web

from infra.local.web.guard import HOSTS, problem

logger = logging.getLogger(__name__)
PATHS = ("/connect/desk", "/connect/phone")
PING = 20.0
"""Seconds of silence after which either side is asked whether it is still there."""
LARGEST_FROM_PAGE = 16 * 1024
LARGEST_TO_PAGE = 1 << 20
"""Bytes: an agent may hold several contacts, each with 32 KB of attributes."""
SENDABLE = frozenset({1000, 1001, 1008, 1009, 1011, 1013})
"""Codes of RFC 6455 that an endpoint may send, of those that the doors use; 1005 and 1006 only report."""

Socket = web.WebSocketResponse | aiohttp.ClientWebSocketResponse


class Doors:
    """The local Connect's WebSockets."""

    def __init__(self, connect_endpoint: str) -> None:
        self._endpoint = connect_endpoint.rstrip("/")
        self._session: aiohttp.ClientSession | None = None

    async def opened(self, app: web.Application) -> None:
        """Open the session when the server starts."""
        # A page stays for a day, so nothing but the connection has a time limit; ping and pong find out who is gone.
        timeout = aiohttp.ClientTimeout(total=None, connect=5, sock_connect=5)
        self._session = aiohttp.ClientSession(timeout=timeout, trust_env=False)

    async def closed(self, app: web.Application) -> None:
        """Close it, and with it every page's socket, when the server ends."""
        if self._session:
            await self._session.close()

    async def pass_on(self, request: web.Request) -> web.StreamResponse:
        """Join a page's WebSocket with the local Connect's, until either side closes its own."""
        assert self._session is not None, "the server has started before it answers"
        # No browser lets a page choose its Origin, and none asks before it opens a WebSocket: without this, any page could.
        origin = request.headers.get("Origin", "")
        if origin not in {f"http://{name}" for name in request.app[HOSTS].names}:
            return problem(403, "Forbidden", "This door is for the pages of this server: open them here.")
        socket = web.WebSocketResponse(heartbeat=PING, max_msg_size=LARGEST_FROM_PAGE, compress=False)
        if not socket.can_prepare(request):
            return problem(426, "UpgradeRequired", "This address takes a WebSocket and nothing else.")
        try:
            connect = await self._session.ws_connect(
                self._endpoint + request.path, origin=origin, heartbeat=PING, max_msg_size=LARGEST_TO_PAGE
            )
        except (aiohttp.ClientError, TimeoutError) as failure:
            logger.warning("The local Connect cannot be reached: %s", type(failure).__name__)
            return problem(502, "BadGateway", "The local Connect cannot be reached: see whether 'make run' still runs.")
        async with connect:
            await socket.prepare(request)
            await _join(socket, connect)
        return socket


async def _join(page: web.WebSocketResponse, connect: aiohttp.ClientWebSocketResponse) -> None:
    # A side that cannot be written to any more ends both.
    with suppress(ExceptionGroup):
        async with asyncio.TaskGroup() as passing:
            passing.create_task(_pass(page, connect))
            passing.create_task(_pass(connect, page))


async def _pass(one: Socket, other: Socket) -> None:
    """Pass messages on until one side closes, and then its reason."""
    while True:
        received: WSMessage = await one.receive()
        match received.type:
            case WSMsgType.TEXT:
                await other.send_str(received.data)
            case WSMsgType.BINARY:
                await other.send_bytes(received.data)
            case WSMsgType.CLOSING:
                return  # it is being closed from here, since the other side was
            case WSMsgType.CLOSE:
                await other.close(code=_sendable(received.data), message=(received.extra or "").encode())
                return
            case _:
                # Too large a message has a code; a connection that broke is told by none that could be trusted.
                too_large = one.close_code == WSCloseCode.MESSAGE_TOO_BIG
                await other.close(code=WSCloseCode.MESSAGE_TOO_BIG if too_large else WSCloseCode.INTERNAL_ERROR)
                return


def _sendable(code: int) -> int:
    """Return a close code as it may be passed on: applications' own as they are, and a failure for what only reports one."""
    return code if code in SENDABLE or 4000 <= code < 5000 else WSCloseCode.INTERNAL_ERROR
