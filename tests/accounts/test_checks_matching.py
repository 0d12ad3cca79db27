"""What is the same thing, however it was written, and what looks like a card number."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.accounts.model.matching import is_name, is_one_of
from chalicelib.accounts.model.number import has_check_digit
from chalicelib.accounts.model.suspicion import looks_like_a_card_number


def wide(text: str) -> str:
    """Return a text in the wide letters of Japanese input."""
    return "".join(chr(ord(each) + 0xFEE0) for each in text)


@pytest.mark.parametrize(
    ("said", "registered", "same", "why"),
    [
        ("090-1234-5678", "+819012345678", True, "a number is dialled at home without its country"),
        ("+81 90 1234 5678", "09012345678", True, "and from abroad with it"),
        ("0081 90 1234 5678", "09012345678", True, "by 00, as most of the world dials"),
        ("010 81 90 1234 5678", "09012345678", True, "or by 010, as Japan does"),
        ("+81(0)90 1234 5678", "09012345678", True, "(0) is dialled at home only"),
        ("090-1234-0002", "+819012340002", True, "zeros in the middle are no way abroad"),
        ("03-0100-1234", "+81301001234", True, "nor is 010 there"),
        ("０９０ー１２３４ー５６７８", "090-1234-5678", True, "wide digits, and the long vowel for a hyphen"),
        ("(03) 1234.5678", "+81312345678", True, "brackets and dots are air"),
        ("+1 206 555 0100", "0012065550100", True, "other countries keep their own"),
        ("2065550100", "+12065550100", False, "what is left out of another country's number may be any country"),
        ("09012345679", "09012345678", False, "one digit is another telephone"),
        ("1234-5678", "090-1234-5678", False, "a part is not the whole"),
        ("Taro@Example.JP", "taro@example.jp", True, "mail knows no capitals"),
        (wide("taro@example.jp"), "taro@example.jp", True, "nor width"),
        (" taro @example.jp ", "taro@example.jp", True, "nor spaces, as people dictate them"),
        ("taro@example.com", "taro@example.jp", False, "another house"),
        ("taro.s@example.jp", "taros@example.jp", False, "a dot in a mail address may make another person"),
        ("東京都千代田区１丁目２番３号", "東京都千代田区1-2-3", True, "blocks are written out or by hyphens"),
        ("東京都千代田区1ー2ー3", "東京都千代田区1-2-3", True, "or by long vowels"),
        ("千代田区1-2-3 ｼﾃｨﾊｲﾂ101", "千代田区1-2-3シティハイツ 101", True, "kana have a half width"),
        ("しんじゅく 5-1", "シンジュク5-1", True, "and two shapes"),
        ("千代田区1-23", "千代田区12-3", False, "where the numbers part makes another house"),
        ("10 Downing Street, London", "10 DOWNING STREET LONDON", True, "commas and capitals are air"),
        ("\u200b090-1234-5678", "09012345678", True, "what nobody sees nobody meant"),
        ("", "", False, "nothing is no address"),
        ("-", "-", False, "nor is a sign"),
        ("5", "5", False, "nor one digit"),
    ],
)  # fmt: skip
def test_an_address_is_the_same_however_it_was_written(said: str, registered: str, same: bool, why: str) -> None:
    assert is_one_of(said, ["+81355550000", registered]) is same, why
    assert is_one_of(registered, [said]) is same, why


@given(st.from_regex(r"(?!10)[1-9][0-9]{8,9}", fullmatch=True))
def test_every_number_is_the_same_from_home_and_from_abroad(number: str) -> None:
    for said in (f"0{number}", f"+81{number}", f"0081{number}", f"01081{number}"):
        assert is_one_of(said, [f"+81{number}"])


@pytest.mark.parametrize(
    ("said", "registered", "same", "why"),
    [
        ("やまだ たろう", "ﾔﾏﾀﾞ ﾀﾛｳ", True, "hiragana, katakana, half a width"),
        ("ヤマダ　タロウ", "ヤマダタロウ", True, "a space between is air"),
        ("Taro YAMADA", "yamada taro", True, "which comes first differs from country to country"),
        ("O\u2019Brien", "o'brien", True, "an apostrophe is air"),
        ("Jean-Luc", "JEAN LUC", True, "so is a hyphen"),
        ("山田太郎", "山田 太郎", True, "kanji stand as they are"),
        ("山田次郎", "山田太郎", False, "a brother"),
        ("ヤマタ", "ヤマダ", False, "a voiced sound is another sound"),
        ("サト", "サトー", False, "a long vowel is a vowel"),
        ("Straße", "STRASSE", True, "one letter, two capitals"),
        ("山田", "山田太郎", False, "half a name"),
        ("", "", False, "nothing is no name"),
        (" ", "　", False, "nor is a space"),
    ],
)  # fmt: skip
def test_a_name_is_the_same_however_it_was_written(said: str, registered: str, same: bool, why: str) -> None:
    assert is_name(said, registered) is same, why


@given(st.text(max_size=40), st.text(max_size=40))
def test_who_says_nothing_fits_nothing_and_no_text_breaks_the_rules(said: str, registered: str) -> None:
    is_name(said, registered)
    assert is_one_of(said, []) is False
    assert is_one_of(said, [registered]) is is_one_of(registered, [said])


@pytest.mark.parametrize(
    ("text", "suspect", "why"),
    [
        ("4111 1111 1111 1111", True, "a test number of Visa"),
        ("4111-1111-1111-1111", True, "by hyphens"),
        (wide("4111111111111111"), True, "in wide digits"),
        ("٤١١١١١١١١١١١١١١١", True, "in digits of another script"),
        ("it is 4111, 1111 then 1111 and 1111", True, "spelled out: all of its digits have a right check digit"),
        ("+4111111111111111", True, "a sign before it makes no telephone of it"),
        ("3782 822463 10005", True, "fifteen digits"),
        ("4111 1111 1111 1112", True, "sixteen digits, though the check digit is wrong"),
        ("1234567890123", True, "thirteen in a row"),
        ("4111 1111 1111 1111 12/28", True, "with its end"),
        ("630500000009", True, "twelve, and the check digit is right"),
        ("630500000001", False, "twelve, and it is wrong"),
        ("+81 90 1234 5674", False, "a telephone of Japan, whatever its last digit"),
        ("+819012345678", False, "and another"),
        ("090-1234-5678", False, "as it is dialled at home"),
        ("〒101-0001 東京都千代田区1-2-3 シティハイツ101", False, "where somebody lives"),
        ("taro1985@example.jp", False, "a mail address"),
        ("", False, "nothing"),
    ],
)  # fmt: skip
def test_what_looks_like_a_card_number_is_told(text: str, suspect: bool, why: str) -> None:
    assert looks_like_a_card_number(text) is suspect, why


@given(st.text("0123456789", min_size=11, max_size=18), st.sampled_from(["", " ", "-", " - ", ".", "\u3000", "/"]))
def test_no_number_of_a_card_gets_through_however_it_is_spaced(body: str, between: str) -> None:
    number = next(body + digit for digit in "0123456789" if has_check_digit(body + digit))
    spaced = between.join(number[place : place + 4] for place in range(0, len(number), 4))
    assert looks_like_a_card_number(spaced)
    assert looks_like_a_card_number(f"the card is {spaced}.")
