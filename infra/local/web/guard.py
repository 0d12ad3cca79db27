"""What every request passes and every answer carries."""

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import aiohttp
from aiohttp import web
from aiohttp.web_exceptions import HTTPMove

LARGEST_BODY = 256 * 1024  # bytes
LONGEST_URL = 8000  # characters; API Gateway and CloudFront take about as much
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; font-src 'self'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
ADVICE = {
    404: "There is nothing at this address: start from /board/.",
    405: "This address does not take that method.",
}

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
logger = logging.getLogger(__name__)


def problem(status: int, code: str, message: str) -> web.Response:
    """Return an error in the API's own shape; the message says what to do."""
    return web.json_response({"Code": code, "Message": message}, status=status)


@dataclass(frozen=True)
class Hosts:
    """The names under which this server answers."""

    names: tuple[str, ...]


HOSTS = web.AppKey("hosts", Hosts)


@web.middleware
async def guarded(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Refuse what is foreign, too long or too large; answer every failure as JSON with advice."""
    answer = await _answer(request, handler)
    for name, value in HEADERS.items():
        answer.headers.setdefault(name, value)
    answer.headers.setdefault("Cache-Control", "no-cache")
    return answer


async def _answer(request: web.Request, handler: Handler) -> web.StreamResponse:
    # A foreign name that resolves to this machine must not reach the pages through somebody's browser.
    if request.headers.get("Host", "") not in request.app[HOSTS].names:
        return problem(
            421, "MisdirectedRequest", f"This server answers only as {request.app[HOSTS].names[0]}: use that address."
        )
    if len(request.raw_path) > LONGEST_URL:
        return problem(414, "UriTooLong", f"The address is longer than {LONGEST_URL} characters: ask for less at once.")
    if (request.content_length or 0) > LARGEST_BODY:
        return _too_large()
    try:
        return await handler(request)
    except web.HTTPRequestEntityTooLarge:
        return _too_large()
    except HTTPMove as redirect:
        return web.Response(status=redirect.status, headers={"Location": str(redirect.location)})
    except web.HTTPException as refused:
        return problem(refused.status, refused.reason.replace(" ", ""), ADVICE.get(refused.status, refused.reason))
    except TimeoutError:
        return problem(
            504,
            "GatewayTimeout",
            "The emulated AWS took too long: try again; if it stays so, look into the local logs.",
        )
    except aiohttp.ClientError as failure:
        logger.warning("The emulated AWS cannot be reached: %s", type(failure).__name__)
        return problem(
            502,
            "BadGateway",
            "The emulated AWS cannot be reached: see whether 'make run' still runs, and start it again if not.",
        )


def _too_large() -> web.Response:
    return problem(
        413, "RequestEntityTooLarge", f"The request is larger than {LARGEST_BODY // 1024} KB: send less at once."
    )
