"""The lines of a member file: what they say, what is refused and in which words, and which of two counts."""

import json
from datetime import UTC, datetime, timedelta
from itertools import permutations
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.accounts.model.imports import Arrival, Import, ImportId, Problem, Taken, numbered, take
from chalicelib.accounts.model.likeness import holds_a_card_number
from chalicelib.accounts.model.member import (
    AHEAD,
    LINE_BYTES,
    Entry,
    Member,
    Withdrawal,
    newest,
    rank_of,
    read_line,
    text_of,
)
from chalicelib.accounts.model.number import has_check_digit
from chalicelib.problems import Unreadable
from tests.accounts.members import NOON, file_of, history, member, token, withdrawal

PUBLIC = (
    "4111111111111111", "5555555555554444", "3530111333300000", "378282246310005", "30569309025904", "6011111111111117",
    "4222222222222", "6304000000000000",
)  # fmt: skip
"""Test numbers that the schemes and their acquirers publish, of 13 to 16 digits."""


def read(line: str | bytes) -> Entry:
    return read_line(line if isinstance(line, bytes) else line.encode(), now=NOON)


def line(**changes: Any) -> str:
    """Return a member's line with some values changed; ... leaves one out."""
    told = {**json.loads(text_of(member())), **changes}
    return json.dumps({name: value for name, value in told.items() if value is not ...})


# --- what a line says ---------------------------------------------------------------------------------------------------


def test_a_line_is_read_as_it_was_written() -> None:
    for entry in history(Random(1), accounts=20, entries=200):
        assert read(text_of(entry)) == entry
    assert read(line()) == member()


def test_the_order_of_addresses_and_cards_and_their_doubles_say_nothing() -> None:
    cards = [token(2), token(1), token(2)]
    assert read(line(cards=cards)) == read(line(cards=sorted({*cards})))
    assert rank_of(read(line(cards=cards))) == rank_of(read(line(cards=sorted({*cards}))))


@pytest.mark.parametrize(
    ("written", "moment"),
    [
        ("2026-11-20T03:00:00Z", NOON),
        ("2026-11-20T12:00:00+09:00", NOON),
        ("2026-11-20T03:00:00.123999Z", NOON + timedelta(milliseconds=123)),
    ],
)
def test_moments_are_those_that_are_stored(written: str, moment: datetime) -> None:
    assert read(line(changed_at=written)) == member(changed_at=moment)
    assert read(json.dumps({"account_id": "a", "withdrawn_at": written})) == Withdrawal("a", moment)


@pytest.mark.parametrize(
    ("told", "field", "reason"),
    [
        ("", "line", "a JSON object"),
        ("[]", "line", "a JSON object"),
        ("[" * 10_000, "line", "a JSON object"),
        (b"\xff\xfe", "line", "UTF-8"),
        ("x" * (LINE_BYTES + 1), "line", "at most 16,384 bytes"),
        ("{}", "account_id", "must be there"),
        ('{"withdrawn_at": "2026-11-20T03:00:00Z"}', "account_id", "must be there"),
        (line(name=...), "name", "must be there"),
        (line(more=1), "line", "no field but account_id, name"),
        (line(withdrawn_at="2026-11-20T03:00:00Z"), "line", "no field but account_id, withdrawn_at"),
        (line(account_id=""), "account_id", "visible ASCII"),
        (line(account_id="x" * 65), "account_id", "visible ASCII"),
        (line(account_id="会員"), "account_id", "visible ASCII"),
        (line(account_id=7), "account_id", "visible ASCII"),
        (line(name=""), "name", "1 to 254 characters"),
        (line(name="a\nb"), "name", "control character"),
        (line(name="\ud800"), "name", "control character"),
        (line(addresses="+81312345678"), "addresses", "a list"),
        (line(addresses=["0312345678"]), "addresses", "such as +81312345678"),
        (line(addresses=["nobody"]), "addresses", "mail addresses"),
        (line(addresses=[f"+8131234{number:04}" for number in range(21)]), "addresses", "at most 20"),
        (line(language="Japanese"), "language", "such as ja"),
        (line(status="asleep"), "status", "open, closed, locked"),
        (line(status=None), "status", "open, closed, locked"),
        (line(priority=0), "priority", "from 1 to 10"),
        (line(priority=11), "priority", "from 1 to 10"),
        (line(priority=True), "priority", "from 1 to 10"),
        (line(priority="5"), "priority", "from 1 to 10"),
        (line(cards=["1.short"]), "cards", "make card-tokens"),
        (line(cards=[token(1)[2:]]), "cards", "make card-tokens"),
        (line(cards=[token(number) for number in range(41)]), "cards", "at most 40"),
        (line(changed_at="yesterday"), "changed_at", "ISO 8601"),
        (line(changed_at=1763607600), "changed_at", "ISO 8601"),
        (line(changed_at="0001-01-01T00:00:00+23:00"), "changed_at", "ISO 8601"),
        (line(changed_at="2026-11-20T03:00:00"), "changed_at", "offset"),
        (line(changed_at=(NOON + AHEAD + timedelta(seconds=1)).isoformat()), "changed_at", "future"),
    ],
)
def test_what_is_refused_is_told_by_field_and_reason(told: str | bytes, field: str, reason: str) -> None:
    with pytest.raises(Unreadable) as problem:
        read(told)
    assert problem.value.field == field
    assert reason in problem.value.reason


# --- card numbers -------------------------------------------------------------------------------------------------------


def spellings(digits: str) -> list[str]:
    """Return ways in which people and programs write a number."""
    four = " ".join(digits[at : at + 4] for at in range(0, len(digits), 4))
    wide = digits.translate({ord("0") + nth: 0xFF10 + nth for nth in range(10)})
    return [
        digits,
        four,
        four.replace(" ", "-"),
        four.replace(" ", " - "),
        four.replace(" ", "\u3000"),
        wide,
        f"No.{digits}x",
        f"{four} 12/27",
    ]


@pytest.mark.parametrize("number", PUBLIC)
def test_a_card_number_is_seen_however_it_is_written(number: str) -> None:
    for spelling in spellings(number):
        assert holds_a_card_number(spelling), spelling
    assert holds_a_card_number(f"00000000{number}0000000000"), "inside a longer row of digits"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "+81312345678",
        "2026-11-20T03:00:00.123Z",
        "4111111111111112",
        "411111111111",
        "1-2-3 Marunouchi 100-0005",
        token(7),
    ],
)
def test_what_is_none_is_left_alone(text: str) -> None:
    assert not holds_a_card_number(text)


@given(st.text(alphabet="0123456789", min_size=12, max_size=18))
def test_one_last_digit_of_ten_checks(digits: str) -> None:
    assert sum(has_check_digit(f"{digits}{last}") for last in range(10)) == 1
    [last] = [last for last in range(10) if has_check_digit(f"{digits}{last}")]
    assert holds_a_card_number(f"a {digits}{last} b")


@pytest.mark.parametrize("number", PUBLIC[:4])
@pytest.mark.parametrize("field", Member._fields)
def test_a_line_with_a_card_number_anywhere_is_refused_and_quoted_nowhere(field: str, number: str) -> None:
    for spelling in spellings(number):
        for told in (
            line(**{field: spelling}),
            line(**{field: [spelling]}),
            line(**{field: {"in": [{"deep": spelling}]}}),
        ):
            with pytest.raises(Unreadable, match="looks like a card number") as problem:
                read(told)
            assert_quotes_nothing(problem.value, number)
    with pytest.raises(Unreadable) as problem:
        read(line(**{field: int(number)}))
    assert_quotes_nothing(problem.value, number)


@pytest.mark.parametrize(
    "told", ['{{"{0}": 1}}', '{{"account_id": "a", "x": {{"{0}": 1}}}}', "{0}", '"{0}"', '{{"account_id": {0}', "[{0}]"]
)
def test_a_number_in_a_name_or_in_no_json_at_all_is_not_quoted_either(told: str) -> None:
    with pytest.raises(Unreadable) as problem:
        read(told.format(PUBLIC[0]))
    assert_quotes_nothing(problem.value, PUBLIC[0])


def assert_quotes_nothing(problem: BaseException, number: str) -> None:
    seen: BaseException | None = problem
    while seen is not None:
        assert number[:6] not in f"{seen!r} {seen} {getattr(seen, 'doc', '')}"
        seen = seen.__cause__
    assert problem.__suppress_context__ or problem.__context__ is None


def test_a_telephone_number_may_pass_the_rule_of_luhn() -> None:
    phone = next(f"+8190123456{rest:04}" for rest in range(10_000) if has_check_digit(f"8190123456{rest:04}"))
    assert read(line(addresses=[phone])) == member(addresses=(phone,))
    with pytest.raises(Unreadable, match="card number"):
        read(line(name=phone))


# --- which of two counts --------------------------------------------------------------------------------------------------


def test_the_later_change_counts_and_at_one_moment_the_withdrawal_then_the_newer_key() -> None:
    older = member(cards=(token(1, 1),))
    newer_key = member(cards=(token(1, 2),))
    gone = withdrawal(1)
    later = member(name="Later", changed_at=NOON + timedelta(milliseconds=1))
    ordered: list[Entry] = [older, newer_key, gone, later]
    assert sorted(ordered, key=rank_of) == ordered
    for some in permutations(ordered):
        assert newest(some) == {"A-000001": later}


@given(st.integers(0, 10**6), st.randoms(use_true_random=False))
def test_any_order_adds_up_to_the_same(seed: int, luck: Random) -> None:
    told = history(Random(seed), accounts=5, entries=30)
    assert newest(told) == newest(luck.sample([*told, *told[::3]], k=len(told) + len(told[::3])))


# --- slices -------------------------------------------------------------------------------------------------------------


def slices_of(content: bytes, size: int) -> list[Taken]:
    arrival = Arrival(
        id=ImportId("members/a.jsonl", "1"), etag="e", size=len(content), at=datetime(2026, 11, 20, 3, tzinfo=UTC)
    )
    whole = Import.of(arrival)._replace(slice_bytes=size, slices=-(-len(content) // size))
    spans = [whole.span(number) for number in range(whole.slices)]
    return [take(whole, number, content[first : last + 1]) for number, (first, last) in enumerate(spans)]


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("start", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("last", [True, False])
def test_every_line_is_taken_once_wherever_slices_are_cut(end: str, start: bytes, last: bool) -> None:
    members: list[Entry] = [member(1), member(2), withdrawal(3), member(4)]
    content = start + end.join([*map(text_of, members), *([""] if last else [])]).encode()
    for size in range(1, len(content) + 2):
        slices = slices_of(content, size)
        assert [entry for taken in slices for entry in taken.entries] == members
        assert sum(taken.counts.lines for taken in slices) == 4
        assert not [problem for taken in slices for problem in taken.problems]


def test_problems_are_numbered_by_the_lines_of_the_file() -> None:
    content = file_of(["", *(member(number) if number % 3 else "?" for number in range(1, 31))])
    for size in (100, 250, 999, 10**6):
        slices = slices_of(content, size)
        found = list(numbered([(taken.counts.lines, taken.problems) for taken in slices]))
        assert [problem.line for problem in found] == [number + 1 for number in range(3, 31, 3)]


def test_a_problem_is_a_line_of_json() -> None:
    assert json.loads(Problem(7, "name", "must be there").text()) == {
        "line": 7,
        "field": "name",
        "reason": "must be there",
    }
