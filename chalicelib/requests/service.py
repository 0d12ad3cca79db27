"""What is done with requests from the desk: take them, carry them out once, tell who asked what became of them."""

from collections.abc import Callable
from contextlib import suppress
from typing import Protocol

from chalicelib.contacts.model import ContactId
from chalicelib.contacts.service import FactBook, mark
from chalicelib.parking.model import Parked
from chalicelib.parking.service import ParkingLot
from chalicelib.privacy.model import Access
from chalicelib.privacy.service import AccessLog, note_access
from chalicelib.problems import NotFound, Unreadable
from chalicelib.requests.model import Answer, Request, Seen, State, Wish, objection, read_request

SOURCE = "desk-requests"
"""The source of parked letters that are requests."""

NOBODY_TO_ASK = "This centre names no Amazon Connect instance: deploy it with INSTANCE."


class Post(Protocol):
    """What carries requests to where they are carried out."""

    def send(self, request: Request) -> None:
        """Send a request.

        Raises `TryAgain` when it could not be sent.
        """


class AnswerBook(Protocol):
    """What became of requests; each is kept for some days."""

    def get(self, request_id: str) -> Answer | None:
        """Return what became of a request, or None while nothing did.

        Raises `TryAgain` when the store is busy.
        """

    def keep(self, answer: Answer) -> None:
        """Keep what became of a request.

        Raises `TryAgain` when the store is busy.
        """


class Refused(Exception):
    """Connect does not do this as things stand; the text says why."""


class Connect(Protocol):
    """Amazon Connect, which knows whose call it is and can act on it.

    Every method raises `TryAgain` when Connect is busy or out of reach, and those that act `Refused`.
    """

    def see(self, contact_id: ContactId) -> Seen | None:
        """Return a contact as it is at this moment, or None when Connect does not know it."""

    def user_id(self, username: str) -> str | None:
        """Return the id of the Connect user of this name, or None when there is none."""

    def resume_recording(self, contact_id: ContactId) -> None:
        """Let a suspended recording go on; one that runs is left as it is."""

    def set_attribute(self, contact_id: ContactId, name: str, value: str) -> None:
        """Set a contact attribute."""

    def listen(self, contact_id: ContactId, user_id: str, token: str) -> None:
        """Let a user listen to a contact, and join it if they choose; the same `token` does it once."""


def take(request: Request, *, post: Post) -> None:
    """Take a request: it is carried out a moment later.

    Raises `TryAgain` when it could not be taken.
    """
    post.send(request)


def answer_to(request_id: str, contact_id: str, username: str, *, answers: AnswerBook) -> tuple[State, str | None]:
    """Return what became of a request, and why if it was refused; of one that nobody knows (yet) that it waits.

    Raises `NotFound` for a request about another contact or of somebody else.
    """
    answer = answers.get(request_id)
    if answer is None:
        return State.WAITING, None
    if (answer.request.contact_id, answer.request.username) != (contact_id, username):
        raise NotFound(
            f"You asked for nothing under {request_id} on this contact; ask with the `request_id` you were given."
        )
    return answer.state, answer.why


def carry_out(
    body: str,
    *,
    connect: Connect | None,
    facts: FactBook,
    answers: AnswerBook,
    accesses: AccessLog,
    parked: ParkingLot,
) -> Answer | None:
    """Carry out the request in a message, unless that was done already; return what became of it.

    One that cannot be read is parked, and None. One that cannot be granted is refused, which only who asked can mend: nobody
    else is woken for it. Doing the same request again, whole or from wherever it broke off, does nothing twice. Raises
    `TryAgain` when a store or Connect is busy; the message may then come again.
    """
    try:
        request = read_request(body)
    except Unreadable as problem:
        parked.park(Parked.of(SOURCE, problem, body))
        return None
    known = answers.get(request.request_id)
    if known is not None:
        return known
    why = NOBODY_TO_ASK if connect is None else _done(request, connect=connect, facts=facts, accesses=accesses)
    answer = Answer(request=request, state=State.REFUSED if why else State.DONE, why=why)
    answers.keep(answer)
    return answer


def _done(request: Request, *, connect: Connect, facts: FactBook, accesses: AccessLog) -> str | None:
    """Do what is asked for; return why not, if not."""
    seen, user_id = connect.see(request.contact_id), connect.user_id(request.username)
    why = objection(request, seen, user_id)
    if why is not None or seen is None or user_id is None:
        return why
    if request.wish is Wish.LISTEN:
        return _listen(request, user_id, connect=connect, accesses=accesses)
    _mark(request, seen, connect=connect, facts=facts)
    return None


def _mark(request: Request, seen: Seen, *, connect: Connect, facts: FactBook) -> None:
    if request.mark is not None:
        # First what makes others look: it must not wait for Connect.
        mark(request.contact_id, request.mark, request.request_id, facts=facts)
    # What a customer keys is not recorded, whatever is asked for; when they are back, the recording goes on by itself.
    if request.wish is Wish.HARASSMENT and seen.channel == "VOICE" and not seen.takes_card:
        _if_it_still_can(lambda: connect.resume_recording(request.contact_id))
    value = f"{request.username} {request.at.isoformat(timespec='seconds')}"
    _if_it_still_can(lambda: connect.set_attribute(request.contact_id, f"tsunagu_{request.wish}", value))


def _listen(request: Request, user_id: str, *, connect: Connect, accesses: AccessLog) -> str | None:
    access = Access(
        account=request.username,
        at=request.at,
        request=request.request_id,
        what="listen",
        contact_ids=[request.contact_id],
    )
    note_access(access, log=accesses)
    try:
        connect.listen(request.contact_id, user_id, request.request_id)
    except Refused as problem:
        return f"Amazon Connect does not let you listen: {problem}"
    return None


def _if_it_still_can(act: Callable[[], None]) -> None:
    # The call may have ended meanwhile, or nobody records it: the mark stands, and that is what was asked for.
    with suppress(Refused):
        act()
