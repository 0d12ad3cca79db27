"""Supervisors listen to a contact, and join it. That is a contact of their own, begun by MONITOR, related to the one they listen to."""

from infra.local.connect.floor import ending
from infra.local.connect.floor.agent import TALKING, Agent, AgentContact, AgentContactState
from infra.local.connect.floor.contact import Contact, Span, Stage
from infra.local.connect.floor.problems import InvalidRequest
from infra.local.connect.floor.state import Floor


def monitor(floor: Floor, supervisor: Agent, contact: Contact) -> Contact:
    """Let a supervisor listen, unheard; raises InvalidRequest unless signed in, without a call, and somebody else talks there.

    Whether MONITOR contacts name the one they listen to as previous or related is unconfirmed; related says it without a transfer.
    """
    if not supervisor.signed_in:
        raise InvalidRequest(f"{supervisor.user.name} is not signed in")
    if any(each.contact.channel == contact.channel for each in supervisor.contacts.values()):
        raise InvalidRequest(f"{supervisor.user.name} has a contact of channel {contact.channel} already")
    if contact.stage is not Stage.CONNECTED or contact.method == "MONITOR":
        raise InvalidRequest(f"nobody talks on contact {contact.id}")
    now = floor.timeline.now
    watcher = floor.begin(
        contact.channel,
        "MONITOR",
        related_id=contact.id,
        customer=contact.customer,
        system=contact.system,
        stage=Stage.CONNECTED,
    )
    watcher.agent, watcher.connected_at, watcher.connected_to_system_at = supervisor, now, now
    watcher.watched.append(Span(start=now, kind="SILENT_MONITOR"))
    supervisor.contacts[watcher.id] = AgentContact(contact=watcher, state=AgentContactState.CONNECTED, since=now)
    contact.watchers.append(watcher)
    floor.teller.event(watcher, "CONNECTED_TO_AGENT")
    floor.refresh(supervisor)
    floor.show(contact)
    return watcher


def barge(floor: Floor, supervisor: Agent, contact: Contact) -> None:
    """Let a supervisor who listens be heard; raises InvalidRequest for anybody else."""
    watcher = next((each for each in contact.watchers if each.agent is supervisor), None)
    if watcher is None or watcher.watched[-1].kind == "BARGE":
        raise InvalidRequest(f"{supervisor.user.name} does not listen to contact {contact.id}")
    now = floor.timeline.now
    watcher.watched[-1].end = now
    watcher.watched.append(Span(start=now, kind="BARGE"))
    floor.refresh(supervisor)
    floor.show(contact)


def stop_monitoring(floor: Floor, supervisor: Agent) -> None:
    """Let a supervisor listen no longer; raises InvalidRequest when nobody is listened to."""
    watching = [
        each.contact
        for each in supervisor.contacts.values()
        if each.contact.method == "MONITOR" and each.state in TALKING
    ]
    if not watching:
        raise InvalidRequest(f"{supervisor.user.name} listens to nobody")
    for watcher in watching:
        ending.disconnect(floor, watcher, "AGENT_DISCONNECT")
