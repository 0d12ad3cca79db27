"""What callers and agents have in common: what they mean to do may have become pointless by then."""

from collections.abc import Callable

from infra.local.connect.floor.problems import NotPossible


def if_possible(act: Callable[[], object]) -> None:
    """Act, unless it has become pointless: the caller hung up while the agent reached for the key."""
    try:
        act()
    except NotPossible:
        return
