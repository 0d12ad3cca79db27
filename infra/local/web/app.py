"""The web server's routes."""

from pathlib import Path

from aiohttp import web

from infra.local.settings import HOST, ROOT, STAGE
from infra.local.state import Stack
from infra.local.web.doors import PATHS, Doors
from infra.local.web.guard import HOSTS, LARGEST_BODY, Hosts, guarded
from infra.local.web.pages import Pages
from infra.local.web.upstream import Upstream

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")


def make_app(stack: Stack, port: int, *, pages_directory: Path = ROOT / "web") -> web.Application:
    """Return the server of one running stack."""
    pages = Pages(pages_directory)
    upstream = Upstream(stack.aws_endpoint, stack.api_url)
    doors = Doors(stack.connect_endpoint)
    config = config_of(stack)

    async def front(request: web.Request) -> web.StreamResponse:
        raise web.HTTPFound("/board/")

    async def configuration(request: web.Request) -> web.StreamResponse:
        return web.json_response(config, headers={"Cache-Control": "no-store"})

    app = web.Application(middlewares=[guarded], client_max_size=LARGEST_BODY)
    app[HOSTS] = Hosts((f"{HOST}:{port}", f"localhost:{port}"))
    for behind in (upstream, doors):
        app.on_startup.append(behind.opened)
        app.on_cleanup.append(behind.closed)
    app.router.add_get("/", front)
    app.router.add_get("/config.json", configuration)
    app.router.add_post("/cognito", upstream.cognito)
    # Only to our own Connect: a desk shows a token at its door, which is nobody else's business.
    if stack.control_key is not None:
        for path in PATHS:
            app.router.add_get(path, doors.pass_on)
    app.router.add_get("/vendor/{name:.+}", pages.library)
    for method in METHODS:
        app.router.add_route(method, "/api/{path:.*}", upstream.api)
    app.router.add_get("/{path:.*}", pages.page)
    return app


def config_of(stack: Stack) -> dict[str, object]:
    """Return what the pages need to know; nothing in it is secret."""
    return {
        "region": stack.region,
        "stage": STAGE,
        "api": "/api",
        "cognito": {"endpoint": "/cognito", "clientId": stack.outputs["StaffClientId"]},
        "softphone": {"home": "local", "path": "/connect/desk"},
        "phone": {"path": "/connect/phone"},
        "zone": stack.outputs["Zone"],
        "dashboard": stack.outputs["Dashboard"],
    }
