"""Whose token opens the desk's door, and whose does not."""

import asyncio
import base64
import hashlib
import hmac
import json
import time
from datetime import UTC, datetime
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from infra.local.connect.doors.tokens import KeysMissing, Staff, TokenRefused, Tokens
from infra.local.state import Stack
from tests.local_connect.doors import CLIENT, ISSUER, KEY_ID, key_of, keys, signed


def whose(*tokens: str, keys_url: str | None = None) -> list[Staff]:
    """Let a door judge tokens, one after the other."""

    async def judged() -> list[Staff]:
        app = web.Application()
        app.router.add_get("/keys", keys)
        async with TestServer(app) as pool:
            door = Tokens(issuer=ISSUER, audience=CLIENT, keys_url=keys_url or str(pool.make_url("/keys")))
            return [await door.staff(each) for each in tokens]

    return asyncio.run(judged())


def part(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def forged(algorithm: str, secret: bytes) -> str:
    """A token by whoever knows only what is public: unsigned, or with the public key taken for a shared secret."""
    header = part(json.dumps({"alg": algorithm, "kid": KEY_ID}).encode())
    body = f"{header}.{signed().split('.')[1]}"
    return f"{body}.{part(hmac.new(secret, body.encode(), hashlib.sha256).digest() if secret else b'')}"


def public_key() -> bytes:
    return key_of("pool").public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def test_a_token_tells_who_and_in_which_roles_and_until_when() -> None:
    end = int(time.time()) + 60
    plain, none = signed("hanako", "agent", "leader", exp=end), signed("hanako", "")
    first, second = whose(plain, none)
    assert first == Staff("hanako", frozenset({"agent", "leader"}), datetime.fromtimestamp(end, UTC))
    assert second.roles == frozenset()


REFUSED: dict[str, Any] = {
    "expired": lambda: signed(exp=time.time() - 1),
    "never expires": lambda: signed(exp=None),
    "another application's": lambda: signed(aud="another"),
    "for nobody": lambda: signed(aud=None),
    "another pool's": lambda: signed(iss=f"{ISSUER}2"),
    "by nobody": lambda: signed(iss=None),
    "an access token": lambda: signed(token_use="access"),
    "of no kind": lambda: signed(token_use=None),
    "without a name": lambda: signed(None),
    "signed by another": lambda: signed(by="thief"),
    "signed with an unknown key": lambda: signed(kid="unknown"),
    "unsigned": lambda: forged("none", b""),
    "signed with the public key": lambda: forged("HS256", public_key()),
    "changed": lambda: signed().replace(".", ".A", 1),
    "no token": lambda: "hello",
    "nothing": lambda: "",
    "no text": lambda: "\ud800.\ud800.\ud800",
}


@pytest.mark.parametrize("kind", REFUSED)
def test_any_other_token_is_refused(kind: str) -> None:
    with pytest.raises(TokenRefused):
        whose(REFUSED[kind]())


def test_where_the_keys_cannot_be_had_the_token_is_not_blamed() -> None:
    with pytest.raises(KeysMissing):
        whose(signed(), keys_url="http://127.0.0.1:9/keys")


def test_the_stack_says_where_the_keys_are_and_who_issues() -> None:
    """The emulator names Cognito as the issuer, and serves the keys itself."""
    outputs = {"StaffPoolId": "pool", "StaffClientId": CLIENT}

    async def judged() -> Staff:
        app = web.Application()
        app.router.add_get("/pool/.well-known/jwks.json", keys)
        async with TestServer(app) as emulator:
            stack = Stack(
                aws_endpoint=str(emulator.make_url("")).rstrip("/"), api_url="", web_url="", region="ap-northeast-1",
                instance_id="", event_source="", outputs=outputs, users=[], connect_endpoint="",
            )  # fmt: skip
            return await Tokens.of(stack).staff(signed("hanako"))

    assert asyncio.run(judged()).username == "hanako"
