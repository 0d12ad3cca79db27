"""Card numbers that are nobody's, made so that they can be found again.

The numbers of one planting share ten digits in their middle. Whatever holds twelve or more digits of a number of sixteen holds nine of those ten
at least, and so one short run serves as the mark of all numbers; beside it every run of twelve digits of every number is looked for.
"""

import secrets
from collections.abc import Iterator
from typing import NamedTuple

SHARED = 10
LONGEST_HARMLESS = 11
"""Digits of a number that may be seen together: issuer and tail have ten at most (PCI DSS 3.4.1)."""
PREFIXES = ("400", "401", "402", "403", "511", "521", "531", "541", "551", "353", "354", "355", "356", "357")
"""Beginnings of numbers of sixteen digits: Visa, Mastercard, JCB."""


class Planting(NamedTuple):
    """What the numbers of one planting have in common."""

    shared: str

    def numbers(self) -> Iterator[str]:
        """Yield numbers with a right check digit, each once, for as long as there are any."""
        for middle in range(100):
            for prefix in PREFIXES:
                body = f"{prefix}{self.shared}{middle:02}"
                yield body + check_digit(body)


def planting() -> Planting:
    """Return a planting whose shared digits nobody could have foreseen."""
    return Planting(shared="".join(secrets.choice("0123456789") for _ in range(SHARED)))


def check_digit(body: str) -> str:
    """Return the digit that makes these digits a number by the formula of Luhn (ISO/IEC 7812-1, Annex B)."""
    doubled = (int(digit) * (2 if place % 2 == 0 else 1) for place, digit in enumerate(reversed(body)))
    return str(-sum(value - 9 if value > 9 else value for value in doubled) % 10)


def marks_of(numbers: list[str], shared: str) -> frozenset[bytes]:
    """Return the runs of digits that show one of these numbers, forwards and backwards."""
    length = LONGEST_HARMLESS + 1
    runs = {number[start : start + length] for number in numbers for start in range(len(number) - length + 1)}
    return frozenset(run.encode() for each in {shared, *runs} for run in (each, each[::-1]))
