"""How many contacts a second the local Connect plays at full speed on our own flows, how that grows, and how many the stack takes."""

import json
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from random import Random
from typing import Any, NamedTuple

from bench import local_connect_here
from bench.clock import cpu_seconds
from bench.report import Report
from infra.local.connect.floor.contact import Player
from infra.local.connect.floor.exchange import Exchange
from infra.local.connect.floor.world import Heard, World
from infra.local.connect.flows.line import Invoke, Result
from infra.local.connect.flows.player import play
from infra.local.connect.flows.turn import State
from infra.local.connect.instance import Instance
from infra.local.connect.template import WITHOUT_CARDS, Template
from infra.local.connect.timeline import Timeline

MORNING = datetime(2026, 6, 15, 0, 0, tzinfo=UTC)
TALK_SECONDS, WORK_SECONDS, LOAD = 180.0, 30.0, 0.95
CONTACTS, CONTACTS_HERE = 2_000, 300
PROMISED = 200.0
ROUTING = {
    "Version": "2019-10-30",
    "StartAction": "ask",
    "Settings": {},
    "Actions": [
        {
            "Identifier": "ask",
            "Type": "InvokeLambdaFunction",
            "Parameters": {"LambdaFunctionARN": "route", "InvocationTimeLimitSeconds": "8"},
            "Transitions": {
                "NextAction": "return",
                "Errors": [{"NextAction": "return", "ErrorType": "NoMatchingError"}],
            },
        },
        {"Identifier": "return", "Type": "EndFlowModuleExecution", "Parameters": {}, "Transitions": {}},
    ],
}


class Setting(NamedTuple):
    """How many agents there are, and how many callers wait for them from the beginning."""

    agents: int
    waiting: int


SETTINGS = [Setting(40, 0), Setting(40, 500), Setting(100, 0), Setting(100, 500), Setting(400, 0), Setting(400, 500)]


class Nobody:
    """A world that throws away what it is told and answers functions at once, but for those who call and answer."""

    def __init__(self) -> None:
        self.documents = self.actions = 0
        self.heard: Callable[[str, Heard], None] = lambda contact_id, heard: None

    def tell_event(self, detail: dict[str, Any]) -> None:
        self.documents += 1

    def tell_record(self, record: dict[str, Any]) -> None:
        self.documents += 1

    def tell_agent(self, event: dict[str, Any]) -> None:
        self.documents += 1

    def invoke(self, request: Invoke, answer: Callable[[Result], None]) -> None:
        answer(Result(document={"queue": "as chosen"}))

    def speak(self, contact_id: str, heard: Heard) -> None:
        self.heard(contact_id, heard)

    def show(self, user_id: str) -> None: ...

    def encrypt(self, keyed: str, key_id: str, certificate: str) -> str:
        return keyed

    def log_flow(self, entry: dict[str, Any]) -> None:
        self.actions += 1

    def dial(self, contact_id: str, picked_up: Callable[[], None]) -> None: ...


class Day:
    """Callers come as fast as the agents can bear; time passes as fast as it is worked through."""

    def __init__(self, setting: Setting, instance: Instance, timeline: Timeline, world: World, contacts: int) -> None:
        self.timeline, self.luck = timeline, Random(7)
        self.exchange = Exchange(instance, timeline, world, _player, patience=0)
        self.setting, self.contacts, self.called = setting, contacts, 0
        self._waiting: set[str] = set()
        self._number = next(iter(self.exchange.instance.numbers))
        self._gap = (TALK_SECONDS + WORK_SECONDS) / (setting.agents * LOAD)

    def run(self) -> None:
        """Let all come, and go home when the last is served."""
        for user_id in self.exchange.agents:
            self.exchange.sign_in(user_id)
        for _ in range(self.setting.waiting):
            self._call()
        available = next(each.id for each in self.exchange.instance.statuses.values() if each.type == "ROUTABLE")
        for user_id in self.exchange.agents:
            self.exchange.set_status(user_id, available)
        self._arrive()
        while any(contact.completed_at is None for contact in self.exchange.contacts.values()):
            due = self.timeline.following()
            assert due is not None, "who is still there has something ahead"
            self.timeline.advance(due + timedelta(minutes=10))

    def heard(self, contact_id: str, heard: Heard) -> None:
        """Let callers key what they are asked for, refuse to be called back, and talk once they are through."""
        if heard.kind == "music":
            self._waiting.add(contact_id)
        elif heard.keys and contact_id not in self._waiting:
            self._later(1, partial(self.exchange.press, contact_id, self.luck.choice("12")))
        elif heard.kind == "agent":
            self._later(TALK_SECONDS, partial(self._end, contact_id))

    def shown(self, user_id: str) -> None:
        """Do nothing: agents accept by themselves."""

    def dialled(self, contact_id: str, picked_up: Callable[[], None]) -> bool:
        """Nobody is called back here."""
        return False

    def _arrive(self) -> None:
        if self.called < self.contacts:
            self._call()
            self._later(self._gap, self._arrive)

    def _call(self) -> None:
        self.called += 1
        self.exchange.call(to=self._number, by="+819012345678")

    def _end(self, contact_id: str) -> None:
        agent = self.exchange.contact(contact_id).agent
        assert agent is not None
        self.exchange.end(agent.user.id, contact_id)
        self._later(WORK_SECONDS, partial(self._close, agent.user.id, contact_id))

    def _close(self, user_id: str, contact_id: str) -> None:
        # The limit of after-contact work may have been sooner.
        if contact_id in self.exchange.agent(user_id).contacts:
            self.exchange.close(user_id, contact_id)

    def _later(self, mean: float, act: Callable[[], None]) -> None:
        self.timeline.after(timedelta(seconds=self.luck.expovariate(1 / mean)), act)


def centre(agents: int) -> Instance:
    """Return our own centre with as many agents, and queues that never refuse."""
    own = Template.of_file(parameters=WITHOUT_CARDS).instance()
    # A supervisor, who serves no queue, would let everybody wait for ever.
    like = next(each for each in own.users.values() if own.routing_profiles[each.routing_profile_id].queues)
    users = [
        replace(like, id=f"agent-{number}", arn=f"{like.arn}-{number}", name=f"agent-{number}", auto_accept=True)
        for number in range(agents)
    ]
    return replace(
        own,
        users={each.id: each for each in users},
        queues={each.id: replace(each, max_contacts=None) for each in own.queues.values()},
        quick_connects={},
    )


def with_a_lambda(instance: Instance) -> Instance:
    """Return the centre with a function at the place where the queue will be decided."""
    modules = {
        each.id: replace(each, content=json.dumps(ROUTING)) if each.name == "Routing" else each
        for each in instance.modules.values()
    }
    return replace(instance, modules=modules)


def main() -> int:
    report = Report("local_connect", "none: nothing else plays Amazon Connect without it")
    rows, slowest = [], float("inf")
    for setting in SETTINGS:
        world = Nobody()
        day = Day(setting, with_a_lambda(centre(setting.agents)), Timeline(MORNING), world, CONTACTS)
        world.heard = day.heard
        seconds = cpu_seconds(day.run)
        if not setting.waiting:
            slowest = min(slowest, CONTACTS / seconds)
        numbers = (CONTACTS / seconds, world.actions / seconds, world.actions / CONTACTS, world.documents / CONTACTS)
        shown = [f"{setting.agents} agents, {setting.waiting} waiting from the beginning"]
        rows.append([*shown, *(f"{number:,.0f}" for number in numbers)])
    report.table(
        f"{CONTACTS:,} calls through our own flows and a Lambda answered in process, by CPU, documents thrown away; who "
        "waits long has a flow that goes round",
        ["", "contacts/s", "actions/s", "actions a contact", "documents a contact"],
        rows,
    )
    here = local_connect_here.measure(CONTACTS_HERE)
    report.table(
        f"{CONTACTS_HERE:,} contacts here, by the wall, until the pipeline has each one complete",
        ["through the whole stack", "contacts/s"],
        [["played, promised, delivered, folded", f"{here:,.0f}"]],
    )
    report.promise(
        f"at least {PROMISED:.0f} contacts/s at full speed, agents at {LOAD:.0%} of their time",
        f"{slowest:,.0f} at the slowest",
        kept=slowest >= PROMISED,
    )
    return report.finish()


def _player() -> Player:
    memory = State()
    return lambda flow, line: play(flow, line, memory)


if __name__ == "__main__":
    sys.exit(main())
