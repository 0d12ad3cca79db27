"""What `make traffic` may be asked for."""

from datetime import UTC, date, datetime

import pytest

from infra.local.connect.delivery import BestEffort
from infra.local.traffic.order import Order, read
from infra.local.traffic.reading import BadScenario

MONDAY_NOON = datetime(2026, 11, 23, 3, tzinfo=UTC)
USUAL = BestEffort(lose=0.1)


def asked(**words: str) -> Order:
    return read({"scenario": "ordinary-day", **words}, now=MONDAY_NOON, usual=USUAL, seed=7)


def test_a_day_before_today_as_fast_as_the_machine_can_is_usual() -> None:
    order = asked()
    # The day before was a Sunday, and Saturday is no better; Friday is.
    assert (order.date, order.speed, order.seed, order.agents) == (date(2026, 11, 20), None, 7, 40)
    assert order.effort == USUAL
    assert order.expected == pytest.approx(1050), "Fridays weigh 1.05"
    assert read({"scenario": "monday-peak"}, now=MONDAY_NOON, usual=USUAL, seed=7).date == date(2026, 11, 16)


def test_all_can_be_told() -> None:
    order = asked(
        date="2026-11-18", speed="60", seed="3", contacts="1000", agents="12", lose="0.5", duplicate=".2", shuffle="on"
    )
    assert (order.date, order.speed, order.seed, order.agents) == (date(2026, 11, 18), 60.0, 3, 12)
    assert order.expected == 1000
    assert order.effort == BestEffort(lose=0.5, duplicate=0.2, shuffle=True)
    assert order.name == "2026-11-18-ordinary-day-3"


@pytest.mark.parametrize("words", [{"date": "now"}, {"speed": "1"}, {"date": "now", "speed": "1"}])
def test_now_or_as_fast_as_the_clock_without_a_day_is_live(words: dict[str, str]) -> None:
    assert asked(**words).date is None
    assert asked(**words).speed == 1


def test_today_is_that_of_the_centre() -> None:
    late = datetime(2026, 11, 23, 20, tzinfo=UTC)
    assert read({"scenario": "outage", "date": "2026-11-24"}, now=late, usual=USUAL, seed=1).date == date(2026, 11, 24)


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ({"scenario": ""}, "Say which: make traffic SCENARIO=homes-without-network (there are homes-without-network, "),
        ({"scenario": "Sunday"}, "There is no scenario 'sunday': say one of homes-without-network, "),
        ({"scenario": "demo/../demo"}, "There is no scenario 'demo/../demo'"),
        ({"date": "2026-11-24"}, "DATE=2026-11-24 makes no sense: write a day such as 2026-11-23, none that is still"),
        ({"date": "yesterday"}, "DATE=yesterday makes no sense"),
        ({"date": "1999-12-31"}, "DATE=1999-12-31 makes no sense"),
        ({"speed": "fast"}, "SPEED=fast makes no sense: write max, or a number above 0 and at most 3600."),
        ({"speed": "0"}, "SPEED=0 makes no sense"),
        ({"speed": "nan"}, "SPEED=nan makes no sense"),
        ({"seed": "-1"}, "SEED=-1 makes no sense: write a whole number from 0 to 9223372036854775808."),
        ({"contacts": "0"}, "CONTACTS=0 makes no sense: write a whole number from 1 to 100000."),
        ({"agents": "41"}, "AGENTS=41 makes no sense: write a whole number from 1 to 40."),
        ({"lose": "2"}, "LOSE=2 makes no sense: write a share from 0 to 1, such as 0.02."),
        ({"shuffle": "maybe"}, "SHUFFLE=maybe makes no sense: say on or off."),
        ({"date": "now", "speed": "60"}, "DATE=now goes as fast as the clock: leave SPEED out, or name a day."),
        (
            {"date": "now", "agents": "3"},
            "DATE=now is answered by those who are there: leave AGENTS out, or name a day.",
        ),
        ({"date": "now", "lose": "0.1"}, "DATE=now is delivered as make run was told to"),
        ({"weather": "rain"}, "WEATHER means nothing here: say SCENARIO, DATE, "),
    ],
)
def test_what_makes_no_sense_is_said_in_a_sentence(words: dict[str, str], sentence: str) -> None:
    with pytest.raises(BadScenario) as problem:
        asked(**words)
    assert str(problem.value).startswith(sentence)
