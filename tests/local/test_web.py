"""The web server: what it serves, what it refuses, and what it says then."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientResponse, web
from aiohttp.test_utils import TestClient, TestServer

from infra.local.state import Stack
from infra.local.web.app import make_app
from infra.local.web.guard import HOSTS, Hosts

Visit = Callable[[TestClient[Any, Any]], Awaitable[None]]
SIGN_IN = {
    "X-Amz-Target": "AWSCognitoIdentityProviderService.InitiateAuth",
    "Content-Type": "application/x-amz-json-1.1",
}


def stack_at(endpoint: str) -> Stack:
    return Stack(
        aws_endpoint=endpoint,
        api_url=f"{endpoint}/_aws/execute-api/abc/api",
        web_url="http://127.0.0.1:8080",
        region="ap-northeast-1",
        instance_id="i",
        event_source="local.connect",
        outputs={"StaffClientId": "client", "Zone": "Asia/Tokyo", "Dashboard": "tsunagu-local"},
        users=[],
        connect_endpoint="",
    )


async def upstream(request: web.Request) -> web.Response:
    """Stands for the emulator: tells what reached it."""
    return web.json_response(
        {
            "method": request.method,
            "path": request.raw_path,
            "headers": {name.lower(): value for name, value in request.headers.items()},
            "body": (await request.read()).decode(),
        },
        headers={"Set-Cookie": "a=b", "x-amzn-RequestId": "r"},
    )


@pytest.fixture
def pages(tmp_path: Path) -> Path:
    root = tmp_path / "web"
    for name, text in {
        "board/index.html": "<!doctype html>",
        "board/board.js": "export {};",
        "package.json": "{}",
        "vendor.json": json.dumps(
            {"/vendor/uplot.js": "node_modules/uplot/uplot.js", "/vendor/evil.js": "../secret.js"}
        ),
        "node_modules/uplot/uplot.js": "export {};",
        ".hidden.js": "secret",
        "../secret.js": "secret",
        "../secret.txt": "secret",
    }.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    (root / "board" / "link.js").symlink_to(tmp_path / "secret.js")
    return root


def visiting(pages: Path, visit: Visit, *, reachable: bool = True) -> None:
    async def go() -> None:
        emulator = web.Application(client_max_size=1 << 20)
        emulator.router.add_route("*", "/{path:.*}", upstream)
        async with TestServer(emulator) as behind:
            endpoint = f"http://127.0.0.1:{behind.port}" if reachable else "http://127.0.0.1:9"
            app = make_app(stack_at(endpoint), 0, pages_directory=pages)
            server = TestServer(app)
            await server.start_server(max_line_size=1 << 20)
            app._state[HOSTS] = Hosts((f"127.0.0.1:{server.port}",))
            async with TestClient(server) as client:
                await visit(client)

    asyncio.run(go())


async def said(answer: ClientResponse) -> tuple[int, str]:
    return answer.status, (await answer.json())["Message"]


def test_pages_libraries_and_configuration(pages: Path) -> None:
    async def visit(client: TestClient[Any, Any]) -> None:
        front = await client.get("/", allow_redirects=False)
        assert (front.status, front.headers["Location"]) == (302, "/board/")
        page = await client.get("/board/")
        assert (page.status, page.headers["Content-Type"]) == (200, "text/html; charset=utf-8")
        script = await client.get("/board/board.js")
        assert script.headers["Content-Type"] == "text/javascript; charset=utf-8"
        assert (await client.get("/board", allow_redirects=False)).headers["Location"] == "/board/"
        assert (await client.get("/vendor/uplot.js")).status == 200
        assert await (await client.get("/config.json")).json() == {
            "region": "ap-northeast-1",
            "stage": "local",
            "api": "/api",
            "cognito": {"endpoint": "/cognito", "clientId": "client"},
            "softphone": {"home": "local", "path": "/connect/desk"},
            "phone": {"path": "/connect/phone"},
            "zone": "Asia/Tokyo",
            "dashboard": "tsunagu-local",
        }

    visiting(pages, visit)


@pytest.mark.parametrize("path", ["/board/", "/config.json", "/nothing", "/api/contacts"])
def test_every_answer_carries_the_policy(pages: Path, path: str) -> None:
    async def visit(client: TestClient[Any, Any]) -> None:
        headers = (await client.get(path)).headers
        policy = headers["Content-Security-Policy"]
        assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'")
        assert "frame-ancestors 'none'" in policy
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "no-referrer"

    visiting(pages, visit)


@pytest.mark.parametrize(
    "path",
    [
        "/../secret.txt",
        "/%2e%2e/secret.txt",
        "/board/..%2f..%2fsecret.txt",
        "/board/%2e%2e/%2e%2e/secret.txt",
        "/..%5csecret.txt",
        "/board/link.js",
        "/.hidden.js",
        "/package.json",
        "/node_modules/uplot/uplot.js",
        "/vendor/evil.js",
        "/vendor/../package.json",
        "/board/%00",
    ],
)
def test_nothing_but_pages_can_be_read(pages: Path, path: str) -> None:
    async def visit(client: TestClient[Any, Any]) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", client.port)
        writer.write(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{client.port}\r\nConnection: close\r\n\r\n".encode())
        answer = (await reader.read()).decode()
        writer.close()
        assert answer.split()[1] in ("400", "404"), answer
        assert "secret" not in answer

    visiting(pages, visit)


def test_a_foreign_host_is_refused(pages: Path) -> None:
    async def visit(client: TestClient[Any, Any]) -> None:
        assert (await client.get("/config.json", headers={"Host": "evil.example:8080"})).status == 421

    visiting(pages, visit)


@pytest.mark.parametrize("path", ["/api/contacts", "/cognito"])
@pytest.mark.parametrize("chunked", [False, True])
def test_a_body_of_300_kb_is_too_large(pages: Path, path: str, chunked: bool) -> None:
    async def chunks() -> AsyncIterator[bytes]:
        for _ in range(300):
            yield b"x" * 1024

    async def visit(client: TestClient[Any, Any]) -> None:
        body = chunks() if chunked else b"x" * 300 * 1024
        status, message = await said(await client.post(path, data=body, headers=SIGN_IN))
        assert status == 413
        assert "256 KB" in message

    visiting(pages, visit)


def test_an_endless_address_is_refused(pages: Path) -> None:
    async def visit(client: TestClient[Any, Any]) -> None:
        status, message = await said(await client.get("/api/contacts?next=" + "x" * 300_000))
        assert status == 414
        assert "ask for less" in message

    visiting(pages, visit)


def test_api_calls_go_on_as_they_came_without_cookies(pages: Path) -> None:
    async def visit(client: TestClient[Any, Any]) -> None:
        headers = {"Authorization": "token", "Cookie": "a=b"}
        answer = await client.get("/api/contacts/a%2Fb?queue=Back%20office", headers=headers)
        seen = await answer.json()
        assert seen["path"] == "/_aws/execute-api/abc/api/contacts/a%2Fb?queue=Back%20office"
        assert seen["headers"]["authorization"] == "token"
        assert "cookie" not in seen["headers"]
        assert "content-type" not in seen["headers"]
        assert "Set-Cookie" not in answer.headers
        assert answer.headers["Cache-Control"] == "no-store"

    visiting(pages, visit)


@pytest.mark.parametrize(
    ("action", "status"), [("InitiateAuth", 200), ("RevokeToken", 200), ("AdminCreateUser", 403), ("SignUp", 403)]
)
def test_only_signing_in_and_out_is_open_to_the_pages(pages: Path, action: str, status: int) -> None:
    async def visit(client: TestClient[Any, Any]) -> None:
        target = {**SIGN_IN, "X-Amz-Target": f"AWSCognitoIdentityProviderService.{action}"}
        assert (await client.post("/cognito", data=b"{}", headers=target)).status == status

    visiting(pages, visit)


def test_an_unreachable_emulator_is_said_so(pages: Path) -> None:
    async def visit(client: TestClient[Any, Any]) -> None:
        status, message = await said(await client.get("/api/contacts"))
        assert status == 502
        assert "make run" in message

    visiting(pages, visit, reachable=False)
