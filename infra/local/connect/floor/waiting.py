"""Waiting in a queue: entering, hearing the queue flow, moving to another queue, being offered to agents, leaving."""

from datetime import timedelta

from infra.local.connect.floor.agent import Agent
from infra.local.connect.floor.contact import Contact, Stage
from infra.local.connect.floor.criteria import Criteria
from infra.local.connect.floor.playing import play, stop
from infra.local.connect.floor.queue import WaitingLine
from infra.local.connect.floor.state import Floor
from infra.local.connect.floor.world import Heard
from infra.local.connect.flows.line import Ending, Refused

ONCE_MORE_SECONDS = 1.0
"""How long a customer queue flow that has ended pauses before it starts again; unconfirmed, it keeps an empty one from spinning."""


def admit(line: WaitingLine) -> None:
    """Raise `Refused` when a queue takes no further contact: disabled (branch unconfirmed), or full."""
    if not line.enabled:
        raise Refused(f"queue {line.name or line.id} is disabled")
    if line.is_full:
        raise Refused(f"queue {line.name or line.id} is full", "QueueAtCapacity")


def enter(floor: Floor, contact: Contact, line: WaitingLine) -> None:
    """Put a contact in a queue: its queue flow starts, and agents are looked for."""
    contact.queue = contact.target = line
    contact.enqueued_at = floor.timeline.now
    contact.stage = Stage.WAITING
    line.place(contact)
    floor.teller.event(contact, "QUEUED")
    if contact.criteria is not None and line.user_id is None:
        start_criteria(floor, contact, contact.criteria)
    if contact.method != "CALLBACK":
        _play_queue_flow(floor, contact)
    if contact.place is not None:
        _look_for_agents(floor, contact)


def come_back(floor: Floor, contact: Contact) -> None:
    """Put a contact back in its old place after an offer that nobody took."""
    assert contact.queue is not None
    contact.stage, contact.agent = Stage.WAITING, None
    contact.queue.place(contact)
    serve_contact(floor, contact)


def leave(floor: Floor, contact: Contact) -> None:
    """Take a contact out of its queue, for an agent or for good; nothing happens when it is in none."""
    if contact.queue is not None and contact.stage.is_queued:
        contact.dequeued_at = floor.timeline.now
    for line in (contact.queue, contact.target):
        if line is not None:
            line.forget(contact)


def change_queue(floor: Floor, contact: Contact, line: WaitingLine) -> Contact:
    """Move a waiting contact to another queue as a new contact, with which its queue flow goes on; raises `Refused` when that is full."""
    admit(line)
    successor = floor.begin(contact.channel, "QUEUE_TRANSFER", previous=contact)
    successor.priority, successor.time_adjustment = contact.priority, contact.time_adjustment
    successor.connected_to_system_at = contact.connected_to_system_at
    successor.player, successor.keys = contact.player, contact.keys
    if contact.playing is not None:
        successor.playing, contact.playing = contact.playing, None
        successor.playing.contact = successor
    contact.next_id = successor.id
    floor.disconnect(contact, None)
    successor.queue = successor.target = line
    successor.enqueued_at = floor.timeline.now
    successor.stage = Stage.WAITING
    line.place(successor)
    floor.teller.event(successor, "QUEUED")
    # The flow that asked for this is in the middle of an action: who takes the contact is decided when it has its answer.
    floor.after(successor, 0, lambda: _look_for_agents(floor, successor) if successor.place else None)
    return successor


def update_routing(
    floor: Floor,
    contact: Contact,
    *,
    priority: int | None = None,
    time_adjustment: int | None = None,
    criteria: Criteria | None = None,
) -> None:
    """Change a contact's place in its queue, now or for when it gets there, or which agents it asks for."""
    waits = contact.place is not None and contact.queue is not None
    if waits and contact.queue is not None:
        contact.queue.take_out(contact)
    if priority is not None:
        contact.priority = priority
    if time_adjustment is not None:
        contact.time_adjustment = timedelta(seconds=time_adjustment)
    if waits and contact.queue is not None:
        contact.queue.place(contact)
    if criteria is not None:
        contact.criteria = criteria
        if waits:
            start_criteria(floor, contact, criteria)
            serve_contact(floor, contact)


def start_criteria(floor: Floor, contact: Contact, criteria: Criteria) -> None:
    """Let the first step of routing criteria begin to run."""
    criteria.start(floor.timeline.now)
    _step_runs(floor, contact, criteria)


def serve_contact(floor: Floor, contact: Contact) -> None:
    """Offer a waiting contact to whoever may take it now."""
    if contact.place is not None:
        agent = floor.router.agent_for(contact, floor.agents, floor.timeline.now)
        if agent is not None:
            floor.offer(contact, agent)


def serve_agent(floor: Floor, agent: Agent) -> None:
    """Offer an agent what waits, for as long as there are free slots."""
    own = floor.own_queue(agent.user.id)
    while (contact := floor.router.contact_for(agent, own, floor.timeline.now)) is not None:
        floor.offer(contact, agent)


def settle(floor: Floor, agent: Agent) -> None:
    """Let an agent who has got rid of a contact take up the next status, or the next contact."""
    if agent.next_status is not None and not agent.contacts:
        agent.status, agent.status_since = agent.next_status, floor.timeline.now
        agent.next_status = agent.next_status_at = None
    agent.idle_since = floor.timeline.now
    floor.refresh(agent)
    serve_agent(floor, agent)


def _withdraw(floor: Floor, contact: Contact) -> None:
    """Take a contact away from the agent at whom it rings, since it went elsewhere."""
    if contact.agent is not None and (held := contact.agent.contacts.pop(contact.id, None)) is not None:
        if held.alarm is not None:
            held.alarm.cancel()
        stop(contact, "agent")
        agent, contact.agent = contact.agent, None
        settle(floor, agent)


def _look_for_agents(floor: Floor, contact: Contact) -> None:
    """Offer a contact now, and again whenever it has waited long enough for further profiles, also if nobody has taken it in between."""
    assert contact.enqueued_at is not None
    for delay in floor.router.delays(contact):
        contact.alarms.append(floor.timeline.at(contact.enqueued_at + delay, lambda: serve_contact(floor, contact)))
    serve_contact(floor, contact)


def _step_runs(floor: Floor, contact: Contact, criteria: Criteria) -> None:
    floor.teller.event(contact, "CONTACT_DATA_UPDATED", ["RoutingCriteria.Step.Status"])
    if (expires_at := criteria.expires_at) is not None:
        contact.alarms.append(floor.timeline.at(expires_at, lambda: _step_expires(floor, contact, criteria)))


def _step_expires(floor: Floor, contact: Contact, criteria: Criteria) -> None:
    if contact.criteria is criteria and contact.stage.is_queued:
        criteria.expire(floor.timeline.now)
        _step_runs(floor, contact, criteria)
        serve_contact(floor, contact)


def _play_queue_flow(floor: Floor, contact: Contact) -> None:
    """Play the customer queue flow; without one there is plain hold music."""
    if (flow_id := contact.hooks.get("CustomerQueue")) is None:
        floor.speak(contact, Heard(kind="music"))
        return
    playing = play(floor, contact, flow_id, lambda over: _queue_flow_over(floor, playing.contact, over))


def _queue_flow_over(floor: Floor, contact: Contact, over: Ending) -> None:
    if not contact.stage.is_queued:
        return
    if over.to == "disconnect":
        floor.disconnect(contact, "CONTACT_FLOW_DISCONNECT")
    elif over.to == "third_party":
        leave(floor, contact)
        contact.stage = Stage.THIRD_PARTY
        _withdraw(floor, contact)
        floor.speak(contact, Heard(kind="third_party"))
    else:
        floor.after(contact, ONCE_MORE_SECONDS, lambda: _play_again(floor, contact))


def _play_again(floor: Floor, contact: Contact) -> None:
    if contact.stage.is_queued and contact.playing is None:
        _play_queue_flow(floor, contact)
