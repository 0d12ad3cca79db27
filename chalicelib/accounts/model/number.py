"""What a caller keyed, and the card number that it may be: texts that show themselves to nobody."""

import hmac
from collections.abc import Sequence
from typing import Any, NamedTuple, NoReturn, Self

from chalicelib.accounts.model.answer import Outcome

TAIL = 4
"""How many digits at the end are spoken back to the caller (PCI DSS 3.4.1 allows the last four to be shown)."""

LEAST, MOST = 12, 19
"""Digits of a card number where no scheme says it more exactly (ISO/IEC 7812-1 allows 8 to 19; payment cards have 12 or more)."""

SILENCE = "Timeout"
"""What Connect stores when nothing was keyed in time (Administrator Guide, "Flow block: Store customer input")."""


class Unshown:
    """A text that no log, answer, exception, copy or file can come to hold by accident: whatever shows values, shows its kind.

    Two are compared in constant time, and none can be a key of a dictionary.
    """

    __slots__ = ("_text",)
    __hash__ = None  # type: ignore[assignment]

    def __init__(self, text: str) -> None:
        self._text = text

    def __repr__(self) -> str:
        return f"<{type(self).__name__}>"

    def __format__(self, spec: str) -> str:
        return repr(self)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Unshown):
            return NotImplemented
        return hmac.compare_digest(self._text.encode(), other._text.encode())

    def __reduce_ex__(self, protocol: Any) -> NoReturn:
        raise TypeError(f"A {type(self).__name__} is neither copied nor stored.")

    def __getstate__(self) -> NoReturn:
        self.__reduce_ex__(None)

    def __copy__(self) -> Self:
        return self.__reduce_ex__(None)

    def __deepcopy__(self, memo: Any) -> Self:
        return self.__reduce_ex__(None)


class Keyed(Unshown):
    """What was keyed, as Connect encrypted it."""

    __slots__ = ()

    def text(self) -> str:
        """Return it, for `read_number` alone."""
        return self._text


class CardNumber(Unshown):
    """A card number: digits alone, of a length, a check digit and a scheme that some card has."""

    __slots__ = ()

    def normalised(self) -> bytes:
        """Return the digits, which only what makes tokens may ask for."""
        return self._text.encode()

    @property
    def tail(self) -> str:
        """The last four digits. They are said to who keyed them and kept nowhere: beside a token they would help to guess the rest."""
        return self._text[-TAIL:]


class Scheme(NamedTuple):
    """Numbers that begin with `first` to `last`, both of one length, have one of these lengths."""

    name: str
    first: str
    last: str
    lengths: frozenset[int]


SCHEMES: Sequence[Scheme] = [
    # Visa Core Rules: 16 digits; 13 on old cards, 19 on some debit cards.
    Scheme("Visa", "4", "4", frozenset({13, 16, 19})),
    # Mastercard Rules, "BIN": 51 to 55, and since 2017 the 2-series 222100 to 272099.
    Scheme("Mastercard", "51", "55", frozenset({16})),
    Scheme("Mastercard", "2221", "2720", frozenset({16})),
    # JCB, "IIN range": 3528 to 3589.
    Scheme("JCB", "3528", "3589", frozenset(range(16, 20))),
    # American Express, "Card number": 34 and 37, 15 digits.
    Scheme("American Express", "34", "34", frozenset({15})),
    Scheme("American Express", "37", "37", frozenset({15})),
    # Discover Global Network, "IIN ranges": Diners Club, Discover, UnionPay.
    Scheme("Diners Club", "300", "305", frozenset(range(14, 20))),
    Scheme("Diners Club", "3095", "3095", frozenset(range(14, 20))),
    Scheme("Diners Club", "36", "36", frozenset(range(14, 20))),
    Scheme("Diners Club", "38", "39", frozenset(range(14, 20))),
    Scheme("Discover", "6011", "6011", frozenset(range(16, 20))),
    Scheme("Discover", "644", "649", frozenset(range(16, 20))),
    Scheme("Discover", "65", "65", frozenset(range(16, 20))),
    # UnionPay: 62, among them 622126 to 622925 that Discover shares, and 81.
    Scheme("UnionPay", "62", "62", frozenset(range(16, 20))),
    Scheme("UnionPay", "81", "81", frozenset(range(16, 20))),
]
"""The numbers that schemes give to cards (issuer identification numbers, ISO/IEC 7812-1), as each scheme publishes its own."""


def read_number(keyed: Keyed) -> CardNumber | Outcome:
    """Return the card number that was keyed, or which fault of form it has.

    A scheme's number of the wrong length has a digit too few or too many, whatever its check digit; of the right length it is
    misread where the check digit is wrong.
    """
    text = keyed.text()
    if text in ("", SILENCE):
        return Outcome.SILENCE
    if not (text.isascii() and text.isdigit()):
        return Outcome.LENGTH
    scheme = scheme_of(text)
    lengths = scheme.lengths if scheme else range(LEAST, MOST + 1)
    if len(text) not in lengths:
        return Outcome.LENGTH
    if not has_check_digit(text):
        return Outcome.CHECK_DIGIT
    return CardNumber(text) if scheme else Outcome.SCHEME


def scheme_of(digits: str) -> Scheme | None:
    """Return the scheme whose numbers begin like these digits, or None."""
    return next((each for each in SCHEMES if each.first <= digits[: len(each.first)] <= each.last), None)


def has_check_digit(digits: str) -> bool:
    """Whether the last digit fits the others (ISO/IEC 7812-1, annex B: Luhn's formula)."""
    total = 0
    for place, digit in enumerate(map(int, reversed(digits))):
        doubled = digit * (1 + place % 2)
        total += doubled - 9 if doubled > 9 else doubled
    return total % 10 == 0
