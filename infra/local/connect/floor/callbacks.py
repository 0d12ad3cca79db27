"""Callbacks: promised by a flow, queued after a delay, dialled when an agent accepts, tried again when nobody answers.

Every attempt that reached an agent is a contact of its own (Administrator Guide, "Queued callbacks in metrics").
"""

from infra.local.connect.floor import dialling, ending, talking, waiting
from infra.local.connect.floor.contact import Contact, Endpoint, Stage
from infra.local.connect.floor.playing import stop
from infra.local.connect.floor.queue import WaitingLine
from infra.local.connect.floor.state import Floor
from infra.local.connect.floor.world import Heard
from infra.local.connect.flows.line import Callback, Refused

GIVING_UP_SECONDS = 30.0
"""How long a customer's telephone rings before the attempt has failed."""


def create(floor: Floor, contact: Contact, callback: Callback) -> Contact:
    """Promise a callback to the number chosen before, by default the customer's; raises `Refused` when the queue does not take it.

    The flow that a callback may name to begin with is not played: it goes straight to its queue.
    """
    number = contact.callback_number or (contact.customer.address if contact.customer else None)
    if number is None:
        raise Refused("there is no number to call back: choose one before")
    line = _line(floor, contact, callback)
    if not line.enabled or line.is_full:
        raise Refused(f"queue {line.name or line.id} is full or disabled")
    promised = _schedule(floor, contact, callback, line, number, callback.initial_delay)
    contact.next_id = promised.id
    return promised


def dial(floor: Floor, contact: Contact) -> None:
    """Call the customer; the agent hears it ringing."""
    floor.world.speak(contact.id, Heard(kind="ringing", by="agent"))
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


def _schedule(
    floor: Floor, previous: Contact, callback: Callback, line: WaitingLine, number: str, delay: int
) -> Contact:
    contact = floor.begin("VOICE", "CALLBACK", previous=previous, customer=Endpoint(number), stage=Stage.SCHEDULED)
    contact.callback, contact.target = callback, line
    line.reserve(contact)
    floor.after(contact, delay, lambda: waiting.enter(floor, contact, line))
    return contact


def _picked_up(floor: Floor, contact: Contact) -> None:
    contact.connected_to_system_at = floor.timeline.now
    floor.teller.event(contact, "CONNECTED_TO_SYSTEM")
    talking.whisper_to_customer(floor, contact)


def _not_answered(floor: Floor, contact: Contact) -> None:
    """End this attempt; whether it counts as handled is unconfirmed, here it does not."""
    callback, line = contact.callback, contact.queue
    assert callback is not None
    assert line is not None
    assert contact.customer is not None
    stop(contact)
    if contact.attempt < callback.attempts:
        again = _schedule(floor, contact, callback, line, contact.customer.address, callback.retry_delay)
        again.attempt = contact.attempt + 1
        contact.next_id = again.id
    ending.disconnect(floor, contact, "TELECOM_UNANSWERED")
