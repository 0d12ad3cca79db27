"""Callbacks: promised by a flow, queued after a delay, dialled when an agent accepts, tried again when nobody answers.

Every attempt that reached an agent is a contact of its own (Administrator Guide, "Queued callbacks in metrics").
"""

from datetime import datetime, timedelta

from infra.local.connect.floor import dialling, ending, talking, waiting
from infra.local.connect.floor.contact import Contact, Endpoint, Stage
from infra.local.connect.floor.playing import play, stop
from infra.local.connect.floor.queue import WaitingLine
from infra.local.connect.floor.state import Floor
from infra.local.connect.floor.world import Heard
from infra.local.connect.flows.line import Callback, Ending, Refused

GIVING_UP_SECONDS = 30.0
"""How long a customer's telephone rings before the attempt has failed."""


def create(floor: Floor, contact: Contact, callback: Callback) -> Contact:
    """Promise a callback to the number chosen before, by default the customer's; raises `Refused` when the queue does not take it.

    Where the callback names a flow, that plays first, with nobody on the line, and the callback goes to the queue that it transfers to
    (Administrator Guide, "Flow block: Transfer to queue", creation flow); a flow that transfers to none ends it. That the flow plays at
    once, and the first delay counts from then, is unconfirmed.
    """
    number = contact.callback_number or (contact.customer.address if contact.customer else None)
    if number is None:
        raise Refused("there is no number to call back: choose one before")
    line = _line(floor, contact, callback)
    if not line.enabled or line.is_full:
        raise Refused(f"queue {line.name or line.id} is full or disabled")
    flow = floor.flow(callback.flow_id) if callback.flow_id is not None else None
    promised = _begin(floor, contact, callback, line, number)
    contact.next_id = promised.id
    if flow is None:
        _schedule(floor, promised, line, callback.initial_delay)
    else:
        due = floor.timeline.now + timedelta(seconds=callback.initial_delay)
        play(floor, promised, flow.id, lambda over: _created(floor, promised, over, due))
    return promised


def dial(floor: Floor, contact: Contact) -> None:
    """Call the customer; the agent hears it ringing."""
    floor.speak(contact, Heard(kind="ringing", by="agent"))
    dialling.dial(
        floor, contact, seconds=GIVING_UP_SECONDS, answered=lambda: _picked_up(floor, contact),
        unanswered=lambda: _not_answered(floor, contact),
    )  # fmt: skip


def _line(floor: Floor, contact: Contact, callback: Callback) -> WaitingLine:
    if callback.user_id is not None:
        return floor.own_queue(callback.user_id)
    if callback.queue_id is not None:
        return floor.queue(callback.queue_id)
    line = contact.target
    if line is None:
        raise Refused("the callback names no queue, and the contact has none")
    return line


def _begin(floor: Floor, previous: Contact, callback: Callback, line: WaitingLine, number: str) -> Contact:
    contact = floor.begin("VOICE", "CALLBACK", previous=previous, customer=Endpoint(number))
    contact.callback, contact.target = callback, line
    return contact


def _created(floor: Floor, contact: Contact, over: Ending, due: datetime) -> None:
    line = contact.target
    if over.to != "queue" or line is None:
        ending.disconnect(floor, contact, "CONTACT_FLOW_DISCONNECT")
    else:
        _schedule(floor, contact, line, max((due - floor.timeline.now).total_seconds(), 0))


def _schedule(floor: Floor, contact: Contact, line: WaitingLine, seconds: float) -> None:
    contact.stage = Stage.SCHEDULED
    line.reserve(contact)
    floor.after(contact, seconds, lambda: waiting.enter(floor, contact, line))


def _picked_up(floor: Floor, contact: Contact) -> None:
    contact.connected_to_system_at = floor.timeline.now
    floor.teller.event(contact, "CONNECTED_TO_SYSTEM")
    talking.whisper_to_customer(floor, contact)


def _not_answered(floor: Floor, contact: Contact) -> None:
    """End this attempt, and have the next one made if there is to be one.

    A record is left all the same. It names no agent: `ConnectedToAgentTimestamp` is when agent and customer are joined, so nobody handled it
    (unconfirmed); `AgentConnectionAttempts` counts the agent who dialled.
    """
    callback, line = contact.callback, contact.queue
    assert callback is not None
    assert line is not None
    assert contact.customer is not None
    stop(contact)
    if contact.attempt < callback.attempts:
        again = _begin(floor, contact, callback, line, contact.customer.address)
        again.attempt = contact.attempt + 1
        contact.next_id = again.id
        _schedule(floor, again, line, callback.retry_delay)
    ending.disconnect(floor, contact, ending.UNANSWERED)
