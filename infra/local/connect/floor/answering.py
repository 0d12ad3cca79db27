"""A contact is offered to an agent: it rings, and is accepted, missed or rejected."""

from infra.local.connect.floor import callbacks, ending, talking, waiting
from infra.local.connect.floor.agent import OFFERED, Agent, AgentContact, AgentContactState
from infra.local.connect.floor.contact import Contact, Stage
from infra.local.connect.floor.playing import stop
from infra.local.connect.floor.problems import InvalidRequest
from infra.local.connect.floor.state import Floor

RING_SECONDS = 20
AUTO_ACCEPT_SECONDS = 0.5
"""The guide: an available agent with auto-accept is connected in less than a second."""


def offer(floor: Floor, contact: Contact, agent: Agent) -> None:
    """Let a waiting contact ring at an agent; a callback is offered as INCOMING and is never accepted by itself."""
    assert contact.queue is not None
    now = floor.timeline.now
    contact.queue.take_out(contact)
    contact.stage, contact.agent = Stage.RINGING, agent
    contact.offers += 1
    state = AgentContactState.INCOMING if contact.method == "CALLBACK" else AgentContactState.CONNECTING
    held = agent.contacts[contact.id] = AgentContact(contact=contact, state=state, since=now)
    floor.refresh(agent)
    if agent.auto_accept and contact.method != "CALLBACK":
        seconds = AUTO_ACCEPT_SECONDS * floor.patience
        if seconds:
            held.alarm = floor.after(contact, seconds, lambda: accept(floor, agent, contact))
        else:
            accept(floor, agent, contact)
    else:
        held.alarm = floor.after(
            contact, RING_SECONDS, lambda: _turn_down(floor, agent, held, AgentContactState.MISSED)
        )


def accept(floor: Floor, agent: Agent, contact: Contact) -> None:
    """Take what is offered; raises InvalidRequest when it is not offered, or has been accepted already."""
    held = _offered(floor, agent, contact)
    held.accepted = True
    if held.alarm is not None:
        held.alarm.cancel()
    if contact.method == "CALLBACK":
        waiting.leave(floor, contact)
        contact.stage = Stage.JOINING
        held.become(AgentContactState.CONNECTING, floor.timeline.now)
        floor.refresh(agent)
        talking.whisper_to_agent(floor, contact, lambda: callbacks.dial(floor, contact))
    else:
        floor.world.show(agent.user.id)
        talking.whisper_to_agent(floor, contact, lambda: talking.whisper_to_customer(floor, contact))


def reject(floor: Floor, agent: Agent, contact: Contact) -> None:
    """Turn down what is offered. The guide: REJECTED is for chats and tasks; a rejected call shows as MISSED."""
    state = AgentContactState.MISSED if contact.channel == "VOICE" else AgentContactState.REJECTED
    _turn_down(floor, agent, _offered(floor, agent, contact), state)


def lose_offer(floor: Floor, agent: Agent, held: AgentContact) -> None:
    """Take an offer, accepted or not, away from an agent who is not there any more."""
    _turn_down(floor, agent, held, AgentContactState.MISSED)


def end(floor: Floor, agent: Agent, contact: Contact) -> None:
    """End a contact from the agent's side; raises InvalidRequest for one that only rings, or has ended.

    A customer who is with the flow of a consultation, the agent on hold, remains: who ends then is only tired of waiting.
    """
    held = floor.held(agent, contact)
    if not contact.stage.is_live or (held.state in OFFERED and not held.accepted):
        raise InvalidRequest(f"contact {contact.id} is {held.state.value}: accept or reject it, or close it")
    if contact.agent_is_held:
        floor.leave_behind(contact, "AGENT_DISCONNECT")
        return
    if contact.stage is Stage.DIALLING:
        reason = "TELECOM_ORIGINATOR_CANCEL"
    else:
        reason = "AGENT_COMPLETED" if contact.channel == "TASK" else "AGENT_DISCONNECT"
    ending.disconnect(floor, contact, reason)


def _offered(floor: Floor, agent: Agent, contact: Contact) -> AgentContact:
    held = floor.held(agent, contact)
    if held.state not in OFFERED or held.accepted:
        raise InvalidRequest(f"contact {contact.id} is not being offered to {agent.user.name}")
    return held


def _turn_down(floor: Floor, agent: Agent, held: AgentContact, state: AgentContactState) -> None:
    """Give the contact to the next, and the agent nothing more until the agent has cleared it or chosen a status."""
    if held.alarm is not None:
        held.alarm.cancel()
    stop(held.contact, "agent")
    held.become(state, floor.timeline.now)
    floor.refresh(agent)
    waiting.come_back(floor, held.contact)
