"""What looks like a card number, wherever it stands: nothing that does may be stored, sent on or quoted.

A card number has 13 to 19 digits whose last one checks the others by Luhn's rule (ISO/IEC 7812-1). People write one with
spaces, dots or hyphens between groups of digits, and with the digits of other scripts.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence

from chalicelib.accounts.model.number import has_check_digit

SHORTEST, LONGEST = 13, 19

_BETWEEN = r"[\s.\-\u2010-\u2015]{0,3}"
_LIKELY = re.compile(rf"\d(?:{_BETWEEN}\d){{{SHORTEST - 1}}}")
_RUN = re.compile(rf"\d(?:{_BETWEEN}\d)+")
_GROUP = re.compile(r"\d+")


def holds_a_card_number(text: str) -> bool:
    """Whether something in `text` looks like a card number, however its digits are grouped."""
    plain = text if text.isascii() else unicodedata.normalize("NFKC", text)
    if not _LIKELY.search(plain):
        return False
    return any(has_check_digit(digits) for run in _RUN.findall(plain) for digits in _candidates(_GROUP.findall(run)))


def _candidates(groups: Sequence[str]) -> Iterator[str]:
    """Yield neighbouring groups together where they are as long as a card number, and every such part of a longer one."""
    for first in range(len(groups)):
        digits = ""
        for group in groups[first:]:
            digits += group
            if len(digits) > LONGEST:
                break
            if len(digits) >= SHORTEST:
                yield digits
    for group in groups:
        if len(group) > LONGEST:
            for length in range(SHORTEST, LONGEST + 1):
                yield from (group[start : start + length] for start in range(len(group) - length + 1))
