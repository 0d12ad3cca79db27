"""How a contact ends: for the customer first, then, with after-contact work done, for everybody."""

from infra.local.connect.floor import waiting
from infra.local.connect.floor.agent import FAILED, TALKING, Agent, AgentContact, AgentContactState
from infra.local.connect.floor.contact import Contact, Stage
from infra.local.connect.floor.playing import stop
from infra.local.connect.floor.problems import InvalidRequest
from infra.local.connect.floor.state import Floor
from infra.local.connect.floor.world import Heard


def disconnect(floor: Floor, contact: Contact, reason: str | None) -> None:
    """End a contact for its customer, wherever it is; nothing happens when it has ended already.

    The agent who talked goes into after-contact work. One at whom it only rang has it no longer: that the customer hung up is no missed
    contact (unconfirmed). A consultation that waits for this customer ends as well, and so does whoever listens.
    """
    if not contact.stage.is_live:
        return
    now = floor.timeline.now
    stop(contact)
    contact.silence_alarms()
    waiting.leave(floor, contact)
    contact.disconnected_at, contact.reason = now, reason
    for spans in (contact.holds, contact.recording.spans, contact.watched):
        if spans and spans[-1].end is None:
            spans[-1].end = now
    contact.stage = Stage.AFTER_CONTACT_WORK
    floor.teller.event(contact, "DISCONNECTED")
    floor.world.speak(contact.id, Heard(kind="over"))
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
    elif contact.method == "CALLBACK" and contact.connected_to_system_at is not None:
        # The guide's example of ERROR: the customer hung up during the outbound whisper.
        held.become(AgentContactState.ERROR, now)
        _complete(floor, contact)
        floor.refresh(agent)
    else:
        _let_go(agent, held)
        _complete(floor, contact)
        waiting.settle(floor, agent)


def _let_go(agent: Agent, held: AgentContact) -> None:
    if held.alarm is not None:
        held.alarm.cancel()
    del agent.contacts[held.contact.id]


def _release_others(floor: Floor, contact: Contact, reason: str | None) -> None:
    consult, origin = contact.consult, contact.consulted_from
    contact.consult = contact.consulted_from = None
    if origin is not None:
        origin.consult = None
    if consult is not None:
        consult.consulted_from = None
        disconnect(floor, consult, reason)
    for watcher in list(contact.watchers):
        disconnect(floor, watcher, "OTHER")
    contact.watchers.clear()


def _complete(floor: Floor, contact: Contact) -> None:
    contact.stage, contact.completed_at, contact.player = Stage.OVER, floor.timeline.now, None
    floor.teller.event(contact, "COMPLETED")
    floor.teller.record(contact)
