"""Contact events as EventBridge and SQS bring them, with Connect's full field set, made from a seed."""

import json
import random
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

ACCOUNT, REGION = "204857193068", "ap-northeast-1"
START = datetime(2026, 6, 1, tzinfo=UTC)

Document = dict[str, Any]


@dataclass(frozen=True)
class Truth:
    """What happened to a contact; every moment lies at least a second after the one before."""

    contact_id: str
    queue: str
    agent: str
    initiated_at: datetime
    enqueued_at: datetime
    connected_at: datetime
    disconnected_at: datetime
    completed_at: datetime


class Centre:
    """A centre with one instance, a few queues and sites, and agents; everything follows from the seed."""

    def __init__(self, seed: int, queues: int = 5, sites: int = 3, agents: int = 60) -> None:
        self._random = random.Random(seed)
        self._instance = f"arn:aws:connect:{REGION}:{ACCOUNT}:instance/{self.uuid()}"
        self._queues = [self.uuid() for _ in range(queues)]
        self._sites = [self.uuid() for _ in range(sites)]
        self._teams = [self.uuid() for _ in range(sites)]
        self._agents = [self.uuid() for _ in range(agents)]

    def uuid(self) -> str:
        return str(uuid.UUID(int=self._random.getrandbits(128), version=4))

    def contacts(self, number: int) -> list[Truth]:
        """Return answered calls that overlap: a new one about every two seconds, each of some minutes."""
        return [self._contact(START + timedelta(seconds=2 * place)) for place in range(number)]

    def events(self, contacts: list[Truth]) -> list[str]:
        """Return the envelopes of five events a contact, as text, in the order in which they happened."""
        stages = ("INITIATED", "QUEUED", "CONNECTED_TO_AGENT", "DISCONNECTED", "COMPLETED")
        told = [(at, self._envelope(truth, stage, at)) for truth in contacts for stage, at in _moments(truth, stages)]
        return [json.dumps(envelope) for _, envelope in sorted(told, key=lambda pair: pair[0])]

    def deliveries(self, bodies: list[str], size: int = 100) -> list[Document]:
        """Return Lambda events of `size` SQS records."""
        records = [self._record(body) for body in bodies]
        return [{"Records": records[at : at + size]} for at in range(0, len(records), size)]

    def disturbed(self, bodies: list[str]) -> list[str]:
        """Return these shuffled, a tenth of them twice."""
        again = self._random.sample(bodies, len(bodies) // 10)
        return self._random.sample(bodies + again, len(bodies) + len(again))

    def _contact(self, around: datetime) -> Truth:
        moments = [around + timedelta(milliseconds=self._random.randrange(1000))]
        for shortest, longest in ((5, 60), (2, 120), (30, 600), (5, 120)):
            moments.append(
                moments[-1] + timedelta(milliseconds=self._random.randrange(shortest * 1000, longest * 1000))
            )
        return Truth(self.uuid(), self._random.choice(self._queues), self._random.choice(self._agents), *moments)

    def _record(self, body: str) -> Document:
        return {
            "messageId": self.uuid(),
            "receiptHandle": f"AQEB{self._random.getrandbits(512):0128x}",
            "body": body,
            "attributes": {
                "ApproximateReceiveCount": "1",
                "SentTimestamp": "1780272000000",
                "SenderId": "AIDAIENQZJOLO23YVJ4VO",
                "ApproximateFirstReceiveTimestamp": "1780272000001",
            },
            "messageAttributes": {},
            "md5OfBody": f"{self._random.getrandbits(128):032x}",
            "eventSource": "aws:sqs",
            "eventSourceARN": f"arn:aws:sqs:{REGION}:{ACCOUNT}:contact-events",
            "awsRegion": REGION,
        }

    def _envelope(self, truth: Truth, stage: str, at: datetime) -> Document:
        return {
            "version": "0",
            "id": self.uuid(),
            "detail-type": "Amazon Connect Contact Event",
            "source": "aws.connect",
            "account": ACCOUNT,
            "time": at.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "region": REGION,
            "resources": [self._instance, f"{self._instance}/contact/{truth.contact_id}"],
            "detail": self._detail(truth, stage),
        }

    def _detail(self, truth: Truth, stage: str) -> Document:
        detail: Document = {
            "eventType": stage,
            "contactId": truth.contact_id,
            "channel": "VOICE",
            "instanceArn": self._instance,
            "initiationMethod": "INBOUND",
            "initiationTimestamp": stamp(truth.initiated_at),
            "tags": {
                "aws:connect:instanceId": self._instance.rpartition("/")[2],
                "aws:connect:systemEndpoint": "+81345678901",
            },
            "segmentAttributes": {"connect:Subtype": {"valueString": "connect:Telephony"}},
            "systemEndpoint": {"type": "TELEPHONE_NUMBER", "address": "+81345678901"},
        }
        if stage == "INITIATED":
            return detail
        detail["queueInfo"] = {
            "queueArn": f"{self._instance}/queue/{truth.queue}",
            "queueType": "STANDARD",
            "enqueueTimestamp": stamp(truth.enqueued_at),
        }
        if stage == "QUEUED":
            return detail
        detail["connectedToSystemTimestamp"] = stamp(truth.initiated_at)
        detail["agentInfo"] = self._agent(truth, stage)
        if stage != "CONNECTED_TO_AGENT":
            detail["disconnectTimestamp"] = stamp(truth.disconnected_at)
        return detail

    def _agent(self, truth: Truth, stage: str) -> Document:
        place = self._agents.index(truth.agent) % len(self._sites)
        groups = {"level1": self._sites[place], "level2": self._teams[place]}
        agent: Document = {
            "agentArn": f"{self._instance}/agent/{truth.agent}",
            "connectedToAgentTimestamp": stamp(truth.connected_at),
            "hierarchyGroups": {
                level: {"arn": f"{self._instance}/agent-group/{group}"} for level, group in groups.items()
            },
        }
        if stage != "CONNECTED_TO_AGENT":
            agent["agentInitiatedHoldDuration"] = truth.disconnected_at.second
        if stage == "COMPLETED":
            agent["afterContactWorkStartTimestamp"] = stamp(truth.disconnected_at)
            agent["afterContactWorkEndTimestamp"] = stamp(truth.completed_at)
            agent["afterContactWorkDuration"] = (truth.completed_at - truth.disconnected_at).seconds
        return agent


def stamp(moment: datetime) -> str:
    """Return a moment as Connect writes it."""
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _moments(truth: Truth, stages: tuple[str, ...]) -> list[tuple[str, datetime]]:
    moments = (truth.initiated_at, truth.enqueued_at, truth.connected_at, truth.disconnected_at, truth.completed_at)
    return list(zip(stages, moments, strict=True))
