"""Who is on hold while a transfer's flow plays, as the flow itself says: the customer, the agent, or nobody.

Sources: the flow language's UpdatePreviousContactParticipantState ("putting the agent on hold when transferring to a quick connect that
securely gathers customer input"), and the guide's page "Hold customer or agent". They leave open, and we chose: while the agent is on hold,
the flow speaks to the customer and takes the customer's keys, and the agent hears nothing; the contact stays on hold in what is told of the
agent; and however the flow ends, agent and customer talk again, also if it never said so. All of that is unconfirmed.
"""

from typing import Literal

from infra.local.connect.floor import talking
from infra.local.connect.floor.agent import Agent, AgentContactState
from infra.local.connect.floor.contact import Contact
from infra.local.connect.floor.playing import stop
from infra.local.connect.floor.problems import InvalidRequest
from infra.local.connect.floor.state import Floor
from infra.local.connect.floor.world import Heard

State = Literal["AgentOnHold", "CustomerOnHold", "OffHold"]


def put(floor: Floor, consult: Contact, state: State) -> None:
    """Put the agent who transfers on hold, or the customer, or nobody; raises InvalidRequest unless an agent transfers a call by this contact."""
    origin = consult.consulted_from
    if origin is None or origin.agent is None or consult.channel != "VOICE":
        raise InvalidRequest(f"contact {consult.id} is no call that an agent is transferring")
    if state == "AgentOnHold":
        _agent_on_hold(floor, origin.agent, origin, consult)
    elif state == "CustomerOnHold":
        _customer_on_hold(floor, origin.agent, origin)
    else:
        off_hold(floor, origin)


def off_hold(floor: Floor, origin: Contact) -> None:
    """Let agent and customer talk again; nothing happens if they do, or if the agent is gone."""
    if origin.agent is not None and origin.is_held:
        origin.agent_is_held = False
        talking.resume(floor, origin.agent, origin)


def _agent_on_hold(floor: Floor, agent: Agent, origin: Contact, consult: Contact) -> None:
    if origin.agent_is_held:
        return
    if floor.held(agent, origin).state is AgentContactState.CONNECTED:
        talking.part(floor, agent, origin)
    stop(origin)
    origin.agent_is_held = True
    # What the customer keyed before was meant for nobody here.
    consult.keys = ""
    for contact in (consult, origin):
        floor.speak(contact, Heard(kind="silence"))
    floor.refresh(agent)
    floor.show(origin)


def _customer_on_hold(floor: Floor, agent: Agent, origin: Contact) -> None:
    if floor.held(agent, origin).state is AgentContactState.CONNECTED:
        talking.hold(floor, agent, origin)
    elif origin.agent_is_held:
        origin.agent_is_held = False
        talking.let_wait(floor, origin)
        floor.refresh(agent)
        floor.show(origin)
