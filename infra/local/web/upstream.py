"""What the pages ask of AWS, passed on to the emulator: the API behind /api, and sign-in at /cognito."""

import aiohttp
from aiohttp import web
from yarl import URL

PATIENCE = aiohttp.ClientTimeout(total=35, connect=5)  # API Gateway itself gives up after 29 s
PASSED_ON = ("Authorization", "Content-Type", "Accept", "Accept-Language")
PASSED_BACK = (
    "Content-Type",
    "Content-Disposition",
    "Cache-Control",
    "ETag",
    "Retry-After",
    "x-amzn-RequestId",
    "x-amzn-ErrorType",
)
SIGN_IN = "AWSCognitoIdentityProviderService."
ALLOWED = frozenset(
    SIGN_IN + action for action in ("InitiateAuth", "RespondToAuthChallenge", "GlobalSignOut", "RevokeToken")
)


class Upstream:
    """The emulator as the pages may see it."""

    def __init__(self, endpoint: str, api_url: str) -> None:
        self._endpoint = endpoint
        self._api_url = api_url.rstrip("/")
        self._session: aiohttp.ClientSession | None = None

    async def opened(self, app: web.Application) -> None:
        """Open the connections when the server starts."""
        # The emulator is on this machine: a proxy of the developer's network has no part in this.
        self._session = aiohttp.ClientSession(timeout=PATIENCE, trust_env=False, auto_decompress=False)

    async def closed(self, app: web.Application) -> None:
        """Close them when it ends."""
        if self._session:
            await self._session.close()

    async def api(self, request: web.Request) -> web.StreamResponse:
        """Pass a call on to the REST API's data plane."""
        # The path goes on as it came, since an id in it may hold encoded characters.
        path = request.raw_path.removeprefix("/api")
        return await self._pass(request, self._api_url + path)

    async def cognito(self, request: web.Request) -> web.StreamResponse:
        """Pass a sign-in on to Cognito; nothing else of Cognito is open to the pages."""
        target = request.headers.get("X-Amz-Target", "")
        if target not in ALLOWED:
            raise web.HTTPForbidden
        return await self._pass(request, f"{self._endpoint}/", {"X-Amz-Target": target})

    async def _pass(self, request: web.Request, url: str, more: dict[str, str] | None = None) -> web.StreamResponse:
        assert self._session is not None, "the server has started before it answers"
        headers = {name: request.headers[name] for name in PASSED_ON if name in request.headers} | (more or {})
        body = await request.read() or None
        # A call without a body has no type either; the client library would invent one, which the API refuses.
        async with self._session.request(
            request.method,
            URL(url, encoded=True),
            headers=headers,
            data=body,
            allow_redirects=False,
            skip_auto_headers=("Content-Type",),
        ) as answer:
            back = {name: answer.headers[name] for name in PASSED_BACK if name in answer.headers}
            return web.Response(
                status=answer.status, headers={"Cache-Control": "no-store"} | back, body=await answer.read()
            )
