"""The pages' way through the web server to the doors of the local Connect: same origin, nothing lost, nothing foreign."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest
from aiohttp import ClientSession, ClientWebSocketResponse, WSMsgType, WSServerHandshakeError, web
from aiohttp.test_utils import TestServer

from infra.local.web.app import make_app
from infra.local.web.doors import LARGEST_FROM_PAGE
from infra.local.web.guard import HOSTS, Hosts
from tests.local.test_web import stack_at

LEFT = web.AppKey("left", list[int])
Opener = Callable[..., Awaitable[ClientWebSocketResponse]]
OURS = ""
"""Stands for the web server's own origin, which is known once it runs."""


async def door(request: web.Request) -> web.StreamResponse:
    """Stands for the local Connect: says who comes from where, then what it is sent; closes with the code that is asked for."""
    socket = web.WebSocketResponse()
    await socket.prepare(request)
    await socket.send_str(f"{request.path} {request.headers['Origin']} {request.headers.get('Cookie')}")
    while (message := await socket.receive()).type in (WSMsgType.TEXT, WSMsgType.BINARY):
        if message.type is WSMsgType.BINARY:
            await socket.send_bytes(message.data)
        elif message.data.startswith("close "):
            await socket.close(code=int(message.data[6:]), message="因".encode())
        elif message.data == "break":
            assert request.transport is not None
            request.transport.abort()
        else:
            await socket.send_str(message.data * 2)
    request.app[LEFT].append(message.data)
    return socket


@asynccontextmanager
async def serving(endpoint: str) -> AsyncIterator[str]:
    """Serve the pages as `make run` does, before the local Connect at this endpoint; aiohttp's test server would end handlers earlier."""
    app = make_app(replace(stack_at(""), connect_endpoint=endpoint, control_key="key"), 0)
    runner = web.AppRunner(app)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        address = f"127.0.0.1:{runner.addresses[0][1]}"
        app._state[HOSTS] = Hosts((address,))
        yield f"http://{address}"
    finally:
        await runner.cleanup()


def visiting(visit: Callable[[Opener, list[int]], Awaitable[None]], *, reachable: bool = True) -> None:
    """Visit a web server; `visit` gets what opens a socket, and what the doors heard when they were left."""

    async def go() -> None:
        behind = web.Application()
        left: list[int] = []
        behind[LEFT] = left
        behind.router.add_get("/connect/{name}", door)
        async with TestServer(behind) as connect:
            endpoint = str(connect.make_url("")) if reachable else "http://127.0.0.1:9"
            async with serving(endpoint) as address, ClientSession() as session:

                async def opened(
                    path: str = "/connect/desk", origin: str | None = OURS, **headers: str
                ) -> ClientWebSocketResponse:
                    mine = address if origin == OURS else origin
                    return await session.ws_connect(address + path, origin=mine, headers=headers)

                await visit(opened, left)

    asyncio.run(go())


@pytest.mark.parametrize("path", ["/connect/desk", "/connect/phone"])
def test_messages_pass_both_ways_and_cookies_do_not(path: str) -> None:
    async def visit(opened: Opener, left: list[int]) -> None:
        page = await opened(path, Cookie="a=b")
        came, origin, cookie = (await page.receive_str()).split(" ")
        assert (came, cookie) == (path, "None")
        assert origin.startswith("http://127.0.0.1:")
        await page.send_str("つなぐ")
        assert await page.receive_str() == "つなぐつなぐ"
        await page.send_bytes(b"\0\1")
        assert await page.receive_bytes() == b"\0\1"
        large = "x" * (LARGEST_FROM_PAGE - 100)
        await page.send_str(large)
        assert await page.receive_str() == large * 2

    visiting(visit)


@pytest.mark.parametrize("code", [1000, 1011, 1013, 4401, 4403, 4408, 4429])
def test_the_page_learns_why_a_door_closed(code: int) -> None:
    async def visit(opened: Opener, left: list[int]) -> None:
        page = await opened()
        await page.receive_str()
        await page.send_str(f"close {code}")
        last = await page.receive()
        assert (last.type, last.data, last.extra) == (WSMsgType.CLOSE, code, "因")

    visiting(visit)


def test_a_door_that_breaks_is_a_failure_and_not_a_farewell() -> None:
    async def visit(opened: Opener, left: list[int]) -> None:
        page = await opened()
        await page.receive_str()
        await page.send_str("break")
        assert (await page.receive()).data == 1011

    visiting(visit)


@pytest.mark.parametrize("how", ["closes", "breaks"])
def test_the_door_learns_that_a_page_is_gone(how: str) -> None:
    async def visit(opened: Opener, left: list[int]) -> None:
        page = await opened()
        await page.receive_str()
        if how == "closes":
            await page.close(code=4000)
        else:
            assert page._response.connection is not None
            page._response.connection.transport.abort()  # type: ignore[union-attr]
        async with asyncio.timeout(5):
            while not left:
                await asyncio.sleep(0.01)
        assert left == [4000 if how == "closes" else 1011]

    visiting(visit)


def test_a_message_that_is_too_large_closes() -> None:
    async def visit(opened: Opener, left: list[int]) -> None:
        page = await opened()
        await page.receive_str()
        await page.send_str("x" * (LARGEST_FROM_PAGE + 1))
        assert (await page.receive()).data == 1009

    visiting(visit)


@pytest.mark.parametrize("origin", [None, "null", "http://evil.example", "http://127.0.0.1:1", "https://localhost"])
def test_a_page_from_elsewhere_is_refused(origin: str | None) -> None:
    async def visit(opened: Opener, left: list[int]) -> None:
        with pytest.raises(WSServerHandshakeError) as refused:
            await opened(origin=origin)
        assert refused.value.status == 403

    visiting(visit)


def test_a_foreign_name_for_this_machine_is_refused() -> None:
    async def visit(opened: Opener, left: list[int]) -> None:
        with pytest.raises(WSServerHandshakeError) as refused:
            await opened(Host="evil.example")
        assert refused.value.status == 421

    visiting(visit)


def test_without_the_local_connect_a_page_is_told() -> None:
    async def visit(opened: Opener, left: list[int]) -> None:
        with pytest.raises(WSServerHandshakeError) as refused:
            await opened()
        assert refused.value.status == 502

    visiting(visit, reachable=False)


def test_a_door_is_no_page() -> None:
    async def go() -> None:
        async with serving("http://127.0.0.1:9") as address, ClientSession() as session:
            answer = await session.get(f"{address}/connect/desk", headers={"Origin": address})
            assert (answer.status, "WebSocket" in await answer.text()) == (426, True)

    asyncio.run(go())


def test_tokens_are_shown_to_no_connect_but_our_own() -> None:
    app = make_app(replace(stack_at(""), connect_endpoint="http://elsewhere.example", control_key=None), 0)
    assert not [route for route in app.router.resources() if route.canonical.startswith("/connect/")]
