"""The door for `make traffic`: begins days, says how they stand, ends them. Whoever knows the run's key may enter."""

import hmac
from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web

from infra.local.problems import CannotRun
from infra.local.traffic.traffic import Busy, NoSuchDay, Traffic

PATH = "/traffic"
STATUS: dict[type, int] = {Busy: 409, NoSuchDay: 404}
Handler = Callable[[web.Request], Awaitable[web.Response]]


def routes(traffic: Traffic, key: str) -> list[web.RouteDef]:
    """Return the routes of the door: POST begins a day, GET says how it stands, DELETE ends it."""

    async def begin(request: web.Request) -> web.Response:
        try:
            words = await request.json()
        except ValueError:
            words = None
        if not isinstance(words, dict):
            return _problem(400, "Send an object of settings, as 'make traffic' does.")
        name = traffic.start(words)
        return web.json_response(traffic.progress(name), status=202)

    async def progress(request: web.Request) -> web.Response:
        return web.json_response(traffic.progress(request.match_info["run"]))

    async def stop(request: web.Request) -> web.Response:
        traffic.stop(request.match_info["run"])
        return await progress(request)

    def guarded(handler: Handler) -> Handler:
        async def answer(request: web.Request) -> web.Response:
            given = request.headers.get("Authorization", "")
            if not hmac.compare_digest(given.encode(), f"Bearer {key}".encode()):
                return _problem(401, "Send the control_key of stack.json as a bearer token.")
            try:
                return await handler(request)
            except CannotRun as problem:
                return _problem(STATUS.get(type(problem), 400), str(problem))

        return answer

    return [
        web.post(PATH, guarded(begin)),
        web.get(f"{PATH}/{{run}}", guarded(progress)),
        web.delete(f"{PATH}/{{run}}", guarded(stop)),
    ]


def _problem(status: int, sentence: str) -> web.Response:
    document: dict[str, Any] = {"problem": sentence}
    return web.json_response(document, status=status)
