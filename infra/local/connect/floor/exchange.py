"""The exchange: the floor's public face. Every method returns at once; what takes time lies on the timeline.

Whatever cannot be done raises a `NotPossible` and changes nothing.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Literal

from infra.local.connect.floor import (
    answering,
    calling,
    ending,
    monitoring,
    outbound,
    presence,
    recording,
    talking,
    transferring,
    waiting,
)
from infra.local.connect.floor.agent import Agent
from infra.local.connect.floor.contact import Contact, Player
from infra.local.connect.floor.criteria import criteria_of
from infra.local.connect.floor.line import FlowLine, metrics, set_attributes
from infra.local.connect.floor.problems import InvalidRequest
from infra.local.connect.floor.queue import WaitingLine
from infra.local.connect.floor.state import Floor
from infra.local.connect.floor.world import World
from infra.local.connect.flows.line import Metrics
from infra.local.connect.instance import Instance
from infra.local.connect.timeline import Timeline

HIGHEST_PRIORITY_NUMBER = 2**63 - 1


class Exchange:
    """An instance at work.

    `players` makes a player for each new contact, so that one may remember for the next flow what the last one left. `patience` is how
    much of the time that hearing and ringing take is really taken: 1 for people, 0 for benches. `tells` is False for simulations that want
    no documents.
    """

    def __init__(
        self,
        instance: Instance,
        timeline: Timeline,
        world: World,
        players: Callable[[], Player],
        *,
        seed: int = 0,
        patience: float = 1.0,
        tells: bool = True,
    ) -> None:
        self._floor = floor = Floor(instance, timeline, world, players, seed=seed, patience=patience, tells=tells)
        floor.offer = lambda contact, agent: answering.offer(floor, contact, agent)
        floor.disconnect = lambda contact, reason: ending.disconnect(floor, contact, reason)
        floor.leave_behind = lambda contact, reason: calling.leave_behind(floor, contact, reason)
        floor.line = lambda playing: FlowLine(floor, playing, self._start_related_task)

    # --- callers --------------------------------------------------------------------------------------------------------

    def call(self, *, to: str, by: str, attributes: Mapping[str, str] | None = None) -> str:
        """Let a caller dial a claimed number; return the contact's id."""
        return calling.call(self._floor, to, by, attributes or {}).id

    def press(self, contact_id: str, keys: str) -> None:
        """Let the caller press keys."""
        calling.press(self._floor, self.contact(contact_id), keys)

    def hang_up(self, contact_id: str) -> None:
        """Let the customer leave; a caller who has been transferred is found by the first contact's id too."""
        calling.hang_up(self._floor, self.contact(contact_id))

    def customer_of(self, contact_id: str) -> Contact:
        """Return the contact on which the customer of this one is now; the same, until the customer has been transferred."""
        return calling.with_customer(self._floor, self.contact(contact_id))

    def start_task(
        self,
        *,
        flow_id: str,
        name: str,
        description: str = "",
        attributes: Mapping[str, str] | None = None,
        references: Mapping[str, dict[str, str]] | None = None,
        previous_id: str | None = None,
        related_id: str | None = None,
    ) -> str:
        """Start a task; return the contact's id."""
        begun = calling.start_task(
            self._floor, flow_id=flow_id, name=name, description=description, attributes=attributes or {},
            references=references or {}, previous_id=previous_id, related_id=related_id,
        )  # fmt: skip
        return begun.id

    def start_outbound(
        self,
        *,
        flow_id: str,
        to: str,
        queue_id: str | None = None,
        by: str | None = None,
        attributes: Mapping[str, str] | None = None,
    ) -> str:
        """Place a call that the flow answers; return the contact's id."""
        begun = calling.start_outbound(
            self._floor, flow_id=flow_id, to=to, queue_id=queue_id, by=by, attributes=attributes or {}
        )
        return begun.id

    def start_mail(
        self,
        *,
        flow_id: str,
        by: str,
        to: str,
        subject: str,
        attributes: Mapping[str, str] | None = None,
        references: Mapping[str, dict[str, str]] | None = None,
    ) -> str:
        """Let a mail come in; return the contact's id."""
        begun = calling.start_mail(
            self._floor, flow_id=flow_id, by=by, to=to, subject=subject, attributes=attributes or {},
            references=references or {},
        )  # fmt: skip
        return begun.id

    # --- agents ---------------------------------------------------------------------------------------------------------

    def sign_in(self, user_id: str) -> None:
        """Let an agent come, as offline."""
        presence.sign_in(self._floor, self.agent(user_id))

    def sign_out(self, user_id: str) -> None:
        """Let an agent go."""
        presence.sign_out(self._floor, self.agent(user_id))

    def set_status(self, user_id: str, status_id: str) -> None:
        """Choose a status; while busy, it becomes the next one."""
        presence.set_status(self._floor, self.agent(user_id), status_id)

    def accept(self, user_id: str, contact_id: str) -> None:
        """Take what is offered."""
        answering.accept(self._floor, *self._both(user_id, contact_id))

    def reject(self, user_id: str, contact_id: str) -> None:
        """Turn down what is offered."""
        answering.reject(self._floor, *self._both(user_id, contact_id))

    def end(self, user_id: str, contact_id: str) -> None:
        """End the conversation; after-contact work begins."""
        answering.end(self._floor, *self._both(user_id, contact_id))

    def close(self, user_id: str, contact_id: str) -> None:
        """End after-contact work, or clear a missed contact."""
        ending.close(self._floor, *self._both(user_id, contact_id))

    def hold(self, user_id: str, contact_id: str) -> None:
        """Put the customer on hold."""
        talking.hold(self._floor, *self._both(user_id, contact_id))

    def resume(self, user_id: str, contact_id: str) -> None:
        """Take the customer off hold."""
        talking.resume(self._floor, *self._both(user_id, contact_id))

    def mute(self, user_id: str, contact_id: str) -> None:
        """Mute the agent."""
        talking.mute(self._floor, *self._both(user_id, contact_id), muted=True)

    def unmute(self, user_id: str, contact_id: str) -> None:
        """Let the agent be heard again."""
        talking.mute(self._floor, *self._both(user_id, contact_id), muted=False)

    def dial(self, user_id: str, number: str, queue_id: str | None = None) -> str:
        """Let an agent call somebody; return the contact's id."""
        return outbound.dial(self._floor, self.agent(user_id), number, queue_id).id

    def lose_line(self, user_id: str) -> None:
        """Let the agent's line drop in mid-call."""
        calling.lose_line(self._floor, self.agent(user_id))

    def transfer(self, user_id: str, contact_id: str, quick_connect_id: str) -> str:
        """Begin a transfer; return the id of its contact."""
        return transferring.transfer(self._floor, *self._both(user_id, contact_id), quick_connect_id).id

    def conference(self, user_id: str, contact_id: str) -> None:
        """Join customer and both agents."""
        transferring.conference(self._floor, *self._both(user_id, contact_id))

    def leave(self, user_id: str, contact_id: str) -> None:
        """Leave a transfer: cold before it is answered, warm after."""
        transferring.leave(self._floor, *self._both(user_id, contact_id))

    def monitor(self, supervisor_id: str, contact_id: str) -> str:
        """Let a supervisor listen; return the id of the supervisor's contact."""
        return monitoring.monitor(self._floor, *self._both(supervisor_id, contact_id)).id

    def barge(self, supervisor_id: str, contact_id: str) -> None:
        """Let a supervisor who listens be heard."""
        monitoring.barge(self._floor, *self._both(supervisor_id, contact_id))

    def stop_monitoring(self, supervisor_id: str) -> None:
        """Let a supervisor listen no longer."""
        monitoring.stop_monitoring(self._floor, self.agent(supervisor_id))

    # --- what Connect's API needs ---------------------------------------------------------------------------------------

    @property
    def instance(self) -> Instance:
        """What the instance consists of."""
        return self._floor.instance

    @property
    def now(self) -> datetime:
        """The present moment."""
        return self._floor.timeline.now

    @property
    def contacts(self) -> Mapping[str, Contact]:
        """Every contact that is remembered, by id; to be read, never changed."""
        return self._floor.contacts

    @property
    def agents(self) -> Mapping[str, Agent]:
        """Every agent by user id; to be read, never changed."""
        return self._floor.agents

    @property
    def queues(self) -> Mapping[str, WaitingLine]:
        """Every queue by id, agents' own as `agent/<user id>`; to be read, never changed."""
        return self._floor.queues

    def contact(self, contact_id: str) -> Contact:
        """Return a contact; to be read, never changed."""
        return self._floor.contact(contact_id)

    def agent(self, user_id: str) -> Agent:
        """Return an agent; to be read, never changed."""
        return self._floor.agent(user_id)

    def queue(self, queue_id: str) -> WaitingLine:
        """Return a queue; to be read, never changed."""
        return self._floor.queue(queue_id)

    def metrics(self, queue_id: str, channel: str | None = None) -> Metrics:
        """Return how a queue stands now."""
        return metrics(self._floor, self.queue(queue_id), channel)

    def stop(self, contact_id: str) -> None:
        """End a contact, a waiting callback too, as StopContact does."""
        calling.stop_contact(self._floor, self.contact(contact_id))

    def update_attributes(self, initial_contact_id: str, attributes: Mapping[str, str]) -> None:
        """Set attributes of a chain; the record of a contact that is over is told again."""
        contact = self.contact(initial_contact_id)
        set_attributes(self._floor, contact, attributes)
        if contact.completed_at is not None:
            self._floor.teller.record(contact)

    def update_routing(
        self,
        contact_id: str,
        priority: int | None = None,
        time_adjustment: int | None = None,
        criteria: Sequence[Mapping[str, Any]] | None = None,
    ) -> None:
        """Change a live contact's place in its queue, or whom it asks for, as UpdateContactRoutingData does."""
        contact = self.contact(contact_id)
        if not contact.stage.is_live:
            raise InvalidRequest(f"contact {contact_id} has ended")
        if priority is not None and not 1 <= priority <= HIGHEST_PRIORITY_NUMBER:
            raise InvalidRequest("a queue priority is at least 1")
        waiting.update_routing(
            self._floor,
            contact,
            priority=priority,
            time_adjustment=time_adjustment,
            criteria=criteria_of(criteria) if criteria is not None else None,
        )

    def set_queue_status(self, queue_id: str, enabled: bool) -> None:
        """Let a queue take contacts, or no further ones; those in it are still offered."""
        self.queue(queue_id).enabled = enabled

    def set_routing_profile(self, user_id: str, routing_profile_id: str) -> None:
        """Move an agent to another routing profile."""
        presence.set_routing_profile(self._floor, self.agent(user_id), routing_profile_id)

    def set_phone(
        self,
        user_id: str,
        *,
        phone_type: Literal["SOFT_PHONE", "DESK_PHONE"] | None = None,
        auto_accept: bool | None = None,
        after_contact_work_limit: int | None = None,
        desk_phone_number: str | None = None,
    ) -> None:
        """Change an agent's phone settings, as far as given."""
        presence.set_phone(
            self._floor, self.agent(user_id), phone_type=phone_type, auto_accept=auto_accept,
            after_contact_work_limit=after_contact_work_limit, desk_phone_number=desk_phone_number,
        )  # fmt: skip

    def pause_recording(self, contact_id: str, kind: recording.Kind | None = None) -> None:
        """Suspend recordings, of voice and screen unless one is named."""
        recording.pause(self._floor, self.contact(contact_id), kind, paused=True)

    def resume_recording(self, contact_id: str, kind: recording.Kind | None = None) -> None:
        """Go on with them."""
        recording.pause(self._floor, self.contact(contact_id), kind, paused=False)

    def _both(self, user_id: str, contact_id: str) -> tuple[Agent, Contact]:
        return self.agent(user_id), self.contact(contact_id)

    def _start_related_task(
        self, contact: Contact, flow_id: str, name: str, description: str, attributes: Mapping[str, str]
    ) -> None:
        calling.start_task(
            self._floor, flow_id=flow_id, name=name, description=description, attributes=attributes, references={},
            related_id=contact.id, method="FLOW",
        )  # fmt: skip
