"""Who gets in at the doors, and for how long."""

import time

import pytest
from aiohttp import WSServerHandshakeError

from infra.local.connect.doors import desk as door
from infra.local.connect.doors.tokens import Tokens
from tests.local_connect.doors import CLIENT, ISSUER, OURS, Centre, scene, signed
from tests.local_connect.house import LUNCH


def test_opening_signs_in_offline() -> None:
    async def play(centre: Centre) -> None:
        desk = await centre.desk()
        assert centre.exchange.agent("a").signed_in
        told = desk.told[0]
        assert (told["agent"]["username"], told["agent"]["status"]["type"]) == ("agent-a", "offline")
        assert told["now"] == "2026-06-15T01:00:00.000Z"

    scene(play)


@pytest.mark.parametrize(
    ("token", "code"),
    [
        (signed("agent-z"), 4403),
        (signed("agent-a", "analyst"), 4403),
        (signed("agent-a", "quality", "auditor"), 4403),
        (signed("agent-a", by="thief"), 4401),
        ("hello", 4401),
        ("", 4401),
        (7, 4401),
        (None, 4401),
    ],
    ids=["no agent", "another role", "other roles", "forged", "no token", "empty", "a number", "nothing"],
)
def test_whoever_is_no_agent_is_turned_away(token: object, code: int) -> None:
    async def play(centre: Centre) -> None:
        page = await centre.page("/connect/desk")
        await page.sends({"token": token})
        assert await page.closed() == code
        assert not centre.exchange.agent("a").signed_in

    scene(play)


@pytest.mark.parametrize("role", ["agent", "supervisor", "leader"])
def test_roles_that_have_a_desk(role: str) -> None:
    async def play(centre: Centre) -> None:
        await centre.desk("agent-a", role)

    scene(play)


def test_nobody_may_stand_in_the_door(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(door, "TOKEN_SECONDS", 0.05)

    async def play(centre: Centre) -> None:
        assert await (await centre.page("/connect/desk")).closed() == 4408

    scene(play)


def test_without_the_pools_keys_a_page_may_try_again() -> None:
    async def play(centre: Centre) -> None:
        centre.desks, _ = centre.desks_and_phones("http://127.0.0.1:9/keys")
        page = await centre.page("/connect/desk")
        await page.sends({"token": signed()})
        assert await page.closed() == 1013

    scene(play)


def test_without_the_pools_keys_the_token_that_was_shown_serves_on() -> None:
    async def play(centre: Centre) -> None:
        desk = await centre.desk()
        centre.desks._tokens = Tokens(issuer=ISSUER, audience=CLIENT, keys_url="http://127.0.0.1:9/keys")
        await desk.sends({"token": signed()})
        assert await desk.asks("setStatus", status=LUNCH) is None

    scene(play)


def test_an_expired_token_closes_unless_a_new_one_came() -> None:
    async def play(centre: Centre) -> None:
        soon = time.time() + 1
        lazy, busy = await centre.desk(exp=soon), await centre.desk(exp=soon)
        await busy.sends({"token": signed()})
        assert await lazy.closed() == 4401
        assert await busy.asks("setStatus", status=LUNCH) is None

    scene(play)


@pytest.mark.parametrize("token", [signed("agent-b"), "hello"], ids=["another person's", "none"])
def test_a_wrong_token_later_closes_as_well(token: str) -> None:
    async def play(centre: Centre) -> None:
        desk = await centre.desk()
        await desk.sends({"token": token})
        assert await desk.closed() == 4401

    scene(play)


@pytest.mark.parametrize("path", ["/connect/desk", "/connect/phone"])
@pytest.mark.parametrize(
    "origin", [None, "null", "http://evil.example", "http://127.0.0.1:8081", f"{OURS}.evil.example"]
)
def test_pages_from_elsewhere_are_refused(path: str, origin: str | None) -> None:
    async def play(centre: Centre) -> None:
        with pytest.raises(WSServerHandshakeError) as refused:
            await centre.page(path, origin)
        assert refused.value.status == 403

    scene(play)
