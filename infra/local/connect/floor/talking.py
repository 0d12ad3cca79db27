"""From accepting to talking: whispers, connection, hold, mute."""

from collections.abc import Callable

from infra.local.connect.floor import waiting
from infra.local.connect.floor.agent import TALKING, Agent, AgentContactState
from infra.local.connect.floor.contact import RUNG_UP, Contact, Span, Stage
from infra.local.connect.floor.playing import play, stop
from infra.local.connect.floor.problems import InvalidRequest
from infra.local.connect.floor.recording import record
from infra.local.connect.floor.state import Floor
from infra.local.connect.floor.world import Heard


def whisper_to_agent(floor: Floor, contact: Contact, then: Callable[[], None]) -> None:
    """Play the agent whisper, if there is one; the customer stays with the queue flow meanwhile."""
    if (flow_id := contact.hooks.get("AgentWhisper")) is None:
        then()
    else:
        play(floor, contact, flow_id, lambda _: then(), by="agent")


def whisper_to_customer(floor: Floor, contact: Contact) -> None:
    """Play the customer whisper, or to whoever was rung up the queue's outbound whisper, then connect. The contact has left its queue."""
    stop(contact, "customer")
    waiting.leave(floor, contact)
    contact.stage = Stage.JOINING
    flow_id = contact.hooks.get("CustomerWhisper")
    if contact.method in RUNG_UP and contact.queue is not None:
        flow_id = contact.queue.outbound_flow_id
    if flow_id is None:
        connect(floor, contact)
    else:
        play(floor, contact, flow_id, lambda _: connect(floor, contact))


def connect(floor: Floor, contact: Contact) -> None:
    """Let agent and customer talk."""
    agent, now = contact.agent, floor.timeline.now
    assert agent is not None
    contact.stage, contact.connected_at = Stage.CONNECTED, now
    if contact.criteria is not None:
        contact.criteria.joined = True
    floor.held(agent, contact).become(AgentContactState.CONNECTED, now)
    contact.silence_alarms()
    floor.teller.event(contact, "CONNECTED_TO_AGENT")
    floor.speak(contact, Heard(kind="agent"))
    record(floor, contact)
    floor.refresh(agent)
    floor.show(contact.consulted_from)


def hold(floor: Floor, agent: Agent, contact: Contact) -> None:
    """Put the customer on hold; raises InvalidRequest unless they talk.

    The customer hears the flow `CustomerHold` or plain music, the agent the flow `AgentHold` meanwhile. When a hold flow has ended there is
    silence (unconfirmed: Amazon's own hold flows never end).
    """
    part(floor, agent, contact)
    let_wait(floor, contact)
    if contact.consult is None and (flow_id := contact.hooks.get("AgentHold")) is not None:
        play(floor, contact, flow_id, lambda _: floor.speak(contact, Heard(kind="silence", by="agent")), by="agent")


def part(floor: Floor, agent: Agent, contact: Contact) -> None:
    """Let agent and customer hear each other no longer; raises InvalidRequest unless they talk."""
    held = floor.held(agent, contact)
    if held.state is not AgentContactState.CONNECTED:
        raise InvalidRequest(f"contact {contact.id} is {held.state.value}: only a connected one can be held")
    contact.holds.append(Span(start=floor.timeline.now, kind="hold"))
    contact.joined = False
    held.become(AgentContactState.CONNECTED_ONHOLD, floor.timeline.now)
    floor.refresh(agent)
    floor.show(contact.consult)


def let_wait(floor: Floor, contact: Contact) -> None:
    """Let the customer hear that they are on hold."""
    if (flow_id := contact.hooks.get("CustomerHold")) is None:
        floor.speak(contact, Heard(kind="music"))
    else:
        play(floor, contact, flow_id, lambda _: floor.speak(contact, Heard(kind="silence")))


def resume(floor: Floor, agent: Agent, contact: Contact) -> None:
    """Take the customer off hold; raises InvalidRequest unless they are on hold, and while it is the agent whom a flow has put on hold.

    Whether Connect lets an agent end a hold that a flow began is unconfirmed; here nobody gets to hear what a customer keys.
    """
    held = floor.held(agent, contact)
    if contact.agent_is_held:
        raise InvalidRequest(f"the customer of contact {contact.id} is with a flow: wait until it is over")
    if held.state is not AgentContactState.CONNECTED_ONHOLD:
        raise InvalidRequest(f"contact {contact.id} is not on hold")
    stop(contact)
    contact.holds[-1].end = floor.timeline.now
    held.become(AgentContactState.CONNECTED, floor.timeline.now)
    floor.speak(contact, Heard(kind="agent"))
    floor.refresh(agent)


def mute(floor: Floor, agent: Agent, contact: Contact, *, muted: bool) -> None:
    """Mute the agent, or let the agent be heard again; no document tells of it."""
    held = floor.held(agent, contact)
    if held.state not in TALKING:
        raise InvalidRequest(f"contact {contact.id} is {held.state.value}: nobody hears the agent")
    held.muted = muted
    floor.world.show(agent.user.id)
