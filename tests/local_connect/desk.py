"""Connect's API before a real exchange, and a client of it."""

import asyncio
import threading
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

import boto3
import pytest
from aiohttp import web
from botocore.config import Config
from botocore.exceptions import ClientError

from infra.local.connect.api.app import ConnectApi, application
from infra.local.connect.floor.contact import Contact, Player
from infra.local.connect.floor.exchange import Exchange
from infra.local.connect.flows.line import Answer, Ending, Line, Request
from infra.local.connect.intrinsics import INSTANCE_ID, id_of
from infra.local.connect.template import Template
from infra.local.connect.timeline import Timeline
from infra.local.settings import REGION
from tests.local_connect.house import CALLER, World, straight_to
from tests.local_connect.test_template import resource, small

NOW = datetime(2026, 6, 15, 1, tzinfo=UTC)
SUPPORT, BILLING, PROFILE, HANA, KEN, FLOW = map(id_of, ("Support", "Billing", "All", "Hana", "Ken", "Inbound"))
AVAILABLE, LUNCH = id_of("Available"), id_of("Lunch")
NUMBER, SUPPORTS_NUMBER = "+81300000009", "+81300000001"
DELAY = 30.0
"""Seconds that a call waits in Support before it rings at an agent: the delay in the routing profile."""


class Desk:
    """An exchange with Hana, who serves Support, and Ken, who takes mails; the API in front of it, and a client.

    `now` is the clock, which stands unless it is moved; `script` is what plays in place of the flow.
    """

    def __init__(self) -> None:
        template = small()
        template["Resources"]["Support"]["Properties"]["Status"] = "ENABLED"
        template["Resources"]["Billing"] = resource("Queue", Name="Billing", HoursOfOperationArn={"Ref": "Hours"})
        template["Resources"]["Mail"] = resource(
            "RoutingProfile", Name="Mail", DefaultOutboundQueueArn={"Ref": "Billing"}, MediaConcurrencies=[{"Channel": "EMAIL", "Concurrency": 2}],
            QueueConfigs=[{"Priority": 1, "Delay": 0, "QueueReference": {"Channel": "EMAIL", "QueueArn": {"Ref": "Billing"}}}],
        )  # fmt: skip
        template["Resources"]["Ken"] = resource("User", Username="ken", RoutingProfileArn={"Ref": "Mail"})
        self.instance = Template(template, {"Card": "x"}).instance()
        self.now = NOW
        self.timeline = Timeline(NOW)
        self.script = straight_to(SUPPORT)
        self.world = World(self.timeline)
        self.exchange = Exchange(self.instance, self.timeline, self.world, self._player)
        self.woken = 0
        self.client: Any = None

    def _player(self) -> Player:
        return lambda _, line: self.script(line)

    def wake(self) -> None:
        self.woken += 1

    async def guard(self, authorization: str, operation: str, asked: Any) -> None:
        assert f"/{REGION}/connect/aws4_request" in authorization

    def pass_seconds(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)
        self.timeline.advance(self.now)

    def on_duty(self, *user_ids: str) -> None:
        for user_id in user_ids:
            self.exchange.sign_in(user_id)
            self.exchange.set_status(user_id, AVAILABLE)

    def ken_helps(self) -> None:
        """Let Ken serve Support too."""
        self.exchange.set_routing_profile(KEN, PROFILE)
        self.on_duty(KEN)

    def calls(self, **attributes: str) -> str:
        return self.exchange.call(to=NUMBER, by=CALLER, attributes=attributes)

    def talks(self, user_id: str = HANA) -> str:
        """Let a caller come and an agent answer."""
        contact_id = self.calls()
        self.pass_seconds(DELAY)
        self.exchange.accept(user_id, contact_id)
        return contact_id

    def contact(self, contact_id: str) -> Contact:
        return self.exchange.contact(contact_id)

    def described(self, contact_id: str) -> dict[str, Any]:
        told = self.client.describe_contact(InstanceId=INSTANCE_ID, ContactId=contact_id)["Contact"]
        assert isinstance(told, dict)
        return told


def recorded(line: Line) -> Generator[Request, Answer, Ending]:
    """A flow to Support that wants agent and customer recorded."""
    line.set_recording(["Agent", "Customer"], menu=None, screen=[])
    return (yield from straight_to(SUPPORT)(line))


@contextmanager
def serving(desk: Desk) -> Iterator[str]:
    loop = asyncio.new_event_loop()
    runner: list[web.AppRunner] = []

    async def start() -> int:
        api = ConnectApi(desk.exchange, desk.timeline, desk.guard, clock=lambda: desk.now, woken=desk.wake)
        runner.append(web.AppRunner(application(api)))
        await runner[0].setup()
        site = web.TCPSite(runner[0], "127.0.0.1", 0)
        await site.start()
        return int(runner[0].addresses[0][1])

    port = loop.run_until_complete(start())
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        asyncio.run_coroutine_threadsafe(runner[0].cleanup(), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


def client_of(address: str) -> Any:
    """Return a client of the API at an address."""
    settings = Config(retries={"total_max_attempts": 1}, proxies={})
    return _session().client("connect", endpoint_url=address, config=settings)


@cache
def _session() -> boto3.Session:
    """Return the one session of all clients, since it takes long to read Connect's model."""
    return boto3.Session("key", "secret", region_name=REGION)


def error(call: Any, **asked: Any) -> tuple[str, int, str]:
    with pytest.raises(ClientError) as raised:
        call(**asked)
    answer = raised.value.response
    return answer["Error"]["Code"], answer["ResponseMetadata"]["HTTPStatusCode"], answer["Error"]["Message"]
