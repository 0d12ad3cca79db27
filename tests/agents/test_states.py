"""What agents do, as their events tell: rules, one a row."""

import json
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from chalicelib.agents.model import Interval, State, intervals_of, read_event
from chalicelib.agents.model.spent import spent
from tests.shifts import HOME, event, held, snapshot, status

Document = dict[str, Any]


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-06-15T{text}+00:00")


EIGHT, NINE, TEN = at("08:00:00.000"), at("09:00:00.000"), at("10:00:00.000")
AVAILABLE, LUNCH, OFFLINE = status("Available", EIGHT), status("Lunch", NINE), status("Offline", NINE)


def folded(*events: Document) -> list[Interval]:
    return intervals_of(sorted((read_event(json.dumps(each)) for each in events), key=lambda each: each.key))


def told(intervals: Iterable[Interval]) -> list[tuple[str, str | None, str]]:
    return [(each.state.value, each.status, each.start.time().isoformat("milliseconds")) for each in intervals]


SEEN = [
    # status,    contacts,                                                       state,               since
    (AVAILABLE, [], "available", EIGHT),
    (LUNCH, [], "custom", NINE),
    (OFFLINE, [], "offline", NINE),
    (status("Available", EIGHT, type=None), [], "available", EIGHT),
    (status("offline", NINE, type=None), [], "offline", NINE),
    (status("Training", NINE, type=None), [], "custom", NINE),
    (status("Back office", NINE, type="ROUTABLE"), [], "available", NINE),
    (status("Lunch", NINE, type="SOMETHING_NEW"), [], "custom", NINE),
    (AVAILABLE, [held("a", "CONNECTING", NINE)], "ringing", NINE),
    (AVAILABLE, [held("a", "INCOMING", NINE)], "ringing", NINE),
    (AVAILABLE, [held("a", "PENDING", NINE)], "ringing", NINE),
    (AVAILABLE, [held("a", "CONNECTING", NINE, InitiationMethod="CALLBACK")], "ringing", NINE),
    (AVAILABLE, [held("a", "CONNECTING", NINE, InitiationMethod="OUTBOUND")], "on_contact", NINE),
    (AVAILABLE, [held("a", "CONNECTED", NINE)], "on_contact", NINE),
    (AVAILABLE, [held("a", "CONNECTED_ONHOLD", NINE)], "on_contact", NINE),
    (AVAILABLE, [held("a", "PAUSED", NINE, Channel="TASK")], "on_contact", NINE),
    (AVAILABLE, [held("a", "ENDED", NINE)], "after_contact_work", NINE),
    (AVAILABLE, [held("a", "MISSED", NINE)], "error", NINE),
    (AVAILABLE, [held("a", "REJECTED", NINE)], "error", NINE),
    (AVAILABLE, [held("a", "ERROR", NINE)], "error", NINE),
    (AVAILABLE, [held("a", "SOMETHING_NEW", NINE)], "available", EIGHT),
    (LUNCH, [held("a", "CONNECTED", NINE)], "on_contact", NINE),
    (AVAILABLE, [held("a", "ENDED", EIGHT), held("b", "CONNECTED", NINE)], "on_contact", NINE),
    (AVAILABLE, [held("a", "ENDED", EIGHT), held("b", "CONNECTING", NINE)], "after_contact_work", EIGHT),
    (AVAILABLE, [held("a", "MISSED", EIGHT), held("b", "CONNECTING", NINE)], "ringing", NINE),
    (AVAILABLE, [held("a", "CONNECTED", NINE), held("b", "CONNECTED", EIGHT)], "on_contact", EIGHT),
]


@pytest.mark.parametrize(("chosen", "contacts", "state", "since"), SEEN)
def test_what_a_snapshot_shows(chosen: Document, contacts: list[Document], state: str, since: datetime) -> None:
    (interval,) = folded(event("STATE_CHANGE", TEN, snapshot(chosen, *contacts)))
    assert (interval.state, interval.start, interval.end) == (state, since, None)


def test_a_contact_of_the_agents_own_queue_counts_like_any_other() -> None:
    own = {"ARN": "arn:aws:connect:eu-west-1:1:instance/i/queue/agent/hanako", "Name": None, "Channels": ["VOICE"]}
    (interval,) = folded(event("STATE_CHANGE", TEN, snapshot(AVAILABLE, held("a", "CONNECTED", NINE, Queue=own))))
    assert interval.state is State.ON_CONTACT


def test_an_interval_says_where_and_who_and_what_comes_next() -> None:
    (interval,) = folded(
        event("STATE_CHANGE", TEN, snapshot(AVAILABLE, held("a", "ENDED", NINE), next_status="Lunch", profile=HOME))
    )
    assert interval._replace(start=EIGHT) == Interval(
        agent_id=interval.agent_id, state=State.AFTER_CONTACT_WORK, status=None, start=EIGHT, end=None,
        contacts=interval.contacts, username="sato.hanako", site_id="tokyo", site_name="Tokyo",
        routing_profile_id=HOME, routing_profile="Support-Home", next_status="Lunch", held=interval.held,
    )  # fmt: skip
    assert interval.contacts == ("a",)


def test_an_interval_that_goes_on_knows_all_that_the_agent_has_in_hand() -> None:
    chat = held("b", "ENDED", EIGHT, Channel="CHAT", Queue=None)
    talking, other = held("a", "CONNECTED", NINE), held("a", "CONNECTED_ONHOLD", NINE, ConnectedToAgentTimestamp=None)
    before, now = folded(
        event("STATE_CHANGE", NINE, snapshot(AVAILABLE)), event("STATE_CHANGE", TEN, snapshot(AVAILABLE, talking, chat))
    )
    assert before.held == (), "what is over is not in hand"
    assert [(each.contact_id, each.state, each.channel, each.queue_id) for each in now.held] == [
        ("a", "CONNECTED", "VOICE", "support-ja"),
        ("b", "ENDED", "CHAT", None),
    ]
    [again] = folded(
        event("STATE_CHANGE", NINE, snapshot(AVAILABLE, talking)),
        event("STATE_CHANGE", TEN, snapshot(AVAILABLE, other)),
    )
    assert [each.state for each in again.held] == ["CONNECTED_ONHOLD"], "as last told"


def test_who_signed_out_has_nothing_in_hand() -> None:
    talking = snapshot(AVAILABLE, held("a", "CONNECTED", NINE))
    *_, last = folded(event("STATE_CHANGE", NINE, talking), event("LOGOUT", TEN, talking))
    assert (last.state, last.held) == (State.OFFLINE, ())


def the_sample_day() -> list[Document]:
    """One agent's day as the Administrator Guide's samples tell it; the event of the ringing has not come."""
    available = status("Available", at("00:00:12.004"))
    offline = status("Offline", datetime(2026, 6, 14, 9, 0, 3, tzinfo=UTC))
    lunch = status("Lunch", at("01:06:59.700"))
    ringing = held("c", "CONNECTING", at("01:00:52.100"))
    talking = held("c", "CONNECTED", at("01:01:00.905"))
    ended = held("c", "ENDED", at("01:06:11.502"))
    before, after = snapshot(available, talking, next_status="Lunch"), snapshot(available, ended, next_status="Lunch")
    gone = snapshot(status("Offline", at("09:00:04.100")))
    return [
        event("LOGIN", at("00:00:01.120")),
        event("STATE_CHANGE", at("00:00:12.310"), snapshot(available), snapshot(offline)),
        event("STATE_CHANGE", at("01:01:01.020"), snapshot(available, talking), snapshot(available, ringing)),
        event("STATE_CHANGE", at("01:06:11.830"), after, before),
        event("STATE_CHANGE", at("01:06:59.910"), snapshot(lunch), after),
        event("HEART_BEAT", at("01:08:59.930"), snapshot(lunch), snapshot(lunch)),
        event("LOGOUT", at("09:00:05.000"), gone, snapshot(available)),
    ]


def test_the_sample_day_and_what_its_missing_event_would_have_told() -> None:
    assert told(folded(*the_sample_day())) == [
        ("available", "Available", "00:00:12.004"),
        ("ringing", None, "01:00:52.100"),
        ("on_contact", None, "01:01:00.905"),
        ("after_contact_work", None, "01:06:11.502"),
        ("custom", "Lunch", "01:06:59.700"),
        ("offline", "Offline", "09:00:04.100"),
    ]


def gone_at(text: str, chosen: Document | None = None) -> Document:
    return event("LOGOUT", at(text), snapshot(chosen) if chosen else None)


def seen_at(text: str, chosen: Document, *contacts: Document, kind: str = "HEART_BEAT") -> Document:
    return event(kind, at(text), snapshot(chosen, *contacts))


WORKED = seen_at("08:00:00.500", AVAILABLE, kind="STATE_CHANGE")
DAYS = [
    # events after WORKED,                                                     states from the second on, because
    ([gone_at("17:00:00.000", AVAILABLE)], [("offline", None, "17:00:00.000")], "who signs out is not available"),
    ([gone_at("17:00:00.000")], [("offline", None, "17:00:00.000")], "a sign-out may come without snapshots"),
    (
        [gone_at("17:00:00.000", AVAILABLE), seen_at("17:02:00.000", AVAILABLE), seen_at("17:58:00.000", AVAILABLE)],
        [("offline", None, "17:00:00.000")],
        "heartbeats go on for an hour, and reopen nothing",
    ),
    (
        [gone_at("17:00:00.000"), seen_at("17:01:00.000", AVAILABLE, held("a", "ENDED", at("17:00:30.000")))],
        [("offline", None, "17:00:00.000")],
        "nor does a contact that ends after its agent left",
    ),
    (
        [gone_at("17:00:00.000"), event("LOGIN", at("17:10:00.000")), seen_at("17:12:00.000", AVAILABLE)],
        [("offline", None, "17:00:00.000"), ("available", "Available", "17:12:00.000")],
        "who signs in again is as the next event shows",
    ),
    (
        [gone_at("17:00:00.000"), seen_at("18:00:00.500", status("Available", at("18:00:00.000")))],
        [("offline", None, "17:00:00.000"), ("available", "Available", "18:00:00.000")],
        "a status chosen after the sign-out shows that a sign-in got lost",
    ),
    (
        [seen_at("09:00:00.200", AVAILABLE, held("a", "ENDED", NINE)), seen_at("09:01:00.000", AVAILABLE)],
        [("after_contact_work", None, "09:00:00.000"), ("available", "Available", "09:01:00.000")],
        "that a contact is gone is known by the event without it",
    ),
    (
        [
            seen_at("09:00:00.200", AVAILABLE, held("a", "ENDED", NINE)),
            seen_at("09:00:30.100", status("Break", at("09:00:30.000")), held("a", "ENDED", NINE)),
            seen_at("09:01:00.000", status("Break", at("09:00:30.000"))),
        ],
        [("after_contact_work", None, "09:00:00.000"), ("custom", "Break", "09:01:00.000")],
        "a status chosen at work counts once the work is done",
    ),
    (
        [seen_at("09:00:00.900", AVAILABLE, held("a", "CONNECTING", at("09:00:00.100"))),
         seen_at("09:00:01.000", AVAILABLE, held("a", "CONNECTED", at("09:00:00.200")))],
        [("ringing", None, "09:00:00.100"), ("on_contact", None, "09:00:00.200")],
        "moments count, however late they are told",
    ),
    (
        [seen_at("09:00:00.500", AVAILABLE, held("a", "CONNECTING", at("09:00:00.100"))),
         seen_at("09:00:00.500", AVAILABLE, held("a", "CONNECTED", at("09:00:00.200")))],
        [("ringing", None, "09:00:00.100"), ("on_contact", None, "09:00:00.200")],
        "of two events of one millisecond the better informed one comes last",
    ),
    (
        [seen_at("09:00:00.000", AVAILABLE, held("a", "CONNECTED", at("09:00:05.000")))],
        [("on_contact", None, "09:00:00.000")],
        "nothing begins after the event that tells of it",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("events", "states", "because"), DAYS, ids=[row[2] for row in DAYS])
def test_a_day_goes_on(events: list[Document], states: list[tuple[str, str | None, str]], because: str) -> None:
    assert told(folded(WORKED, *events))[1:] == states, because


def test_who_never_signs_out_is_in_the_last_state_that_was_told() -> None:
    (interval,) = folded(WORKED, *[seen_at(f"{hour:02}:00:00.000", AVAILABLE) for hour in range(9, 24)])
    assert (interval.state, interval.start, interval.end) == (State.AVAILABLE, EIGHT, None)


def test_a_sign_in_alone_says_nothing_of_the_state() -> None:
    assert folded(event("LOGIN", EIGHT)) == []


def an_interval(start: datetime, end: datetime | None, state: State = State.AVAILABLE) -> Interval:
    (interval,) = folded(event("STATE_CHANGE", start, snapshot(AVAILABLE)))
    return interval._replace(start=start, end=end, state=state, status=None)


def test_an_interval_that_has_ended_comes_in_pieces_of_a_day() -> None:
    pieces = list(an_interval(at("23:00:00"), at("23:00:00") + timedelta(days=2)).by_day())
    assert [piece.start.isoformat()[:16] for piece in pieces] == [
        "2026-06-15T23:00", "2026-06-16T00:00", "2026-06-17T00:00",
    ]  # fmt: skip
    assert [piece.end for piece in pieces[:-1]] == [piece.start for piece in pieces[1:]]
    to_midnight = an_interval(at("23:00:00"), at("00:00:00") + timedelta(days=1))
    assert list(to_midnight.by_day()) == [to_midnight]
    still = an_interval(at("23:00:00"), None)
    assert list(still.by_day()) == [still]


def test_time_is_summed_by_quarter_and_state() -> None:
    day = [
        an_interval(at("08:50:00"), at("09:10:00.500")),
        an_interval(at("09:10:00.500"), at("09:12:00"), State.ON_CONTACT),
        an_interval(at("09:12:00"), None),
    ]
    sums = [(each.start.strftime("%H:%M"), each.state.value, each.seconds) for each in spent(day, NINE, at("09:20:00"))]
    assert sums == [
        ("09:00", "available", 780.5),
        ("09:00", "on_contact", 119.5),
        ("09:15", "available", 300.0),
    ]


def test_no_time_is_lost_or_counted_twice() -> None:
    day = folded(*the_sample_day())
    whole = (TEN - at("00:00:12.004")).total_seconds()
    assert sum(each.seconds for each in spent(day, NINE - timedelta(hours=9), TEN)) == pytest.approx(whole)
