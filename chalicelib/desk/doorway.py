"""What every route shares: who may pass, how a problem is answered, and what the log keeps of it."""

import json
import traceback
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from functools import wraps
from typing import Any, NamedTuple

from chalice.app import Blueprint, Response

from chalicelib.desk.model import Parameters, roles_in
from chalicelib.edge import Document, logger
from chalicelib.problems import BadRequest, Forbidden, NotFound, TryAgain

PAUSE = 2
"""Seconds after which a caller may try again."""

BODY = 10_000
"""Bytes in the longest body that a question may have."""

View = Callable[..., Document]
Door = Callable[..., Response]


class Asked(NamedTuple):
    """One request: when it came, who of which roles asks what, and the id under which the log knows it."""

    now: datetime
    given: Mapping[str, Sequence[str]]
    account: str
    roles: frozenset[str]
    request: str
    body: bytes

    def parameters(self, *known: str) -> Parameters:
        """Return the parameters, of which only these are known here.

        Raises `BadRequest` for any other.
        """
        return Parameters(self.given, known)

    def document(self, *known: str, optional: str | None = None) -> Mapping[str, str]:
        """Return the texts in the JSON object that was sent, all of which must be there but the `optional` one; only these are known here.

        Raises `BadRequest` for anything else.
        """
        names = ", ".join(f"`{name}`" for name in known) + (f", perhaps `{optional}`," if optional else "")
        try:
            document = json.loads(self.body) if len(self.body) <= BODY else None
        except (ValueError, RecursionError):
            document = None
        if not isinstance(document, dict) or document.keys() - {optional} != set(known):
            raise BadRequest(f"Send a JSON object with {names} and nothing else.")
        if not all(isinstance(value, str) for value in document.values()):
            raise BadRequest(f"Send text as {names}.")
        return document


class Doorkeeper:
    """Lets staff of certain roles through to a view, and answers in its stead when it cannot."""

    def __init__(self, doors: Blueprint) -> None:
        """Keep these doors."""
        self._doors = doors

    def __call__(self, *roles: str, status: int = 200) -> Callable[[View], Door]:
        """Return a decorator that lets only these roles pass; the view's first argument is what was `Asked`.

        What the view returns is answered with `status`.
        """

        def kept(view: View) -> Door:
            @wraps(view)
            def door(**path: str) -> Response:
                request = self._doors.current_request
                answer = _answer(request, roles, lambda asked: view(asked, **path), status)
                _log(request, answer.status_code)
                return answer

            return door

        return kept


def _answer(request: Any, roles: Sequence[str], view: Callable[[Asked], Document], status: int) -> Response:
    claims = _claims(request)
    if claims.get("token_use") != "id":
        return _problem(401, "UnauthorizedError", "Send the ID token of your sign-in, not its access token.")
    own = roles_in(claims.get("cognito:groups"))
    if not own & set(roles):
        return _problem(403, "ForbiddenError", f"This is for the roles {', '.join(roles)}; ask an administrator.")
    try:
        return _response(status, view(_asked(request, own)))
    except BadRequest as problem:
        return _problem(400, "BadRequestError", str(problem))
    except Forbidden as problem:
        return _problem(403, "ForbiddenError", str(problem))
    except NotFound as problem:
        return _problem(404, "NotFoundError", str(problem))
    except TryAgain:
        text = f"The centre's records are busy; ask again in {PAUSE} seconds."
        return _problem(503, "ServiceUnavailableError", text, {"Retry-After": str(PAUSE)})
    except Exception as error:
        _log_failure(request, error)
        text = f"Something is wrong on our side; tell an engineer this number: {_id(request)}"
        return _problem(500, "InternalServerError", text)


def _asked(request: Any, roles: frozenset[str]) -> Asked:
    milliseconds = int(request.context["requestTimeEpoch"])
    given = request.query_params
    return Asked(
        now=datetime.fromtimestamp(milliseconds / 1000, UTC),
        given={name: given.getlist(name) for name in given} if given else {},
        account=str(_claims(request).get("cognito:username", "unknown")),
        roles=roles,
        request=_id(request),
        body=request.raw_body,
    )


def _claims(request: Any) -> Mapping[str, Any]:
    claims = (request.context.get("authorizer") or {}).get("claims")
    return claims if isinstance(claims, dict) else {}


def _problem(status: int, code: str, message: str, headers: Mapping[str, str] | None = None) -> Response:
    return _response(status, {"Code": code, "Message": message}, headers)


def _response(status: int, body: Document, headers: Mapping[str, str] | None = None) -> Response:
    every = {"Content-Type": "application/json", "Cache-Control": "no-store"}
    return Response(body=body, status_code=status, headers={**every, **(headers or {})})


def _log(request: Any, status: int) -> None:
    route = request.context.get("resourcePath")
    logger.info("answered", route=route, status=status, who=_claims(request).get("sub"), request=_id(request))


def _log_failure(request: Any, error: Exception) -> None:
    # Neither the error's text nor its values: they may quote what was asked or answered.
    frames = [
        f"{frame.filename.rpartition('/chalicelib/')[2]}:{frame.lineno} {frame.name}"
        for frame in traceback.extract_tb(error.__traceback__)
        if "/chalicelib/" in frame.filename
    ]
    said = getattr(error, "response", {}).get("Error", {})
    code = getattr(error, "operation_name", None), said.get("Code")
    logger.error("a view failed", problem=type(error).__name__, aws=code, frames=frames, request=_id(request))


def _id(request: Any) -> str:
    return str(request.context.get("requestId", "unknown"))
