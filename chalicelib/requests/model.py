"""What staff ask for from their desk about a call that goes on, and whether it may be done."""

import json
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple, TypeVar

from chalicelib.contacts.model import ContactId, Mark, MarkKind
from chalicelib.contacts.model.fact import contact_id_in
from chalicelib.contacts.model.said import Reader
from chalicelib.moments import stamp
from chalicelib.problems import Unreadable

Value = TypeVar("Value")


class Wish(StrEnum):
    """What is asked for."""

    HELP = "help"
    HARASSMENT = "harassment"
    LISTEN = "listen"


class State(StrEnum):
    """What became of a request."""

    WAITING = "waiting"
    DONE = "done"
    REFUSED = "refused"


class Request(NamedTuple):
    """One request: `request_id` names it for good, `username` is who asks, `at` when the API took it."""

    request_id: str
    contact_id: ContactId
    wish: Wish
    username: str
    at: datetime

    def text(self) -> str:
        """Return the request as a message."""
        told = {"request_id": self.request_id, "ContactId": self.contact_id, "request": self.wish.value}
        return json.dumps({**told, "username": self.username, "at": stamp(self.at)}, sort_keys=True)

    @property
    def mark(self) -> Mark | None:
        """The mark that it asks for, or None where it asks for none."""
        return None if self.wish is Wish.LISTEN else Mark(kind=MarkKind(self.wish), by=self.username, at=self.at)


class Answer(NamedTuple):
    """What became of a request, and why it was refused if it was."""

    request: Request
    state: State
    why: str | None


class Seen(NamedTuple):
    """A contact as Connect shows it at this moment; `agent_id` is the Connect user it is connected to.

    `takes_card` tells that its customer is keying a card number meanwhile.
    """

    contact_id: ContactId
    channel: str | None
    agent_id: str | None
    is_over: bool
    takes_card: bool = False


def read_request(body: str) -> Request:
    """Return the request in a message.

    Raises `Unreadable` with the path of the field at fault.
    """
    try:
        document: Any = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise Unreadable("body", "must be a JSON document") from error
    if not isinstance(document, dict):
        raise Unreadable("body", f"must be a JSON object, not {type(document).__name__}")
    told = Reader(document, "")
    wish = _there(told.text("request"), "request")
    if wish not in set(Wish):
        raise Unreadable("request", f"must be one of {', '.join(Wish)}")
    return Request(
        request_id=_there(told.text("request_id"), "request_id"),
        contact_id=contact_id_in(document, "ContactId"),
        wish=Wish(wish),
        username=_there(told.text("username"), "username"),
        at=_there(told.moment("at"), "at"),
    )


def objection(request: Request, seen: Seen | None, user_id: str | None) -> str | None:
    """Return why a request cannot be granted, in words that say what to do, or None when nothing stands against it.

    `seen` is the contact and `user_id` the Connect user of who asks; None where Connect knows none. Who may ask for what was
    judged by the API; whose call it is only Connect knows for sure.
    """
    if user_id is None:
        return f"Amazon Connect has no user {request.username}: ask an administrator for one of the same name."
    if seen is None:
        return "Amazon Connect does not know this contact: is it one of another instance?"
    if seen.is_over:
        return "The contact is over."
    if seen.agent_id is None:
        return "No agent is connected to the contact: wait until one is."
    if request.wish is Wish.LISTEN:
        return "This is your own contact: nobody listens to themselves." if seen.agent_id == user_id else None
    return None if seen.agent_id == user_id else "Another agent has this contact: each agent marks their own."


def _there(value: Value | None, field: str) -> Value:
    if value is None:
        raise Unreadable(field, "must be there and not empty")
    return value
