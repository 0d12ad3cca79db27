"""Contacts that begin with a flow: calls, tasks, mails, calls that we place; and what becomes of one when its flow is over."""

from collections.abc import Mapping

from infra.local.connect.floor import answering, dialling, ending, waiting
from infra.local.connect.floor.agent import OFFERED, TALKING, Agent
from infra.local.connect.floor.contact import ATTRIBUTE_BYTES, RUNG_UP, Contact, Endpoint, Stage, attributes_size
from infra.local.connect.floor.playing import play, stop
from infra.local.connect.floor.problems import InvalidRequest, LimitExceeded, UnknownResource
from infra.local.connect.floor.queue import WaitingLine
from infra.local.connect.floor.state import Floor
from infra.local.connect.floor.world import Heard
from infra.local.connect.flows.line import Ending, Refused
from infra.local.connect.instance import Flow

RING_SECONDS = 60.0
"""`RingTimeoutInSeconds` of StartOutboundVoiceContact, where none is given."""
NOT_BY_STOP = frozenset({"DISCONNECT", "TRANSFER", "QUEUE_TRANSFER", "EXTERNAL_OUTBOUND", "MONITOR"})
KEYS = frozenset("0123456789*#")


def call(floor: Floor, to: str, by: str, attributes: Mapping[str, str]) -> Contact:
    """Let a caller dial a claimed number; raises UnknownResource when nobody has it."""
    if (flow_id := floor.instance.numbers.get(to)) is None:
        raise UnknownResource(f"no flow answers {to}: claim the number in infra/connect.yaml")
    flow = floor.flow(flow_id)
    contact = floor.begin("VOICE", "INBOUND", attributes=_sized(attributes), customer=Endpoint(by), system=Endpoint(to))
    contact.connected_to_system_at = floor.timeline.now
    _enter_flow(floor, contact, flow)
    return contact


def start_task(
    floor: Floor,
    *,
    flow_id: str,
    name: str,
    description: str = "",
    attributes: Mapping[str, str],
    references: Mapping[str, dict[str, str]],
    previous_id: str | None = None,
    related_id: str | None = None,
    method: str = "API",
) -> Contact:
    """Start a task; raises UnknownResource for a flow or a contact that is not there."""
    flow, previous = floor.flow(flow_id), floor.contact(previous_id) if previous_id else None
    if related_id:
        floor.contact(related_id)
    details = {"Name": name} | ({"Description": description} if description else {})
    attributes = _sized({**(previous.attributes if previous else {}), **attributes})
    contact = floor.begin(
        "TASK", method, previous=previous, related_id=related_id, attributes=attributes, references=references
    )
    contact.details |= details
    _connect_to_system(floor, contact)
    _enter_flow(floor, contact, flow)
    return contact


def start_mail(
    floor: Floor,
    *,
    flow_id: str,
    by: str,
    to: str,
    subject: str,
    attributes: Mapping[str, str],
    references: Mapping[str, dict[str, str]],
) -> Contact:
    """Let a mail come in."""
    flow, kind = floor.flow(flow_id), "EMAIL_ADDRESS"
    contact = floor.begin(
        "EMAIL",
        "INBOUND",
        attributes=_sized(attributes),
        customer=Endpoint(by, kind),
        system=Endpoint(to, kind),
        details={"Name": subject},
        references=references,
    )
    contact.connected_to_system_at = floor.timeline.now
    _enter_flow(floor, contact, flow)
    return contact


def start_outbound(
    floor: Floor, *, flow_id: str, to: str, queue_id: str | None, by: str | None, attributes: Mapping[str, str]
) -> Contact:
    """Place a call as StartOutboundVoiceContact does: whoever answers is in the flow. The caller id is `by`, or the queue's number."""
    flow, line = floor.flow(flow_id), floor.queue(queue_id) if queue_id else None
    number = by or (line.outbound_number if line else None)
    if by is not None and by not in floor.instance.numbers:
        raise InvalidRequest(f"{by} is no number of this instance: call from a claimed one")
    contact = floor.begin(
        "VOICE",
        "API",
        attributes=_sized(attributes),
        customer=Endpoint(to),
        system=Endpoint(number) if number else None,
        stage=Stage.DIALLING,
    )
    contact.target = line

    def answered() -> None:
        contact.stage = Stage.IN_FLOW
        _connect_to_system(floor, contact)
        _enter_flow(floor, contact, flow)

    def unanswered() -> None:
        ending.disconnect(floor, contact, ending.UNANSWERED)

    dialling.dial(floor, contact, seconds=RING_SECONDS, answered=answered, unanswered=unanswered)
    return contact


def press(floor: Floor, contact: Contact, keys: str) -> None:
    """Let the customer press keys; they count for the flow that listens now, or next."""
    if not set(keys) <= KEYS:
        raise InvalidRequest("keys are 0 to 9, * and #")
    contact = with_customer(floor, contact).keyed_into
    contact.keys += keys
    if contact.playing is not None:
        contact.playing.keys_came()


def hang_up(floor: Floor, contact: Contact) -> None:
    """Let the customer leave, or the third party whose contact this is; raises InvalidRequest where there is nobody on the line."""
    if contact.method != "EXTERNAL_OUTBOUND":
        contact = with_customer(floor, contact)
    if contact.channel in ("TASK", "EMAIL"):
        raise InvalidRequest(f"contact {contact.id} is of channel {contact.channel}: nobody can hang up, stop it")
    if contact.method == "MONITOR" or (contact.method in RUNG_UP and contact.connected_to_system_at is None):
        raise InvalidRequest(f"no customer is on contact {contact.id}: stop it")
    reason = "THIRD_PARTY_DISCONNECT" if contact.method == "EXTERNAL_OUTBOUND" else "CUSTOMER_DISCONNECT"
    ending.disconnect(floor, contact, reason)


def stop_contact(floor: Floor, contact: Contact) -> None:
    """End a contact as StopContact does, a waiting callback too; raises InvalidRequest for calls it cannot end."""
    if not contact.stage.is_live:
        raise InvalidRequest(f"contact {contact.id} has ended")
    if contact.channel == "VOICE" and contact.method in NOT_BY_STOP:
        raise InvalidRequest(f"a call begun by {contact.method} cannot be stopped: let the agent end it")
    ending.disconnect(floor, contact, None if contact.channel == "VOICE" else "API")


def lose_line(floor: Floor, agent: Agent) -> None:
    """Let an agent's line drop: offers are missed, and of those who talk the customer remains."""
    for held in list(agent.contacts.values()):
        contact = held.contact
        if contact.channel != "VOICE" or held.state not in TALKING | OFFERED:
            continue
        if contact.stage is Stage.RINGING:
            answering.lose_offer(floor, agent, held)
        elif held.state in OFFERED or contact.method == "MONITOR" or contact.consulted_from is not None:
            ending.disconnect(floor, contact, "TELECOM_PROBLEM")
        else:
            leave_behind(floor, contact, "TELECOM_PROBLEM")


def leave_behind(floor: Floor, contact: Contact, reason: str) -> None:
    """Let a customer remain whose agent is gone.

    Where the flow `CustomerRemaining` was chosen, it plays for the customer in a new contact begun by DISCONNECT; else the call ends.
    """
    hook = contact.hooks.get("CustomerRemaining")
    if hook is None:
        ending.disconnect(floor, contact, reason)
        return
    successor = floor.begin("VOICE", "DISCONNECT", previous=contact)
    successor.connected_to_system_at = contact.connected_to_system_at
    contact.next_id = successor.id
    ending.disconnect(floor, contact, reason)
    _enter_flow(floor, successor, floor.flow(hook))


def with_customer(floor: Floor, contact: Contact) -> Contact:
    """Return the contact where the customer of this one is now: it may have been transferred, or be about to be."""
    while not contact.stage.is_live and contact.next_id is not None:
        following = floor.contacts[contact.next_id]
        if following.method == "CALLBACK":
            break
        contact = following
    return contact.consulted_from or contact


def after_flow(floor: Floor, contact: Contact, over: Ending) -> None:
    """Let a contact go where its flow sent it; one that is sent to no queue chosen before ends."""
    line = contact.target
    if over.to == "agent" and (line is None or line.user_id is None):
        line = _own_queue_of_transferring(floor, contact)
    if over.to == "third_party":
        contact.stage = Stage.THIRD_PARTY
        floor.speak(contact, Heard(kind="third_party"))
    elif over.to in ("queue", "agent") and line is not None:
        _queue(floor, contact, line)
    else:
        ending.disconnect(floor, contact, "CONTACT_FLOW_DISCONNECT")


def _queue(floor: Floor, contact: Contact, line: WaitingLine) -> None:
    if contact.id not in line.members:
        try:
            waiting.admit(line)
        except Refused:
            ending.disconnect(floor, contact, "CONTACT_FLOW_DISCONNECT")
            return
    waiting.enter(floor, contact, line)


def _own_queue_of_transferring(floor: Floor, contact: Contact) -> WaitingLine | None:
    previous = floor.contacts[contact.previous_id] if contact.previous_id else None
    return floor.own_queue(previous.agent.user.id) if previous and previous.agent else None


def _enter_flow(floor: Floor, contact: Contact, flow: Flow) -> None:
    stop(contact)
    play(floor, contact, flow.id, lambda over: after_flow(floor, contact, over))


def _connect_to_system(floor: Floor, contact: Contact) -> None:
    contact.connected_to_system_at = floor.timeline.now
    floor.teller.event(contact, "CONNECTED_TO_SYSTEM")


def _sized(attributes: Mapping[str, str]) -> Mapping[str, str]:
    if attributes_size(dict(attributes)) > ATTRIBUTE_BYTES:
        raise LimitExceeded(f"attributes exceed {ATTRIBUTE_BYTES} bytes: set fewer, or shorter ones")
    return attributes
