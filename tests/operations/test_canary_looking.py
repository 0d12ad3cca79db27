"""A number is found however it is written, and nothing else is taken for one."""

import base64
import gzip
import html
import json
import zlib
from collections.abc import Callable
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.operations.canary.looking import ways_found
from infra.operations.canary.numbers import PREFIXES, Planting, check_digit, marks_of, planting

PLANTING = Planting(shared="7093518264")
NUMBER = next(PLANTING.numbers())
MARKS = marks_of([NUMBER], PLANTING.shared)
Write = Callable[[str], bytes]
WIDE_ZERO = "\uff10"


def percent(text: str) -> bytes:
    return "".join(f"%{ord(each):02x}" for each in text).encode()


def escaped(text: str) -> bytes:
    return "".join(f"\\u{ord(each):04x}" for each in text).encode()


WRITINGS: dict[str, Write] = {
    "plain": str.encode,
    "in groups": lambda text: " ".join(text[at : at + 4] for at in range(0, 16, 4)).encode(),
    "with hyphens": lambda text: "-".join(text[at : at + 4] for at in range(0, 16, 4)).encode(),
    "digit by digit": lambda text: json.dumps([*text]).encode(),
    "digit by digit in JSON in JSON": lambda text: json.dumps({"body": json.dumps([*text])}).encode(),
    "over lines": lambda text: "\r\n".join(text).encode(),
    "reversed": lambda text: text[::-1].encode(),
    "base64": lambda text: base64.b64encode(text.encode()),
    "base64 that begins before it": lambda text: base64.b64encode(f"x{text}".encode()),
    "base64 for addresses": lambda text: base64.urlsafe_b64encode(f"??>{text}".encode()),
    "base64 within a word": lambda text: b"ey" + base64.b64encode(f"ab{text}".encode()).rstrip(b"="),
    "hex": lambda text: text.encode().hex().encode(),
    "hex in capitals, after a digit": lambda text: b"a" + text.encode().hex().upper().encode(),
    "url escapes": percent,
    "url escapes twice": lambda text: quote(percent(text)).encode(),
    "JSON escapes": escaped,
    "Python escapes": lambda text: "".join(f"\\x{ord(each):02x}" for each in text).encode(),
    "HTML entities": lambda text: "".join(f"&#{ord(each)};" for each in text).encode(),
    "wide digits": lambda text: text.translate({ord("0") + n: ord(WIDE_ZERO) + n for n in range(10)}).encode(),
    "wide digits, escaped": lambda text: json.dumps("".join(chr(ord(WIDE_ZERO) + int(each)) for each in text)).encode(),
    "UTF-16": lambda text: text.encode("utf-16"),
    "UTF-32": lambda text: text.encode("utf-32-be"),
    "gzip": lambda text: gzip.compress(text.encode()),
    "zlib": lambda text: zlib.compress(text.encode()),
    "deflate": lambda text: zlib.compress(f"a fact with {text} in it".encode(), wbits=-15),
    "gzip in base64 in JSON": lambda text: json.dumps({"awslogs": base64.b64encode(gzip.compress(text.encode())).decode()}).encode(),
    "JSON in base64 in JSON": lambda text: json.dumps({"body": base64.b64encode(escaped(text)).decode()}).encode(),
    "reversed in groups in entities": lambda text: html.escape(" ".join(text[::-1])).encode(),
}  # fmt: skip


BY_THEMSELVES = {"zlib", "deflate"}
"""Writings that have no beginning by which one could know them: they are found where they are a whole value."""


@pytest.mark.parametrize("write", WRITINGS.values(), ids=WRITINGS)
def test_a_number_is_found_however_it_is_written(write: Write) -> None:
    assert ways_found(write(NUMBER), MARKS)


@pytest.mark.parametrize("writing", sorted(WRITINGS.keys() - BY_THEMSELVES))
def test_it_is_found_within_a_line_of_a_log(writing: str) -> None:
    line = b'{"level": "INFO", "said": "' + WRITINGS[writing](NUMBER) + b'", "at": "2026-11-23T06:50:11Z"}'
    assert ways_found(line, MARKS)


@pytest.mark.parametrize("start", range(5))
def test_twelve_of_its_digits_are_enough(start: int) -> None:
    assert ways_found(f"card {NUMBER[start : start + 12]} refused".encode(), MARKS) == {"plain"}


def test_the_ten_digits_that_all_share_are_enough() -> None:
    assert ways_found(f"card …{PLANTING.shared}…".encode(), MARKS) == {"plain"}


@pytest.mark.parametrize(
    "harmless",
    [
        NUMBER[:6],
        NUMBER[-4:],
        f"{NUMBER[:6]}******{NUMBER[-4:]}",
        f"{NUMBER[:6]} {NUMBER[-4:]}",
        NUMBER[:9],
        NUMBER[9:],
    ],
)
def test_issuer_and_tail_show_nothing(harmless: str) -> None:
    assert not ways_found(f'{{"card": "{harmless}"}}'.encode(), MARKS)


@given(st.binary(max_size=300) | st.text(max_size=300).map(str.encode))
def test_nothing_else_is_taken_for_one(data: bytes) -> None:
    assert not ways_found(data, MARKS)


@given(st.binary(max_size=200), st.binary(max_size=200), st.sampled_from(sorted(WRITINGS.keys() - BY_THEMSELVES)))
def test_whatever_stands_around_it(before: bytes, after: bytes, writing: str) -> None:
    if writing in ("gzip", "UTF-16", "UTF-32"):
        before = after = b""
    assert ways_found(before + b'"' + WRITINGS[writing](NUMBER) + b'"' + after, MARKS)


@pytest.mark.parametrize("at", [249_990, 999_984])
def test_it_is_found_wherever_it_stands_in_a_long_log(at: int) -> None:
    log = bytearray(b"." * 1_000_000)
    log[at : at + 16] = NUMBER.encode()
    assert ways_found(bytes(log), MARKS) == {"plain"}
    assert ways_found(gzip.compress(bytes(log)) + b"\0" * 300_000, MARKS) == {"packed, plain"}


def test_numbers_are_right_and_none_comes_twice() -> None:
    numbers = list(planting().numbers())
    assert len({*numbers}) == len(numbers) == 100 * len(PREFIXES)
    assert all(number[-1] == check_digit(number[:-1]) and len(number) == 16 for number in numbers)
    assert check_digit("411111111111111") == "1"
    assert check_digit("37828224631000") == "5"
