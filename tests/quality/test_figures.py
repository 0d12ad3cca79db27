"""What contacts add to the figures, and how figures add up."""

import json
from datetime import UTC, datetime
from random import Random
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.contacts.model import Contact, Outcome, read_event
from chalicelib.quality.model import (
    By,
    Cell,
    Figures,
    Interval,
    Share,
    Step,
    rates,
    review,
    share_of,
    step_start,
    total,
)
from chalicelib.quality.model.figures import EDGES
from tests import lives

START = datetime(2026, 6, 15, 1, 0, tzinfo=UTC)
CELL = Cell(start=START, queue_id="support-ja")
TOKYO = ZoneInfo("Asia/Tokyo")
BERLIN = ZoneInfo("Europe/Berlin")


def share(outcome: Outcome | None = Outcome.ANSWERED, *, wait: float | None = 10.0, **changes: object) -> Share:
    """Return the share of an answered contact that waited ten seconds, unless said otherwise."""
    usual: dict[str, object] = {
        "contact_id": "c", "cell": CELL, "site_id": "tokyo", "channel": "VOICE", "arrived": True, "offered": True,
        "callback": False, "outcome": outcome, "turned_away": None, "hold": 0, "after_contact_work": 0,
        "wait": None if wait is None else round(wait * 1000),
        "handle": 60_000 if outcome is Outcome.ANSWERED else None,
    }  # fmt: skip
    return Share(**(usual | changes))  # type: ignore[arg-type]


def counted(*shares: Share, threshold: int = 20) -> Figures:
    figures = Figures()
    for each in shares:
        figures.count(each, threshold)
    return figures


CASES = [
    # contacts,                                   figure,                     is,    because
    ([share(wait=20.0)], "service_level", 1.0, "at the threshold is within it"),
    ([share(wait=20.001)], "service_level", 0.0, "a millisecond later is not"),
    ([share(), share(Outcome.ABANDONED)], "answer_rate", 0.5, "of those offered"),
    ([share(), share(Outcome.LEFT_IN_MENU, offered=False)], "answer_rate", 1.0, "the menu offered nobody"),
    ([share(), share(Outcome.LEFT_IN_MENU, offered=False)], "answer_rate_of_arrived", 0.5, "but it arrived"),
    ([share(Outcome.ABANDONED, wait=3.0)], "service_level", 0.0, "a short abandon is no service (formula B)"),
    ([share(None, wait=None)], "answer_rate", 0.0, "who still waits was offered"),
    ([], "answer_rate", None, "nothing over nothing is no rate"),
    ([], "average_speed_of_answer", None, "nor an average"),
    ([share(wait=10.0), share(wait=20.0)], "average_speed_of_answer", 15.0, "over the answered"),
    ([share(wait=10.0), share(wait=90.0, callback=True)], "average_speed_of_answer", 10.0, "we waited, not they"),
    ([share(wait=10.0), share(Outcome.ABANDONED, wait=90.0)], "average_speed_of_answer", 10.0, "answers only"),
    ([share(wait=10.0), share(Outcome.ABANDONED, wait=90.0)], "longest_wait", 90.0, "whoever waited longest"),
    ([share(handle=30_000), share(handle=90_000)], "average_handle_time", 60.0, "talk, hold and work after it"),
    ([share(handle=None)], "average_handle_time", None, "the talk is not over"),
    ([share(offered=False, arrived=False, wait=None)], "answered", 0, "our own call was not offered"),
    ([share(offered=False, arrived=False, wait=None)], "average_handle_time", 60.0, "but it was work"),
    ([share(Outcome.OTHER, offered=False, arrived=False)], "other", 0, "our own call did not arrive"),
    ([share(wait=None)], "service_level", 0.0, "a wait nobody knows is not in time"),
]


@pytest.mark.parametrize(("shares", "figure", "expected", "because"), CASES, ids=lambda value: str(value)[:30])
def test_a_figure_is(shares: list[Share], figure: str, expected: float | None, because: str) -> None:
    assert rates(counted(*shares))[figure] == expected, because


def test_every_reason_for_turning_away_is_counted_and_an_unknown_one_is_an_error() -> None:
    reasons = ["closed", "full", "no_staff", "error", "moon"]
    figures = counted(*(share(Outcome.TURNED_AWAY, offered=False, turned_away=reason) for reason in reasons))
    assert (figures.turned_away, figures.turned_away_closed, figures.turned_away_error) == (5, 1, 2)


@pytest.mark.parametrize("kind", lives.KINDS)
@pytest.mark.parametrize("seed", range(3))
def test_who_arrived_is_somewhere(kind: str, seed: int) -> None:
    """Arrived is the sum of all ends, so that no contact can vanish from the board."""
    legs = lives.story(kind, Random(seed))
    facts = [fact for body in lives.bodies(legs) for fact in read_event(body)]
    contacts = [Contact.of(leg.contact_id, [f for f in facts if f.contact_id == leg.contact_id]) for leg in legs]
    f = counted(*filter(None, map(share_of, contacts)))
    ends = f.answered + f.abandoned + f.callbacks_promised + f.transferred + f.other + f.left_in_menu + f.turned_away
    assert f.arrived == ends


waits = st.none() | st.integers(0, 200_000_000).map(lambda wait: wait / 1000)
shares = st.builds(
    share,
    st.none() | st.sampled_from(Outcome),
    wait=waits,
    callback=st.booleans(),
    offered=st.booleans(),
    arrived=st.booleans(),
)


@given(st.lists(shares, max_size=20), st.integers(0, 20))
def test_parts_add_up_to_the_whole(some: list[Share], cut: int) -> None:
    assert total([counted(*some[:cut]), counted(*some[cut:])]).plain() == counted(*some).plain()


@given(st.lists(shares, max_size=20))
def test_figures_read_back_as_they_were_stored(some: list[Share]) -> None:
    figures = counted(*some)
    assert Figures.of_plain(json.loads(json.dumps(figures.plain()))) == figures


@given(st.lists(waits.filter(lambda wait: wait is not None), min_size=1, max_size=30), st.sampled_from(EDGES))
def test_the_histogram_gives_the_service_level_for_any_of_its_edges(all_waits: list[float], edge: int) -> None:
    by_wait = counted(*(share(wait=wait) for wait in all_waits)).answered_by_wait
    within = sum(count for name, count in by_wait.items() if name != "beyond" and int(name) <= edge)
    assert within == counted(*(share(wait=wait) for wait in all_waits), threshold=edge).answered_in_time


STEPS = [
    # moment (UTC),          step,         zone,   starts (local),         because
    ("2026-06-15T01:14:59", Step.QUARTER, TOKYO, "2026-06-15T10:00+09:00", "quarters are the same everywhere"),
    ("2026-06-15T01:15:00", Step.HOUR, TOKYO, "2026-06-15T10:00+09:00", "hours too"),
    ("2026-06-14T15:00:00", Step.DAY, TOKYO, "2026-06-15T00:00+09:00", "midnight in Tokyo is 15 h UTC"),
    ("2026-06-14T14:59:59", Step.DAY, TOKYO, "2026-06-14T00:00+09:00", "a second before is yesterday"),
    ("2026-06-21T14:59:00", Step.WEEK, TOKYO, "2026-06-15T00:00+09:00", "a week begins on Monday"),
    ("2026-06-21T15:00:00", Step.WEEK, TOKYO, "2026-06-22T00:00+09:00", "and ends on Sunday"),
    ("2026-02-28T15:00:00", Step.MONTH, TOKYO, "2026-03-01T00:00+09:00", "March began in Tokyo"),
    ("2026-10-25T12:00:00", Step.DAY, BERLIN, "2026-10-25T00:00+02:00", "a day of 25 hours begins in summer time"),
    ("2026-10-25T01:30:00", Step.HOUR, BERLIN, "2026-10-25T02:00+01:00", "the second two o'clock of that night"),
    ("2026-10-31T12:00:00", Step.WEEK, BERLIN, "2026-10-26T00:00+01:00", "the week after it is in winter time"),
    ("2026-10-31T12:00:00", Step.MONTH, BERLIN, "2026-10-01T00:00+02:00", "the month began in summer time"),
]


@pytest.mark.parametrize(("moment", "step", "zone", "expected", "because"), STEPS)
def test_a_step_starts(moment: str, step: Step, zone: ZoneInfo, expected: str, because: str) -> None:
    start = step_start(datetime.fromisoformat(moment).replace(tzinfo=UTC), step, zone)
    assert start.isoformat(timespec="minutes") == expected, because


def test_a_review_tells_queues_sites_and_channels_apart() -> None:
    intervals = [
        Interval(cell=CELL, site_id="tokyo", channel="VOICE", figures=counted(share())),
        Interval(cell=CELL, site_id="none", channel="VOICE", figures=counted(share(Outcome.ABANDONED))),
        Interval(cell=Cell(start=START, queue_id="billing"), site_id="tokyo", channel="CHAT", figures=counted(share())),
    ]
    seen = {by: [row.key for row in review(intervals, step=Step.DAY, by=by, zone=TOKYO)] for by in By}
    assert seen == {
        By.QUEUE: ["billing", "support-ja"],
        By.SITE: ["none", "tokyo"],
        By.CHANNEL: ["CHAT", "VOICE"],
    }
