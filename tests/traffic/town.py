"""A town to play days in: the whole local Connect with our own flows and people; no part is a stand-in but the world, which writes down."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from infra.local.connect.floor.exchange import Exchange
from infra.local.connect.floor.world import Heard
from infra.local.connect.flows.player import play
from infra.local.connect.flows.turn import State
from infra.local.connect.instance import Instance
from infra.local.connect.intrinsics import INSTANCE_ARN
from infra.local.connect.template import WITHOUT_CARDS, Template
from infra.local.connect.timeline import Timeline
from infra.local.traffic.ledger import Ledger
from infra.local.traffic.people import People
from infra.local.traffic.roster import staffed
from infra.local.traffic.scenario import DAY, Scenario, named
from tests.local_connect.house import World

MUSIC = f"{INSTANCE_ARN}/prompt/00000000-0000-4000-8000-000000000001"
WEDNESDAY = date(2026, 11, 18)


class Town(World):
    """The world that writes down, with people in it."""

    people: People

    def speak(self, contact_id: str, heard: Heard) -> None:
        self.people.heard(contact_id, heard)

    def show(self, user_id: str) -> None:
        self.people.shown(user_id)

    def dial(self, contact_id: str, picked_up: Callable[[], None]) -> None:
        self.people.dialled(contact_id, picked_up)


def players() -> Callable[..., Any]:
    """Return the player of one contact."""
    return partial(_play, State())


def instance() -> Instance:
    """Return our own centre."""
    return Template.of_file(parameters={**WITHOUT_CARDS, "HoldMusicArn": MUSIC}).instance()


class PlayedDay:
    """A day of a scenario, played in this process as fast as it can; `steps` cuts it into as many pieces as one likes."""

    def __init__(
        self, file: Path, scenario: Scenario | str = "ordinary-day", *, seed: int = 1, contacts: float | None = None,
        agents: int | None = None, day: date = WEDNESDAY,
    ) -> None:  # fmt: skip
        scenario = named(scenario) if isinstance(scenario, str) else scenario
        self.scenario = scenario
        self.begins = datetime.combine(day, time(), scenario.zone).astimezone(UTC)
        self.timeline = Timeline(self.begins)
        self.town = Town(self.timeline)
        staff, self.user_ids = staffed(instance(), agents or scenario.agents)
        self.exchange = Exchange(staff, self.timeline, self.town, players, seed=seed)
        self.ledger = Ledger(file, self.exchange, scenario.zone)
        self.people = self.town.people = People(
            self.exchange, self.timeline, scenario, origin=self.begins, contacts=contacts or scenario.contacts,
            user_ids=self.user_ids, seed=seed,
        )  # fmt: skip
        self.people.come()

    def until(self, seconds: float) -> None:
        """Let time pass until so many seconds after midnight."""
        self.timeline.advance(self.begins + timedelta(seconds=seconds))

    def play(self, step: float = DAY) -> "PlayedDay":
        """Play it to its end."""
        at = 0.0
        while at < DAY:
            at += step
            self.until(min(at, DAY))
            self.ledger.write()
        self.people.go_home()
        self.timeline.advance(self.timeline.now + timedelta(seconds=2))
        self.ledger.write()
        self.ledger.close()
        return self


def _play(state: State, flow: Any, line: Any) -> Any:
    return play(flow, line, state)
