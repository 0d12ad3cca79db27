"""A scenario: how people call and work on one day. One TOML file each, in `scenarios/`."""

from pathlib import Path
from typing import NamedTuple
from zoneinfo import ZoneInfo

from infra.local.connect.instance import Channel
from infra.local.traffic.chance import Lognormal, Rates, Weibull
from infra.local.traffic.reading import HOUR, BadScenario, Table

DIRECTORY = Path(__file__).with_name("scenarios")
DEMO = "demo"
"""What `make run` plays for as long as it runs."""
DAY = 24 * HOUR
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
CHANNELS: tuple[Channel, ...] = ("VOICE", "TASK", "EMAIL")
MOST_AGENTS, MOST_CONTACTS = 40, 100_000


class Callers(NamedTuple):
    """What callers do, as shares.

    `english` and `billing` are what they key, the `silent` key nothing, where a card is asked for so many key their `card`, of which so many are a
    `mistype`; some hang up `in_menu`, `callback` take one, `pick_up` answer
    one, and of those who lost patience so many call `again`, on average after `again_after` seconds.
    """

    patience: Weibull
    english: float
    billing: float
    silent: float
    card: float
    mistype: float
    in_menu: float
    callback: float
    pick_up: float
    again: float
    again_after: float


class Handling(NamedTuple):
    """How long agents take for a contact of one channel: until it ends, and to write up."""

    talk: Lognormal
    work: Lognormal


class Habits(NamedTuple):
    """What agents do: seconds until they accept, and shares.

    They `miss` an offer, `hold` a caller for `hold_for` seconds on average, `transfer` a call; of talks that end the `customer` ends so many.
    """

    accept_from: float
    accept_to: float
    miss: float
    hold: float
    hold_for: float
    transfer: float
    customer: float


class Pause(NamedTuple):
    """A pause: the status, when it may begin, and how many seconds it lasts."""

    status: str
    earliest: float
    latest: float
    seconds: float


class Shift(NamedTuple):
    """Who works from when until when: a `weight` beside those of the other shifts; `called_in` come only when the scenario needs them."""

    weight: float
    begins: float
    ends: float
    pauses: tuple[Pause, ...]


class Surge(NamedTuple):
    """A stretch of the day in which more people call, and for longer."""

    begins: float
    ends: float
    arrivals: float
    talk: float


class LineLoss(NamedTuple):
    """A stretch in which a share of those who work at home have no network; each loses it at some moment within `spread` seconds."""

    begins: float
    ends: float
    share: float
    spread: float


class Scenario(NamedTuple):
    """One day. `hours` and `weekdays` are weights; `live` is the part that is played when people watch.

    An `endless` one begins again at midnight and is played for as long as the centre runs.
    """

    name: str
    title: str
    zone: ZoneInfo
    contacts: int
    agents: int
    home: float
    endless: bool
    hours: tuple[float, ...]
    weekdays: tuple[float, ...]
    channels: tuple[float, ...]
    callers: Callers
    handling: dict[Channel, Handling]
    habits: Habits
    shifts: tuple[Shift, ...]
    surges: tuple[Surge, ...]
    losses: tuple[LineLoss, ...]
    live: tuple[float, float]

    def rates(self, contacts: float) -> Rates:
        """Return who comes when, if a day without surges brings so many."""
        total = sum(self.hours)
        edges = sorted({*(hour * HOUR for hour in range(24)), *(edge for each in self.surges for edge in each[:2])})
        pieces = []
        for begins in (each for each in edges if each < DAY):
            rate = contacts * self.hours[int(begins // HOUR)] / total / HOUR
            for surge in self.surges:
                rate *= surge.arrivals if surge.begins <= begins < surge.ends else 1.0
            pieces.append((begins, rate))
        return Rates(pieces, length=DAY, again=self.endless)

    def talk_factor(self, moment: float) -> float:
        """Return how many times as long as usual people talk at this moment of the day."""
        return max((each.talk for each in self.surges if each.begins <= moment % DAY < each.ends), default=1.0)


def names() -> list[str]:
    """Return the scenarios that can be asked for."""
    return sorted(path.stem for path in DIRECTORY.glob("*.toml") if path.stem != DEMO)


def named(name: str) -> Scenario:
    """Return the scenario of this name; raises BadScenario."""
    if name not in (*names(), DEMO):
        raise BadScenario(f"There is no scenario {name!r}: say one of {', '.join(names())}.")
    return read(DIRECTORY / f"{name}.toml")


def read(path: Path) -> Scenario:
    """Read a scenario's file; raises BadScenario."""
    table = Table.of_file(path)
    channels, weekdays, live = table.table("channels"), table.table("weekdays"), table.table("live")
    scenario = Scenario(
        name=path.stem,
        title=table.text("title"),
        zone=_zone(table),
        contacts=table.whole("contacts", 1, MOST_CONTACTS),
        agents=table.whole("agents", 1, MOST_AGENTS),
        home=table.share("home"),
        endless=table.flag("endless"),
        hours=table.numbers("hours", 24),
        weekdays=tuple(weekdays.number(day, 0, 100) for day in WEEKDAYS),
        channels=tuple(channels.share(channel.lower()) for channel in CHANNELS),
        callers=_callers(table.table("callers")),
        handling={channel: _handling(table.table("handling").table(channel.lower())) for channel in CHANNELS},
        habits=_habits(table.table("habits")),
        shifts=tuple(_shift(each) for each in table.tables("shifts")),
        surges=tuple(_surge(each) for each in table.tables("surges")),
        losses=tuple(_loss(each) for each in table.tables("losses")),
        live=_span(live, "begins", "ends"),
    )
    for each in (channels, weekdays, live, table):
        each.done()
    if not any(scenario.channels):
        channels.fail("voice", "a share above 0 for at least one channel")
    if not scenario.shifts:
        table.fail("shifts", "at least one table, begun by [[shifts]]")
    return scenario


def _zone(table: Table) -> ZoneInfo:
    try:
        return ZoneInfo(table.text("zone"))
    except (KeyError, ValueError):
        table.fail("zone", "a zone such as Asia/Tokyo")


def _callers(table: Table) -> Callers:
    patience = table.table("patience")
    callers = Callers(
        patience=Weibull(mean=patience.number("mean", 1, DAY), shape=patience.number("shape", 0.2, 10, 1.0)),
        english=table.share("english"),
        billing=table.share("billing"),
        silent=table.share("silent"),
        card=table.share("card"),
        mistype=table.share("mistype"),
        in_menu=table.share("in_menu"),
        callback=table.share("callback"),
        pick_up=table.share("pick_up"),
        again=table.share("again"),
        again_after=table.number("again_after", 1, DAY),
    )
    patience.done()
    table.done()
    return callers


def _handling(table: Table) -> Handling:
    handling = Handling(talk=_lognormal(table.table("talk")), work=_lognormal(table.table("work")))
    table.done()
    return handling


def _lognormal(table: Table) -> Lognormal:
    found = Lognormal(mean=table.number("mean", 0.1, DAY), variation=table.number("variation", 0.01, 10))
    table.done()
    return found


def _habits(table: Table) -> Habits:
    least = table.number("accept_from", 0, 60)
    habits = Habits(
        accept_from=least,
        accept_to=table.number("accept_to", least, 60),
        miss=table.share("miss"),
        hold=table.share("hold"),
        hold_for=table.number("hold_for", 1, HOUR),
        transfer=table.share("transfer"),
        customer=table.share("customer"),
    )
    table.done()
    return habits


def _shift(table: Table) -> Shift:
    begins, ends = _span(table, "begins", "ends")
    shift = Shift(
        weight=table.number("weight", 0, 1000),
        begins=begins,
        ends=ends,
        pauses=tuple(_pause(each) for each in table.tables("pauses")),
    )
    table.done()
    return shift


def _pause(table: Table) -> Pause:
    earliest, latest = _span(table, "earliest", "latest")
    pause = Pause(
        status=table.text("status"), earliest=earliest, latest=latest, seconds=60 * table.number("minutes", 1, 240)
    )
    table.done()
    return pause


def _surge(table: Table) -> Surge:
    begins, ends = _span(table, "begins", "ends")
    surge = Surge(
        begins=begins, ends=ends, arrivals=table.number("arrivals", 0, 100), talk=table.number("talk", 0.1, 100)
    )
    table.done()
    return surge


def _loss(table: Table) -> LineLoss:
    begins, ends = _span(table, "begins", "ends")
    loss = LineLoss(
        begins=begins,
        ends=ends,
        share=table.share("share"),
        spread=60 * table.number("spread_minutes", 0, (ends - begins) / 60),
    )
    table.done()
    return loss


def _span(table: Table, begins: str, ends: str) -> tuple[float, float]:
    start, end = table.clock(begins), table.clock(ends)
    return (start, end) if start < end else table.fail(ends, f"a time after {begins}")
