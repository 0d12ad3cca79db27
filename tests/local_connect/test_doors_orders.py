"""Whatever one page sends, in whatever order: the doors stand, and every other page goes on as before."""

import json
from typing import Any

from aiohttp import WSMsgType
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from infra.local.connect.doors.desk import COMMANDS
from tests.local_connect.doors import Centre, Page, scene, signed
from tests.local_connect.house import AVAILABLE, CALLER, LUNCH, MOBILE, NUMBER, menu

MOST = 18
"""Messages; one more than twenty within a second would close the page."""
VALUES: st.SearchStrategy[Any] = st.sampled_from(
    [AVAILABLE, LUNCH, CALLER, MOBILE, NUMBER, "to-b", "to-number", "to-flow", "1", "2#", "", "\ud800", "x", 7, None, True, [], {}, "<call>"]
)  # fmt: skip
NONSENSE = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
DESK = st.fixed_dictionaries(
    {"do": st.sampled_from([*COMMANDS, "barge", "stopListening", "dance"])},
    optional={"id": st.integers() | VALUES, "contact": VALUES, "destination": VALUES, "status": VALUES, "number": VALUES},
)  # fmt: skip
PHONE = st.fixed_dictionaries(
    {"do": st.sampled_from(["have", "call", "press", "hangUp", "answer", "decline", "dance"])},
    optional={"number": VALUES, "to": VALUES, "keys": VALUES},
)
SECONDS = st.sampled_from([0.0, 1.0, 6.0, 20.0, 70.0])
PATIENT = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])


async def sends_all(centre: Centre, page: Page, messages: list[tuple[Any, float]], call: str) -> None:
    """Send everything, time passing in between."""
    for message, seconds in messages:
        await page.socket.send_str(json.dumps(message).replace("<call>", call))
        centre.house.pass_seconds(seconds)


async def is_served(page: Page) -> None:
    """See that a page is still answered."""
    await page.sends({"do": "sing", "id": 1 << 70})
    await page.until(lambda each: each.get("re") in (None, 1 << 70) and "one of" in each.get("problem", ""))


@PATIENT
@given(st.lists(st.tuples(DESK | NONSENSE, SECONDS), max_size=MOST))
def test_an_agents_page_may_send_anything(messages: list[tuple[Any, float]]) -> None:
    async def play(centre: Centre) -> None:
        other, phone = await centre.available("agent-b"), await centre.calling()
        await phone.on(stage="menu")
        await phone.sends({"do": "press", "keys": "1"})
        call = (await phone.on(stage="waiting"))["id"]
        page = await centre.desk("agent-a", "supervisor")
        await sends_all(centre, page, messages, call)
        for each in (page, other, phone):
            await is_served(each)

    scene(play, {"main": menu})


@PATIENT
@given(st.lists(st.tuples(PHONE | NONSENSE, SECONDS), max_size=MOST))
def test_a_callers_page_may_send_anything(messages: list[tuple[Any, float]]) -> None:
    async def play(centre: Centre) -> None:
        desk, other = await centre.available(), await centre.phone(MOBILE)
        page = await centre.phone("+818011112222")
        await sends_all(centre, page, messages, "")
        for each in (page, desk, other):
            await is_served(each)

    scene(play, {"main": menu})


@PATIENT
@given(st.lists(NONSENSE | st.builds(lambda each: {"token": each}, NONSENSE), max_size=4), st.binary(max_size=50))
def test_whoever_has_no_token_may_send_anything_and_gets_nowhere(messages: list[Any], noise: bytes) -> None:
    async def play(centre: Centre) -> None:
        other = await centre.desk("agent-b")
        page = await centre.page("/connect/desk")
        await page.socket.send_bytes(noise)
        for each in messages:
            await page.sends(each)
        await page.sends({"token": signed(by="thief")})
        while (received := await page.socket.receive()).type is WSMsgType.TEXT:
            assert "agent" not in json.loads(received.data)
        assert page.socket.close_code == 4401
        assert not centre.exchange.agent("a").signed_in
        await is_served(other)

    scene(play)
