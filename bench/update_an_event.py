"""The reference: one conditional UpdateItem an event, as small and quick as such a handler can be written."""

import json
from typing import Any

from bench.documents import Document

TABLE = "Contacts"


class UpdateAnEvent:
    """A Lambda handler that keeps a contact's state and the moments that its events name."""

    def __init__(self, dynamodb: Any) -> None:
        self._dynamodb = dynamodb

    def __call__(self, event: Document, context: Any) -> None:
        for record in event["Records"]:
            self._apply(json.loads(record["body"])["detail"])

    def _apply(self, detail: Document) -> None:
        agent = detail.get("agentInfo", {})
        moments = {
            "initiated_at": detail.get("initiationTimestamp"),
            "enqueued_at": detail.get("queueInfo", {}).get("enqueueTimestamp"),
            "connected_at": agent.get("connectedToAgentTimestamp"),
            "disconnected_at": detail.get("disconnectTimestamp"),
            "completed_at": agent.get("afterContactWorkEndTimestamp"),
        }
        known = {name: at for name, at in moments.items() if at}
        changes = {"stage": detail["eventType"], "last_at": max(known.values()), **known}
        try:
            self._dynamodb.update_item(
                TableName=TABLE,
                Key={"contact_id": {"S": detail["contactId"]}},
                UpdateExpression="SET " + ", ".join(f"{name} = :{name}" for name in changes),
                ConditionExpression="attribute_not_exists(last_at) OR last_at < :last_at",
                ExpressionAttributeValues={f":{name}": {"S": value} for name, value in changes.items()},
            )
        except self._dynamodb.exceptions.ConditionalCheckFailedException:
            return
