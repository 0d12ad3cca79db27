"""How many contacts a second the local Connect's floor plays at full speed, and how that grows with agents and with those who wait."""

import sys
from collections.abc import Callable, Generator
from datetime import UTC, datetime, timedelta
from functools import partial
from random import Random
from typing import Any, NamedTuple

from bench.clock import cpu_seconds
from bench.report import Report
from infra.local.connect.floor.exchange import Exchange
from infra.local.connect.floor.world import Heard
from infra.local.connect.flows.line import Answer, Ending, Invoke, Line, Listen, Prompt, Request, Result
from infra.local.connect.instance import (
    AgentStatus,
    Flow,
    HierarchyGroup,
    Hours,
    Instance,
    ProfileQueue,
    Queue,
    RoutingProfile,
    User,
)
from infra.local.connect.timeline import Timeline

ARN = "arn:aws:connect:ap-northeast-1:123456789012:instance/6f1e2d3c-1111-4aaa-8bbb-0123456789ab"
NUMBER, QUEUES = "+81312345678", ("support", "billing", "sales", "orders")
MORNING = datetime(2026, 6, 15, 0, 0, tzinfo=UTC)
TALK_SECONDS, WORK_SECONDS, LOAD = 180.0, 30.0, 0.95
CONTACTS = 4_000
PROMISED = 200.0


class Setting(NamedTuple):
    """How many agents there are, and how many callers wait for them from the beginning."""

    agents: int
    waiting: int


SETTINGS = [Setting(40, 0), Setting(40, 500), Setting(100, 0), Setting(100, 500), Setting(400, 0), Setting(400, 500)]


class Nobody:
    """A world that throws away what it is told, and answers functions at once. Who is connected talks, works, and is free again."""

    def __init__(self) -> None:
        self.documents = 0
        self.connected: Callable[[str], None] = lambda _: None

    def tell_event(self, detail: dict[str, Any]) -> None:
        self.documents += 1

    def tell_record(self, record: dict[str, Any]) -> None:
        self.documents += 1

    def tell_agent(self, event: dict[str, Any]) -> None:
        self.documents += 1

    def invoke(self, request: Invoke, answer: Callable[[Result], None]) -> None:
        answer(Result(document={"queue": request.request["wanted"]}))

    def speak(self, contact_id: str, heard: Heard) -> None:
        if heard.kind == "agent":
            self.connected(contact_id)

    def show(self, user_id: str) -> None: ...

    def encrypt(self, keyed: str, key_id: str, certificate: str) -> str:
        return keyed

    def log_flow(self, entry: dict[str, Any]) -> None: ...

    def answers(self, contact_id: str) -> bool:
        return True


def menu(flow: Flow, line: Line) -> Generator[Request, Answer, Ending]:
    """A menu, a Lambda that says where to go, an attribute, a queue."""
    keyed = yield Listen(prompt=Prompt(text="Press 1 to 4."), seconds=5)
    routed = yield Invoke(function_arn="route", request={"wanted": QUEUES[int(str(keyed)) - 1]}, seconds=8)
    assert isinstance(routed, Result)
    line.set_attributes({"wanted": routed.document["queue"]})
    line.choose_queue(routed.document["queue"])
    line.enter_queue()
    return Ending(to="queue", action="queue")


class Day:
    """Callers come as fast as the agents can bear; time passes as fast as it is worked through."""

    def __init__(self, setting: Setting) -> None:
        self.world, self.timeline, self.luck = Nobody(), Timeline(MORNING), Random(7)
        self.world.connected = self._connected
        self.exchange = Exchange(_instance(setting.agents), self.timeline, self.world, lambda: menu, patience=0)
        self.setting, self.called = setting, 0
        self._gap = (TALK_SECONDS + WORK_SECONDS) / (setting.agents * LOAD)

    def run(self) -> None:
        for _ in range(self.setting.waiting):
            self._call()
        for user_id in self.exchange.agents:
            self.exchange.sign_in(user_id)
            self.exchange.set_status(user_id, "available")
        self._arrive()
        while self.called < CONTACTS and (due := self.timeline.following()) is not None:
            self.timeline.advance(due)

    def _arrive(self) -> None:
        self._call()
        self._later(self._gap, self._arrive)

    def _call(self) -> None:
        self.called += 1
        contact = self.exchange.call(to=NUMBER, by="+819012345678")
        self.exchange.press(contact, str(self.luck.randint(1, len(QUEUES))))

    def _connected(self, contact: str) -> None:
        self._later(TALK_SECONDS, partial(self._end, contact))

    def _end(self, contact: str) -> None:
        agent = self.exchange.contact(contact).agent
        assert agent is not None
        self.exchange.end(agent.user.id, contact)
        self._later(WORK_SECONDS, partial(self.exchange.close, agent.user.id, contact))

    def _later(self, mean: float, act: Callable[[], None]) -> None:
        self.timeline.after(timedelta(seconds=self.luck.expovariate(1 / mean)), act)


def main() -> int:
    report = Report("local_connect", "none: nothing else plays Amazon Connect without it")
    rows, slowest = [], float("inf")
    for setting in SETTINGS:
        day = Day(setting)
        speed = CONTACTS / cpu_seconds(day.run)
        slowest = min(slowest, speed)
        documents = day.world.documents / day.called
        rows.append([f"{setting.agents} agents, {setting.waiting} waiting", f"{speed:,.0f}", f"{documents:.1f}"])
    report.table(
        f"{CONTACTS:,} calls with a menu and a Lambda, by CPU, documents written and thrown away",
        ["", "contacts/s", "documents a contact"],
        rows,
    )
    report.promise(
        f"at least {PROMISED:.0f} contacts/s at full speed", f"{slowest:,.0f} at the slowest", kept=slowest >= PROMISED
    )
    return report.finish()


def _instance(agents: int) -> Instance:
    def arn(kind: str, name: str) -> str:
        return f"{ARN}/{kind}/{name}"

    hours = Hours(id="always", arn=arn("operating-hours", "always"), name="always", zone="Asia/Tokyo", week={})
    served = tuple(ProfileQueue(queue_id=name, channel="VOICE", priority=1, delay=0) for name in QUEUES)
    profile = RoutingProfile(
        id="all",
        arn=arn("routing-profile", "all"),
        name="all",
        default_outbound_queue_id=QUEUES[0],
        concurrency={"VOICE": 1},
        queues=served,
    )
    site = HierarchyGroup(id="tokyo", arn=arn("agent-group", "tokyo"), name="Tokyo")
    users = [
        User(
            id=f"agent-{number}",
            arn=arn("agent", f"agent-{number}"),
            name=f"agent-{number}",
            first_name="Hanako",
            last_name="Sato",
            routing_profile_id="all",
            hierarchy=(site,),
            auto_accept=True,
        )
        for number in range(agents)
    ]
    statuses = [
        AgentStatus(id="available", arn=arn("agent-state", "available"), name="Available", type="ROUTABLE", order=1),
        AgentStatus(id="offline", arn=arn("agent-state", "offline"), name="Offline", type="OFFLINE", order=2),
    ]
    return Instance(
        id=ARN.rpartition("/")[2],
        arn=ARN,
        name="bench",
        region="ap-northeast-1",
        account="123456789012",
        hours={"always": hours},
        queues={name: Queue(id=name, arn=arn("queue", name), name=name, hours_id="always") for name in QUEUES},
        routing_profiles={"all": profile},
        users={each.id: each for each in users},
        statuses={each.id: each for each in statuses},
        groups={site.id: site},
        quick_connects={},
        flows={"menu": Flow(id="menu", arn=arn("contact-flow", "menu"), name="menu", type="CONTACT_FLOW", content="")},
        modules={},
        security_keys={},
        numbers={NUMBER: "menu"},
    )


if __name__ == "__main__":
    sys.exit(main())
