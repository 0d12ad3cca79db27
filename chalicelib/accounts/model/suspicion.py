"""What looks like a card number in something that a person typed, so that it is turned away before it goes anywhere."""

import unicodedata

from chalicelib.accounts.model.number import has_check_digit

SHORTEST, LONGEST_HARMLESS = 12, 12
"""Digits of the shortest card number, and of the longest run that may stand in a text (as a phone number with +81 does)."""


def looks_like_a_card_number(text: str) -> bool:
    """Whether a text may hold a card number, however it is spaced, in whatever digits.

    Thirteen digits in a row are too many, whatever stands between them but letters; so are all digits of the text together, where
    there are twelve or more and the check digit is right. A phone number that names its country and has at most twelve digits is
    none: one in ten would pass for a card number by chance.
    """
    plain = unicodedata.normalize("NFKC", text)
    runs = _runs(plain)
    together = "".join(runs)
    if max(map(len, runs)) > LONGEST_HARMLESS:
        return True
    if plain.strip().startswith("+") and len(runs) == 1:
        return False
    return len(together) >= SHORTEST and has_check_digit(together)


def _runs(text: str) -> list[str]:
    """Return the digits of a text, parted where a letter stands between them; at least one run, perhaps empty."""
    runs = [""]
    for character in text:
        digit = unicodedata.decimal(character, None)
        if digit is not None:
            runs[-1] += str(digit)
        elif character.isalpha() and runs[-1]:
            runs.append("")
    return runs
