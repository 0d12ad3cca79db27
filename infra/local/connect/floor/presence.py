"""Agents come, go, choose a status, and are moved to another routing profile or telephone."""

from typing import Literal

from infra.local.connect.floor import waiting
from infra.local.connect.floor.agent import FAILED, Agent
from infra.local.connect.floor.problems import InvalidRequest, UnknownResource
from infra.local.connect.floor.state import Floor
from infra.local.connect.instance import id_in

LONGEST_WORK_SECONDS = 2_000_000


def sign_in(floor: Floor, agent: Agent) -> None:
    """Let an agent come, as offline; nothing happens to one who is there."""
    if agent.signed_in:
        return
    agent.signed_in, agent.signed_out_at = True, None
    agent.status, agent.status_since = floor.offline, floor.timeline.now
    floor.teller.login(agent)
    floor.world.show(agent.user.id)


def sign_out(floor: Floor, agent: Agent) -> None:
    """Let an agent go, as offline; raises InvalidRequest while there are contacts."""
    if not agent.signed_in:
        return
    if agent.contacts:
        raise InvalidRequest(f"{agent.user.name} still has contacts: end and close them first")
    agent.signed_in, agent.signed_out_at = False, floor.timeline.now
    agent.next_status = agent.next_status_at = None
    agent.status, agent.status_since = floor.offline, floor.timeline.now
    floor.router.refresh(agent)
    floor.teller.logout(agent)
    floor.world.show(agent.user.id)


def set_status(floor: Floor, agent: Agent, status_id: str) -> None:
    """Choose a status; while the agent is busy, it becomes the next one. It clears what was missed, rejected or failed."""
    status = floor.instance.statuses.get(id_in(status_id))
    if status is None:
        raise UnknownResource(f"the instance has no agent status {status_id}")
    if not agent.signed_in:
        raise InvalidRequest(f"{agent.user.name} is not signed in")
    now = floor.timeline.now
    agent.contacts = {key: held for key, held in agent.contacts.items() if held.state not in FAILED}
    if not agent.contacts:
        agent.status, agent.status_since = status, now
        agent.next_status = agent.next_status_at = None
    elif status is agent.status:
        agent.next_status = agent.next_status_at = None
    else:
        agent.next_status, agent.next_status_at = status, now
    agent.idle_since = now
    floor.refresh(agent)
    waiting.serve_agent(floor, agent)


def set_routing_profile(floor: Floor, agent: Agent, routing_profile_id: str) -> None:
    """Move an agent to another routing profile, for contacts offered from now on."""
    profile = floor.instance.routing_profiles.get(id_in(routing_profile_id))
    if profile is None:
        raise UnknownResource(f"the instance has no routing profile {routing_profile_id}")
    agent.profile = profile
    floor.refresh(agent)
    waiting.serve_agent(floor, agent)


def set_phone(
    floor: Floor,
    agent: Agent,
    *,
    phone_type: Literal["SOFT_PHONE", "DESK_PHONE"] | None = None,
    auto_accept: bool | None = None,
    after_contact_work_limit: int | None = None,
    desk_phone_number: str | None = None,
) -> None:
    """Change phone settings, as far as given; raises InvalidRequest for a desk phone without a number, or too long a limit."""
    if after_contact_work_limit is not None and not 0 <= after_contact_work_limit <= LONGEST_WORK_SECONDS:
        raise InvalidRequest(f"after-contact work lasts 0 to {LONGEST_WORK_SECONDS} seconds")
    if phone_type == "DESK_PHONE" and not (desk_phone_number or agent.desk_phone_number):
        raise InvalidRequest("a desk phone needs a number")
    agent.phone_type = phone_type or agent.phone_type
    agent.desk_phone_number = desk_phone_number or agent.desk_phone_number
    agent.auto_accept = agent.auto_accept if auto_accept is None else auto_accept
    if after_contact_work_limit is not None:
        agent.work_limit = after_contact_work_limit
    floor.refresh(agent)
