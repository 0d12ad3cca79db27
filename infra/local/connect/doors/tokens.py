"""Who is at the desk's door: a Cognito ID token, verified as its guide asks ("Verifying JSON web tokens")."""

import asyncio
from datetime import UTC, datetime
from typing import Any, NamedTuple

import jwt

from infra.local.state import Stack

SECONDS = 5.0
"""How long the pool's keys may take to come."""
CLAIMS = ["exp", "iat", "iss", "aud", "token_use", "cognito:username"]


class TokenRefused(Exception):
    """This is no token of ours, or it has expired; signing in again helps."""


class KeysMissing(Exception):
    """The pool's keys cannot be had at the moment, so nothing is known of the token."""


class Staff(NamedTuple):
    """Somebody who has signed in; `roles` are the groups of the user pool."""

    username: str
    roles: frozenset[str]
    expires: datetime


class Tokens:
    """The ID tokens of one client of one user pool. Its keys are fetched when first needed, kept for five minutes, and looked for anew, twice a minute at most, when an unknown one has signed."""

    def __init__(self, *, issuer: str, audience: str, keys_url: str) -> None:
        self._issuer, self._audience = issuer, audience
        self._keys = jwt.PyJWKClient(keys_url, timeout=SECONDS)

    @classmethod
    def of(cls, stack: Stack) -> "Tokens":
        """Return those of a running stack.

        Its tokens name the issuer that Cognito would be at. The keys are not there: the emulator serves them at its own address, under the
        path that Cognito has below the issuer.
        """
        pool_id = stack.outputs["StaffPoolId"]
        return cls(
            issuer=f"https://cognito-idp.{stack.region}.amazonaws.com/{pool_id}",
            audience=stack.outputs["StaffClientId"],
            keys_url=f"{stack.aws_endpoint}/{pool_id}/.well-known/jwks.json",
        )

    async def staff(self, token: str) -> Staff:
        """Return whose token this is; raises TokenRefused, and KeysMissing when that cannot be found out now."""
        return await asyncio.to_thread(self._staff, token)

    def _staff(self, token: str) -> Staff:
        try:
            claims: dict[str, Any] = jwt.decode(
                token,
                self._keys.get_signing_key_from_jwt(token),
                algorithms=["RS256"],
                audience=self._audience,
                issuer=self._issuer,
                options={"require": CLAIMS},
            )
        except jwt.PyJWKClientConnectionError as problem:
            raise KeysMissing(str(problem)) from problem
        except (jwt.PyJWTError, ValueError) as problem:
            raise TokenRefused(str(problem)) from problem
        if (use := claims["token_use"]) != "id":
            raise TokenRefused(f"it is a token for {use}, not an ID token")
        return Staff(
            username=claims["cognito:username"],
            roles=frozenset(claims.get("cognito:groups", ())),
            expires=datetime.fromtimestamp(claims["exp"], UTC),
        )
