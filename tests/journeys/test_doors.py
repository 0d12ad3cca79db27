"""A caller and an agent meet through the doors of the running stack: no browser, but every message that pages send."""

import asyncio
from typing import Any

import pytest
from aiohttp import ClientSession, WSServerHandshakeError

from tests.journeys.staff import Staff, until
from tests.local_connect.doors import Page

NUMBER, CALLER = "+81312345678", "+819012345678"
PATIENCE = 60.0
"""Seconds: prompts take as long as they take to be heard."""


async def asked(page: Page) -> str:
    """Wait until a voice asks the caller for keys; return what it said last."""
    told = await page.until(lambda each: each.get("heard", {}).get("keys", False))
    return str(told["heard"]["text"][0]["text"])


async def call_and_answer(stack: dict[str, Any], token: str) -> str:
    """Let somebody call, key English and support, and be answered, held and let go; return the contact's id."""
    web = stack["web_url"]
    async with ClientSession() as session:

        async def page(path: str) -> Page:
            return Page(await session.ws_connect(f"{web}/connect/{path}", origin=web), PATIENCE)

        async def desk_opened() -> Page:
            opened = await page("desk")
            await opened.sends({"token": token})
            await opened.sees(lambda agent: agent["username"] == "hanako.sato")
            return opened

        with pytest.raises(WSServerHandshakeError) as refused:
            await session.ws_connect(f"{stack['connect_endpoint']}/connect/phone", origin="http://evil.example")
        assert refused.value.status == 403, "who goes past the web server is asked for an Origin too"

        desk, phone = await desk_opened(), await page("phone")
        agent = await desk.sees(bool)
        [available] = [each["id"] for each in agent["statuses"] if each["type"] == "routable"]
        assert await desk.asks("setStatus", status=available) is None
        assert {"number": NUMBER, "name": "Inbound"} in (await phone.until(lambda each: "numbers" in each))["numbers"]
        await phone.sends({"do": "have", "number": CALLER})
        await phone.sends({"do": "call", "to": NUMBER})
        assert "For English, press 2" in await asked(phone)
        await phone.sends({"do": "press", "keys": "2"})
        await asked(phone)
        await phone.sends({"do": "press", "keys": "1"})
        await phone.on(stage="waiting", place=1)

        offered = await desk.holds(state="connecting", customer=CALLER)
        assert (offered["queue"]["name"], offered["attributes"]["language"]) == ("Support", "en")
        assert await desk.asks("accept", contact=offered["id"]) is None
        await desk.holds(state="connected")
        await phone.on(stage="talking", **{"with": "Hanako Sato"})
        assert await desk.asks("hold", contact=offered["id"]) is None
        await phone.on(stage="held")

        await desk.socket.close()
        desk = await desk_opened()
        await desk.holds(id=offered["id"], held=True)
        assert await desk.asks("resume", contact=offered["id"]) is None
        await phone.on(stage="talking")
        assert await desk.asks("end", contact=offered["id"]) is None
        await phone.on(stage="over", reason="AGENT_DISCONNECT")
        await desk.holds(state="ended")
        assert await desk.asks("closeWork", contact=offered["id"]) is None
        await desk.sees(lambda agent: agent["contacts"] == [])
        assert await desk.asks("signOut") is None
        texts = [each["heard"]["text"] for each in phone.told if each.get("heard", {}).get("text")]
        assert texts[-1][0]["language"] == "en-US"
        return str(offered["id"])


def test_a_call_by_phone_and_desk_is_a_contact_like_any_other(living: dict[str, Any]) -> None:
    """Hanako signs in as her page does, answers a caller, loses her page on the way, and the call is in the records."""
    hanako, supervisor = Staff(living, "agent"), Staff(living, "supervisor")
    assert hanako.user["username"] == "hanako.sato"
    contact_id = asyncio.run(call_and_answer(living, hanako.token))

    def written_up() -> dict[str, Any] | None:
        status, answer = supervisor.get(f"/contacts/{contact_id}")
        known = status == 200 and answer["contact"]["handle_seconds"] is not None
        return answer["contact"] if known else None

    contact = until(written_up, "the contact, with its work done")
    assert (contact["channel"], contact["stage"], contact["outcome"]) == ("VOICE", "ended", "answered")
    assert contact["queue"]["name"] == "Support"
