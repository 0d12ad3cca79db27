"""Sending what AWS refuses for now until it is taken. botocore repeats whole calls; this is for the entries that a call leaves over."""

from collections.abc import Callable, Sequence
from typing import TypeVar

Thing = TypeVar("Thing")

TRIES = 12
LONGEST_PAUSE = 10.0
"""Seconds. With these, what was never taken has been tried for about a minute."""


class Busy(Exception):
    """AWS took no more for a minute."""


def until_taken(
    things: Sequence[Thing], send: Callable[[Sequence[Thing]], Sequence[Thing]], *, pause: Callable[[float], None]
) -> None:
    """Send these until all are taken; `send` returns those that were not. Raises Busy when it takes too long."""
    left = things
    for turn in range(TRIES):
        left = send(left)
        if not left:
            return
        pause(min(0.1 * 2**turn, LONGEST_PAUSE))
    raise Busy(f"AWS was too busy to take {len(left)} of {len(things)} items.")
