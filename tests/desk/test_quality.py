"""Reading connection quality at the desk: figures by step and dimension, and who waits now."""

import json
from datetime import UTC, datetime, timedelta
from random import Random

import pytest

from chalicelib import wiring
from chalicelib.contacts.model import ContactId
from chalicelib.routing.model import Entry
from tests import lives
from tests.centre import Centre
from tests.desk.desk import NOON, Desk

DAY = {"from_": "2026-06-15", "to": "2026-06-16"}


def live(centre: Centre, *kinds: str, began: datetime = lives.MORNING, seed: int = 1) -> list[lives.Leg]:
    luck = Random(seed)
    legs = [leg for kind in kinds for leg in lives.story(kind, luck, began)]
    centre.deliver(lives.bodies(legs))
    centre.fold()
    centre.tick(began + timedelta(hours=2))
    return legs


def test_a_day_with_nobody_has_no_rows(desk: Desk) -> None:
    assert desk.ask("/quality", **DAY).body == {"rows": []}


@pytest.mark.parametrize("by", ["queue", "site", "channel"])
def test_figures_add_up_to_what_happened_whatever_they_are_told_apart_by(centre: Centre, desk: Desk, by: str) -> None:
    legs = live(centre, *lives.KINDS)
    rows = desk.ask("/quality", **DAY, by=by).body["rows"]
    assert {row["start"] for row in rows} == {"2026-06-15T00:00:00+09:00"}
    inbound = [leg for leg in legs if leg.method != "OUTBOUND"]
    for figure, outcome in {
        "abandoned": "abandoned",
        "left_in_menu": "left_in_menu",
        "turned_away": "turned_away",
    }.items():
        assert sum(row[figure] for row in rows) == len([leg for leg in inbound if leg.outcome == outcome])
    assert sum(row["arrived"] for row in rows) == len(inbound)
    assert sum(row["offered"] for row in rows) == len([leg for leg in inbound if leg.queued is not None])
    assert len({row[by] for row in rows}) == len(rows)


@pytest.mark.parametrize("step", ["15m", "hour", "day", "week", "month"])
def test_the_same_contacts_count_once_in_steps_of_any_length(centre: Centre, desk: Desk, step: str) -> None:
    live(centre, *["answered", "abandoned"] * 6)
    rows = desk.ask("/quality", **DAY, step=step, by="channel").body["rows"]
    assert sum(row["offered"] for row in rows) == 12
    starts = {
        "day": "2026-06-15T00:00:00+09:00",
        "week": "2026-06-15T00:00:00+09:00",
        "month": "2026-06-01T00:00:00+09:00",
    }
    if step in starts:
        assert {row["start"] for row in rows} == {starts[step]}
    assert [row["start"] for row in rows] == sorted(row["start"] for row in rows)


def test_rows_are_days_of_queues_unless_one_asks_otherwise(centre: Centre, desk: Desk) -> None:
    live(centre, "answered")
    desk.now = NOON
    assert desk.ask("/quality").body == desk.ask("/quality", **DAY, step="day", by="queue").body
    (row,) = desk.ask("/quality").body["rows"]
    assert row["service_level"] in (0.0, 1.0)
    assert row["answer_rate"] == 1.0


def test_queues_and_sites_are_called_by_their_names(centre: Centre, desk: Desk) -> None:
    (leg,) = live(centre, "answered")
    assert leg.queue
    assert leg.site
    wiring.directory_book().keep(
        [Entry(kind="queue", id=leg.queue, name="Support"), Entry(kind="site", id=leg.site, name="North")]
    )
    (by_queue,) = desk.ask("/quality", **DAY).body["rows"]
    assert (by_queue["queue"], by_queue["queue_name"]) == (leg.queue, "Support")
    (by_site,) = desk.ask("/quality", **DAY, by="site").body["rows"]
    assert (by_site["site"], by_site["site_name"]) == (leg.site, "North")


def test_the_hour_that_the_clocks_show_twice_has_two_rows(
    centre: Centre, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ZONE", "America/New_York")
    wiring.zone.cache_clear()
    for seed, hour in enumerate((5, 6)):
        leg = lives.Leg(
            contact_id=ContactId(f"c{hour}"), began=datetime(2026, 11, 1, hour, 30, tzinfo=UTC), outcome="left_in_menu"
        )
        centre.deliver(lives.bodies([leg]))
        centre.fold()
        centre.tick(leg.began + timedelta(hours=seed))
    rows = desk.ask("/quality", from_="2026-11-01", to="2026-11-02", step="hour").body["rows"]
    assert [(row["start"], row["arrived"]) for row in rows] == [
        ("2026-11-01T01:00:00-04:00", 1),
        ("2026-11-01T01:00:00-05:00", 1),
    ]
    (day,) = desk.ask("/quality", from_="2026-11-01", to="2026-11-02").body["rows"]
    assert (day["start"], day["arrived"]) == ("2026-11-01T00:00:00-04:00", 2)


def test_a_zone_that_does_not_exist_is_an_engineers_matter(
    centre: Centre, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ZONE", "Asia/Edo")
    assert desk.ask("/quality").status == 500


def waiting(centre: Centre, contact_id: str, queue: str, channel: str, seconds: float) -> None:
    leg = lives.Leg(
        contact_id=ContactId(contact_id), began=NOON - timedelta(seconds=seconds), outcome="answered", queue=queue, queued=0.0,
        channel=channel,
    )  # fmt: skip
    centre.deliver([json.dumps(lives.event(leg, "QUEUED", leg.began))])


def test_who_waits_now_is_told_by_queue_and_channel_the_longest_wait_first(centre: Centre, desk: Desk) -> None:
    waiting(centre, "a", "support-ja", "VOICE", 12.5)
    waiting(centre, "b", "support-ja", "VOICE", 41.75)
    waiting(centre, "c", "support-ja", "CHAT", 100)
    waiting(centre, "d", "billing", "VOICE", 3)
    centre.fold()
    wiring.directory_book().keep([Entry(kind="queue", id="support-ja", name="Support")])
    assert desk.ask("/quality/now").body == {
        "at": "2026-06-15T12:00:00.000+09:00",
        "rows": [
            {"queue": "support-ja", "queue_name": "Support", "channel": "CHAT", "waiting": 1, "longest_wait": 100.0},
            {"queue": "support-ja", "queue_name": "Support", "channel": "VOICE", "waiting": 2, "longest_wait": 41.75},
            {"queue": "billing", "queue_name": "billing", "channel": "VOICE", "waiting": 1, "longest_wait": 3.0},
        ],
    }


def test_who_is_answered_waits_no_more_and_who_comes_from_a_fast_clock_has_not_waited_yet(
    centre: Centre, desk: Desk
) -> None:
    live(centre, "answered", "abandoned")
    assert desk.ask("/quality/now").body["rows"] == []
    waiting(centre, "early", "billing", "VOICE", -2)
    centre.fold()
    (row,) = desk.ask("/quality/now").body["rows"]
    assert (row["waiting"], row["longest_wait"]) == (1, 0.0)
