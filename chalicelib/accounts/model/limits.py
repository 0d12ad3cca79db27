"""How often somebody may try card numbers, so that nobody finds out which ones are ours."""

import re
from collections.abc import Sequence
from datetime import timedelta

ENTRIES_A_CONTACT = 9
"""Entries of one contact and its transfers: three in the menu, and twice three that an agent asks for."""

MISSES_A_CALLER = 10
"""Cards of no account that one calling number may key within `MISSES_COUNT_FOR`: three calls of an honest caller."""

MISSES_COUNT_FOR = timedelta(hours=24)

A_CALL_LASTS = timedelta(hours=24)
"""After its first entry a contact takes no more for longer than this; nobody telephones as long."""

_TELEPHONE_NUMBER = re.compile(r"\+[1-9][0-9]{6,14}")


def counted_number(address: str | None, trunks: Sequence[str]) -> str | None:
    """Return the calling number whose misses are counted, or None where many callers would share one counter.

    A withheld number comes as a word (`anonymous`), empty or not at all, and some lines send what is no number in E.164. Calls from
    a company's exchange come under one number: `trunks` are such numbers, or beginnings of them. They are limited by contact alone.
    """
    if address is None or not _TELEPHONE_NUMBER.fullmatch(address):
        return None
    return None if any(address.startswith(trunk) for trunk in trunks) else address
