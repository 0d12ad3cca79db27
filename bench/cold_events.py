"""For each door an event that it meets in earnest, and what AWS answers to it there."""

import base64
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from cryptography.hazmat.primitives.asymmetric import rsa

from bench.documents import Centre, Document, Truth, stamp
from bench.doors import (
    account_import,
    agent_events,
    agent_folding,
    app,
    card_lookup,
    contact_events,
    contact_folding,
    contact_records,
    contact_sweep,
    desk_requests,
    quality_changes,
    quality_check,
    quality_figures,
)
from tests.accounts.members import QUEUE, arrives, carry, file_of, member
from tests.accounts.messages import KEY_ID, Pair, secret
from tests.accounts.room import request
from tests.support.cloud import Cloud, Reply
from tests.support.house import opened
from tests.support.lambda_context import LambdaContext

SEED = 20260617
CARD = "4111111111111111"
CLAIMS = {"sub": "5d0e0c65", "cognito:username": "supervisor", "cognito:groups": "supervisor", "token_use": "id"}


class Recorder(Cloud):
    """A cloud that remembers what it answered."""

    def __init__(self) -> None:
        super().__init__()
        self.replies: list[Reply] = []

    def reply(self, service: str, operation: str, body: bytes) -> Reply:
        self.replies.append(super().reply(service, operation, body))
        return self.replies[-1]


@dataclass(frozen=True)
class Scene:
    """A door's event, and what AWS answers to the calls that it makes."""

    event: Document
    replies: list[Reply]


class Story:
    """One contact on its way through every door."""

    def __init__(self) -> None:
        self._cloud = Recorder()
        self._centre = Centre(SEED)
        [self._contact] = self._centre.contacts(1)
        self._bodies = self._centre.events([self._contact])

    def scenes(self) -> dict[str, Scene]:
        """Return the scene at each door, by the name of its function, in the order of the story."""
        steps: dict[str, tuple[Callable[[], Document], Callable[[Document, Any], Any]]] = {
            "contact_records": (self._record, contact_records),
            "contact_events": (self._events, contact_events),
            "contact_folding": (lambda: self._cloud.stream("FactsTable").take(), contact_folding),
            "contact_sweep": (lambda: self._tick(timedelta(hours=1)), contact_sweep),
            "desk_requests": (self._cry_for_help, desk_requests),
            "quality_changes": (lambda: self._cloud.stream("ContactsTable").take(), quality_changes),
            "quality_figures": (lambda: self._tick(timedelta(hours=1)), quality_figures),
            "quality_check": (lambda: self._tick(timedelta(hours=8)), quality_check),
            "agent_events": (self._sign_in, agent_events),
            "agent_folding": (lambda: self._cloud.stream("AgentEventsTable").take(), agent_folding),
            "card_lookup": (self._keyed, card_lookup),
            "account_import": (self._slice, account_import),
            "app": (self._request, app),
        }
        with opened(self._cloud):
            return {name: self._scene(event(), handler) for name, (event, handler) in steps.items()}

    def _scene(self, event: Document, handler: Callable[[Document, Any], Any]) -> Scene:
        self._cloud.replies.clear()
        handler(event, LambdaContext())
        return Scene(event, list(self._cloud.replies))

    def _events(self) -> Document:
        [delivery] = self._centre.deliveries(self._bodies)
        return delivery

    def _record(self) -> Document:
        return _by_kinesis(_record_of(self._contact))

    def _cry_for_help(self) -> Document:
        told = {"request_id": self._centre.uuid(), "request": "help", "username": "hanako.sato"}
        at = stamp(self._contact.initiated_at)
        body = json.dumps({**told, "ContactId": self._contact.contact_id, "at": at})
        return {"Records": [{"messageId": self._centre.uuid(), "body": body}]}

    def _keyed(self) -> Document:
        keys = Pair(rsa.generate_private_key(65537, 4096))
        self._cloud.secrets_manager.secrets["CardKeys"] = secret((KEY_ID, keys))
        return request(keys.stored_with_drawn_ivs(CARD), self._contact.contact_id, address="+819012345678", by="menu")

    def _slice(self) -> Document:
        arrives(self._cloud, file_of([member(1)]))
        carry(self._cloud, most=1)
        [message] = self._cloud.sqs.queues[QUEUE]
        return {"Records": [{"messageId": self._centre.uuid(), "body": message["MessageBody"]}]}

    def _sign_in(self) -> Document:
        return _by_kinesis(
            {
                "AgentARN": "arn:aws:connect:ap-northeast-1:123456789012:instance/i/agent/a",
                "EventId": self._centre.uuid(),
                "EventTimestamp": stamp(self._contact.initiated_at),
                "EventType": "LOGIN",
                "CurrentAgentSnapshot": None,
                "PreviousAgentSnapshot": None,
            }
        )

    def _tick(self, later: timedelta) -> Document:
        return {
            "version": "0",
            "id": self._centre.uuid(),
            "detail-type": "Scheduled Event",
            "source": "aws.events",
            "account": "123456789012",
            "time": (self._contact.completed_at + later).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "region": "ap-northeast-1",
            "resources": ["arn:aws:events:ap-northeast-1:123456789012:rule/quality"],
            "detail": {},
        }

    def _request(self) -> Document:
        return {
            "resource": "/contacts/{contact_id}",
            "path": f"/contacts/{self._contact.contact_id}",
            "httpMethod": "GET",
            "headers": {"Accept": "application/json"},
            "multiValueHeaders": {"Accept": ["application/json"]},
            "queryStringParameters": None,
            "multiValueQueryStringParameters": None,
            "pathParameters": {"contact_id": self._contact.contact_id},
            "stageVariables": None,
            "requestContext": {
                "resourcePath": "/contacts/{contact_id}",
                "httpMethod": "GET",
                "requestId": self._centre.uuid(),
                "requestTimeEpoch": int(self._contact.completed_at.timestamp() * 1000),
                "identity": {"sourceIp": "127.0.0.1"},
                "authorizer": {"claims": CLAIMS},
            },
            "body": None,
            "isBase64Encoded": False,
        }


def _by_kinesis(document: Document) -> Document:
    data = base64.b64encode(json.dumps(document).encode()).decode()
    return {"Records": [{"eventID": "shardId-000000000000:1", "kinesis": {"sequenceNumber": "1", "data": data}}]}


def _record_of(truth: Truth) -> Document:
    return {
        "AWSContactTraceRecordFormatVersion": "2017-03-10",
        "ContactId": truth.contact_id,
        "Channel": "VOICE",
        "InitiationMethod": "INBOUND",
        "InitiationTimestamp": stamp(truth.initiated_at),
        "DisconnectTimestamp": stamp(truth.disconnected_at),
        "DisconnectReason": "CUSTOMER_DISCONNECT",
        "LastUpdateTimestamp": stamp(truth.completed_at),
        "Queue": {
            "ARN": f"arn:aws:connect:ap-northeast-1:123456789012:instance/i/queue/{truth.queue}",
            "Name": "support",
            "EnqueueTimestamp": stamp(truth.enqueued_at),
            "DequeueTimestamp": stamp(truth.connected_at),
        },
        "Agent": {
            "ARN": f"arn:aws:connect:ap-northeast-1:123456789012:instance/i/agent/{truth.agent}",
            "Username": "agent",
            "ConnectedToAgentTimestamp": stamp(truth.connected_at),
            "AgentInteractionDuration": (truth.disconnected_at - truth.connected_at).seconds,
            "CustomerHoldDuration": 0,
            "AfterContactWorkDuration": (truth.completed_at - truth.disconnected_at).seconds,
        },
    }
