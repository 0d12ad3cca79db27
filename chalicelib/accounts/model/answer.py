"""What a flow is told of a card entry: an outcome to branch on, and no more than it needs."""

from enum import StrEnum
from typing import NamedTuple

NONE = "none"
"""Stands for a value that there is not: a flow cannot compare with nothing."""


class Outcome(StrEnum):
    """How a card entry ended."""

    IDENTIFIED = "identified"
    SEVERAL = "several"
    NOT_FOUND = "not_found"
    SILENCE = "silence"
    LENGTH = "length"
    CHECK_DIGIT = "check_digit"
    SCHEME = "scheme"
    LIMITED = "limited"
    UNAVAILABLE = "unavailable"


class Answer(NamedTuple):
    """An answer to a flow; `tail` are the last four digits of the card, which are spoken and kept nowhere."""

    outcome: Outcome
    account_id: str = NONE
    language: str = NONE
    priority: str = NONE
    tail: str = NONE

    def flat(self) -> dict[str, str]:
        """Return the answer as a flow reads it: always these five keys, all texts."""
        return {name: str(value) for name, value in self._asdict().items()}
