"""Days beside the live exchange: their time, their ledger, and the door through which they are asked for."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest
from aiohttp.test_utils import TestClient, TestServer

from infra.local.connect.api.app import ConnectApi, application
from infra.local.connect.delivery import BestEffort
from infra.local.connect.floor.exchange import Exchange
from infra.local.connect.flows.line import Invoke, Result
from infra.local.connect.outbox import Kind, Outbox
from infra.local.connect.timeline import Timeline
from infra.local.connect.world import StackWorld
from infra.local.traffic import day as days
from infra.local.traffic import door
from infra.local.traffic.day import Pace
from infra.local.traffic.scenario import DAY
from infra.local.traffic.traffic import House, Traffic
from tests.traffic.town import PlayedDay, instance, players

KEY = "the key of this run"
WORDS = {"scenario": "ordinary-day", "date": "2026-11-18", "contacts": "40", "agents": "6", "seed": "5"}
Asked = Callable[..., Awaitable[tuple[int, dict[str, Any]]]]


class Desk:
    """A live exchange with its API and the door of its traffic, behind a port; what is told is delivered to nobody, and quickly."""

    def __init__(self, directory: Path, *, usual: bool = False) -> None:
        self.timeline = Timeline(datetime.now(UTC))
        self.outbox = Outbox(directory / "outbox.sqlite")
        centre, functions, effort = instance(), Any, BestEffort()
        self.world = StackWorld(
            centre, self.timeline, self.outbox, functions, effort=effort, dice=Random(1), woken=lambda: None  # type: ignore[arg-type]
        )  # fmt: skip
        self.exchange = Exchange(centre, self.timeline, self.world, players, seed=1)
        house = House(
            outbox=self.outbox, functions=functions, players=players, woken=lambda: None, effort=effort, seed=1, directory=directory  # type: ignore[arg-type]
        )  # fmt: skip
        self.traffic = Traffic(self.exchange, self.timeline, self.world, house, seed=1, away={"hanako.sato"})
        if usual:
            self.traffic.begin()
        self.delivers = True
        self.most = 0

    async def guard(self, *_: Any) -> None:
        """Let everybody in."""

    async def work(self) -> None:
        """Turn the live exchange with the clock, and take what is told."""
        while True:
            self.timeline.advance(datetime.now(UTC))
            self.most = max(self.most, len(self.outbox))
            if self.delivers:
                for kind in (*Kind, *[Kind.AGENT] * 20):
                    self.outbox.delivered(self.outbox.due(kind, datetime.now(UTC) + timedelta(hours=1), most=500))
            await asyncio.sleep(0.01)


def visit(desk: Desk, scene: Callable[[Asked], Awaitable[None]]) -> None:
    """Play a scene in which somebody asks at the door."""

    async def play() -> None:
        api = ConnectApi(
            desk.exchange, desk.timeline, desk.guard, clock=lambda: datetime.now(UTC), woken=lambda: None,
            elsewhere=desk.traffic.exchange_of,
        )  # fmt: skip
        app = application(api)
        app.add_routes(door.routes(desk.traffic, KEY))
        working = asyncio.create_task(desk.work())
        async with TestClient(TestServer(app)) as client:

            async def ask(method: str, path: str, words: Any = None, *, key: str = KEY) -> tuple[int, dict[str, Any]]:
                answer = await client.request(method, path, json=words, headers={"Authorization": f"Bearer {key}"})
                return answer.status, await answer.json()

            await scene(ask)
        working.cancel()

    asyncio.run(play())


async def over(ask: Asked, run: str) -> dict[str, Any]:
    """Wait until a day is over, and return how it stands then."""
    for _ in range(3000):
        status, known = await ask("GET", f"/traffic/{run}")
        assert status == 200
        if known["state"] not in ("playing", "delivering"):
            return known
        await asyncio.sleep(0.02)
    raise AssertionError(known)


def test_a_day_never_overtakes_the_clock_and_goes_as_fast_as_it_was_told() -> None:
    noon = datetime(2026, 11, 23, 12, tzinfo=UTC)
    now = noon
    fast, sixty = (Pace(noon - timedelta(hours=2), speed, lambda: now) for speed in (None, 60.0))
    assert (fast.moment(), sixty.moment()) == (noon, noon - timedelta(hours=2))
    now = noon + timedelta(minutes=1)
    assert (fast.moment(), sixty.moment()) == (now, noon - timedelta(hours=1))
    now = noon + timedelta(minutes=5)
    assert sixty.moment() == now, "it has caught up"


def test_one_seed_is_one_ledger_byte_for_byte_however_time_is_cut(tmp_path: Path) -> None:
    whole = PlayedDay(tmp_path / "whole.csv", contacts=120, agents=6, seed=8).play()
    cut = PlayedDay(tmp_path / "cut.csv", contacts=120, agents=6, seed=8).play(step=DAY / 1000)
    other = PlayedDay(tmp_path / "other.csv", contacts=120, agents=6, seed=9).play()
    assert whole.ledger.path.read_bytes() == cut.ledger.path.read_bytes()
    assert whole.ledger.path.read_bytes() != other.ledger.path.read_bytes()


def test_a_day_is_played_delivered_and_known_to_the_api(tmp_path: Path) -> None:
    desk = Desk(tmp_path)

    async def scene(ask: Asked) -> None:
        status, begun = await ask("POST", "/traffic", WORDS)
        assert (status, begun["state"], begun["title"]) == (202, "playing", "An ordinary day")
        status, refused = await ask("POST", "/traffic", WORDS)
        assert status == 409
        assert refused["problem"].startswith("2026-11-18-ordinary-day-5 is being played: wait for its end")
        known = await over(ask, begun["run"])
        assert (known["state"], known["problem"], known["undelivered"]) == ("over", None, 0)
        assert known["contacts"] == known["over"] >= known["came"] > 20
        rows = Path(known["ledger"]).read_text().splitlines()
        assert len(rows) == known["over"] + 1
        contact_id = rows[1].split(",")[0]
        assert contact_id not in desk.exchange.contacts
        path = f"/contacts/{desk.exchange.instance.id}/{contact_id}"
        status, described = await ask("GET", path)
        assert (status, described["Contact"]["Id"]) == (200, contact_id)
        status, _ = await ask("GET", f"/contacts/{desk.exchange.instance.id}/unknown")
        assert status == 404
        again = (await ask("POST", "/traffic", WORDS))[1]["run"]
        await over(ask, again)
        assert Path(known["ledger"]).read_text().splitlines() == rows, "the same seed is the same day"

    visit(desk, scene)


def test_attributes_that_are_set_when_a_day_is_over_are_told(tmp_path: Path) -> None:
    desk = Desk(tmp_path)

    async def scene(ask: Asked) -> None:
        known = await over(ask, (await ask("POST", "/traffic", WORDS))[1]["run"])
        contact_id = Path(known["ledger"]).read_text().splitlines()[1].split(",")[0]
        desk.delivers = False
        await asyncio.sleep(0.1)
        words = {
            "InitialContactId": contact_id,
            "InstanceId": desk.exchange.instance.id,
            "Attributes": {"note": "seen"},
        }
        assert (await ask("POST", "/contact/attributes", words))[0] == 200
        for _ in range(200):
            told = desk.outbox.due(Kind.RECORD, datetime.now(UTC), most=10)
            if told:
                break
            await asyncio.sleep(0.05)
        assert [each.key for each in told] == [contact_id]
        assert '"note": "seen"' in told[0].document

    visit(desk, scene)


def test_a_day_waits_for_the_delivery(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(days, "MOST_PROMISED", 100)
    desk = Desk(tmp_path)
    desk.delivers = False

    async def scene(ask: Asked) -> None:
        run = (await ask("POST", "/traffic", WORDS))[1]["run"]
        for _ in range(100):
            if len(desk.outbox) > 100:
                break
            await asyncio.sleep(0.02)
        stands = (await ask("GET", f"/traffic/{run}"))[1]["now"]
        await asyncio.sleep(0.3)
        assert (await ask("GET", f"/traffic/{run}"))[1]["now"] == stands
        desk.delivers = True
        assert (await over(ask, run))["state"] == "over"
        # What the end of a day sets off at one moment is told at once, however much it is.
        assert desk.most < 1000

    visit(desk, scene)


def test_a_day_stands_while_a_function_is_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    desk = Desk(tmp_path)

    async def scene(ask: Asked) -> None:
        run = (await ask("POST", "/traffic", WORDS))[1]["run"]
        world = desk.traffic._runs[run].played._world
        answered: list[Result] = []
        monkeypatch.setattr("infra.local.connect.world.invoke", lambda *_: Result(document={}))
        world.invoke(Invoke(function_arn="f", request={}, seconds=8), answered.append)
        assert world.is_calling
        before = desk.traffic._runs[run].played.now
        await asyncio.sleep(0)
        assert desk.traffic._runs[run].played.now == before
        await over(ask, run)
        assert answered == [Result(document={})]

    visit(desk, scene)


def test_a_day_that_is_stopped_is_whole(tmp_path: Path) -> None:
    desk = Desk(tmp_path)

    async def scene(ask: Asked) -> None:
        run = (await ask("POST", "/traffic", WORDS | {"contacts": "2000"}))[1]["run"]
        while (await ask("GET", f"/traffic/{run}"))[1]["contacts"] < 200:
            await asyncio.sleep(0.01)
        assert (await ask("DELETE", f"/traffic/{run}"))[0] == 200
        known = await over(ask, run)
        assert (known["state"], known["stopped"]) == ("over", True)
        assert 200 <= known["over"] == known["contacts"] < 1500
        exchange = desk.traffic._runs[run].played
        assert isinstance(exchange, days.Day)
        assert all(each.completed_at for each in exchange.exchange.contacts.values())

    visit(desk, scene)


def test_live_a_scenario_s_people_take_the_place_of_the_usual_ones_until_it_ends(tmp_path: Path) -> None:
    desk = Desk(tmp_path, usual=True)

    async def scene(ask: Asked) -> None:
        usual = desk.traffic._usual
        assert usual is not None
        status, begun = await ask("POST", "/traffic", {"scenario": "outage", "date": "now", "contacts": "100000"})
        assert status == 202
        assert datetime.fromisoformat(begun["to"]) - datetime.fromisoformat(begun["from"]) > timedelta(hours=1)
        came = usual.callers.came
        while (await ask("GET", f"/traffic/{begun['run']}"))[1]["came"] < 3:
            await asyncio.sleep(0.05)
        assert usual.callers.came == came
        assert not desk.exchange.agent(
            next(u.id for u in desk.exchange.instance.users.values() if u.name == "hanako.sato")
        ).signed_in
        await ask("DELETE", f"/traffic/{begun['run']}")
        for _ in range(400):
            if usual.callers.came > came:
                break
            await asyncio.sleep(0.02)
            desk.timeline.advance(desk.timeline.now + timedelta(seconds=1))
        assert usual.callers.came > came

    visit(desk, scene)


@pytest.mark.parametrize(
    ("method", "path", "words", "key", "status", "sentence"),
    [
        ("POST", "/traffic", WORDS, "a guess", 401, "Send the control_key of stack.json as a bearer token."),
        ("GET", "/traffic/x", None, "", 401, "Send the control_key of stack.json as a bearer token."),
        ("GET", "/traffic/x", None, KEY, 404, "There is no day x: it may have been before the local Connect started."),
        (
            "DELETE",
            "/traffic/x",
            None,
            KEY,
            404,
            "There is no day x: it may have been before the local Connect started.",
        ),
        ("POST", "/traffic", ["outage"], KEY, 400, "Send an object of settings, as 'make traffic' does."),
        ("POST", "/traffic", {"scenario": "x"}, KEY, 400, "There is no scenario 'x': say one of "),
    ],
)
def test_the_door_says_no_in_a_sentence(
    tmp_path: Path, method: str, path: str, words: Any, key: str, status: int, sentence: str
) -> None:
    async def scene(ask: Asked) -> None:
        answer = await ask(method, path, words, key=key)
        assert answer[0] == status
        assert answer[1]["problem"].startswith(sentence)

    visit(Desk(tmp_path), scene)
