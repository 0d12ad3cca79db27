"""Somebody outside is rung up: either they pick up in time, or we give up."""

from collections.abc import Callable

from infra.local.connect.floor.contact import Contact
from infra.local.connect.floor.state import Floor


def is_number(text: str) -> bool:
    """Whether it is an E.164 number, `+` and all: Connect dials no other."""
    digits = text.removeprefix("+")
    return (
        text.startswith("+") and digits.isdecimal() and digits.isascii() and 2 <= len(digits) <= 15 and digits[0] != "0"
    )


def dial(
    floor: Floor, contact: Contact, *, seconds: float, answered: Callable[[], None], unanswered: Callable[[], None]
) -> None:
    """Let the telephone of a contact's customer ring for so many seconds; exactly one of two follows, or none if the contact ends before."""
    giving_up = floor.after(contact, seconds, unanswered)

    def picked_up() -> None:
        if giving_up.is_pending:
            giving_up.cancel()
            answered()

    floor.world.dial(contact.id, picked_up)
