"""When an open contact is silent, when it is asked about again, and how fast Connect is asked."""

import json
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.contacts.model import Contact, Fact, Silent, Stage, read_event
from chalicelib.contacts.model.fact import ContactId
from chalicelib.contacts.model.pace import Pace
from chalicelib.contacts.model.said import Said
from chalicelib.contacts.model.silence import GIVE_UP_AFTER, ask_again_at, is_given_up, silent_from
from tests import lives

NOON = datetime(2026, 6, 15, 12, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)

IN_MENU = {"initiated_at": NOON}
WAITING = {**IN_MENU, "enqueued_at": NOON}
WITH_AGENT = {**WAITING, "connected_to_agent_at": NOON}
AT_WORK = {**WITH_AGENT, "disconnected_at": NOON}

PATIENCE = [
    # said so far                        channel    stage                      silent after
    (IN_MENU, "VOICE", Stage.IN_MENU, HOUR),
    (IN_MENU, "CHAT", Stage.IN_MENU, 4 * HOUR),
    (IN_MENU, "TASK", Stage.IN_MENU, 7 * DAY),
    (IN_MENU, "EMAIL", Stage.IN_MENU, 14 * DAY),
    (IN_MENU, None, Stage.IN_MENU, HOUR),
    (IN_MENU, "HOLOGRAM", Stage.IN_MENU, HOUR),
    (WAITING, "VOICE", Stage.WAITING, HOUR),
    (WAITING, "CHAT", Stage.WAITING, 4 * HOUR),
    (WAITING, "TASK", Stage.WAITING, 7 * DAY),
    (WAITING, "EMAIL", Stage.WAITING, 14 * DAY),
    ({**WAITING, "initiation_method": "CALLBACK"}, "VOICE", Stage.WAITING, 3 * DAY),
    (WITH_AGENT, "VOICE", Stage.WITH_AGENT, 4 * HOUR),
    ({**WITH_AGENT, "initiation_method": "CALLBACK"}, "VOICE", Stage.WITH_AGENT, 4 * HOUR),
    (WITH_AGENT, "CHAT", Stage.WITH_AGENT, 25 * HOUR),
    (WITH_AGENT, "TASK", Stage.WITH_AGENT, 7 * DAY),
    (WITH_AGENT, "EMAIL", Stage.WITH_AGENT, 14 * DAY),
    (AT_WORK, "VOICE", Stage.AFTER_CONTACT_WORK, 2 * HOUR),
    (AT_WORK, "EMAIL", Stage.AFTER_CONTACT_WORK, 2 * HOUR),
    # The latest news count, whatever they are about.
    ({**IN_MENU, "connected_to_system_at": NOON + HOUR}, "VOICE", Stage.IN_MENU, 2 * HOUR),
    ({**WAITING, "last_updated_at": NOON + HOUR}, "VOICE", Stage.WAITING, 2 * HOUR),
    ({**IN_MENU, "scheduled_at": NOON + 3 * DAY}, "TASK", Stage.IN_MENU, 10 * DAY),
    # Nobody asks about what is over, or about what has no moment.
    ({**WAITING, "disconnected_at": NOON}, "VOICE", Stage.ENDED, None),
    ({**AT_WORK, "completed": True}, "VOICE", Stage.ENDED, None),
    ({}, "VOICE", Stage.UNKNOWN, None),
]


@pytest.mark.parametrize(("said", "channel", "stage", "after"), PATIENCE)
def test_a_contact_is_silent_when_its_stage_and_channel_say_so(
    said: dict[str, datetime], channel: str | None, stage: Stage, after: timedelta | None
) -> None:
    contact = known(**said, channel=channel)
    assert contact.stage is stage
    assert silent_from(contact) == (None if after is None else NOON + after)


def test_what_says_it_begins_at_the_end_of_the_calendar_is_never_silent() -> None:
    last = datetime(9999, 12, 31, 23, 59, tzinfo=UTC)
    assert silent_from(known(initiated_at=NOON, scheduled_at=last)) == datetime.max.replace(tzinfo=UTC)


@pytest.mark.parametrize("lost", range(1, 6))
def test_it_is_silent_only_after_the_latest_event_that_came(lost: int) -> None:
    leg = lives.answered_leg(3, channel="VOICE", worked=30.0)
    came = lives.events(leg)[:-lost] or lives.events(leg)[:1]
    contact = folded(leg.contact_id, [fact for event in came for fact in read_event(json.dumps(event))])
    latest = {"INITIATED": 0.0, "QUEUED": leg.queued, "CONNECTED_TO_AGENT": leg.answered, "DISCONNECTED": leg.ended}
    patience = {Stage.WITH_AGENT: 4 * HOUR, Stage.AFTER_CONTACT_WORK: 2 * HOUR}.get(contact.stage, HOUR)
    kind = came[-1]["detail"]["eventType"]
    assert silent_from(contact) == to_the_millisecond(leg.at(latest[kind] or 0.0)) + patience


@pytest.mark.parametrize(
    ("silent_for", "again_in"),
    [
        (timedelta(0), HOUR),
        (timedelta(minutes=59), HOUR),
        (2 * HOUR, 2 * HOUR),
        (10 * HOUR, 10 * HOUR),
        (DAY, DAY),
        (90 * DAY, DAY),
    ],
)
def test_the_longer_it_is_silent_the_rarer_it_is_asked_about(silent_for: timedelta, again_in: timedelta) -> None:
    now = NOON + silent_for
    assert ask_again_at(silent(), now) == now + again_in


def test_a_contact_that_stays_open_is_asked_about_once_a_day_in_the_end() -> None:
    asked = [NOON]
    while asked[-1] < NOON + 30 * DAY:
        asked.append(ask_again_at(silent(), asked[-1]))
    assert [(at - NOON) / HOUR for at in asked[:7]] == [0, 1, 2, 4, 8, 16, 32]
    assert {later - earlier for earlier, later in pairwise(asked[6:])} == {DAY}


@pytest.mark.parametrize(
    ("silent_for", "given_up"), [(timedelta(0), False), (GIVE_UP_AFTER - HOUR, False), (GIVE_UP_AFTER, True)]
)
def test_not_to_be_known_is_an_answer_only_after_a_day(silent_for: timedelta, given_up: bool) -> None:
    assert is_given_up(silent(), NOON + silent_for) is given_up


@given(
    per_second=st.sampled_from((1, 2, 7, 10)),
    pauses=st.lists(st.sampled_from((0.0, 0.01, 0.3, 5.0)), min_size=1, max_size=60),
)
def test_no_second_sees_more_requests_than_agreed(per_second: int, pauses: list[float]) -> None:
    pace, now, sent = Pace(per_second), 1000.0, []
    for pause in pauses:
        now += pause
        now += pace.wait(now)
        sent.append(now)
    for each in sent:
        assert sum(each <= other < each + 0.999 for other in sent) <= per_second


def test_a_request_after_a_rest_need_not_wait() -> None:
    pace = Pace(2)
    assert [pace.wait(10.0), pace.wait(10.0), pace.wait(20.0), pace.wait(20.1)] == pytest.approx([0, 0.5, 0, 0.4])


def known(**said: object) -> Contact:
    return Contact(contact_id=ContactId("c"), said=Said(**said), went_on={}, facts=1)  # type: ignore[arg-type]


def folded(contact_id: ContactId, facts: list[Fact]) -> Contact:
    return Contact.of(contact_id, [fact for fact in facts if fact.contact_id == contact_id])


def silent() -> Silent:
    return Silent(contact_id=ContactId("c"), silent_from=NOON, look_at=NOON)


def to_the_millisecond(moment: datetime) -> datetime:
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)
