"""What `make traffic` asks for, read from the words of its settings."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from infra.local.connect.delivery import BestEffort
from infra.local.traffic.reading import BadScenario
from infra.local.traffic.scenario import MOST_AGENTS, MOST_CONTACTS, Scenario, named, names

EARLIEST = date(2000, 1, 1)
FASTEST = 3600.0
KNOWN = ("scenario", "date", "speed", "seed", "contacts", "agents", "lose", "duplicate", "shuffle")


class Order(NamedTuple):
    """A day to be played. Without a `date` it is played live, among those who are there; `speed` None is as fast as the machine can.

    `contacts` are those whom a day without surges brings, None as the scenario has it.
    """

    scenario: Scenario
    date: date | None
    speed: float | None
    seed: int
    contacts: int | None
    agents: int
    effort: BestEffort

    @property
    def name(self) -> str:
        """What it is called, short enough for a directory."""
        return f"{self.date or 'now'}-{self.scenario.name}-{self.seed}"

    @property
    def expected(self) -> float:
        """How many contacts a day without surges brings."""
        if self.contacts is not None:
            return float(self.contacts)
        return self.scenario.contacts * (self.scenario.weekdays[self.date.weekday()] if self.date else 1.0)


def read(words: Mapping[str, Any], *, now: datetime, usual: BestEffort, seed: int) -> Order:
    """Return what these words ask for; empty ones stand for what is usual. Raises BadScenario with a sentence."""
    for key in words:
        if key not in KNOWN:
            raise BadScenario(f"{key.upper()} means nothing here: say {', '.join(KNOWN).upper()}.")
    given = {key: str(words.get(key) or "").strip().lower() for key in KNOWN}
    if not given["scenario"]:
        raise BadScenario(f"Say which: make traffic SCENARIO={names()[0]} (there are {', '.join(names())}).")
    scenario, live = named(given["scenario"]), _is_live(given)
    agents = _whole("AGENTS", given["agents"], scenario.agents, most=MOST_AGENTS)
    if live and given["agents"]:
        raise BadScenario("DATE=now is answered by those who are there: leave AGENTS out, or name a day.")
    return Order(
        scenario=scenario,
        date=None if live else _date(given["date"], scenario, now.astimezone(scenario.zone).date()),
        speed=1.0 if live else _speed(given["speed"]),
        seed=_whole("SEED", given["seed"], seed, most=2**63, least=0),
        contacts=_whole("CONTACTS", given["contacts"], 0, most=MOST_CONTACTS) if given["contacts"] else None,
        agents=agents,
        effort=BestEffort(
            lose=_share("LOSE", given["lose"], usual.lose),
            duplicate=_share("DUPLICATE", given["duplicate"], usual.duplicate),
            shuffle=_switch("SHUFFLE", given["shuffle"], usual.shuffle),
        ),
    )


def _is_live(given: Mapping[str, str]) -> bool:
    if given["date"] == "now" and given["speed"] not in ("", "1"):
        raise BadScenario("DATE=now goes as fast as the clock: leave SPEED out, or name a day.")
    live = given["date"] == "now" or (given["date"] == "" and given["speed"] == "1")
    if live and (given["lose"] or given["duplicate"] or given["shuffle"]):
        raise BadScenario("DATE=now is delivered as make run was told to: leave LOSE, DUPLICATE and SHUFFLE out.")
    return live


def _date(text: str, scenario: Scenario, today: date) -> date:
    if not text:
        before = (today - timedelta(days=days) for days in range(1, 8))
        return max(before, key=lambda day: (min(scenario.weekdays[day.weekday()], 1.0), day))
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = today + timedelta(days=1)
    if not EARLIEST <= day <= today:
        raise BadScenario(
            f"DATE={text} makes no sense: write a day such as {today}, none that is still to come, or now."
        )
    return day


def _speed(text: str) -> float | None:
    if text in ("", "max"):
        return None
    try:
        speed = float(text)
    except ValueError:
        speed = 0.0
    if not 0 < speed <= FASTEST:
        raise BadScenario(f"SPEED={text} makes no sense: write max, or a number above 0 and at most {FASTEST:g}.")
    return speed


def _whole(name: str, text: str, usual: int, *, most: int, least: int = 1) -> int:
    if not text:
        return usual
    if not (text.isascii() and text.isdecimal() and len(text) < 20 and least <= int(text) <= most):
        raise BadScenario(f"{name}={text} makes no sense: write a whole number from {least} to {most}.")
    return int(text)


def _share(name: str, text: str, usual: float) -> float:
    try:
        share = float(text) if text else usual
    except ValueError:
        share = -1.0
    if not 0 <= share <= 1:
        raise BadScenario(f"{name}={text} makes no sense: write a share from 0 to 1, such as 0.02.")
    return share


def _switch(name: str, text: str, usual: bool) -> bool:
    if text not in ("", "on", "off"):
        raise BadScenario(f"{name}={text} makes no sense: say on or off.")
    return text == "on" if text else usual
