"""Whether what a customer said is what a member is registered with: the same thing, however it was written."""

import re
import unicodedata
from collections.abc import Iterable

_DASHES = re.compile("[\u2010-\u2015\u2212\u30fc\uff0d~\u301c]")
"""Every sign that people type for the hyphen of a number: hyphens, dashes, minus, the long vowel, the wave."""

_PHONE = re.compile(r"\+?[0-9()\s.-]+")
_ABROAD = re.compile(r"^(?:\+|00|010)(?=[1-9])")
"""How a number with a country begins: by +, as most of the world dials it, or as Japan does."""

_HIRAGANA = {code: code + 0x60 for code in range(0x3041, 0x3097)}
"""Hiragana stand in Unicode as katakana do, 0x60 before them."""

_NO_DIFFERENCE = re.compile(r"[\s,.、。・･\-'\u2019〒]+")
"""What may stand between the parts of a name or a place, and makes no other of it, unless digits stand on both sides."""

_BLOCK = re.compile(r"(?<=[0-9])(?:丁目|番地の?|番|号|ー|[\s,.、。・･\-])+(?=[0-9])")
"""What parts the numbers of a place: block, lot and house, written out or by a dash."""

_LAST_BLOCK = re.compile(r"(?<=[0-9])(?:丁目|番地|番|号)")

_FEWEST_DIALLED = 6
"""Digits of the shortest number that is taken for a telephone's; fewer are part of a place."""

SHORTEST = 2
"""Characters of the shortest text that can be somebody's name or address."""


def is_one_of(said: str, addresses: Iterable[str]) -> bool:
    """Whether what was said is one of these addresses: phone numbers, mail addresses or places."""
    wanted = _address(said)
    return len(wanted) >= SHORTEST and any(_address(each) == wanted for each in addresses)


def is_name(said: str, name: str) -> bool:
    """Whether what was said is this name; its parts may stand in another order."""
    wanted, registered = _parts(said), _parts(name)
    if sum(map(len, wanted)) < SHORTEST:
        return False
    return "".join(wanted) == "".join(registered) or sorted(wanted) == sorted(registered)


def _address(text: str) -> str:
    plain = _plain(text)
    if "@" in plain:
        return re.sub(r"\s", "", plain)
    number = _DASHES.sub("-", plain).strip()
    if _PHONE.fullmatch(number) and sum(map(str.isdigit, number)) >= _FEWEST_DIALLED:
        return _phone(number)
    return _place(plain)


def _place(plain: str) -> str:
    parted = _BLOCK.sub("|", _dashed(plain))
    return _NO_DIFFERENCE.sub("", _LAST_BLOCK.sub("", parted)).translate(_HIRAGANA)


def _phone(number: str) -> str:
    """Return a number as it is dialled in Japan, else with its country and no sign before it."""
    # (0) is what people write for the digit that is only dialled at home.
    digits = re.sub(r"[^0-9+]", "", number.replace("(0)", ""))
    whole = _ABROAD.sub("", digits, count=1)
    if whole != digits and whole.startswith("81"):
        return "0" + whole.removeprefix("81").removeprefix("0")
    return whole


def _parts(text: str) -> list[str]:
    return [part for part in _NO_DIFFERENCE.split(_dashed(_plain(text)).translate(_HIRAGANA)) if part]


def _dashed(plain: str) -> str:
    """Return a text with one sign for every dash; the long vowel of kana is none."""
    return _DASHES.sub(lambda sign: "ー" if sign[0] == "ー" else "-", plain)


def _plain(text: str) -> str:
    """Return a text of one width, one case and no invisible characters."""
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    return "".join(each for each in folded if unicodedata.category(each) not in ("Cf", "Cc") or each.isspace())
