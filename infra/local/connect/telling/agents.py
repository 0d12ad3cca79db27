"""Agent events. Source: Administrator Guide, "Agent event streams data model"."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from infra.local.connect.floor.agent import Agent, AgentContact
from infra.local.connect.floor.queue import WaitingLine
from infra.local.connect.instance import Instance
from infra.local.connect.telling.stamps import exact

VERSION = "2017-10-01"
LEVELS = 5


class AgentDocuments:
    """Writes agents' snapshots and events; what only a routing profile changes is written once and shared by documents."""

    def __init__(self, instance: Instance, queues: Mapping[str, WaitingLine]) -> None:
        self._instance, self._queues = instance, queues
        self._configurations: dict[tuple[str, str], dict[str, Any]] = {}
        self._channels: dict[str, list[str]] = {}
        for profile in instance.routing_profiles.values():
            for each in profile.queues:
                channels = self._channels.setdefault(each.queue_id, [])
                if each.channel not in channels:
                    channels.append(each.channel)

    def snapshot(self, agent: Agent) -> dict[str, Any]:
        """Return `AgentSnapshot` of an agent as of now."""
        key = (agent.user.id, agent.profile.id)
        configuration = self._configurations.get(key) or self._configurations.setdefault(key, self._configured(agent))
        concurrency = [
            {"Channel": channel, "AvailableSlots": max(agent.available_slots(channel), 0), "MaximumSlots": most}
            for channel, most in agent.profile.concurrency.items()
        ]
        return {
            "AgentStatus": {
                "ARN": agent.status.arn,
                "Name": agent.status.name,
                "StartTimestamp": exact(agent.status_since),
                "Type": agent.status.type,
            },
            "NextAgentStatus": {
                "ARN": agent.next_status.arn,
                "Name": agent.next_status.name,
                "EnqueuedTimestamp": exact(agent.next_status_at),
            }
            if agent.next_status and agent.next_status_at
            else None,
            "Configuration": {
                **configuration,
                "RoutingProfile": {**configuration["RoutingProfile"], "Concurrency": concurrency},
            },
            "Contacts": [self._contact(each) for each in agent.contacts.values()],
        }

    def event(
        self,
        agent: Agent,
        kind: str,
        event_id: str,
        at: datetime,
        before: dict[str, Any] | None,
        now: dict[str, Any] | None,
    ) -> dict[str, Any]:
        """Return one agent event with the snapshots before and after it."""
        return {
            "AWSAccountId": self._instance.account,
            "AgentARN": agent.user.arn,
            "CurrentAgentSnapshot": now,
            "EventId": event_id,
            "EventTimestamp": exact(at),
            "EventType": kind,
            "InstanceARN": self._instance.arn,
            "PreviousAgentSnapshot": before,
            "Version": VERSION,
        }

    def _configured(self, agent: Agent) -> dict[str, Any]:
        user, profile = agent.user, agent.profile
        inbound = list(dict.fromkeys(each.queue_id for each in profile.queues))
        own = {
            "ARN": f"{self._instance.arn}/queue/agent/{user.id}",
            "Channels": list(profile.concurrency),
            "Name": None,
        }
        channels = {one: [each.channel for each in profile.queues if each.queue_id == one] for one in inbound}
        groups = [{"ARN": each.arn, "Name": each.name} for each in user.hierarchy]
        outbound = self._queues[profile.default_outbound_queue_id]
        return {
            "AgentHierarchyGroups": {f"Level{n + 1}": groups[n] if n < len(groups) else None for n in range(LEVELS)}
            if groups
            else None,
            "FirstName": user.first_name,
            "LastName": user.last_name,
            "Proficiencies": [
                {"Name": each.name, "Value": each.value, "ProficiencyLevel": each.level} for each in user.proficiencies
            ],
            "RoutingProfile": {
                "ARN": profile.arn,
                "DefaultOutboundQueue": {"ARN": outbound.arn, "Channels": ["VOICE"], "Name": outbound.name},
                "InboundQueues": [
                    own,
                    *(
                        {"ARN": self._queues[one].arn, "Channels": channels[one], "Name": self._queues[one].name}
                        for one in inbound
                    ),
                ],
                "Name": profile.name,
            },
            "Username": user.name,
        }

    def _contact(self, held: AgentContact) -> dict[str, Any]:
        contact = held.contact
        return {
            "Channel": contact.channel,
            "ConnectedToAgentTimestamp": exact(contact.connected_at) if contact.connected_at else None,
            "ContactId": contact.id,
            "InitialContactId": contact.initial_id,
            "InitiationMethod": contact.method,
            "Queue": self._queue(contact.queue, contact.channel) if contact.queue else None,
            "QueueTimestamp": exact(contact.enqueued_at) if contact.enqueued_at else None,
            "State": held.state.value,
            "StateStartTimestamp": exact(held.since),
        }

    def _queue(self, line: WaitingLine, channel: str) -> dict[str, Any]:
        return {"ARN": line.arn, "Channels": self._channels.get(line.id, [channel]), "Name": line.name}
