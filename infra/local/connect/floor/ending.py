"""How a contact ends: for the customer first, then, with after-contact work done, for everybody."""

from infra.local.connect.floor import holding, waiting
from infra.local.connect.floor.agent import FAILED, TALKING, Agent, AgentContact, AgentContactState
from infra.local.connect.floor.contact import RUNG_UP, Contact, Stage
from infra.local.connect.floor.playing import stop
from infra.local.connect.floor.problems import InvalidRequest
from infra.local.connect.floor.state import Floor
from infra.local.connect.floor.world import Heard

UNANSWERED = "TELECOM_UNANSWERED"
HUNG_UP = frozenset({"CUSTOMER_DISCONNECT", "AGENT_DISCONNECT"})
"""Reasons by which whoever called has gone: the customer, or the agent who consulted."""


def disconnect(floor: Floor, contact: Contact, reason: str | None) -> None:
    """End a contact for its customer, wherever it is; nothing happens when it has ended already.

    The agent who talked goes into after-contact work. One at whom it only rang has missed it when whoever called hung up; a task or a mail
    has been rejected then. A consultation that waits for this customer ends as well, and so does whoever listens.
    """
    if not contact.stage.is_live:
        return
    now = floor.timeline.now
    stop(contact)
    contact.silence_alarms()
    waiting.leave(floor, contact)
    contact.disconnected_at, contact.reason = now, reason
    for spans in (contact.holds, contact.recording.spans, contact.recording.screens, contact.watched):
        if spans and spans[-1].end is None:
            spans[-1].end = now
    contact.stage = Stage.AFTER_CONTACT_WORK
    floor.teller.event(contact, "DISCONNECTED")
    floor.speak(contact, Heard(kind="over"))
    _release_others(floor, contact, reason)
    held = contact.agent.contacts.get(contact.id) if contact.agent else None
    if held is None or contact.agent is None:
        _complete(floor, contact)
    else:
        _release(floor, contact.agent, held)


def close(floor: Floor, agent: Agent, contact: Contact) -> None:
    """End after-contact work, or clear a contact that was missed, rejected or failed; raises InvalidRequest for any other."""
    held = floor.held(agent, contact)
    if held.state is AgentContactState.ENDED:
        _let_go(agent, held)
        contact.work_ended_at = floor.timeline.now
        _complete(floor, contact)
    elif held.state in FAILED:
        _let_go(agent, held)
    else:
        raise InvalidRequest(f"contact {contact.id} is {held.state.value}: end it before it is closed")
    waiting.settle(floor, agent)


def _release(floor: Floor, agent: Agent, held: AgentContact) -> None:
    now, contact = floor.timeline.now, held.contact
    if held.alarm is not None:
        held.alarm.cancel()
    if held.state in TALKING and contact.method != "MONITOR":
        held.become(AgentContactState.ENDED, now)
        contact.work_started_at = now
        if agent.work_limit:
            held.alarm = floor.after(contact, agent.work_limit, lambda: close(floor, agent, contact))
        floor.refresh(agent)
    elif (failure := _failure(held)) is not None:
        held.become(failure, now)
        _complete(floor, contact)
        floor.refresh(agent)
    else:
        _let_go(agent, held)
        _complete(floor, contact)
        waiting.settle(floor, agent)


def _failure(held: AgentContact) -> AgentContactState | None:
    """Return what an agent is left with whom a contact ends under without having talked; None for nothing to be cleared.

    MISSED: Streams, `onMissed`, "customer hang-up while ringing"; the guide's page on contact states has REJECTED for that, which we take for
    channels that are not calls. ERROR: the guide's example is a customer who hangs up during the outbound whisper; that one who is rung up
    and does not answer counts likewise is unconfirmed. An agent who gives the attempt up is left with nothing.
    """
    contact = held.contact
    if held.accepted:
        fails = contact.method in RUNG_UP and contact.reason in (UNANSWERED, "CUSTOMER_DISCONNECT")
        return AgentContactState.ERROR if fails else None
    if contact.reason not in HUNG_UP or held.state is not AgentContactState.CONNECTING:
        return None
    return AgentContactState.MISSED if contact.channel == "VOICE" else AgentContactState.REJECTED


def _let_go(agent: Agent, held: AgentContact) -> None:
    if held.alarm is not None:
        held.alarm.cancel()
    del agent.contacts[held.contact.id]


def _release_others(floor: Floor, contact: Contact, reason: str | None) -> None:
    consult, origin = contact.consult, contact.consulted_from
    contact.consult = contact.consulted_from = None
    contact.joined = contact.agent_is_held = False
    if origin is not None:
        origin.consult, origin.joined = None, False
        if origin.agent_is_held:
            holding.off_hold(floor, origin)
        floor.show(origin)
    if consult is not None:
        consult.consulted_from = None
        disconnect(floor, consult, reason)
    for watcher in list(contact.watchers):
        disconnect(floor, watcher, "OTHER")
    if contact.method == "MONITOR" and contact.related_id is not None:
        watched = floor.contacts[contact.related_id]
        watched.watchers.remove(contact)
        floor.show(watched)


def _complete(floor: Floor, contact: Contact) -> None:
    contact.stage, contact.completed_at, contact.player = Stage.OVER, floor.timeline.now, None
    floor.teller.event(contact, "COMPLETED")
    floor.teller.record(contact)
    floor.memory.over(contact)
