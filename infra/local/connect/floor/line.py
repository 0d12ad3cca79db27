"""A contact in a flow, as the player sees it: the floor's answer to `flows.line.Line`."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from random import Random
from typing import Any, Literal

from infra.local.connect.floor import callbacks, dialling, holding, recording, waiting
from infra.local.connect.floor.agent import Agent
from infra.local.connect.floor.contact import ATTRIBUTE_BYTES, SUBTYPES, Contact, Endpoint, attributes_size
from infra.local.connect.floor.criteria import criteria_of
from infra.local.connect.floor.hours import is_open
from infra.local.connect.floor.playing import Playing
from infra.local.connect.floor.problems import LimitExceeded, NotPossible
from infra.local.connect.floor.queue import WaitingLine
from infra.local.connect.floor.state import Floor
from infra.local.connect.flows.line import Callback, Metrics, Refused
from infra.local.connect.instance import Flow, FlowModule, id_in
from infra.local.connect.telling.stamps import exact

STREAM = ("StreamARN", "StartTimestamp", "StopTimestamp", "StartFragmentNumber")
StartTask = Callable[[Contact, str, str, str, Mapping[str, str]], None]
"""Starts a task: the contact it is related to, flow id, name, description, attributes."""


def set_attributes(floor: Floor, contact: Contact, attributes: Mapping[str, str]) -> None:
    """Set attributes for a contact's whole chain; raises LimitExceeded beyond 32 KB in all."""
    merged = contact.attributes | dict(attributes)
    if attributes_size(merged) > ATTRIBUTE_BYTES:
        raise LimitExceeded(
            f"attributes of contact {contact.id} would exceed {ATTRIBUTE_BYTES} bytes: set fewer, or shorter ones"
        )
    contact.attributes.update(attributes)
    floor.teller.event(contact, "CONTACT_DATA_UPDATED", ["UserDefinedAttributes"])
    floor.show(contact)


class FlowLine:
    """One contact in one flow. The contact is that of the playing, which changes when it moves from queue to queue."""

    def __init__(self, floor: Floor, playing: Playing, start_task: StartTask) -> None:
        self._floor, self._playing, self._start_task = floor, playing, start_task

    @property
    def now(self) -> datetime:
        """The present moment."""
        return self._floor.timeline.now

    @property
    def dice(self) -> Random:
        """The exchange's chance."""
        return self._floor.dice

    @property
    def contact(self) -> Contact:
        """The contact that is in the flow."""
        return self._playing.contact

    # --- reading --------------------------------------------------------------------------------------------------------

    def data(self) -> Mapping[str, Any]:
        """Return `Details.ContactData`; a first contact names itself as the first and the previous, as captured."""
        contact, instance = self.contact, self._floor.instance
        subtype = {"connect:Subtype": {"ValueString": SUBTYPES[contact.channel]}}
        return {
            "Attributes": dict(contact.attributes),
            "AwsRegion": instance.region,
            "Channel": contact.channel,
            "ContactId": contact.id,
            "CustomerEndpoint": _endpoint(contact.customer),
            "CustomerId": contact.details.get("CustomerId"),
            "Description": contact.details.get("Description"),
            "InitialContactId": contact.chain_id,
            "InitiationMethod": contact.method,
            "InstanceARN": instance.arn,
            "LanguageCode": contact.details.get("LanguageCode"),
            "MediaStreams": {"Customer": {"Audio": dict.fromkeys(STREAM)}},
            "Name": contact.details.get("Name"),
            "PreviousContactId": contact.previous_id or contact.id,
            "Queue": _queue(contact.target),
            "References": {name: dict(each) for name, each in contact.references.items()},
            "RelatedContactId": contact.related_id,
            "SegmentAttributes": subtype
            | {name: {"ValueString": value} for name, value in contact.segment_attributes.items()},
            "SystemEndpoint": _endpoint(contact.system),
            "Tags": dict(contact.tags),
        }

    def agent(self) -> Mapping[str, str] | None:
        """Return the agent whom the contact rings at or talks to, or who transfers it."""
        agent = self.contact.agent
        if agent is None and self.contact.consulted_from is not None:
            agent = self.contact.consulted_from.agent
        if agent is None:
            return None
        user = agent.user
        return {"UserName": user.name, "FirstName": user.first_name, "LastName": user.last_name, "ARN": user.arn}

    def flow(self, id: str) -> Flow:
        """Return a flow."""
        with _refusing():
            return self._floor.flow(id)

    def module(self, id: str) -> FlowModule:
        """Return a module; a version after `:` is left out of account."""
        name = id_in(id).partition(":")[0]
        if name not in self._floor.instance.modules:
            raise Refused(f"the instance has no flow module {name}")
        return self._floor.instance.modules[name]

    def is_open(self, hours_id: str | None) -> bool:
        """Whether hours are open, by default those of the queue chosen before."""
        if hours_id is None:
            hours_id = self.contact.target.hours_id if self.contact.target else None
        hours = self._floor.instance.hours.get(id_in(hours_id or ""))
        if hours is None:
            raise Refused(f"the instance has no hours {hours_id}" if hours_id else "choose a queue, or name hours")
        return is_open(hours, self.now)

    def metrics(self, queue_id: str | None, user_id: str | None, channel: str | None = None) -> Metrics:
        """Return the state of a queue now; of an agent's queue, its one agent is counted."""
        return metrics(self._floor, self._line(queue_id, user_id), channel)

    # --- where it goes --------------------------------------------------------------------------------------------------

    def choose_queue(self, queue_id: str) -> None:
        """Make this queue the one that the contact goes to."""
        with _refusing():
            self._choose(self._floor.queue(queue_id))

    def choose_agent(self, user_id: str) -> None:
        """Make this agent's own queue the one that the contact goes to."""
        with _refusing():
            self._choose(self._floor.own_queue(user_id))

    def enter_queue(self) -> None:
        """Reserve a place in the queue chosen before."""
        line = self._line(None, None)
        waiting.admit(line)
        line.reserve(self.contact)

    def change_queue(self, queue_id: str | None, user_id: str | None) -> None:
        """Move the waiting contact to another queue, where it is a new contact and this flow goes on."""
        if not self.contact.stage.is_queued:
            raise Refused("the contact is in no queue")
        waiting.change_queue(self._floor, self.contact, self._line(queue_id, user_id))

    def set_priority(self, priority: int | None, time_adjustment: int | None) -> None:
        """Set the place in the queue."""
        waiting.update_routing(self._floor, self.contact, priority=priority, time_adjustment=time_adjustment)

    def set_criteria(self, steps: Sequence[Mapping[str, Any]]) -> None:
        """Ask for an agent with proficiencies."""
        with _refusing():
            waiting.update_routing(self._floor, self.contact, criteria=criteria_of(steps))

    def set_callback_number(self, number: str) -> None:
        """Choose the number to call back: E.164, as Connect dials no other."""
        if not dialling.is_number(number):
            raise Refused("the number to call back is no E.164 number", "InvalidCallbackNumber")
        self.contact.callback_number = number

    def create_callback(self, callback: Callback) -> None:
        """Promise a callback."""
        with _refusing():
            callbacks.create(self._floor, self.contact, callback)

    def create_task(self, *, name: str, description: str, flow_id: str, attributes: Mapping[str, str]) -> None:
        """Start a task contact related to this one."""
        with _refusing():
            self._start_task(self.contact, flow_id, name, description, attributes)

    # --- what is noted of it --------------------------------------------------------------------------------------------

    def set_attributes(self, attributes: Mapping[str, str], *, related: bool = False) -> None:
        """Set attributes of the contact's chain, or of the one it is related to."""
        contact = self.contact
        if related:
            if contact.related_id is None:
                raise Refused("the contact is related to none")
            with _refusing():
                contact = self._floor.contact(contact.related_id)
        with _refusing():
            set_attributes(self._floor, contact, attributes)

    def set_recording(self, participants: Sequence[str], *, menu: bool | None, screen: Sequence[str]) -> None:
        """Record these participants, and the agent's screen, once they talk. The menu is accepted and not recorded here."""
        self.contact.recording.wanted, self.contact.recording.screen = frozenset(participants), "Agent" in screen
        recording.record(self._floor, self.contact)

    def set_logging(self, enabled: bool) -> None:
        """Switch flow logging on or off."""
        self.contact.logging = enabled

    def set_voice(self, voice: str, engine: str | None, style: str | None) -> None:
        """Choose the voice; who hears it is not told apart here."""

    def set_data(self, fields: Mapping[str, str]) -> None:
        """Set `Name`, `Description`, `LanguageCode`, `CustomerId`."""
        self.contact.details.update(fields)
        self._floor.show(self.contact)

    def set_event_hook(self, event: str, flow_id: str) -> None:
        """Choose the flow that plays when this happens."""
        self.contact.hooks[event] = self.flow(flow_id).id

    def set_previous_participant(self, state: Literal["AgentOnHold", "CustomerOnHold", "OffHold"]) -> None:
        """Put the agent who transfers, or the customer, on hold, or nobody."""
        with _refusing():
            holding.put(self._floor, self.contact, state)

    def tag(self, tags: Mapping[str, str]) -> None:
        """Add tags."""
        self.contact.tags.update(tags)
        self._floor.teller.event(self.contact, "CONTACT_DATA_UPDATED", ["Tags"])

    def untag(self, keys: Sequence[str]) -> None:
        """Remove tags."""
        for key in keys:
            self.contact.tags.pop(key, None)
        self._floor.teller.event(self.contact, "CONTACT_DATA_UPDATED", ["Tags"])

    def encrypt(self, keyed: str, key_id: str, certificate: str) -> str:
        """Return what was keyed, encrypted."""
        return self._floor.world.encrypt(keyed, key_id, certificate)

    def log(self, action: str, kind: str, parameters: Mapping[str, Any], results: str | None) -> None:
        """Write a line of the flow log, with the five members that are documented and the results."""
        if self.contact.logging:
            entry: dict[str, Any] = {
                "ContactId": self.contact.id,
                "ContactFlowModuleType": kind,
                "Identifier": action,
                "Parameters": dict(parameters),
                "Timestamp": exact(self.now),
            }
            self._floor.world.log_flow(entry | ({"Results": results} if results is not None else {}))

    def _choose(self, line: WaitingLine) -> None:
        """Choose a queue; a place reserved in another one before is given back."""
        contact = self.contact
        if contact.target is not None and contact.target is not contact.queue:
            contact.target.forget(contact)
        contact.target = line

    def _line(self, queue_id: str | None, user_id: str | None) -> WaitingLine:
        with _refusing():
            if user_id is not None:
                return self._floor.own_queue(user_id)
            if queue_id is not None:
                return self._floor.queue(queue_id)
        if self.contact.target is None:
            raise Refused("choose a queue before")
        return self.contact.target


def metrics(floor: Floor, line: WaitingLine, channel: str | None = None) -> Metrics:
    """Return the state of a queue: available, staffed and online as the guide's "Metric definitions" have them."""
    agents = _signed_in(floor, line)
    inside = [each for each in line.in_queue() if channel is None or each.channel == channel.upper()]
    oldest = min((each.enqueued_at for each in inside if each.enqueued_at), default=None)
    return Metrics(
        # Routing holds at hand whoever is free for something.
        agents_available=sum(bool(each.at_hand) for each in agents),
        agents_staffed=sum(each.status.type == "ROUTABLE" for each in agents),
        agents_online=sum(each.status.type != "OFFLINE" for each in agents),
        contacts_in_queue=len(inside),
        oldest_contact_seconds=int((floor.timeline.now - oldest).total_seconds()) if oldest else 0,
    )


def _signed_in(floor: Floor, line: WaitingLine) -> list[Agent]:
    if line.user_id is not None:
        owner = floor.agents[line.user_id]
        return [owner] if owner.signed_in else []
    serving = floor.router.serving(line.id)
    return [each for each in floor.agents.values() if each.signed_in and each.profile.id in serving]


@contextmanager
def _refusing() -> Iterator[None]:
    """Say in the flow's terms what the floor found impossible."""
    try:
        yield
    except NotPossible as problem:
        raise Refused(str(problem)) from problem


def _endpoint(endpoint: Endpoint | None) -> dict[str, str] | None:
    return {"Address": endpoint.address, "Type": endpoint.type} if endpoint else None


def _queue(line: WaitingLine | None) -> dict[str, Any] | None:
    if line is None:
        return None
    caller = {"Address": line.outbound_number, "Type": "TELEPHONE_NUMBER"} if line.outbound_number else None
    return {"ARN": line.arn, "Name": line.name, "OutboundCallerId": caller}
