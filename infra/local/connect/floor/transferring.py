"""Transfers by an agent, through a quick connect: cold, where the agent leaves at once, and warm, where the agent talks first.

The consultation is a contact of its own. Until the agent leaves, the customer stays with the agent's contact, on hold; with that the customer
goes over. A transfer to a number is begun by EXTERNAL_OUTBOUND, as the guide names calls that agents place to external participants.
"""

from infra.local.connect.floor import calling, dialling, ending, holding, talking
from infra.local.connect.floor.agent import TALKING, Agent, AgentContactState
from infra.local.connect.floor.contact import Contact, Endpoint, Stage
from infra.local.connect.floor.playing import play, stop
from infra.local.connect.floor.problems import InvalidRequest, UnknownResource
from infra.local.connect.floor.state import Floor
from infra.local.connect.floor.world import Heard
from infra.local.connect.flows.line import Ending
from infra.local.connect.instance import QuickConnect, id_in

UNANSWERED_SECONDS = 60.0


def transfer(floor: Floor, agent: Agent, contact: Contact, quick_connect_id: str) -> Contact:
    """Begin a transfer and return its contact; the customer is put on hold. A task or a mail goes at once.

    Raises InvalidRequest unless agent and customer talk and no other transfer is under way, UnknownResource for the destination.
    """
    quick_connect = floor.instance.quick_connects.get(id_in(quick_connect_id))
    if quick_connect is None:
        raise UnknownResource(f"the instance has no quick connect {quick_connect_id}")
    held = floor.held(agent, contact)
    if held.state not in TALKING or contact.method == "MONITOR":
        raise InvalidRequest(
            f"contact {contact.id} is {held.state.value}: only one that is connected can be transferred"
        )
    if contact.consult is not None:
        raise InvalidRequest(f"contact {contact.id} is being transferred already: leave, or end that one first")
    if quick_connect.flow_id is not None:
        floor.flow(quick_connect.flow_id)
    if held.state is AgentContactState.CONNECTED and contact.channel == "VOICE":
        talking.hold(floor, agent, contact)
    # The agent hears the other side from now on, no longer the hold flow.
    stop(contact, "agent")
    consult = _begin(floor, contact, quick_connect)
    floor.show(contact)
    if contact.channel != "VOICE" and consult.consulted_from is contact:
        leave(floor, agent, contact)
    return consult


def conference(floor: Floor, agent: Agent, contact: Contact) -> None:
    """Let customer and both agents talk; raises InvalidRequest before the other side is there."""
    floor.held(agent, contact)
    consult = contact.consult
    if consult is None or not consult.is_answered:
        raise InvalidRequest(
            f"contact {contact.id} has nobody else to talk to: transfer it, and wait until it is answered"
        )
    if contact.is_held:
        talking.resume(floor, agent, contact)
    contact.joined = True
    floor.show(contact, consult)


def leave(floor: Floor, agent: Agent, contact: Contact) -> None:
    """Let an agent leave a transfer: whoever began it hands the customer over, whoever was asked goes back; raises InvalidRequest else.

    A customer who is with the consultation's flow, the agent on hold, is not handed over to it: it leads to no other agent.
    """
    floor.held(agent, contact)
    if contact.consulted_from is not None:
        ending.disconnect(floor, contact, "AGENT_DISCONNECT")
        return
    consult = contact.consult
    if consult is None:
        raise InvalidRequest(f"contact {contact.id} is not being transferred: end it instead")
    if contact.agent_is_held:
        floor.leave_behind(contact, "AGENT_DISCONNECT")
        return
    contact.consult = consult.consulted_from = None
    contact.joined = False
    contact.next_id = consult.id
    if not consult.is_answered:
        contact.transfer_completed_at = floor.timeline.now
    if consult.method == "EXTERNAL_OUTBOUND":
        contact.transferred_to = consult.customer
    ending.disconnect(floor, contact, "TRANSFERRED" if contact.channel == "EMAIL" else "AGENT_DISCONNECT")
    floor.show(consult)
    if consult.heard is not None:
        # The customer hears from now on what was heard there already.
        floor.speak(consult, consult.heard)


def _begin(floor: Floor, contact: Contact, quick_connect: QuickConnect) -> Contact:
    if quick_connect.type == "PHONE_NUMBER":
        assert quick_connect.number is not None
        return _call(floor, contact, quick_connect.number)
    consult = _join(contact, floor.begin(contact.channel, "TRANSFER", previous=contact))
    consult.destination = quick_connect.name
    consult.connected_to_system_at = contact.connected_to_system_at
    if quick_connect.queue_id is not None:
        consult.target = floor.queue(quick_connect.queue_id)
    elif quick_connect.user_id is not None:
        consult.target = floor.own_queue(quick_connect.user_id)
    if quick_connect.flow_id is None:
        calling.after_flow(floor, consult, Ending(to="queue", action=quick_connect.name))
    else:
        play(floor, consult, quick_connect.flow_id, lambda over: _after_flow(floor, consult, over))
    return consult


def _after_flow(floor: Floor, consult: Contact, over: Ending) -> None:
    """Let a consultation go where its flow sent it. If the flow had put the agent on hold, that is over too."""
    origin = consult.consulted_from
    if origin is not None and origin.agent_is_held:
        holding.off_hold(floor, origin)
    calling.after_flow(floor, consult, over)


def _call(floor: Floor, contact: Contact, number: str) -> Contact:
    consult = floor.begin(
        "VOICE", "EXTERNAL_OUTBOUND", previous=contact, customer=Endpoint(number), stage=Stage.DIALLING
    )
    _join(contact, consult)

    def answered() -> None:
        consult.stage, consult.connected_to_system_at = Stage.THIRD_PARTY, floor.timeline.now
        floor.teller.event(consult, "CONNECTED_TO_SYSTEM")
        floor.speak(consult, Heard(kind="third_party"))
        floor.show(contact)

    def unanswered() -> None:
        ending.disconnect(floor, consult, ending.UNANSWERED)

    dialling.dial(floor, consult, seconds=UNANSWERED_SECONDS, answered=answered, unanswered=unanswered)
    return consult


def _join(contact: Contact, consult: Contact) -> Contact:
    contact.consult, consult.consulted_from = consult, contact
    return consult
