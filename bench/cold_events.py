"""For each door an event that it meets in earnest, and the cloud as the doors before it left it."""

import base64
import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from bench.documents import Centre, Document, Truth, stamp
from bench.doors import contact_events, contact_folding, contact_records, quality_changes, quality_figures
from tests.support.cloud import Cloud
from tests.support.lambda_context import LambdaContext

SEED = 20260617
CLAIMS = {"sub": "5d0e0c65", "cognito:username": "supervisor", "cognito:groups": "supervisor", "token_use": "id"}


class Stage:
    """A cloud on which one contact has come as far as a door needs."""

    def __init__(self, cloud: Cloud) -> None:
        self._cloud = cloud
        self._centre = Centre(SEED)
        [self._contact] = self._centre.contacts(1)
        self._bodies = self._centre.events([self._contact])

    def event_for(self, door: str) -> Document:
        """Set the stage anew for a door and return its event; raises KeyError for a door that nobody made one for."""
        self._cloud.clear()
        steps: dict[str, tuple[Callable[[], Document], Callable[[Document, Any], Any] | None]] = {
            "contact_records": (self._record, contact_records),
            "contact_events": (self._events, contact_events),
            "contact_folding": (lambda: self._cloud.stream("FactsTable").take(), contact_folding),
            "quality_changes": (lambda: self._cloud.stream("ContactsTable").take(), quality_changes),
            "quality_figures": (lambda: self._tick(timedelta(hours=1)), quality_figures),
            "quality_check": (lambda: self._tick(timedelta(hours=8)), None),
            "app": (self._request, None),
        }
        if door not in steps:
            raise KeyError(f"bench/cold_events.py knows no event for the door {door}: add one to its steps.")
        for name, (event, handler) in steps.items():
            made = event()
            if name == door:
                return made
            if handler:
                handler(made, LambdaContext())
        raise AssertionError

    def _events(self) -> Document:
        [delivery] = self._centre.deliveries(self._bodies)
        return delivery

    def _record(self) -> Document:
        data = base64.b64encode(json.dumps(_record_of(self._contact)).encode()).decode()
        return {"Records": [{"eventID": "shardId-000000000000:1", "kinesis": {"sequenceNumber": "1", "data": data}}]}

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
