"""Long things in short pieces."""

from collections.abc import Iterable, Iterator, Sequence
from typing import TypeVar

Thing = TypeVar("Thing")


def in_slices(things: Iterable[Thing], size: int) -> Iterator[Sequence[Thing]]:
    """Yield these things in order, at most `size` at a time."""
    kept: list[Thing] = []
    for thing in things:
        kept.append(thing)
        if len(kept) == size:
            yield kept
            kept = []
    if kept:
        yield kept
