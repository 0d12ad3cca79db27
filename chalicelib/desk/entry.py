"""Ways into the HTTP API behind the agent's desk and the supervisor's board.

It reads, and passes on what staff ask for: nothing is changed here.
"""

from collections.abc import Sequence
from datetime import timedelta
from urllib.parse import unquote

from chalice.app import Blueprint, CognitoUserPoolAuthorizer

from chalicelib import settings, wiring
from chalicelib.accounts.model.checks import Check, State, asked_in
from chalicelib.accounts.service.checks import account_of, take_check
from chalicelib.agents.service import states_now
from chalicelib.contacts.model import Contact, ContactId
from chalicelib.contacts.model.fact import CONTACT_ID_BYTES
from chalicelib.contacts.service import show
from chalicelib.desk.doorway import Asked, Doorkeeper
from chalicelib.desk.model import Limits, queueing
from chalicelib.desk.model.telling import Teller, alarm, identified, moment_text, series
from chalicelib.desk.service import contact_at_hand, draw, earlier_contacts, initial_id, list_contacts, look_at_floor
from chalicelib.edge import Document
from chalicelib.privacy.model import Access
from chalicelib.privacy.service import note_access
from chalicelib.problems import BadRequest, Forbidden
from chalicelib.quality.model import By, Step
from chalicelib.quality.service import look_back
from chalicelib.requests.model import Request, Wish
from chalicelib.requests.service import answer_to, take
from chalicelib.routing.model import Directory
from chalicelib.routing.service import read_directory

doors = Blueprint(__name__)
staff = CognitoUserPoolAuthorizer("Staff", provider_arns=["arn:placeholder"])
allowed = Doorkeeper(doors)

SEE_CONTACTS = ("supervisor", "leader", "quality", "auditor", "administrator")
SEE_FIGURES = ("supervisor", "leader", "quality", "analyst", "auditor", "administrator")
SEE_AGENTS = ("supervisor", "leader", "quality", "administrator")
SEE_EARLIER = ("agent", *SEE_CONTACTS)
ASK_FOR: dict[Wish, tuple[str, ...]] = {
    Wish.HELP: ("agent",),
    Wish.HARASSMENT: ("agent",),
    Wish.LISTEN: ("supervisor", "leader"),
}
"""Who may ask for what about a contact."""
ASK = ("agent", "supervisor", "leader")

MOST_CONTACTS = 100
CONTACTS_SPAN = Limits(days=31, advice="Ask for a month at a time.")
DASHBOARD_SPAN = Limits(days=35, advice="Ask /quality for longer ones.")
QUALITY_SPANS = {
    Step.QUARTER: Limits(days=7, advice="With step=hour it may be 31 days, with step=day 400."),
    Step.HOUR: Limits(days=31, advice="With step=day it may be 400 days."),
}
LONG_SPAN = Limits(days=400, advice="Ask for a year at a time.")


@doors.route("/contacts/{contact_id}", methods=["GET"], authorizer=staff)
@allowed(*SEE_CONTACTS)
def contact(asked: Asked, contact_id: str) -> Document:
    """Answer with one contact and the facts it is made of."""
    asked.parameters()
    found, facts = show(_id_in(contact_id), contacts=wiring.contact_book(), facts=wiring.fact_book())
    _note(asked, "contact", [found])
    return _teller(_directory()).contact_in_full(found, facts)


@doors.route("/contacts/{contact_id}/earlier", methods=["GET"], authorizer=staff)
@allowed(*SEE_EARLIER)
def earlier(asked: Asked, contact_id: str) -> Document:
    """Answer with what the customer of a contact brought to us before it."""
    asked.parameters()
    found = earlier_contacts(
        _id_in(contact_id),
        at_any_time=bool(asked.roles & set(SEE_CONTACTS)),
        now=asked.now,
        contacts=wiring.contact_book(),
        facts=wiring.fact_book(),
        connect=wiring.connect(),
    )
    _note(asked, "earlier", found)
    teller = _teller(_directory())
    return {"contacts": [teller.contact_in_short(each) for each in found]}


@doors.route("/contacts/{contact_id}/account", methods=["GET"], authorizer=staff)
@allowed(*SEE_EARLIER)
def account(asked: Asked, contact_id: str) -> Document:
    """Answer with whom a keyed card has named in a contact, and with who that is once a second check has passed."""
    asked.parameters()
    found = _at_hand(asked, contact_id)
    shown = account_of(initial_id(found), identifications=wiring.identification_book(), members=wiring.member_book())
    _note(
        asked, "account" if shown.standing.state is State.VERIFIED else "account id", [found] if shown.members else []
    )
    return identified(shown.standing, shown.members, wiring.zone())


@doors.route("/contacts/{contact_id}/checks", methods=["POST"], authorizer=staff)
@allowed(*ASK, status=202)
def check(asked: Asked, contact_id: str) -> Document:
    """Take what a customer said, or that they are somebody else; it is compared a moment later."""
    asked.parameters()
    document = asked.document("fact", optional="said")
    found = _at_hand(asked, contact_id)
    told = Check(
        check_id=asked.request,
        contact_id=initial_id(found),
        in_hand=found.contact_id,
        asked=asked_in(document["fact"]),
        said=document.get("said", ""),
        username=asked.account,
        at=asked.now,
    )
    take_check(told, post=wiring.check_post())
    return {"check_id": told.check_id}


@doors.route("/contacts/{contact_id}/requests", methods=["POST"], authorizer=staff)
@allowed(*ASK, status=202)
def ask(asked: Asked, contact_id: str) -> Document:
    """Take what staff ask for about a contact; it is carried out a moment later."""
    asked.parameters()
    wish = _wish_in(asked.document("request")["request"])
    if not asked.roles & set(ASK_FOR[wish]):
        raise Forbidden(f"`{wish}` is for the roles {', '.join(ASK_FOR[wish])}; ask an administrator.")
    request = Request(
        request_id=asked.request, contact_id=_id_in(contact_id), wish=wish, username=asked.account, at=asked.now
    )
    take(request, post=wiring.request_post())
    return {"request_id": request.request_id}


@doors.route("/contacts/{contact_id}/requests/{request_id}", methods=["GET"], authorizer=staff)
@allowed(*ASK)
def asked_for(asked: Asked, contact_id: str, request_id: str) -> Document:
    """Answer with what became of a request."""
    asked.parameters()
    state, why = answer_to(
        _id_in(request_id, "request"), _id_in(contact_id), asked.account, answers=wiring.answer_book()
    )
    return {"state": state.value, "why": why}


@doors.route("/contacts", methods=["GET"], authorizer=staff)
@allowed(*SEE_CONTACTS)
def contacts(asked: Asked) -> Document:
    """Answer with a page of the contacts of one queue."""
    parameters = asked.parameters("queue", "from", "to", "limit", "next")
    queue = parameters.text("queue")
    if queue is None:
        raise BadRequest("Name the `queue` by id, name or ARN; `none` lists contacts that entered no queue.")
    directory = _directory()
    page = list_contacts(
        queue,
        parameters.span(asked.now, wiring.zone(), CONTACTS_SPAN),
        limit=parameters.number("limit", usual=50, most=MOST_CONTACTS),
        after=parameters.text("next"),
        contacts=wiring.contact_book(),
        directory=directory,
    )
    _note(asked, "contacts", page.contacts)
    teller = _teller(directory)
    return {"contacts": [teller.contact_in_short(each) for each in page.contacts], "next": page.next}


@doors.route("/quality", methods=["GET"], authorizer=staff)
@allowed(*SEE_FIGURES)
def quality(asked: Asked) -> Document:
    """Answer with the figures of connection quality by step and queue, site or channel."""
    parameters = asked.parameters("from", "to", "step", "by")
    step = parameters.choice("step", Step, Step.DAY)
    by = parameters.choice("by", By, By.QUEUE)
    span = parameters.span(asked.now, wiring.zone(), QUALITY_SPANS.get(step, LONG_SPAN))
    rows = look_back(start=span.start, end=span.end, step=step, by=by, zone=wiring.zone(), tally=wiring.tally())
    teller = _teller(_directory())
    return {"rows": [teller.row(row, by) for row in rows]}


@doors.route("/quality/now", methods=["GET"], authorizer=staff)
@allowed(*SEE_FIGURES)
def quality_now(asked: Asked) -> Document:
    """Answer with who waits now."""
    asked.parameters()
    teller = _teller(_directory())
    lines = queueing(wiring.contact_book().waiting(), asked.now)
    return {"at": moment_text(asked.now, wiring.zone()), "rows": [teller.queueing(line) for line in lines]}


@doors.route("/agents", methods=["GET"], authorizer=staff)
@allowed(*SEE_AGENTS)
def agents(asked: Asked) -> Document:
    """Answer with the state that each agent is in now."""
    asked.parameters()
    teller = _teller(_directory())
    found = states_now(states=wiring.agent_state_book())
    return {"at": moment_text(asked.now, wiring.zone()), "agents": [teller.agent(interval) for interval in found]}


@doors.route("/floor", methods=["GET"], authorizer=staff)
@allowed(*SEE_AGENTS)
def floor(asked: Asked) -> Document:
    """Answer with what goes on now: agents and what they have in hand, who waits, who should be looked at, calls."""
    asked.parameters()
    directory = _directory()
    seen = look_at_floor(
        now=asked.now,
        long_talk=timedelta(seconds=settings.number("LONG_TALK_SECONDS")),
        contacts=wiring.contact_book(),
        states=wiring.agent_state_book(),
        directory=directory,
    )
    return {"at": moment_text(asked.now, wiring.zone()), **_teller(directory).floor(seen)}


@doors.route("/dashboard", methods=["GET"], authorizer=staff)
@allowed(*SEE_FIGURES)
def dashboard(asked: Asked) -> Document:
    """Answer with the deployed CloudWatch dashboard and what it shows."""
    name = settings.text("DASHBOARD")
    parameters = asked.parameters("from", "to")
    span = parameters.span(asked.now, wiring.zone(), DASHBOARD_SPAN, usual=timedelta(hours=24))
    drawn = draw(name, span, now=asked.now, console=wiring.console())
    return {
        "name": name,
        "body": drawn.body,
        "from": moment_text(span.start, wiring.zone()),
        "to": moment_text(span.end, wiring.zone()),
        "series": [series(wanted, points) for wanted, points in drawn.series],
        "alarms": [alarm(each) for each in drawn.alarms],
    }


def _note(asked: Asked, what: str, shown: Sequence[Contact]) -> None:
    access = Access(
        account=asked.account,
        at=asked.now,
        request=asked.request,
        what=what,
        contact_ids=[contact.contact_id for contact in shown],
    )
    note_access(access, log=wiring.access_log())


def _at_hand(asked: Asked, contact_id: str) -> Contact:
    return contact_at_hand(
        _id_in(contact_id),
        at_any_time=bool(asked.roles & set(SEE_CONTACTS)),
        now=asked.now,
        contacts=wiring.contact_book(),
    )


def _id_in(text: str, of: str = "contact") -> ContactId:
    # API Gateway leaves an id in a path as the caller encoded it.
    named = unquote(text)
    if not named or len(named.encode(errors="replace")) > CONTACT_ID_BYTES:
        raise BadRequest(f"A {of} id has at most {CONTACT_ID_BYTES} bytes.")
    return ContactId(named)


def _wish_in(text: str) -> Wish:
    if text not in set(Wish):
        raise BadRequest(f"`request` must be one of {', '.join(Wish)}.")
    return Wish(text)


def _directory() -> Directory:
    return read_directory(
        directory=wiring.directory_book(), service_level_seconds=settings.number("SERVICE_LEVEL_SECONDS")
    )


def _teller(directory: Directory) -> Teller:
    return Teller(directory, wiring.zone())
