"""How questions are understood: moments, spans, numbers and words, and what is said of those that make no sense."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.desk.model import Limits, Parameters, Span
from chalicelib.desk.model.asking import EARLIEST, LATEST, moment_in
from chalicelib.problems import BadRequest
from chalicelib.quality.model import Step
from tests.desk.desk import NOON, Desk

TOKYO = ZoneInfo("Asia/Tokyo")
NEW_YORK = ZoneInfo("America/New_York")
SAO_PAULO = ZoneInfo("America/Sao_Paulo")
LORD_HOWE = ZoneInfo("Australia/Lord_Howe")
MONTH = Limits(days=31, advice="Ask for a month at a time.")


@pytest.mark.parametrize(
    ("text", "zone", "moment"),
    [
        ("2026-06-15T10:00:00+09:00", TOKYO, "2026-06-15T01:00:00Z"),
        ("2026-06-15T10:00:00 09:00", TOKYO, "2026-06-15T01:00:00Z"),
        ("2026-06-15T10:00:00.250 09:00", TOKYO, "2026-06-15T01:00:00.250Z"),
        ("2026-06-15 10:00 09:00", TOKYO, "2026-06-15T01:00:00Z"),
        ("2026-06-15T10:00 0900", TOKYO, "2026-06-15T01:00:00Z"),
        ("20260615T100000 09", TOKYO, "2026-06-15T01:00:00Z"),
        ("2026-06-15T10:00:00-04:00", TOKYO, "2026-06-15T14:00:00Z"),
        ("2026-06-15T01:00:00Z", TOKYO, "2026-06-15T01:00:00Z"),
        ("2026-06-15T01:00:00.123456Z", TOKYO, "2026-06-15T01:00:00.123Z"),
        ("2026-06-15T10:00", TOKYO, "2026-06-15T01:00:00Z"),
        ("2026-06-15 10:00", TOKYO, "2026-06-15T01:00:00Z"),
        ("2026-06-15", TOKYO, "2026-06-14T15:00:00Z"),
        ("20260615", TOKYO, "2026-06-14T15:00:00Z"),
        ("2026-06-15", NEW_YORK, "2026-06-15T04:00:00Z"),
        ("2026-01-15", NEW_YORK, "2026-01-15T05:00:00Z"),
        # New York, 8 March 2026: the clocks jump from 2:00 to 3:00.
        ("2026-03-08", NEW_YORK, "2026-03-08T05:00:00Z"),
        ("2026-03-08T01:59", NEW_YORK, "2026-03-08T06:59:00Z"),
        ("2026-03-08T02:30", NEW_YORK, "2026-03-08T07:30:00Z"),
        ("2026-03-08T03:00", NEW_YORK, "2026-03-08T07:00:00Z"),
        ("2026-03-09", NEW_YORK, "2026-03-09T04:00:00Z"),
        # New York, 1 November 2026: 1:00 to 2:00 comes twice; the first is meant.
        ("2026-11-01T01:30", NEW_YORK, "2026-11-01T05:30:00Z"),
        ("2026-11-01T01:30-05:00", NEW_YORK, "2026-11-01T06:30:00Z"),
        ("2026-11-02", NEW_YORK, "2026-11-02T05:00:00Z"),
        # São Paulo, 4 November 2018: there was no midnight, the day began at 1:00.
        ("2018-11-04", SAO_PAULO, "2018-11-04T03:00:00Z"),
        ("2018-11-04T01:00", SAO_PAULO, "2018-11-04T03:00:00Z"),
        # Lord Howe Island puts its clocks back by half an hour.
        ("2026-04-05T01:45", LORD_HOWE, "2026-04-04T14:45:00Z"),
        ("2026-04-05T02:00", LORD_HOWE, "2026-04-04T15:30:00Z"),
        ("1971-01-01T00:00Z", TOKYO, "1971-01-01T00:00:00Z"),
        ("2099-12-31T23:59:59.999Z", TOKYO, "2099-12-31T23:59:59.999Z"),
    ],
)
def test_moments_are_understood(text: str, zone: ZoneInfo, moment: str) -> None:
    assert moment_in(text, zone) == datetime.fromisoformat(moment)


@pytest.mark.parametrize(
    "text",
    [
        "yesterday", "2026", "2026-13-01", "2026-06-31", "10:00", "1781481600", "2026-06-15T25:00", "2026-06-15T10:00+99:00",
        "2026-06-15T10:00:00 UTC", "2026-06-15 09:00 x", "0001-01-01", "9999-12-31T23:59:59-12:00", "1970-12-31T23:59Z",
        "2100-01-01T00:00Z", "15/06/2026", "\uff12\uff10\uff12\uff16-06-15", "2026-06-15T10:00:00\x00", "-" * 1000,
    ],
)  # fmt: skip
def test_what_is_no_moment_of_ours_is_none(text: str) -> None:
    assert moment_in(text, TOKYO) is None


@given(st.text(max_size=40))
def test_no_text_breaks_the_reading_of_moments(text: str) -> None:
    moment = moment_in(text, LORD_HOWE)
    assert moment is None or EARLIEST <= moment < LATEST


MOMENTS = st.integers(0, (LATEST - EARLIEST) // timedelta(milliseconds=1) - 1).map(
    lambda milliseconds: EARLIEST + timedelta(milliseconds=milliseconds)
)


@given(MOMENTS, st.sampled_from([TOKYO, NEW_YORK, SAO_PAULO, LORD_HOWE]), st.sampled_from(["milliseconds", "auto"]))
def test_a_moment_with_its_offset_comes_back_as_it_was_and_also_without_its_plus(
    moment: datetime, zone: ZoneInfo, precision: str
) -> None:
    written = moment.astimezone(zone).isoformat(timespec=precision)
    assert moment_in(written, TOKYO) == moment
    assert moment_in(written.replace("+", " "), TOKYO) == moment


def span(
    zone: ZoneInfo = TOKYO, now: datetime = NOON, *, usual: timedelta | None = None, from_: str = "", to: str = ""
) -> Span:
    asked = {"from": [from_], "to": [to]}
    return Parameters(asked, ("from", "to")).span(now, zone, MONTH, usual=usual)


def test_a_span_without_an_end_ends_now() -> None:
    assert span(from_="2026-06-14").end == NOON


def test_a_span_without_a_beginning_is_the_day_so_far() -> None:
    assert span() == Span(start=datetime(2026, 6, 14, 15, tzinfo=UTC), end=NOON)
    assert span(to="2026-06-10") == Span(
        start=datetime(2026, 6, 8, 15, tzinfo=UTC), end=datetime(2026, 6, 9, 15, tzinfo=UTC)
    ), "a day that is over is asked for whole"


def test_the_day_so_far_begins_at_the_one_midnight_of_a_day_that_is_an_hour_longer() -> None:
    afternoon = datetime(2026, 11, 1, 20, 0, tzinfo=UTC)
    assert span(NEW_YORK, afternoon).start == datetime(2026, 11, 1, 4, 0, tzinfo=UTC)


def test_a_span_of_so_many_hours_is_that_long_on_any_day() -> None:
    assert span(usual=timedelta(hours=24)).start == NOON - timedelta(hours=24)


def test_a_month_may_be_asked_for_though_its_clocks_change() -> None:
    november = span(NEW_YORK, from_="2026-10-15", to="2026-11-15")
    assert november.end - november.start == timedelta(days=31, hours=1)


@pytest.mark.parametrize(
    ("asked", "advice"),
    [
        (("2026-06-15", "2026-06-15"), "must lie before"),
        (("2026-06-16", ""), "without `to` that is now"),
        (("2026-06-01", "2026-07-02T00:00:00.001"), "at most 31 days. Ask for a month at a time."),
        (("noon", ""), "`from` must be an ISO 8601 time"),
        (("", "noon"), "midnight in Asia/Tokyo; not 'noon'"),
    ],
)
def test_a_span_that_makes_no_sense_is_refused_with_advice(asked: tuple[str, str], advice: str) -> None:
    with pytest.raises(BadRequest, match=advice):
        span(from_=asked[0], to=asked[1])


def one(value: str, name: str = "limit") -> Parameters:
    return Parameters({name: [value]}, (name,))


@pytest.mark.parametrize("value", ["1", "50", "100", "007"])
def test_whole_numbers_are_read(value: str) -> None:
    if value == "007":
        assert one(value).number("limit", usual=50, most=100) == 7
    else:
        assert one(value).number("limit", usual=50, most=100) == int(value)


@pytest.mark.parametrize(
    "value", ["0", "101", "-1", "1.5", "1e1", "\u0663", "\uff19", "ten", "9" * 1000, "0x10", "1_0"]
)
def test_numbers_out_of_bounds_are_refused(value: str) -> None:
    with pytest.raises(BadRequest, match="from 1 to 100"):
        one(value).number("limit", usual=50, most=100)


def test_words_are_one_of_several() -> None:
    assert one("15m", "step").choice("step", Step, Step.DAY) is Step.QUARTER
    assert one("", "step").choice("step", Step, Step.DAY) is Step.DAY
    with pytest.raises(BadRequest, match="must be one of 15m, hour, day, week, month, not 'year'"):
        one("year", "step").choice("step", Step, Step.DAY)


@pytest.mark.parametrize(
    ("asked", "advice"),
    [
        ({"limt": ["1"]}, "no parameter 'limt' here. Known are limit."),
        ({"limit": ["1", "2"]}, "Give `limit` once, not 2 times."),
        ({"limit": ["1" * 1025]}, "at most 1024 characters"),
        ({"x" * 5000: ["1"]}, "xxx…'"),
        ({"\x1b[31m": ["1"]}, r"no parameter '\?\[31m' here"),
    ],
)
def test_parameters_are_given_once_by_their_names(asked: dict[str, list[str]], advice: str) -> None:
    with pytest.raises(BadRequest, match=advice):
        Parameters(asked, ("limit",))


@given(st.dictionaries(st.text(max_size=9), st.lists(st.text(max_size=30), max_size=3), max_size=3))
def test_no_question_breaks_the_reader(asked: Any) -> None:
    with suppress(BadRequest):
        parameters = Parameters(asked, ("from", "to", "limit"))
        parameters.number("limit", usual=1, most=9)
        parameters.span(NOON, TOKYO, MONTH)


def test_a_request_of_300_kilobytes_is_refused_in_one_sentence(desk: Desk) -> None:
    answer = desk.ask("/contacts", queue="x" * 300_000)
    assert (answer.status, answer.message) == (400, "`queue` may have at most 1024 characters.")


def test_a_plus_that_nobody_encoded_is_understood_at_the_door(desk: Desk) -> None:
    assert desk.ask("/quality", "from=2026-06-15T00:00:00+09:00&to=2026-06-15T12:00:00+09:00").status == 200


@pytest.mark.parametrize(("step", "longest"), [("15m", 7), ("hour", 31), ("day", 400), ("week", 400), ("month", 400)])
def test_the_finer_the_step_the_shorter_the_span(desk: Desk, step: str, longest: int) -> None:
    to = datetime(2026, 6, 15, tzinfo=TOKYO)
    assert desk.ask("/quality", step=step, from_=to - timedelta(days=longest), to=to).status == 200
    answer = desk.ask("/quality", step=step, from_=to - timedelta(days=longest, seconds=1), to=to)
    assert answer.status == 400
    assert f"at most {longest} days" in answer.message
