"""What a row of a call log becomes, and what is said about rows that say nothing certain."""

import json
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.contacts.model import Contact, Outcome
from chalicelib.quality.model import share_of
from chalicelib.routing.model import Entry
from infra.operations.replay.call_log import COLUMNS, Call, Names, read_call
from infra.operations.replay.documents import Refused
from infra.operations.replay.moments import read_moment

TOKYO, BERLIN, SAO_PAULO = ZoneInfo("Asia/Tokyo"), ZoneInfo("Europe/Berlin"), ZoneInfo("America/Sao_Paulo")

ORDINARY = {
    "contact_id": "AA0101-33116",
    "channel": "VOICE",
    "queue": "Support",
    "site": "Tokyo",
    "agent": "sato",
    "initiated_at": "2026-06-15 10:00:00",
    "enqueued_at": "2026-06-15 10:00:20",
    "connected_at": "2026-06-15 10:00:29",
    "disconnected_at": "2026-06-15 10:05:29",
    "outcome": "answered",
    "disconnect_reason": "CUSTOMER_DISCONNECT",
    "customer": "+81312345678",
}


def read(zone: ZoneInfo = TOKYO, entries: tuple[Entry, ...] = (), /, **changes: str) -> Call:
    """Return the ordinary row's call, changed as said."""
    return read_call(ORDINARY | changes, zone=zone, names=Names(entries))


def contact(call: Call) -> Contact:
    return Contact.of(call.facts[0].contact_id, call.facts)


def refused(**changes: str) -> Refused:
    with pytest.raises(Refused) as problem:
        read(**changes)
    return problem.value


def test_an_ordinary_row_is_an_answered_contact() -> None:
    told = contact(read())
    assert told.plain() == {
        "contact_id": "AA0101-33116", "stage": "ended", "outcome": "answered", "facts": 1, "channel": "VOICE",
        "initiation_method": "INBOUND", "initiated_at": "2026-06-15T01:00:00.000Z", "arrived_at": "2026-06-15T01:00:20.000Z",
        "enqueued_at": "2026-06-15T01:00:20.000Z", "dequeued_at": "2026-06-15T01:00:29.000Z",
        "connected_to_agent_at": "2026-06-15T01:00:29.000Z", "disconnected_at": "2026-06-15T01:05:29.000Z",
        "last_updated_at": "2026-06-15T01:05:29.000Z", "queue_id": "Support", "queue_name": "Support", "site_id": "Tokyo",
        "site_name": "Tokyo", "agent_id": told.said.agent_id, "agent_name": "sato", "completed": 1,
        "disconnect_reason": "CUSTOMER_DISCONNECT", "customer_address": "+81312345678", "customer_id": "+81312345678",
    }  # fmt: skip
    assert (told.wait_seconds, told.handle_seconds) == (9.0, 300.0)


ENDS: list[tuple[dict[str, str], Outcome, bool, bool, float | None, float | None, str]] = [
    # what differs,                        ends,              arrived, offered, wait,  handle, because
    ({}, Outcome.ANSWERED, True, True, 9.0, 300.0, "all is known"),
    ({"connected_at": ""}, Outcome.ANSWERED, True, True, None, None, "answered, and no wait is invented"),
    ({"enqueued_at": ""}, Outcome.ANSWERED, True, True, None, 300.0, "who was answered was offered"),
    ({"disconnected_at": ""}, Outcome.ANSWERED, True, True, 9.0, None, "nobody knows how long they talked"),
    ({"agent": "", "site": "", "connected_at": ""}, Outcome.ANSWERED, True, True, None, None, "by somebody"),
    ({"outcome": "abandoned"}, Outcome.ABANDONED, True, True, 309.0, None, "waited until the end"),
    ({"outcome": "abandoned", "enqueued_at": ""}, Outcome.ABANDONED, True, True, None, None, "since nobody knows when"),
    ({"outcome": "abandoned", "disconnected_at": ""}, Outcome.ABANDONED, True, True, None, None, "until nobody knows"),
    (
        {"outcome": "abandoned", "enqueued_at": "", "disconnected_at": ""},
        Outcome.ABANDONED,
        True,
        True,
        None,
        None,
        "-",
    ),
    ({"outcome": "menu"}, Outcome.LEFT_IN_MENU, True, False, None, None, "the outcome decides, not the times"),
    ({"outcome": "menu", "queue": ""}, Outcome.LEFT_IN_MENU, True, False, None, None, "of no queue"),
    ({"outcome": "MENU "}, Outcome.LEFT_IN_MENU, True, False, None, None, "capitals and blanks say nothing"),
]


@pytest.mark.parametrize(("changes", "ends", "arrived", "offered", "wait", "handle", "because"), ENDS)
def test_a_call_ends_as_its_row_says(
    changes: dict[str, str], ends: Outcome, arrived: bool, offered: bool, wait: float | None, handle: float | None,
    because: str,
) -> None:  # fmt: skip
    told = contact(read(**changes))
    share = share_of(told)
    assert share is not None
    assert (told.outcome, share.arrived, share.offered) == (ends, arrived, offered), because
    assert (told.wait_seconds, told.handle_seconds) == (wait, handle), because


def test_a_row_that_is_no_call_of_a_customer_counts_nowhere() -> None:
    told = contact(read(outcome="other"))
    assert told.outcome is Outcome.OTHER
    assert share_of(told) is None


CLAMPED = [
    ({"enqueued_at": "2026-06-15 09:58:00"}, "enqueued_at before initiated_at: moved to it"),
    ({"connected_at": "2026-06-15 10:00:19"}, "connected_at before enqueued_at: moved to it"),
    ({"disconnected_at": "2026-06-14 10:05:29"}, "disconnected_at before connected_at: moved to it"),
    ({"enqueued_at": "", "connected_at": "2026-06-15 09:59"}, "connected_at before initiated_at: moved to it"),
    ({"outcome": "menu"}, "enqueued_at of a call with outcome menu: left out"),
    ({"outcome": "abandoned"}, "connected_at of a call with outcome abandoned: left out"),
]


@pytest.mark.parametrize(("changes", "note"), CLAMPED)
def test_a_stage_before_the_one_before_it_is_moved_and_noted(changes: dict[str, str], note: str) -> None:
    call = read(**changes)
    assert note in call.notes
    moments = [
        contact(call).said.initiated_at,
        contact(call).said.enqueued_at,
        contact(call).said.connected_to_agent_at,
    ]
    known = [moment for moment in moments if moment]
    assert known == sorted(known)


REFUSED = [
    ({"contact_id": ""}, "contact_id"),
    ({"contact_id": "漢" * 86}, "contact_id"),
    ({"outcome": ""}, "outcome"),
    ({"outcome": "busy"}, "outcome"),
    ({"initiated_at": "yesterday"}, "initiated_at"),
    ({"initiated_at": "2026-06-15"}, "initiated_at"),
    ({"initiated_at": "2026-06-31 10:00:00"}, "initiated_at"),
    ({"initiated_at": "2026-06-15 24:00:00"}, "initiated_at"),
    ({"initiated_at": "1970-01-01 00:00:00"}, "initiated_at"),
    ({"initiated_at": "9999-12-31T23:59:59-12:00"}, "initiated_at"),
    ({"connected_at": "46188.41"}, "connected_at"),
    ({"initiated_at": "", "enqueued_at": "", "connected_at": "", "disconnected_at": ""}, "initiated_at"),
    ({"queue": "q" * 257}, "queue"),
    ({"customer": "a\x00b"}, "customer"),
    ({"outcome": "abandoned", "channel": "EMAIL"}, "outcome"),
    ({"outcome": "menu", "channel": "task"}, "outcome"),
    ({"outcome": "abandoned", "disconnect_reason": "TRANSFERRED"}, "outcome"),
]


@pytest.mark.parametrize(("changes", "column"), REFUSED, ids=lambda value: str(value)[:40])
def test_a_row_that_says_nothing_certain_is_refused_by_its_column(changes: dict[str, str], column: str) -> None:
    assert refused(**changes).field == column


def test_a_reason_is_the_same_for_all_rows_of_its_kind_and_names_no_customer() -> None:
    assert str(refused(customer="hana@example.com\x07")) == str(refused(customer="+8190\n" + "1"))


MOMENTS = [
    ("2026-06-15 10:00:29", TOKYO, "2026-06-15T01:00:29+00:00"),
    ("2026-06-15 10:00", TOKYO, "2026-06-15T01:00:00+00:00"),
    ("2026/6/5 9:05", TOKYO, "2026-06-05T00:05:00+00:00"),
    ("2026-06-15T10:00:29.250", TOKYO, "2026-06-15T01:00:29.250000+00:00"),
    ("2026-06-15T10:00:29Z", TOKYO, "2026-06-15T10:00:29+00:00"),
    ("2026-06-15T10:00:29-03:30", TOKYO, "2026-06-15T13:30:29+00:00"),
    ("1999-08-01 00:00:00", TOKYO, "1999-07-31T15:00:00+00:00"),
]


@pytest.mark.parametrize(("text", "zone", "moment"), MOMENTS)
def test_times_are_read_by_the_clocks_of_the_place(text: str, zone: ZoneInfo, moment: str) -> None:
    assert read_moment(text, zone).at.isoformat() == moment


def test_a_time_that_the_clocks_skipped_is_counted_on_from_before_and_noted() -> None:
    call = read(
        BERLIN, **dict.fromkeys(("enqueued_at", "connected_at", "disconnected_at"), ""), initiated_at="2026-03-29 02:30"
    )
    assert call.notes == ["initiated_at at a time that the clocks skipped: counted on from before"]
    assert json.loads(call.record)["InitiationTimestamp"] == "2026-03-29T01:30:00Z"


def test_of_a_time_that_the_clocks_showed_twice_the_first_that_is_not_too_early_is_meant() -> None:
    night = {"initiated_at": "02:10", "enqueued_at": "02:50", "connected_at": "02:05", "disconnected_at": "02:20"}
    call = read(BERLIN, **{stage: f"2026-10-25 {at}" for stage, at in night.items()})
    said = contact(call).said
    moments = (said.initiated_at, said.enqueued_at, said.connected_to_agent_at, said.disconnected_at)
    assert [f"{at:%H:%M}" for at in moments if at] == ["00:10", "00:50", "01:05", "01:20"]
    assert len(call.notes) == 4, "each is noted, since nobody can be sure"


def test_history_shares_queues_and_sites_that_are_known_by_name() -> None:
    known = Entry(kind="queue", id="q-1", name="Support"), Entry(kind="site", id="s-1", name="Tokyo")
    said = contact(read(TOKYO, known)).said
    assert (said.queue_id, said.site_id) == ("q-1", "s-1")


@pytest.mark.parametrize("name", ["NE/stock", "解約 窓口", "解約\u3000窓口", "\ue000", "a|b", "arn:aws:x/queue/y"])
def test_a_name_that_nobody_knows_is_its_own_id(name: str) -> None:
    said = contact(read(queue=name, site=name)).said
    assert (said.queue_id, said.site_id) == (name, name)


@pytest.mark.parametrize(
    ("customer", "address"),
    [("+81312345678", True), ("03-1234-5678", True), ("hana@example.com", True), ("C-1234", False), ("", False)],
)
def test_a_customer_is_an_address_where_it_looks_like_one(customer: str, address: bool) -> None:
    record: dict[str, Any] = json.loads(read(customer=customer).record)
    assert record.get("CustomerId", "") == customer
    assert ("CustomerEndpoint" in record) == address


texts = st.text(max_size=30) | st.sampled_from(
    ["", "answered", "abandoned", "menu", "other", "2026-06-15 10:00:00", "EMAIL"]
)


@given(st.fixed_dictionaries(dict.fromkeys(COLUMNS, texts)))
def test_any_row_is_a_call_as_it_says_or_refused_and_the_same_each_time(row: dict[str, str]) -> None:
    try:
        call = read_call(row, zone=SAO_PAULO, names=Names())
    except Refused:
        return
    assert read_call(row, zone=SAO_PAULO, names=Names()) == call
    assert contact(call).stage == "ended"
