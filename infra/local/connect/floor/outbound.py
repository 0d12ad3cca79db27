"""Agents dial out by themselves: a call of their own, begun by OUTBOUND, in no queue, with the outbound whisper of the queue it is placed for.

The agent has it as CONNECTING from the first ring. One that reaches nobody ends as it does for callbacks: ERROR at the agent until it is cleared.
"""

from infra.local.connect.floor import dialling, ending, talking
from infra.local.connect.floor.agent import FAILED, Agent, AgentContact, AgentContactState
from infra.local.connect.floor.contact import Contact, Endpoint, Stage
from infra.local.connect.floor.problems import InvalidRequest
from infra.local.connect.floor.queue import WaitingLine
from infra.local.connect.floor.state import Floor
from infra.local.connect.floor.world import Heard

RING_SECONDS = 60.0
"""How long somebody's telephone rings before the call has failed; unconfirmed for calls that agents place."""


def dial(floor: Floor, agent: Agent, number: str, queue_id: str | None) -> Contact:
    """Let an agent call somebody, for the routing profile's default outbound queue unless another is named, in whatever status.

    Raises InvalidRequest for who is not signed in, has a call in hand or takes none at all, for a number that cannot be dialled, and for a
    queue without a number to show; UnknownResource for a queue that is not there.
    """
    line = floor.queue(queue_id or agent.profile.default_outbound_queue_id)
    shown = _checked(agent, number, line)
    contact = floor.begin(
        "VOICE",
        "OUTBOUND",
        customer=Endpoint(number),
        system=Endpoint(shown),
        stage=Stage.DIALLING,
    )
    contact.queue = contact.target = line
    contact.agent = agent
    agent.contacts[contact.id] = AgentContact(
        contact=contact, state=AgentContactState.CONNECTING, since=floor.timeline.now, accepted=True
    )
    floor.refresh(agent)
    floor.speak(contact, Heard(kind="ringing", by="agent"))

    def answered() -> None:
        contact.connected_to_system_at = floor.timeline.now
        floor.teller.event(contact, "CONNECTED_TO_SYSTEM")
        talking.whisper_to_customer(floor, contact)

    dialling.dial(
        floor, contact, seconds=RING_SECONDS, answered=answered,
        unanswered=lambda: ending.disconnect(floor, contact, ending.UNANSWERED),
    )  # fmt: skip
    return contact


def _checked(agent: Agent, number: str, line: WaitingLine) -> str:
    """Return the number that is shown to whoever is called; raises InvalidRequest where the call may not be."""
    name = agent.user.name
    if not agent.signed_in:
        raise InvalidRequest(f"{name} is not signed in")
    if any(each.contact.channel == "VOICE" and each.state not in FAILED for each in agent.contacts.values()):
        raise InvalidRequest(f"{name} has a call in hand: end and close it first")
    if not agent.profile.concurrency.get("VOICE"):
        raise InvalidRequest(f"routing profile {agent.profile.name} of {name} has no calls")
    if not dialling.is_number(number):
        raise InvalidRequest("this is no number to dial: write it as E.164 has it, + and the country's code first")
    if line.outbound_number is None:
        raise InvalidRequest(f"queue {line.name or line.id} has no number to show: give it tsunagu:number")
    return line.outbound_number
