"""What a caller keys is a card number, or has a fault that can be said; and it shows itself to nobody."""

import copy
import json
import logging
import pickle
import pprint
import traceback
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.accounts.model.answer import Answer, Outcome
from chalicelib.accounts.model.number import SCHEMES, CardNumber, Keyed, has_check_digit, read_number, scheme_of
from tests.accounts.messages import card, check_digit

TEST_CARDS = [
    ("Visa", "4111111111111111"),
    ("Visa", "4222222222222"),
    ("Mastercard", "5555555555554444"),
    ("Mastercard", "2223003122003222"),
    ("JCB", "3530111333300000"),
    ("American Express", "378282246310005"),
    ("Diners Club", "30569309025904"),
    ("Diners Club", "36227206271667"),
    ("Discover", "6011111111111117"),
    ("UnionPay", "6200000000000005"),
]
"""The schemes' public test numbers."""


@pytest.mark.parametrize(("scheme", "digits"), TEST_CARDS)
def test_the_cards_of_every_scheme_are_known(scheme: str, digits: str) -> None:
    number = read_number(Keyed(digits))
    assert isinstance(number, CardNumber)
    assert (number.normalised(), number.tail) == (digits.encode(), digits[-4:])
    found = scheme_of(digits)
    assert found is not None
    assert found.name == scheme


@pytest.mark.parametrize(
    ("keyed", "fault"),
    [
        ("", Outcome.SILENCE),
        ("Timeout", Outcome.SILENCE),
        ("4", Outcome.LENGTH),
        ("41111111111", Outcome.LENGTH),
        ("411111111111111", Outcome.LENGTH),
        ("41111111111111111", Outcome.LENGTH),
        ("37828224631000", Outcome.LENGTH),
        ("55555555555544440", Outcome.LENGTH),
        ("9" * 20, Outcome.LENGTH),
        ("4111 1111 1111 1111", Outcome.LENGTH),
        ("4111*11111111111", Outcome.LENGTH),
        ("\uff14" + "\uff11" * 15, Outcome.LENGTH),
        ("4111111111111112", Outcome.CHECK_DIGIT),
        ("378282246310006", Outcome.CHECK_DIGIT),
        ("9999999999999990", Outcome.CHECK_DIGIT),
        ("9999999999999995", Outcome.SCHEME),
        ("0000000000000000", Outcome.SCHEME),
    ],
)
def test_a_fault_is_named_by_what_the_caller_did_wrong(keyed: str, fault: Outcome) -> None:
    assert read_number(Keyed(keyed)) is fault


@pytest.mark.parametrize(
    ("before", "first", "last", "after"),
    [
        ("2220", "2221", "2720", "2721"),
        ("50", "51", "55", "560"),
        ("3527", "3528", "3589", "3590"),
        ("306", "300", "305", "3094"),
        ("643", "644", "649", "66"),
        ("6010", "6011", "6011", "6012"),
        ("61", "62", "62", "63"),
        ("80", "81", "81", "82"),
        ("35", "34", "34", "33"),
    ],
)
def test_a_schemes_range_ends_where_it_ends(before: str, first: str, last: str, after: str) -> None:
    def named(prefix: str) -> str | None:
        found = scheme_of(prefix.ljust(16, "0"))
        return found.name if found else None

    inside = named(first)
    assert inside is not None
    assert named(last) == inside
    assert inside not in (named(before), named(after))


def test_no_number_is_of_two_schemes() -> None:
    for one in SCHEMES:
        for other in SCHEMES:
            if one is not other:
                width = max(len(one.first), len(other.first))
                low, high = one.first.ljust(width, "0"), one.last.ljust(width, "9")
                assert high < other.first.ljust(width, "0") or other.last.ljust(width, "9") < low


@given(st.text("0123456789", min_size=11, max_size=18))
def test_one_digit_in_ten_is_the_check_digit(digits: str) -> None:
    assert [digit for digit in "0123456789" if has_check_digit(digits + digit)] == [check_digit(digits)]


@given(st.randoms(use_true_random=False), st.integers(0, 15), st.integers(1, 9))
def test_a_digit_keyed_wrongly_is_noticed(luck: Random, place: int, by: int) -> None:
    digits = card(luck)
    wrong = digits[:place] + str((int(digits[place]) + by) % 10) + digits[place + 1 :]
    assert isinstance(read_number(Keyed(wrong)), Outcome)


class Hands:
    """Everything that a program may do to a value that it has in its hands."""

    @staticmethod
    def showing(value: Any) -> list[str]:
        shown = [repr(value), str(value), f"{value}", f"{value!r:>40}", format(value, "s"), pprint.pformat([value])]
        shown += ["%s %r" % (value, value), json.dumps({"a": value}, default=str), repr(dir(value))]  # noqa: UP031
        record = logging.LogRecord("a", 10, "b", 1, "%s", (value,), None)
        shown += [record.getMessage(), repr(vars(record)), repr({"a": (value,)})]
        error = ValueError(value)
        return [*shown, *traceback.format_exception(error), repr(error), str(error)]

    @staticmethod
    def taking(value: Any) -> list[Any]:
        ways = [pickle.dumps, json.dumps, copy.copy, copy.deepcopy, vars, hash, iter, len, bytes, int]
        ways += [lambda one: one.__getstate__(), lambda one: one + "", lambda one: one[0], lambda one: {one: 1}]
        return ways


@pytest.mark.parametrize("kind", [CardNumber, Keyed])
def test_it_shows_itself_to_nobody_and_is_taken_nowhere(kind: type[CardNumber | Keyed]) -> None:
    digits = card(Random(7))
    value = kind(digits)
    for shown in Hands.showing(value):
        assert not any(digits[at : at + 4] in shown for at in range(len(digits) - 3)), shown
    for take in Hands.taking(value):
        with pytest.raises((TypeError, AttributeError)) as refused:
            take(value)
        assert digits[:4] not in str(refused.value)


def test_it_can_be_compared_and_nothing_else() -> None:
    assert CardNumber("4111111111111111") == CardNumber("4111111111111111")
    assert CardNumber("4111111111111111") != CardNumber("4111111111111129")
    assert CardNumber("4111111111111111") != "4111111111111111"


def test_a_flow_always_reads_five_texts() -> None:
    assert Answer(outcome=Outcome.NOT_FOUND).flat() == {
        "outcome": "not_found",
        "account_id": "none",
        "language": "none",
        "priority": "none",
        "tail": "none",
    }
    for value in Answer(outcome=Outcome.SILENCE).flat().values():
        assert type(value) is str
